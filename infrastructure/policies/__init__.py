"""Policies from YAML: reading a file as text, telling every mistake in it, and finding the packaged documents."""
