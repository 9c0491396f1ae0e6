"""The yearly round of one policy: approach every candidate, and release the offers that waited for an amendment.

New streams go in chunks of at most 200 to a commit; whatever exists already gets a transaction of its own. A round can
be stopped at any moment and started again: what the log holds of it is found there and not done twice.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from typing import NamedTuple, TypeVar

from application.contracting import CONTRACTS_AT_ONCE, Answer, Contracting, Loaded
from application.order import Order, digest
from application.ports import ProgressReport, VersionConflict
from application.round_log import RoundLog, RunKey
from application.round_tally import RoundTally
from domain.agb import AgbCode
from domain.calendar import AMSTERDAM, local_day
from domain.care_type import CareType
from domain.contract.commands import Approach, ContractCommand, MakeOffer
from domain.contract.contract_id import ContractId
from domain.contract.facts import NotApproached, OfferWithheld
from domain.history import Fact, UnreadableError
from domain.model import Frozen
from domain.policy.adoption import PolicyVersion, policy_stream
from domain.policy.document import PlanningKind, PolicyDocument, Route
from domain.policy.eligibility import is_candidate
from domain.provider.facts import provider_stream
from domain.provider.provider import Provider
from domain.refusal import Refused, RefusedError
from domain.round.facts import RoundCounts

Key = TypeVar("Key")
Found = TypeVar("Found")
PROVIDERS = provider_stream(AgbCode("00000000"))[:-8]
PRACTICES_AT_ONCE = 200
"""After so many practices a round can be stopped."""
WITHOUT_ROUND = (Route.DEFERRED, Route.NOT_OFFERED, Route.FOLLOW_INSURER)
STARTS_AT = time(9)
"""When a round on another day than today acts, local time."""


class RoundOrder(NamedTuple):
    """Which round, on which local day, and on whose word.

    ``on`` absent is today, and the round acts now; on an earlier day it acts at 09:00 local and needs a ``reason``; a
    later day can only be tried with ``dry_run``, which stores nothing. No ``care_types`` is all of the round.
    ``causation_id`` is the plan that it carries out, ``correlation_id`` that of the request for it.
    """

    policy_id: str
    actor: str
    on: date | None = None
    care_types: tuple[CareType, ...] = ()
    reason: str | None = None
    dry_run: bool = False
    on_behalf_of: str | None = None
    causation_id: str | None = None
    correlation_id: str | None = None


class RoundFailure(Frozen):
    """A contract, or the stream of a practice, that could not be decided; the others went on."""

    stream_id: str
    message: str


class RoundReport(Frozen):
    """What a round did, or would do; ``batch`` is the correlation id of all its facts.

    ``warnings`` name care types that are approached outside the planning's non-binding window (OD50).
    """

    policy_id: str
    day: date
    batch: str
    dry_run: bool
    resumed: bool
    interrupted: bool
    warnings: tuple[str, ...]
    counts: dict[CareType, RoundCounts]
    failures: tuple[RoundFailure, ...]


class PlannedCareType(Frozen):
    """A care type that a round is about: how its practices are approached, and for which period."""

    care_type: CareType
    route: Route
    period: str


class RoundPlan(Frozen):
    """What a round on a day would be about, by the policy in force then; ``warnings`` are those of the report."""

    policy_id: str
    day: date
    care_types: tuple[PlannedCareType, ...]
    warnings: tuple[str, ...]


def round_plan(contracting: Contracting, asked: RoundOrder) -> RoundPlan:
    """What a round would be about; raises ``RefusedError`` when it can not be held. Nothing is decided or stored."""
    acts = _Acts.of(contracting, asked)
    rules = [(care_type, acts.document.care_types[care_type]) for care_type in acts.care_types]
    return RoundPlan(
        policy_id=acts.document.id,
        day=acts.day,
        care_types=tuple(
            PlannedCareType(care_type=care_type, route=each.route, period=each.period or "")
            for care_type, each in rules
        ),
        warnings=tuple(_outside_planning(acts)),
    )


def run_round(
    contracting: Contracting,
    asked: RoundOrder,
    *,
    progress: ProgressReport | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> RoundReport:
    """Go over all registered practices; ``stop`` is asked after every page of practices, and the rest waits then.

    Run again on the same day it goes on where it stopped; once finished, a further run decides anew for those not
    approached and records only another outcome (OD49). Raises ``RefusedError`` when the round can not be held.
    """
    acts = _Acts.of(contracting, asked)
    log = RoundLog(contracting, asked.actor, asked.reason, asked.correlation_id)
    key = log.begin(RunKey(acts.document.id, acts.day, acts.care_types), acts.occurred_at, store=not asked.dry_run)
    order = Order(
        actor=asked.actor,
        command_id=key.batch,
        on_behalf_of=asked.on_behalf_of,
        correlation_id=key.batch,
        causation_id=asked.causation_id,
        reason=asked.reason,
        occurred_at=acts.occurred_at,
    )
    decided = _Decisions(contracting, order, acts, dry_run=asked.dry_run)
    agbs = registered_practices(contracting)
    interrupted, done = False, 0
    for done in range(0, len(agbs), PRACTICES_AT_ONCE):
        if stop():
            interrupted = True
            break
        decided.practices(agbs[done : done + PRACTICES_AT_ONCE])
        if progress is not None:
            progress(min(done + PRACTICES_AT_ONCE, len(agbs)), len(agbs))
    counts = {care_type: decided.tallies[care_type].counts() for care_type in acts.care_types}
    if not (interrupted or asked.dry_run or decided.failures):
        log.finish(key, counts)
    return RoundReport(
        policy_id=acts.document.id,
        day=acts.day,
        batch=key.batch,
        dry_run=asked.dry_run,
        resumed=key.resumed,
        interrupted=interrupted,
        warnings=tuple(_outside_planning(acts)),
        counts=counts,
        failures=tuple(decided.failures),
    )


def registered_practices(contracting: Contracting) -> list[AgbCode]:
    """The AGB codes of all practices that the log knows, in order."""
    found: list[AgbCode] = []
    after = ""
    while page := contracting.log_port.stream_ids(PROVIDERS, after=after):
        found += [AgbCode(stream_id.removeprefix(PROVIDERS)) for stream_id in page]
        after = page[-1]
    return found


def round_care_types(document: PolicyDocument) -> tuple[CareType, ...]:
    """The care types that a round is about, in the order in which they are always named.

    It sends questionnaires and offers, transfers, and tells who is left to apply why.
    """
    covered = [(care_type, document.care_types.get(care_type)) for care_type in CareType]
    return tuple(
        care_type
        for care_type, rules in covered
        if rules is not None and rules.period is not None and rules.route not in WITHOUT_ROUND
    )


def version_of(contracting: Contracting, policy_id: str, at: datetime, *, up_to: int | None = None) -> PolicyVersion:
    """The version of a policy in force at an instant, of those recorded up to a log position if given.

    Raises ``RefusedError`` when there is none.
    """
    contracting.policies.refresh()
    versions = contracting.policies.versions(policy_stream(policy_id), up_to=up_to)
    version = versions.at(at)
    if version is not None:
        return version
    if versions.versions:
        first = local_day(min(each.in_force_from for each in versions.versions))
        raise RefusedError(
            Refused("POLICY_NOT_IN_FORCE", f"{policy_id} is in force from {first}, not on {local_day(at)}")
        )
    streams = [
        each for each in contracting.policies.streams() if contracting.policies.versions(each, up_to=up_to).versions
    ]
    known = ", ".join(stream.removeprefix(policy_stream("")) for stream in streams) or "none"
    raise RefusedError(
        Refused("POLICY_NOT_ADOPTED", f"the policy {policy_id!r} is not adopted in this log; adopted are: {known}")
    )


class _Acts(NamedTuple):
    """When the round acts and by which document; ``occurred_at`` is absent when it acts now."""

    document: PolicyDocument
    care_types: tuple[CareType, ...]
    day: date
    occurred_at: datetime | None
    now: datetime

    @classmethod
    def of(cls, contracting: Contracting, asked: RoundOrder) -> "_Acts":
        now = contracting.clock.now()
        today = local_day(now)
        day = asked.on or today
        occurred_at = None if day == today else datetime.combine(day, STARTS_AT, tzinfo=AMSTERDAM).astimezone(UTC)
        if day > today and not asked.dry_run:
            message = f"{day} lies in the future, today is {today}; a future day can only be tried, with a dry run"
            raise RefusedError(Refused("ROUND_IN_FUTURE", message))
        if day < today and not (asked.reason or "").strip():
            message = f"a round on {day}, before today {today}, needs a reason"
            raise RefusedError(Refused("REASON_MISSING", message))
        document = version_of(contracting, asked.policy_id, occurred_at or now).document
        possible = round_care_types(document)
        strange = [care_type for care_type in asked.care_types if care_type not in possible]
        if strange or not possible:
            message = (
                f"{document.id} has no round for {', '.join(strange) or 'any care type'}; "
                f"it has one for {', '.join(possible) or 'none'}"
            )
            raise RefusedError(Refused("NO_ROUND", message))
        chosen = tuple(care_type for care_type in possible if not asked.care_types or care_type in asked.care_types)
        return cls(document, chosen, day, occurred_at, max(now, occurred_at or now))


class _Decisions:
    """Decides page by page of practices, and counts."""

    def __init__(self, contracting: Contracting, order: Order, acts: _Acts, *, dry_run: bool) -> None:
        self._contracting = contracting
        self._order = order
        self._acts = acts
        self._dry_run = dry_run
        self._approach = Approach()
        self._mine = b'"correlation_id":"' + (order.correlation_id or "").encode() + b'"'
        self.tallies = {care_type: RoundTally() for care_type in acts.care_types}
        self.failures: list[RoundFailure] = []

    def practices(self, agbs: Sequence[AgbCode]) -> None:
        candidates = list(self._candidates(agbs))
        load = partial(self._contracting.load_all, commands=[self._approach])
        for first in range(0, len(candidates), CONTRACTS_AT_ONCE):
            contracts = self._readable(load, candidates[first : first + CONTRACTS_AT_ONCE], str)
            wanted: list[tuple[Loaded, ContractCommand, Order]] = []
            for loaded in contracts:
                self.tallies[loaded.contract_id.care_type].candidates += 1
                command, order = self._next(loaded)
                if command is None:
                    self._count(loaded, ())
                else:
                    wanted.append((loaded, command, order))
            if self._dry_run:
                self._try(wanted)
            elif wanted:
                self._carry_out(wanted)

    def _readable(
        self, read: Callable[[Sequence[Key]], list[Found]], keys: Sequence[Key], stream_of: Callable[[Key], str]
    ) -> list[Found]:
        """All at once; one by one when there is a fact that this version does not know, and those are told."""
        try:
            return read(keys)
        except UnreadableError:
            found: list[Found] = []
            for key in keys:
                try:
                    found += read([key])
                except UnreadableError as error:
                    self.failures.append(RoundFailure(stream_id=stream_of(key), message=str(error)))
            return found

    def _candidates(self, agbs: Sequence[AgbCode]) -> Iterator[ContractId]:
        document = self._acts.document
        for provider in self._readable(self._practices, agbs, provider_stream):
            for care_type in self._acts.care_types:
                rules = document.care_types[care_type]
                if rules.period is not None and is_candidate(rules, care_type, provider, self._acts.day):
                    yield ContractId(document.purchaser.id, provider.record.agb, care_type, rules.period)

    def _practices(self, agbs: Sequence[AgbCode]) -> list[Provider]:
        """The practices with their whole contract history: it makes candidates too."""
        purchaser, year = self._acts.document.purchaser.id, self._acts.document.year
        providers = self._contracting.providers(purchaser, agbs)
        return self._contracting.contract_history.known(purchaser, providers, year)

    def _next(self, loaded: Loaded) -> tuple[ContractCommand | None, Order]:
        """What the round asks of a contract, if anything, and under which id."""
        batch, contract = self._order.command_id, loaded.contract
        order = self._order._replace(causation_id=self._adopted_since(loaded) or self._order.causation_id)
        if contract.withheld is not None and contract.offer is None:
            return MakeOffer(), order._replace(command_id=f"{batch}/offer/{loaded.contract_id}")
        order = order._replace(command_id=f"{batch}/{loaded.contract_id}")
        return (self._approach if contract.approached_at is None else None), order

    def _adopted_since(self, loaded: Loaded) -> str | None:
        """The adoption that has a contract decided anew: of another version than was in force when it had to wait."""
        waiting = [each for each in loaded.history if isinstance(each.fact, OfferWithheld | NotApproached)]
        current = loaded.policies.at(self._acts.occurred_at or self._acts.now)
        if not waiting or current is None or waiting[-1].envelope().policy_position == current.position:
            return None
        return current.event_id or None

    def _try(self, wanted: Sequence[tuple[Loaded, ContractCommand, Order]]) -> None:
        for loaded, command, order in wanted:
            try:
                facts = self._contracting.prepare(loaded, command, order, digest(command), now=self._acts.now)
            except RefusedError as error:
                self._count(loaded, error.refused)
            else:
                self._count(loaded, [each.fact for each in facts])

    def _carry_out(self, wanted: Sequence[tuple[Loaded, ContractCommand, Order]]) -> None:
        orders = [(loaded.contract_id, command, order) for loaded, command, order in wanted]
        try:
            answers = self._contracting.begin_loaded([each[0] for each in wanted], orders)
        except VersionConflict:
            # everything that was stored meanwhile is answered from the log
            answers = [self._alone(*each) for each in orders]
        for (loaded, _, _), answer in zip(wanted, answers, strict=True):
            self._count(loaded, answer.facts if isinstance(answer, Answer) else answer)

    def _alone(self, contract_id: ContractId, command: ContractCommand, order: Order) -> Answer | Refused:
        try:
            return self._contracting.act(contract_id, command, order)
        except RefusedError as error:
            return error.refused
        except VersionConflict as error:
            self.failures.append(RoundFailure(stream_id=str(contract_id), message=str(error)))
            return Refused("CONFLICT", str(error))

    def _count(self, loaded: Loaded, outcome: Refused | Sequence[Fact]) -> None:
        tally = self.tallies[loaded.contract_id.care_type]
        if isinstance(outcome, Refused):
            tally.refused[outcome.code] += 1
            return
        earlier = [recorded.fact for recorded in loaded.history if self._mine in recorded.context]
        tally.add(loaded.contract, [*earlier, *(fact for fact in outcome if fact not in earlier)])


def _outside_planning(acts: _Acts) -> Iterator[str]:
    for care_type in acts.care_types:
        asked = acts.document.care_types[care_type].route is Route.QUESTIONNAIRE
        row = acts.document.row_of(PlanningKind.QUESTIONNAIRE if asked else PlanningKind.OFFER, care_type)
        if row is None or row.window is None or row.window.first_day <= acts.day <= row.window.last_day:
            continue
        yield (
            f"{care_type}: {acts.day} lies outside the planning, {row.moment or 'its window'} "
            f"({row.window.first_day}..{row.window.last_day}, {row.clause}); the window does not bind (OD50)"
        )
