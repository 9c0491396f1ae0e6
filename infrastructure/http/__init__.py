"""The HTTP door: routes translate between requests and the use cases, and decide nothing."""
