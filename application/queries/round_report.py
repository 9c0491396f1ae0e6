"""How far a round is: by care type and status, and a row for each practice and care type."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from application.contract_pages import contract_pages
from application.contracting import CONTRACTS_AT_ONCE, Contracting
from application.queries.time_travel import reasons_of
from application.round import registered_practices, round_care_types, version_of
from application.round_log import runs_of
from domain.calendar import Instant, from_microseconds, local_day
from domain.care_type import CareType
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import ContractId
from domain.contract.facts import Reason
from domain.contract.standing import Status, deadlines_of, status
from domain.history import Recorded
from domain.model import Frozen
from domain.policy.adoption import PolicyVersion
from domain.policy.document import PolicyDocument
from domain.policy.eligibility import approach_rules, is_candidate
from domain.provider.provider import Provider
from domain.round.facts import ROUNDS


class RunShown(Frozen):
    """One run of the round; without ``finished_at`` it was interrupted, or still goes on."""

    day: date
    run: int
    care_types: tuple[CareType, ...]
    actor: str
    started_at: Instant
    finished_at: Instant | None


class RoundStatus(Frozen):
    """Where every procedure of the policy stands, deadlines judged at ``known_at``."""

    policy_id: str
    known_at: Instant
    position: int
    runs: tuple[RunShown, ...]
    care_types: dict[CareType, dict[Status, int]]
    open_reviews: dict[CareType, int]


class ReportRow(Frozen):
    """A practice and care type: where its procedure stands and why; days are local.

    ``reasons`` tell why it was not approached; where no round has decided yet, why one would not approach it today.
    """

    agb: str
    name: str
    city: str
    care_type: CareType
    contract_id: str
    status: Status
    reasons: tuple[Reason, ...]
    tier: str | None
    approached_on: date | None
    confirmed_on: date | None
    assessed_on: date | None
    offered_on: date | None
    last_signing_day: date | None
    declined_on: date | None
    signed_on: date | None
    published_on: date | None
    open_reviews: tuple[str, ...]


def round_status(contracting: Contracting, policy_id: str) -> RoundStatus:
    """The policy's procedures as they stand now; raises ``RefusedError`` when it is not adopted."""
    horizon = contracting.log_port.horizon()
    at = from_microseconds(horizon.known_at)
    version = version_of(contracting, policy_id, at)
    counted: dict[CareType, Counter[Status]] = {each: Counter() for each in round_care_types(version.document)}
    reviews: Counter[CareType] = Counter()
    for page in contract_pages(contracting, policy_id, up_to=horizon.position):
        for loaded in page:
            care_type = loaded.contract_id.care_type
            if care_type in counted:
                counted[care_type][_status(loaded.contract, version, care_type, at)] += 1
                reviews[care_type] += len(_open_reviews(loaded.contract))
    return RoundStatus(
        policy_id=policy_id,
        known_at=at,
        position=horizon.position,
        runs=tuple(_runs(contracting, policy_id)),
        care_types={
            care_type: {each: counts[each] for each in Status if counts[each]} for care_type, counts in counted.items()
        },
        open_reviews={care_type: reviews[care_type] for care_type in counted},
    )


def round_report(contracting: Contracting, policy_id: str, *, everybody: bool = False) -> Iterator[ReportRow]:
    """A row for each candidate and care type of the round, in order of AGB code; with ``everybody`` for all practices.

    Raises ``RefusedError`` when the policy is not adopted.
    """
    horizon = contracting.log_port.horizon()
    at = from_microseconds(horizon.known_at)
    version = version_of(contracting, policy_id, at)
    return _rows(contracting, version, at, horizon.position, everybody=everybody)


def _rows(
    contracting: Contracting, version: PolicyVersion, at: datetime, up_to: int, *, everybody: bool
) -> Iterator[ReportRow]:
    document, today = version.document, local_day(at)
    asked = [(each, document.care_types[each]) for each in round_care_types(document)]
    agbs = registered_practices(contracting)
    for first in range(0, len(agbs), CONTRACTS_AT_ONCE):
        providers = contracting.providers(document.purchaser.id, agbs[first : first + CONTRACTS_AT_ONCE])
        wanted = [
            (
                provider,
                ContractId(document.purchaser.id, provider.record.agb, care_type, rules.period or ""),
                is_candidate(rules, care_type, provider, today),
            )
            for provider in providers
            for care_type, rules in asked
        ]
        found = _histories(contracting, [str(contract_id) for _, contract_id, _ in wanted], up_to)
        for provider, contract_id, candidate in wanted:
            history = found.get(str(contract_id), [])
            if candidate or history or everybody:
                yield _row(provider, contract_id, history, version, at)


def _histories(contracting: Contracting, streams: Sequence[str], up_to: int) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for row in contracting.log_port.read_streams(streams, up_to=up_to):
        found.setdefault(row.originator_id, []).append(contracting.facts.decode(row))
    return found


def _row(
    provider: Provider, contract_id: ContractId, history: Sequence[Recorded], version: PolicyVersion, at: datetime
) -> ReportRow:
    contract = fold(history)
    offer = contract.offer
    care_type, document = contract_id.care_type, version.document
    reasons = reasons_of(contract)
    if not history:
        judged = approach_rules(document, care_type, provider, local_day(at))
        reasons = tuple(
            Reason(code=code, clause=each.clause, found=each.value) for code, each in judged if each.outcome != "met"
        )
    rule = document.care_types[care_type].term
    start = offer.term.start if offer is not None else None if rule is None else rule.term.start
    entitled = None if start is None else contract.tier_on(max(local_day(at), start))
    return ReportRow(
        agb=contract_id.agb,
        name=provider.record.name,
        city=provider.record.city,
        care_type=care_type,
        contract_id=str(contract_id),
        status=_status(contract, version, care_type, at),
        reasons=(*reasons, *contract.unmet_conditions),
        tier=None if entitled is None else entitled.tier,
        approached_on=_day(contract.approached_at),
        confirmed_on=_day(contract.confirmed_at),
        assessed_on=_day(contract.assessed_at),
        offered_on=None if offer is None else _day(offer.offered_at),
        last_signing_day=None if offer is None else _last_signing_day(contract, document, care_type),
        declined_on=_day(contract.declined_at),
        signed_on=_day(contract.signed_at),
        published_on=_day(contract.published_at),
        open_reviews=tuple(_open_reviews(contract)),
    )


def _last_signing_day(contract: Contract, document: PolicyDocument, care_type: CareType) -> date | None:
    signing = deadlines_of(contract, document, care_type).signing
    return None if signing is None else signing.last_day


def _status(contract: Contract, version: PolicyVersion, care_type: CareType, at: datetime) -> Status:
    return status(contract, deadlines_of(contract, version.document, care_type), at)


def _open_reviews(contract: Contract) -> list[str]:
    return [review.review_id for review in contract.reviews.values() if review.outcome is None]


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else local_day(instant)


def _runs(contracting: Contracting, policy_id: str) -> Iterator[RunShown]:
    """All runs of the policy's rounds, in order of day."""
    for stream in contracting.log_port.stream_ids(f"{ROUNDS}{policy_id}/"):
        for run in runs_of(contracting.facts.decode_all(contracting.log_port.read([(stream, 0)]))):
            yield RunShown(
                day=run.started.day,
                run=run.started.run,
                care_types=run.started.care_types,
                actor=run.actor,
                started_at=run.started_at,
                finished_at=run.finished_at,
            )
