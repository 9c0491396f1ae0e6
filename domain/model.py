"""What every stored or exchanged model of the domain has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ErrorDetails

_BEFORE_A_SENTENCE = "Value error, "


class Frozen(BaseModel):
    """A value: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def what_is_wrong(found: ErrorDetails) -> str:
    """What a value refused at birth, in its own sentence; else what pydantic says."""
    return sentence_alone(found["msg"])


def sentence_alone(message: str) -> str:
    """A message without the words that pydantic sets before the sentence of a value."""
    return message.removeprefix(_BEFORE_A_SENTENCE)


def added(default: Any = None) -> Any:
    """A field that came later: written only where it says something.

    So what was stored before keeps its bytes, and an adopted policy its canonical form and SHA-256.
    """
    return Field(default=default, exclude_if=lambda value: bool(value == default))
