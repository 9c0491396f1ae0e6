"""A refusal is a value: a reason code, a sentence that says what to do, and the explanation."""

from dataclasses import dataclass

from domain.explanation import Explanation


@dataclass(frozen=True)
class Refused:
    """What a decision answers when a rule forbids the act; nothing is stored.

    ``code`` is stable and in capitals (``OFFER_LAPSED``), ``message`` one English sentence that says what was wrong
    and what would be right, ``clause`` the rule it rests on.
    """

    code: str
    message: str
    clause: str = ""
    explanation: Explanation | None = None


class RefusedError(Exception):
    """A refusal, raised once at the edge of the application."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"{refused.code}: {refused.message}" + (f" ({refused.clause})" if refused.clause else ""))
        self.refused = refused
