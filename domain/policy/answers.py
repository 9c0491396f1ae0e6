"""What a practice answers in the questionnaire, and what is established from it."""

from decimal import Decimal

from pydantic import Field

from domain.explanation import Outcome
from domain.model import Frozen, added
from domain.policy.values import Day


class Claim(Frozen):
    """What a practice states about one differentiation factor in the questionnaire."""

    bureau: str | None = None
    valid_until: Day | None = None


class Answers(Frozen):
    """The questionnaire: conditions declared, goals chosen, factors claimed, ``numbers`` by the code of the measure.

    A draft may be incomplete.
    """

    declared: dict[str, bool] = Field(default_factory=dict)
    chosen: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    claims: dict[str, Claim] = Field(default_factory=dict)
    numbers: dict[str, Decimal] = added({})


class Finding(Frozen):
    """What was established of a factor at confirmation; it then holds for the term (OD07)."""

    factor: str
    outcome: Outcome
    value: str = ""


class Measured(Frozen):
    """The number that was established of a measure at confirmation; absent while nothing is known of it."""

    measure: str
    number: Decimal | None = None
