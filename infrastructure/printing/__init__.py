"""Agreements as files to be printed and kept."""
