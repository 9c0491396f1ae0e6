"""What a contract rests on in the register, and since when that is no longer so.

Nothing changes by itself: a person is asked (OD07). Only what the register says is looked at, of which every purchaser
sees the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from domain.calendar import day_start, local_day, next_day
from domain.care_type import CareType
from domain.contract.contract import Contract
from domain.contract.ended_proofs import proofs_end
from domain.contract.facts import ReviewGround
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.answers import Answers
from domain.policy.care_type_rules import CareTypeRules, SelectivePurchase
from domain.policy.condition_rules import ConditionKind
from domain.policy.conditions import judge
from domain.policy.document import PolicyDocument
from domain.policy.eligibility import vektis_rules
from domain.policy.factors import measured_share
from domain.policy.registrations import judged_certificate
from domain.provider.provider import Provider
from domain.provider.register import Dated, Location, PracticeRecord

OF_THE_REGISTER = (ConditionKind.PROFESSIONALS, ConditionKind.PROGRAMME, ConditionKind.CERTIFICATE)
"""The kinds of condition that the register establishes; the others rest on what the purchaser knows."""
PEOPLE_NAMED = 5
LOCATION = "location "


class RegisterState(NamedTuple):
    """The practice as the register had it from an instant on; ``event_id`` is the fact that brought it."""

    since: datetime
    event_id: str
    record: PracticeRecord


class ContractBasis(NamedTuple):
    """The contract and what else its conditions are judged by, with the policy that it keeps."""

    contract: Contract
    document: PolicyDocument
    care_type: CareType
    provider: Provider
    declared: Answers | None = None

    @property
    def rules(self) -> CareTypeRules:
        """The rules of the contract's care type."""
        return self.document.care_types[self.care_type]


class Loss(NamedTuple):
    """Something that held and holds no longer, since an instant; ``event_id`` is the register's fact behind it.

    ``subject`` names it: a factor or a condition by its code, ``profession``, ``certificate``, a location, a network.
    """

    ground: ReviewGround
    subject: str
    found: str
    since: datetime
    event_id: str


class _Moment(NamedTuple):
    """An instant at which what the register says may have another meaning."""

    instant: datetime
    state: RegisterState

    @property
    def day(self) -> date:
        return local_day(self.instant)


_Subject = tuple[ReviewGround, str]


def losses(basis: ContractBasis, states: Sequence[RegisterState], at: datetime) -> list[Loss]:
    """What the contract rested on and, at an instant, rests on no longer; each with the start of that.

    ``states`` are the register's, oldest first. What was never met, or is met again, is no loss.
    """
    since = rests_since(basis.contract)
    moments = [] if since is None else list(_moments(states, since, at))
    if len(moments) < 2:
        return []
    found: dict[_Subject, Loss] = {}
    before: Mapping[_Subject, Explanation] = {}
    last: _Moment | None = None
    for moment in moments:
        now = dict(_rested_on(basis, moment))
        for key, was in before.items():
            found_now = now.get(key)
            if last is not None and was.outcome is Outcome.MET and not _met(found_now):
                found[key] = _loss(key, was, found_now, last, moment)
        found = {key: loss for key, loss in found.items() if not _met(now.get(key)) and _still_asked(key, now)}
        before, last = now, moment
    return list(found.values())


def turns(contract: Contract, states: Iterable[RegisterState]) -> Iterator[datetime]:
    """Every instant at which time alone may bring a loss, or let a proof or a term end: between two of them none comes.

    An instant too many costs a look, one too few a loss that nobody hears of: so all attempts and all states count.
    """
    for state in states:
        yield state.since
        for each in _dated(state.record):
            yield from map(day_start, _turning_days(each))
    for attempt in contract.attempts:
        since = rests_since(attempt)
        if since is not None:
            yield since
        yield from (day_start(each.effective_on) for each in attempt.assignments)
        ends = [None if attempt.term is None else attempt.term.end, *proofs_end(attempt)]
        yield from (day_start(next_day(end)) for end in ends if end is not None and end < date.max)


def rests_since(contract: Contract) -> datetime | None:
    """From when a contract rests on the register: confirmation, else offer; a carried-over one from its first day."""
    if contract.carried_over is not None:
        return day_start(contract.carried_over.term.start)
    return contract.confirmed_at or (None if contract.offer is None else contract.offer.offered_at)


def _still_asked(key: _Subject, now: Mapping[_Subject, Explanation]) -> bool:
    """A location that left the register is closed; a factor that the tier no longer counts is nobody's question."""
    return key in now or key[1].startswith(LOCATION)


def _met(explanation: Explanation | None) -> bool:
    return explanation is not None and explanation.outcome is Outcome.MET


def _moments(states: Sequence[RegisterState], since: datetime, at: datetime) -> Iterator[_Moment]:
    """Each state's first instant, and the days on which something in it begins or has ended."""
    for index, state in enumerate(states):
        until = states[index + 1].since if index + 1 < len(states) else at
        begins = max(state.since, since)
        if begins > at or begins > until:
            continue
        yield _Moment(begins, state)
        turning = {day_start(day) for each in _dated(state.record) for day in _turning_days(each)}
        for instant in sorted(turning):
            if begins < instant <= min(until, at):
                yield _Moment(instant, state)


def _dated(record: PracticeRecord) -> Iterator[Dated]:
    yield from (*record.certificates, *record.professionals, *record.locations, *record.gli)
    for professional in record.professionals:
        yield from (*professional.memberships, *professional.registrations)


def _turning_days(dated: Dated) -> Iterator[date]:
    yield dated.valid_from
    if dated.valid_to is not None and dated.valid_to < date.max:
        yield next_day(dated.valid_to)


def _rested_on(basis: ContractBasis, moment: _Moment) -> Iterator[tuple[_Subject, Explanation]]:
    """All that the contract rests on in the register, as it was at a moment."""
    provider, day, rules = replace(basis.provider, record=moment.state.record), moment.day, basis.rules
    for code in _factors_counted(basis.contract, day):
        share = rules.factors[code].share if code in rules.factors else None
        if share is not None:
            yield (ReviewGround.FACTOR_NO_LONGER_MET, code), measured_share(share, f"factor.{code}", provider, day)
    changed = ReviewGround.REGISTRY_CHANGED
    conditions = {code: basis.document.conditions[code] for code in rules.conditions}
    judged = [code for code, each in conditions.items() if each.kind in OF_THE_REGISTER and each.bars]
    verdicts = basis.contract.verdicts
    for each in judge(
        basis.document, judged, provider, basis.declared, day, care_type=basis.care_type, verdicts=verdicts
    ):
        yield (changed, each.code), each.explanation
    if rules.vektis is not None:
        yield (changed, "profession"), vektis_rules(rules.vektis, provider, day)[1].explanation
    certificate = basis.document.approach_of(basis.care_type).certificate
    if certificate is not None and not any(each.kind is ConditionKind.CERTIFICATE for each in conditions.values()):
        yield (changed, "certificate"), judged_certificate("certificate", certificate.clause, provider, day)
    for selective in rules.selective:
        yield (changed, selective.code), _members(selective, provider, day)
    for agb in dict.fromkeys(each.agb for each in provider.record.locations):
        named = [each for each in provider.record.locations if each.agb == agb]
        yield (changed, f"{LOCATION}{agb}"), _open(named, day)


def _factors_counted(contract: Contract, day: date) -> tuple[str, ...]:
    """The factors of the tier on a day; before the first day in force those of the tier that it begins with."""
    term = contract.settled_term
    assignment = contract.tier_on(day if term is None else max(day, term.start))
    return () if assignment is None else assignment.factors


def _members(selective: SelectivePurchase, provider: Provider, day: date) -> Explanation:
    member = provider.member_on(day, selective.network)
    return Explanation(
        rule=f"selective.{selective.code}",
        clause=selective.clause,
        outcome=outcome_of(member),
        value="a member attached" if member else "no member attached",
        threshold=f"a member of {selective.network}",
    )


def _open(locations: Iterable[Location], day: date) -> Explanation:
    still = any(each.valid_on(day) for each in locations)
    return Explanation(rule="location", outcome=outcome_of(still), value="open" if still else "closed")


def _loss(key: _Subject, was: Explanation, now: Explanation | None, last: _Moment, moment: _Moment) -> Loss:
    ground, subject = key
    value = "no longer in the register" if now is None else now.value
    asked = (now or was).threshold
    told = f"{subject}: {value}, was {was.value}" + (f"; asked is {asked}" if asked else "")
    people = _attached(last) - _attached(moment)
    if people and not subject.startswith((LOCATION, "certificate")):
        named = sorted(people)[:PEOPLE_NAMED]
        more = f" and {len(people) - PEOPLE_NAMED} more" if len(people) > PEOPLE_NAMED else ""
        told += f"; no longer attached: {', '.join(named)}{more}"
    return Loss(ground, subject, f"{told}; since {moment.day}", moment.instant, moment.state.event_id)


def _attached(moment: _Moment) -> set[str]:
    return {str(each.agb) for each in moment.state.record.professionals if each.valid_on(moment.day)}
