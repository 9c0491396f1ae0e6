"""Ticks of time that call use cases."""
