"""What every stored or exchanged model of the domain has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def added(default: Any = None) -> Any:
    """A field that came later: written only where it says something.

    So what was stored before keeps its bytes, and an adopted policy its canonical form and SHA-256.
    """
    return Field(default=default, exclude_if=lambda value: bool(value == default))
