"""A refusal is a value: a reason code, a sentence that says what to do, and the explanation."""

from dataclasses import dataclass

from domain.explanation import Explanation, Outcome


@dataclass(frozen=True)
class Refused:
    """What a decision answers when a rule forbids the act; nothing is stored.

    ``code`` is stable and in capitals (``OFFER_LAPSED``), ``message`` one English sentence that says what was wrong
    and what would be right, ``clause`` the rule it rests on; ``found`` and ``asked`` are what it compared. Without
    a clause it was no rule of a policy that refused, but the command itself that can not be carried out.
    """

    code: str
    message: str
    clause: str = ""
    explanation: Explanation | None = None
    found: str = ""
    asked: str = ""

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
