"""Letters: what a practice is told of what was recorded about its contract."""
