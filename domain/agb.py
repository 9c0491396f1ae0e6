"""The AGB code, by which Dutch care providers and professionals are known."""

import re
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_EIGHT_DIGITS = re.compile(r"[0-9]{8}", re.ASCII)


class AgbCode(str):
    """Eight digits as text: the first two name the kind of provider, leading zeros count.

    A code that lost its leading zero is refused, never padded: seven digits may also be a typing error.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if not isinstance(text, str):
            raise TypeError(f"an AGB code is text of eight digits, not the {type(text).__name__} {text!r}")
        if not _EIGHT_DIGITS.fullmatch(text):
            raise ValueError(f"{text!r} is not an AGB code: expected eight digits, {_hint(text)}")
        return super().__new__(cls, text)

    @property
    def prefix(self) -> str:
        """The first two digits: the kind of provider, ``04`` for physiotherapy."""
        return self[:2]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(strict=True),
            serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json"),
        )


def _hint(text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) < 8:
        return f"found {len(text)}; did a spreadsheet drop the leading zero?"
    return f"such as '04001234', found {len(text)} characters"
