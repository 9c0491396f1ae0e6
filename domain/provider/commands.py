"""What an officer can ask to be recorded of a provider; who asks and why stands in the order around it.

``from_day`` is a local day; absent it is the day on which the word arrived.
"""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from domain.calendar import Instant
from domain.care_type import CareType
from domain.model import Frozen
from domain.provider.register import Person


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


class RecordValue(Frozen):
    """An officer enters what became known of the practice under a code of the policy; needs a reason (OD31, OD34).

    ``value`` is text, read exactly by the rule that asks for it; one of a year or a care type carries it.
    """

    kind: Literal["RecordValue"] = "RecordValue"
    purchaser: str
    code: str
    value: str
    year: int | None = None
    care_type: CareType | None = None


class CorrectProviderFact(Frozen):
    """Mend a wrong entry: read the fact at ``version`` as ``replacement``, or void it when there is none.

    ``purchaser`` is whose fact it is, absent for what the register says; ``fact_occurred_at`` is the right instant
    when it was the wrong one. Needs a reason.
    """

    kind: Literal["CorrectProviderFact"] = "CorrectProviderFact"
    purchaser: str | None = None
    version: int = Field(ge=1)
    replacement: dict[str, Any] | None = None
    fact_occurred_at: Instant | None = None


ProviderCommand = (
    OptOutOfOffers | WithdrawOptOut | SignalIntegrity | EndIntegritySignal | RecordValue | CorrectProviderFact
)
"""Every command of a provider."""


class GrantDelegation(Frozen):
    """A signatory lets another person fill in and upload for the practice, until it is revoked or the day has passed.

    ``granted_by`` is the signatory's person id, ``certificate_serial`` that of the certificate which the signatory was
    identified by.
    """

    kind: Literal["GrantDelegation"] = "GrantDelegation"
    person: Person
    granted_by: str
    certificate_serial: str
    last_day: date | None = None


class RevokeDelegation(Frozen):
    """A signatory, not necessarily the one who granted it, takes the right to act back, at once."""

    kind: Literal["RevokeDelegation"] = "RevokeDelegation"
    person_id: str
    revoked_by: str
    certificate_serial: str


DelegationCommand = GrantDelegation | RevokeDelegation
"""What a practice itself arranges, for every purchaser alike."""
