"""A year of contracting with invented practices and officers, through the real use cases."""
