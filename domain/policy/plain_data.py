"""Plain data of which nobody has checked yet what it is: what can be read of it, the rest passed over."""

from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """The keys and values, none when it is no mapping."""
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Any]:
    """The entries, none when it is no list."""
    return value if isinstance(value, list) else []


def names(value: Any) -> list[str]:
    """The names of a list in their places; one that is no name is empty."""
    return [each if isinstance(each, str) else "" for each in entries(value)]
