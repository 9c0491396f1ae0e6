"""The commands of ``contractspoor policy`` as a person runs them, and what they answer."""

from collections.abc import Callable
from typing import NamedTuple


class Result(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


Run = Callable[..., Result]
