"""Scenarios: a story told as data, lived through by the real use cases, and judged step by step."""
