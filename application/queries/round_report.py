"""How far a round is: by care type and status, and a row for each practice and care type."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from application.contract_pages import contract_pages
from application.contracting import CONTRACTS_AT_ONCE, Contracting
from application.queries.audience import restricted_of
from application.queries.horizon import Asked, fix_horizon
from application.round import registered_practices, round_care_types, version_of
from application.round_log import runs_of
from domain.agb import AgbCode
from domain.calendar import Instant, from_microseconds, last_instant, local_day
from domain.care_type import CareType
from domain.contract.audience import Audience, Restricted, is_open_review, open_reasons
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import ContractId
from domain.contract.facts import Reason
from domain.contract.standing import Status, deadlines_of, flagged, reasons_of, status
from domain.explanation import Outcome
from domain.history import Recorded, effective
from domain.model import Frozen
from domain.policy.adoption import PolicyVersion
from domain.policy.document import PolicyDocument
from domain.policy.eligibility import is_candidate, judge_approach
from domain.policy.judged import Consequence
from domain.provider.facts import fold_provider, provider_stream
from domain.provider.provider import Provider
from domain.round.facts import ROUNDS

STREAMS_AT_ONCE = 1_000


class RunShown(Frozen):
    """One run of the round; without ``finished_at`` it was interrupted, or still goes on."""

    day: date
    run: int
    care_types: tuple[CareType, ...]
    actor: str
    started_at: Instant
    finished_at: Instant | None


class RoundStatusAnswer(Frozen):
    """Where every procedure of the policy stood by the end of the day asked about, deadlines judged at ``judged_at``.

    Repeated with its ``effective_on``, ``known_at`` and ``position`` it is the same to the byte.
    """

    policy_id: str
    effective_on: date
    known_at: Instant
    position: int
    judged_at: Instant
    runs: tuple[RunShown, ...]
    care_types: dict[CareType, dict[Status, int]]
    open_reviews: dict[CareType, int]


class ReportRow(Frozen):
    """A practice and care type: where its procedure stood by the end of the day asked about, and why; days are local.

    ``reasons`` tell why it was not approached; where no round had decided yet, why one would not approach it that day.
    ``flags`` are for a person at the purchaser to see and decide nothing (OD35, OD38).
    The last three say what the row rests on; a report that is asked for with them is the same to the byte.
    """

    agb: str
    name: str
    city: str
    care_type: CareType
    contract_id: str
    status: Status
    reasons: tuple[Reason, ...]
    flags: tuple[Reason, ...]
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
    effective_on: date
    known_at: Instant
    position: int


class RoundReportAnswer(Frozen):
    """The whole report, a row for each practice and care type."""

    policy_id: str
    effective_on: date
    known_at: Instant
    position: int
    rows: tuple[ReportRow, ...]


@dataclass(frozen=True)
class _Then:
    """What a question about a round stands on: the day, what may be known, and the version in force on it.

    Facts count that had occurred by ``at``, the end of the day or the instant of the knowledge, whichever comes first.
    ``hidden`` is what whoever asks may not see.
    """

    effective_on: date
    known_at: datetime
    position: int
    at: datetime
    version: PolicyVersion
    hidden: Restricted | None = None

    @classmethod
    def of(
        cls, contracting: Contracting, policy_id: str, asked: Asked, audience: Audience = Audience.PURCHASER
    ) -> "_Then":
        effective_on, horizon = fix_horizon(contracting.log_port, contracting.clock, asked)
        known_at = from_microseconds(horizon.known_at)
        at = min(last_instant(effective_on), known_at)
        version = version_of(contracting, policy_id, at, up_to=horizon.position)
        purchaser = version.document.purchaser.id
        hides = audience is not Audience.PURCHASER
        hidden = restricted_of(contracting, purchaser, horizon.position) if hides else None
        return cls(effective_on, known_at, horizon.position, at, version, hidden)

    def occurred(self, history: Sequence[Recorded]) -> list[Recorded]:
        """The facts that had occurred by then, corrected as is known."""
        return [recorded for recorded in effective(history) if recorded.occurred_at <= self.at]


def round_status(contracting: Contracting, policy_id: str, asked: Asked) -> RoundStatusAnswer:
    """The policy's procedures as they stood on a day, with the knowledge of an instant.

    Raises ``RefusedError`` when the policy was not in force then, and the errors of ``EventLog.horizon``.
    """
    then = _Then.of(contracting, policy_id, asked)
    version, at = then.version, then.at
    counted: dict[CareType, Counter[Status]] = {each: Counter() for each in round_care_types(version.document)}
    reviews: Counter[CareType] = Counter()
    for page in contract_pages(contracting, policy_id, up_to=then.position):
        for loaded in page:
            care_type = loaded.contract_id.care_type
            occurred = then.occurred(loaded.history)
            if care_type in counted and occurred:
                contract = fold(occurred)
                counted[care_type][_status(contract, version, care_type, at)] += 1
                reviews[care_type] += len(_open_reviews(contract))
    return RoundStatusAnswer(
        policy_id=policy_id,
        effective_on=then.effective_on,
        known_at=then.known_at,
        position=then.position,
        judged_at=at,
        runs=tuple(_runs(contracting, policy_id, then)),
        care_types={
            care_type: {each: counts[each] for each in Status if counts[each]} for care_type, counts in counted.items()
        },
        open_reviews={care_type: reviews[care_type] for care_type in counted},
    )


def round_report(
    contracting: Contracting,
    policy_id: str,
    asked: Asked,
    *,
    everybody: bool = False,
    audience: Audience = Audience.PURCHASER,
) -> RoundReportAnswer:
    """The report with all its rows; raises what ``report_rows`` raises."""
    then = _Then.of(contracting, policy_id, asked, audience)
    return RoundReportAnswer(
        policy_id=policy_id,
        effective_on=then.effective_on,
        known_at=then.known_at,
        position=then.position,
        rows=tuple(_rows(contracting, then, everybody=everybody)),
    )


def report_rows(
    contracting: Contracting,
    policy_id: str,
    asked: Asked,
    *,
    everybody: bool = False,
    audience: Audience = Audience.PURCHASER,
) -> Iterator[ReportRow]:
    """A row for each candidate and care type of the round, in order of AGB code; with ``everybody`` for all practices.

    Raises ``RefusedError`` when the policy was not in force then, and the errors of ``EventLog.horizon``, before the
    first row; a national report is never in memory as a whole.
    """
    return _rows(contracting, _Then.of(contracting, policy_id, asked, audience), everybody=everybody)


def _rows(contracting: Contracting, then: _Then, *, everybody: bool) -> Iterator[ReportRow]:
    document, day = then.version.document, local_day(then.at)
    asked = [(each, document.care_types[each]) for each in round_care_types(document)]
    agbs = registered_practices(contracting)
    for first in range(0, len(agbs), CONTRACTS_AT_ONCE):
        providers = _providers(contracting, document.purchaser.id, agbs[first : first + CONTRACTS_AT_ONCE], then)
        wanted = [
            (
                provider,
                ContractId(document.purchaser.id, provider.record.agb, care_type, rules.period or ""),
                is_candidate(rules, care_type, provider, day),
            )
            for provider in providers
            for care_type, rules in asked
        ]
        found = _histories(contracting, [str(contract_id) for _, contract_id, _ in wanted], then.position)
        for provider, contract_id, candidate in wanted:
            history = then.occurred(found.get(str(contract_id), []))
            if candidate or history or everybody:
                yield _row(provider, contract_id, history, then)


def _providers(contracting: Contracting, purchaser: str, agbs: Sequence[AgbCode], then: _Then) -> list[Provider]:
    """The practices as the purchaser knew them then; who was registered later is left out."""
    found = _histories(contracting, [provider_stream(agb) for agb in agbs], then.position)
    folded = (fold_provider(found.get(provider_stream(agb), []), purchaser) for agb in agbs)
    providers = [each for each in folded if each is not None]
    year = then.version.document.year
    return contracting.contract_history.known(purchaser, providers, year, up_to=then.position)


def _histories(contracting: Contracting, streams: Sequence[str], up_to: int) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for first in range(0, len(streams), STREAMS_AT_ONCE):
        for row in contracting.log_port.read_streams(streams[first : first + STREAMS_AT_ONCE], up_to=up_to):
            found.setdefault(row.originator_id, []).append(contracting.facts.decode(row))
    return found


def _row(provider: Provider, contract_id: ContractId, history: Sequence[Recorded], then: _Then) -> ReportRow:
    version, at = then.version, then.at
    contract = fold(history)
    offer = contract.offer
    care_type, document = contract_id.care_type, version.document
    reasons = reasons_of(contract)
    flags = contract.flags
    if not history:
        judged = tuple(judge_approach(document, care_type, provider, local_day(at)))
        reasons = tuple(
            Reason(code=each.refusal_code, clause=each.explanation.clause, found=each.explanation.value)
            for each in judged
            if each.consequence is not Consequence.ASKS and each.outcome is not Outcome.MET
        )
        flags = flagged(judged)
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
        reasons=_reasons((*reasons, *contract.unmet_conditions), then.hidden),
        flags=() if then.hidden is not None else flags,
        tier=None if entitled is None else entitled.tier,
        approached_on=_day(contract.approached_at),
        confirmed_on=_day(contract.confirmed_at),
        assessed_on=_day(contract.assessed_at),
        offered_on=None if offer is None else _day(offer.offered_at),
        last_signing_day=None if offer is None else _last_signing_day(contract, document, care_type),
        declined_on=_day(contract.declined_at),
        signed_on=_day(contract.signed_at),
        published_on=_day(contract.published_at),
        open_reviews=tuple(_open_reviews(contract, then.hidden)),
        effective_on=then.effective_on,
        known_at=then.known_at,
        position=then.position,
    )


def _last_signing_day(contract: Contract, document: PolicyDocument, care_type: CareType) -> date | None:
    signing = deadlines_of(contract, document, care_type).signing
    return None if signing is None else signing.last_day


def _status(contract: Contract, version: PolicyVersion, care_type: CareType, at: datetime) -> Status:
    return status(contract, deadlines_of(contract, version.document, care_type), at)


def _reasons(reasons: tuple[Reason, ...], hidden: Restricted | None) -> tuple[Reason, ...]:
    return reasons if hidden is None else open_reasons(reasons, hidden)


def _open_reviews(contract: Contract, hidden: Restricted | None = None) -> list[str]:
    return [
        review.review_id
        for review in contract.reviews.values()
        if review.outcome is None and (hidden is None or is_open_review(review.ground, review.factor, hidden))
    ]


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else local_day(instant)


def _runs(contracting: Contracting, policy_id: str, then: _Then) -> Iterator[RunShown]:
    """The runs of the policy's rounds that were known then, in order of day."""
    streams = contracting.log_port.stream_ids(f"{ROUNDS}{policy_id}/")
    for history in _histories(contracting, streams, then.position).values():
        for run in runs_of(then.occurred(history)):
            yield RunShown(
                day=run.started.day,
                run=run.started.run,
                care_types=run.started.care_types,
                actor=run.actor,
                started_at=run.started_at,
                finished_at=run.finished_at,
            )
