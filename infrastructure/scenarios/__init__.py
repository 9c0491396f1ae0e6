"""Scenario files: found, read with every mistake told, and given a fresh store each."""
