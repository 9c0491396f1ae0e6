"""The facts of a round and of its plans; what it decides of each practice stands in the contracts' own streams."""

from datetime import date

from pydantic import Field

from domain.calendar import Instant
from domain.care_type import CareType
from domain.history import Fact
from domain.model import Frozen


class RoundCounts(Frozen):
    """What a round decided for one care type, in numbers of contracts.

    ``reasons`` count every reason code of who was not approached, so that they may add up to more than
    ``not_approached``; ``refused`` counts by refusal code; ``reviews`` are questions put to a person.
    """

    candidates: int = 0
    approached: int = 0
    approached_before: int = 0
    not_approached: int = 0
    reasons: dict[str, int] = Field(default_factory=dict)
    reviews: int = 0
    refused: dict[str, int] = Field(default_factory=dict)
    released_offers: int = 0


class RoundStarted(Fact):
    """A run of the round over these care types begins; ``day`` is the local day on which it acts."""

    policy_id: str
    day: date
    run: int = Field(ge=1)
    care_types: tuple[CareType, ...]


class RoundFinished(Fact):
    """That run went over every practice; one that is never finished was interrupted, or still goes on."""

    run: int = Field(ge=1)
    counts: dict[CareType, RoundCounts]


class RoundPlanned(Fact):
    """An officer planned a round: from ``planned_for`` on a tick carries it out (OD50)."""

    policy_id: str
    plan: int = Field(ge=1)
    care_types: tuple[CareType, ...]
    planned_for: Instant


class RoundPlanCancelled(Fact):
    """A plan that was not carried out yet is taken back."""

    plan: int = Field(ge=1)


class RoundPlanCarriedOut(Fact):
    """The planned round went over every practice; ``batch`` is what all its facts have in common."""

    plan: int = Field(ge=1)
    batch: str


RoundFact = RoundStarted | RoundFinished
"""Every fact of a round's stream: the type checker counts them."""

PlanFact = RoundPlanned | RoundPlanCancelled | RoundPlanCarriedOut
"""Every fact of the stream of a policy's plans."""

ROUNDS = "round/"
PLANS = "plan/"


def plan_stream(policy_id: str) -> str:
    """The stream of what is planned for a policy: ``plan/caresq-2025``."""
    return f"{PLANS}{policy_id}"


def round_stream(policy_id: str, day: date) -> str:
    """The stream of one policy's rounds of a day: ``round/caresq-2025/2024-09-16``."""
    return f"{ROUNDS}{policy_id}/{day}"
