"""Adapters: databases, files, the command line, and their wiring in ``bootstrap``."""
