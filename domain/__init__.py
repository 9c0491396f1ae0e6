"""The rules of contracting: pure, deterministic, without clock, file or network."""
