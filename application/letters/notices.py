"""What a claims system is told of a contract: a tier changed or has begun, the practice is listed or not any more."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

from domain.calendar import Instant
from domain.contract.contract import Contract
from domain.contract.contract_id import ContractId
from domain.contract.facts import Published, TierAssigned, TierChangeAnnounced, Unpublished
from domain.history import Recorded
from domain.model import Frozen


class NoticeKind(StrEnum):
    """What happened."""

    TIER_CHANGED = "contract.tier_changed"
    TIER_BEGUN = "contract.tier_begun"
    LISTED = "contract.listed"
    UNLISTED = "contract.unlisted"


class TierNow(Frozen):
    """A tier and the local day from which it holds."""

    tier: str
    effective_on: date


class Notice(Frozen):
    """One message: the event that caused it, and what a register needs to look further.

    ``tiers`` are those that the commit assigned; the register says what holds on a day.
    """

    type: NoticeKind
    event_id: str
    position: int
    occurred_at: Instant
    recorded_at: Instant
    contract_id: str
    purchaser: str
    agb: str
    care_type: str
    period: str
    tiers: tuple[TierNow, ...] = ()


def notices_of(contract_id: ContractId, before: Contract, commit: Sequence[Recorded]) -> Iterator[Notice]:
    """The notices about one commit of a contract, ``before`` being the contract that it found.

    A tier that is assigned before there is a contract is nothing that claims could rest on.
    """
    assigned = [each for each in commit if isinstance(each.fact, TierAssigned)]
    if assigned and before.concluded:
        tiers = {each.fact.effective_on: each.fact.tier for each in assigned if isinstance(each.fact, TierAssigned)}
        told = tuple(TierNow(tier=tier, effective_on=day) for day, tier in sorted(tiers.items()))
        yield _notice(NoticeKind.TIER_CHANGED, contract_id, assigned[0], told)
    for recorded in commit:
        if isinstance(recorded.fact, TierChangeAnnounced):
            told = (TierNow(tier=recorded.fact.tier, effective_on=recorded.fact.effective_on),)
            yield _notice(NoticeKind.TIER_BEGUN, contract_id, recorded, told)
        elif isinstance(recorded.fact, Published):
            yield _notice(NoticeKind.LISTED, contract_id, recorded)
        elif isinstance(recorded.fact, Unpublished):
            yield _notice(NoticeKind.UNLISTED, contract_id, recorded)


def _notice(kind: NoticeKind, contract_id: ContractId, cause: Recorded, tiers: tuple[TierNow, ...] = ()) -> Notice:
    return Notice(
        type=kind,
        event_id=cause.event_id,
        position=cause.position,
        occurred_at=cause.occurred_at,
        recorded_at=cause.recorded_at,
        contract_id=str(contract_id),
        purchaser=contract_id.purchaser,
        agb=contract_id.agb,
        care_type=contract_id.care_type,
        period=contract_id.period,
        tiers=tiers,
    )
