"""What the care finder shows for a care type: who is contracted, and where the policy says so, who is not."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from application.contracting import CONTRACTS_AT_ONCE, Contracting
from application.queries.horizon import Asked, fix_horizon
from application.round import registered_practices, version_of
from domain.agb import AgbCode
from domain.calendar import Instant, from_microseconds, last_instant, local_day
from domain.care_type import CareType
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import ContractId
from domain.contract.standing import deadlines_of, listed
from domain.history import Recorded
from domain.model import Frozen
from domain.policy.document import PolicyDocument, PublicationMode
from domain.policy.eligibility import is_candidate
from domain.provider.facts import fold_provider, provider_stream


class Shown(StrEnum):
    """As what the care finder shows a practice."""

    CONTRACTED = "contracted"
    NOT_CONTRACTED = "not_contracted"


class ListedPractice(Frozen):
    """A practice as the care finder shows it; never why it is not contracted (OD53)."""

    agb: AgbCode
    name: str
    shown_as: Shown


class ListingAnswer(Frozen):
    """What is shown at the end of ``effective_on``, in order of AGB code; nothing before the publication date."""

    policy_id: str
    care_type: CareType
    effective_on: date
    known_at: Instant
    position: int
    practices: tuple[ListedPractice, ...]


def listing(contracting: Contracting, policy_id: str, care_type: CareType, asked: Asked) -> ListingAnswer:
    """The practices that the care finder shows for a care type of a policy.

    Raises ``RefusedError`` when the policy is not adopted or does not cover the care type, and the errors of
    ``EventLog.horizon``.
    """
    effective_on, horizon = fix_horizon(contracting.log_port, contracting.clock, asked)
    at, known_at = last_instant(effective_on), from_microseconds(horizon.known_at)
    document = version_of(contracting, policy_id, min(at, known_at)).document
    return ListingAnswer(
        policy_id=policy_id,
        care_type=care_type,
        effective_on=effective_on,
        known_at=known_at,
        position=horizon.position,
        practices=tuple(_shown(contracting, document, care_type, at, horizon.position)),
    )


def _shown(
    contracting: Contracting, document: PolicyDocument, care_type: CareType, at: datetime, up_to: int
) -> Iterator[ListedPractice]:
    rules = document.care_types.get(care_type)
    if rules is None or rules.period is None:
        return
    agbs, purchaser, day = registered_practices(contracting), document.purchaser.id, local_day(at)
    for first in range(0, len(agbs), CONTRACTS_AT_ONCE):
        page = agbs[first : first + CONTRACTS_AT_ONCE]
        contracts = {agb: ContractId(purchaser, agb, care_type, rules.period) for agb in page}
        found = _histories(
            contracting, [*map(provider_stream, page), *(str(each) for each in contracts.values())], up_to
        )
        for agb in page:
            provider = fold_provider(found.get(provider_stream(agb), []), purchaser)
            if provider is None:
                continue
            history = found.get(str(contracts[agb]), [])
            known = bool(history) or is_candidate(rules, care_type, provider, day)
            shown_as = _shown_as(fold(history), document, care_type, at, known=known)
            if shown_as is not None:
                yield ListedPractice(agb=agb, name=provider.record.name, shown_as=shown_as)


def _shown_as(
    contract: Contract, document: PolicyDocument, care_type: CareType, at: datetime, *, known: bool
) -> Shown | None:
    """Contracted, not contracted where the policy shows it, or nothing (CQ25-4-40, ASR24-5-5)."""
    starts = deadlines_of(contract, document, care_type).publication_starts
    if listed(contract, starts, at):
        return Shown.CONTRACTED
    published = starts is not None and at >= starts
    return Shown.NOT_CONTRACTED if known and published and document.publication.mode is PublicationMode.SHOW else None


def _histories(contracting: Contracting, streams: Sequence[str], up_to: int) -> dict[str, list[Recorded]]:
    rows = contracting.log_port.read_streams(streams, up_to=up_to)
    return {
        stream: contracting.facts.decode_all(list(of_stream))
        for stream, of_stream in groupby(rows, key=lambda row: row.originator_id)
    }
