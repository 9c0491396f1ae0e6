"""A refusal is a value: a reason code, a sentence that says what to do, and the explanation."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from domain.explanation import Explanation, Outcome


class FieldRefused(NamedTuple):
    """One field of a command that is wrong or missing, by its path (``answers.declared.policy``), and what is wrong."""

    path: str
    message: str


@dataclass(frozen=True)
class Refused:
    """What a decision answers when a rule forbids the act; nothing is stored.

    ``code`` is stable and in capitals (``OFFER_LAPSED``), ``message`` one English sentence that says what was wrong
    and what would be right, ``clause`` the rule it rests on; ``found`` and ``asked`` are what it compared. Without
    a clause it was no rule of a policy that refused, but the command itself that can not be carried out. ``fields``
    are the single answers that are wrong or missing, where there are such.
    """

    code: str
    message: str
    clause: str = ""
    explanation: Explanation | None = None
    found: str = ""
    asked: str = ""
    fields: tuple[FieldRefused, ...] = ()

    @property
    def why(self) -> Explanation | None:
        """The tree of what refused: the one that was judged, else one leaf; absent where no rule of a policy did."""
        if self.explanation is not None or not self.clause:
            return self.explanation
        rule = f"refused.{self.code.lower()}"
        return Explanation(
            rule=rule, clause=self.clause, outcome=Outcome.NOT_MET, value=self.found, threshold=self.asked
        )


class RefusedError(Exception):
    """A refusal, raised once at the edge of the application."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"{refused.code}: {refused.message}" + (f" ({refused.clause})" if refused.clause else ""))
        self.refused = refused


def nearest(found: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like what was found, if one does."""
    by_small_letters = {name.lower(): name for name in known}
    close = get_close_matches(found.lower(), list(by_small_letters), n=1, cutoff=0.6)
    return by_small_letters[close[0]] if close else None


def meant(found: str, known: Iterable[str]) -> str:
    """What was found, and the known name that was probably meant."""
    close = nearest(found, known)
    return found if close is None else f"{found} (did you mean {close}?)"
