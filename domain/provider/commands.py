"""What an officer can ask to be recorded of a provider; who asks and why stands in the order around it.

``from_day`` is a local day; absent it is the day on which the word arrived.
"""

from datetime import date
from typing import Literal

from domain.care_type import CareType
from domain.model import Frozen


class OptOutOfOffers(Frozen):
    """The practice wants no offers, for one care type or for all (CQ25-4-10, OD13)."""

    kind: Literal["OptOutOfOffers"] = "OptOutOfOffers"
    purchaser: str
    care_type: CareType | None = None
    from_day: date | None = None


class WithdrawOptOut(Frozen):
    """The practice wants offers again, for one care type or for all (OD13)."""

    kind: Literal["WithdrawOptOut"] = "WithdrawOptOut"
    purchaser: str
    care_type: CareType | None = None
    from_day: date | None = None


class SignalIntegrity(Frozen):
    """A named officer doubts the integrity of the care; needs a reason (CQ25-4-39, OD54)."""

    kind: Literal["SignalIntegrity"] = "SignalIntegrity"
    purchaser: str
    from_day: date | None = None


class EndIntegritySignal(Frozen):
    """A named officer takes the doubt back; needs a reason (OD54)."""

    kind: Literal["EndIntegritySignal"] = "EndIntegritySignal"
    purchaser: str
    from_day: date | None = None


ProviderCommand = OptOutOfOffers | WithdrawOptOut | SignalIntegrity | EndIntegritySignal
"""Every command of a provider."""
