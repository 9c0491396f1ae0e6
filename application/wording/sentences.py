"""Sentences that tell what is wrong, in Dutch: a catalogue from the English sentence at its place in the code.

The code says a sentence once, in English, with its values; the catalogue has it with ``{}`` for each value. A house
test reads the code and fails on a sentence that the catalogue has not. Values are looked up in their turn, and stay
as they are where they are names, codes and numbers. No regular expressions: a value may be anything that a caller sent.
"""

from collections.abc import Sequence
from functools import cache
from string import Formatter
from typing import NamedTuple

from application.wording.dutch import in_dutch
from application.wording.field_sentences import FIELD_SENTENCES
from application.wording.file_sentences import FILE_SENTENCES
from application.wording.refusal_sentences import REFUSAL_SENTENCES
from application.wording.request_sentences import REQUEST_SENTENCES

SENTENCES = {**FIELD_SENTENCES, **FILE_SENTENCES, **REFUSAL_SENTENCES, **REQUEST_SENTENCES}
_DEEPEST = 4
"""How often a value of a value is looked up: a caller could send one that goes on for ever."""
_LONGEST_PHRASE = 200


class _Varying(NamedTuple):
    """A sentence with places: the text around them, and its Dutch."""

    literals: tuple[str, ...]
    dutch: str


class _Value(NamedTuple):
    """A value in a sentence, told in its turn; ``{:rules}`` is one that the phrase book of the rules knows."""

    text: str
    deep: int

    def __format__(self, spec: str) -> str:
        found = _told(self.text, self.deep)
        if found is None and spec == "rules" and len(self.text) <= _LONGEST_PHRASE:
            return in_dutch(self.text)
        return self.text if found is None else found


def sentence_in_dutch(english: str) -> str | None:
    """The same in Dutch; nothing where the catalogue has no such sentence."""
    return _told(english, _DEEPEST)


def _told(english: str, deep: int) -> str | None:
    fixed, varying = _catalogue()
    if english in fixed:
        return fixed[english]
    if deep == 0:
        return None
    for each in varying:
        values = _values(each.literals, english)
        if values is not None:
            return each.dutch.format(*(_Value(value, deep - 1) for value in values))
    return None


def _values(literals: Sequence[str], text: str) -> list[str] | None:
    """What stands in the places, each as short as can be; nothing where the text is another one."""
    first, *between, last = literals
    end = len(text) - len(last)
    if end < len(first) or not (text.startswith(first) and text.endswith(last)):
        return None
    found, begin = [], len(first)
    for literal in between:
        at = text.find(literal, begin, end)
        if at < 0:
            return None
        found.append(text[begin:at])
        begin = at + len(literal)
    return [*found, text[begin:end]]


@cache
def _catalogue() -> tuple[dict[str, str], list[_Varying]]:
    """Those that are always the same, and those with places: of two that fit the one that says more goes first."""
    fixed: dict[str, str] = {}
    varying: list[_Varying] = []
    for english, dutch in SENTENCES.items():
        literals = literals_of(english)
        if len(literals) == 1:
            fixed[literals[0]] = dutch
        else:
            varying.append(_Varying(literals, dutch))
    return fixed, sorted(varying, key=lambda each: -len("".join(each.literals)))


def literals_of(sentence: str) -> tuple[str, ...]:
    """The text before, between and after the places of a sentence."""
    found = [""]
    for text, place, _, _ in Formatter().parse(sentence):
        found[-1] += text
        if place is not None:
            found.append("")
    return tuple(found)
