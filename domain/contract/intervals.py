"""A contract's two answers as intervals: what tables hold, made by the functions that answer one question.

*Where did the procedure stand*: steps, each from an instant until the next step. *What was the legal position*:
intervals of local days on which the contract is in force or listed. Both are functions of the facts, the policy
versions and the register that were known at one position of the log.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from domain.calendar import Term, day_start, last_instant, local_day, next_day
from domain.care_type import CareType
from domain.contract.contract import Contract, advance, begun
from domain.contract.facts import Reason
from domain.contract.standing import (
    Deadlines,
    Planned,
    Status,
    deadlines_under,
    entitled_tier,
    last_signing_day,
    listed_from,
    members_of,
    planned,
    reasons_of,
    status,
    term_sought,
)
from domain.history import Recorded
from domain.policy.adoption import PolicyVersion, PolicyVersions
from domain.policy.care_type_rules import SelectivePurchase
from domain.provider.provider import Provider

ALWAYS = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
"""Before everything that is recorded, with room for the local day."""


class Ruling(NamedTuple):
    """What one policy version says that bears on where a contract of its care type stands, from an instant on."""

    since: datetime
    planning: Planned
    term: Term | None
    selective: tuple[SelectivePurchase, ...]


Rulings = tuple[Ruling, ...]
"""What held from when on, oldest first; the first one also judges what lies before every adoption."""


def rulings_of(versions: PolicyVersions, care_type: CareType) -> Rulings:
    """What the versions that are known say of a care type, without those that change nothing of it."""
    first = versions.versions[0]
    found = [_ruling(first, ALWAYS, care_type)]
    for since in sorted({version.in_force_from for version in versions.versions}):
        ruling = _ruling(versions.at(since) or first, since, care_type)
        if ruling[1:] != found[-1][1:]:
            found.append(ruling)
    return tuple(found)


def _ruling(version: PolicyVersion, since: datetime, care_type: CareType) -> Ruling:
    rules = version.document.care_types[care_type]
    term = None if rules.term is None else rules.term.term
    return Ruling(since, planned(version.document, care_type), term, rules.selective)


def _number_at(rulings: Rulings, instant: datetime) -> int:
    """Which of the rulings holds at an instant, the first one also before it."""
    number = len(rulings) - 1
    while number and instant < rulings[number].since:
        number -= 1
    return number


def ruling_at(rulings: Rulings, instant: datetime) -> Ruling:
    """The ruling that holds at an instant, the first one also before it."""
    return rulings[_number_at(rulings, instant)]


# --------------------------------------------------------------------------------------------- the procedure


class ProcedureState(NamedTuple):
    """Where the procedure stands; ``due_on`` is the last local day of what it waits for, if that has one."""

    status: Status
    attempt: int
    entitled_tier: str | None
    offered_tier: str | None
    due_on: date | None
    reasons: tuple[Reason, ...]


class Step(NamedTuple):
    """The procedure's state from an instant on, until the next step."""

    at: datetime
    state: ProcedureState


def procedure_steps(facts: Sequence[Recorded], rulings: Rulings) -> list[Step]:
    """Every state of the procedure, from the first that occurred on, from effective facts in log order.

    What is predicted, such as a lapse, is a step too: it comes about unless something known later is in its way.
    """
    if in_order(facts):
        return steps_from(begun(), facts, rulings)
    instants = sorted({recorded.occurred_at for recorded in facts})
    found: list[Step] = []
    for instant, until in zip(instants, [*instants[1:], None], strict=True):
        contract = fold_occurred(facts, instant)
        _add_steps(found, contract, instant, until, rulings)
    return found


def in_order(facts: Sequence[Recorded]) -> bool:
    """Whether the facts were recorded in the order in which they occurred."""
    return all(before.occurred_at <= after.occurred_at for before, after in pairwise(facts))


def fold_occurred(facts: Iterable[Recorded], at: datetime) -> Contract:
    """The contract from the effective facts that had occurred by an instant."""
    draft = begun()
    for recorded in facts:
        if recorded.occurred_at <= at:
            advance(draft, recorded)
    return draft


def steps_from(draft: Contract, facts: Sequence[Recorded], rulings: Rulings) -> list[Step]:
    """The steps from the first of further facts on, all later than what the draft holds; the draft takes them in."""
    found: list[Step] = []
    last = len(facts) - 1
    for number, recorded in enumerate(facts):
        advance(draft, recorded)
        until = None if number == last else facts[number + 1].occurred_at
        if until != recorded.occurred_at:
            _add_steps(found, draft, recorded.occurred_at, until, rulings)
    return found


def steps_ahead(contract: Contract, since: datetime, rulings: Rulings) -> list[Step]:
    """Where the procedure stands from an instant on, when nothing more happens to a contract; all of it lies before."""
    found: list[Step] = []
    _add_steps(found, contract, since, None, rulings)
    return found


def _add_steps(
    found: list[Step], contract: Contract, since: datetime, until: datetime | None, rulings: Rulings
) -> None:
    """The states of a contract to which nothing happens between two instants, without what changes nothing."""
    number = _number_at(rulings, since)
    begins, last = since, len(rulings) - 1
    while True:
        ruling = rulings[number]
        ends = until if number == last else rulings[number + 1].since
        if until is not None and ends is not None and until < ends:
            ends = until
        deadlines, sought = deadlines_under(ruling.planning, contract), term_sought(contract, ruling.term)
        for instant in (begins, *_turning(contract, deadlines, sought, begins, ends)):
            state = procedure_state(contract, deadlines, sought, instant)
            if not found or found[-1].state != state:
                found.append(Step(instant, state))
        if number == last or ends == until:
            return
        number += 1
        begins = rulings[number].since


def _turning(
    contract: Contract, deadlines: Deadlines, sought: Term | None, since: datetime, until: datetime | None
) -> list[datetime]:
    """The instants between two at which time alone may change the state, in order."""
    found: list[datetime] = []
    term = contract.term
    if term is not None:
        if term.end is not None:
            found.append(day_start(next_day(term.end)))
    elif contract.offer is not None:
        if deadlines.signing is not None:
            found.append(deadlines.signing.ends_at)
    elif contract.confirmed_at is None and deadlines.questionnaire is not None:
        found.append(deadlines.questionnaire.ends_at)
    if sought is not None:
        found += [day_start(each.effective_on) for each in contract.assignments if each.effective_on > sought.start]
    between = [each for each in found if since < each and (until is None or each < until)]
    return sorted(set(between)) if len(between) > 1 else between


def procedure_state(contract: Contract, deadlines: Deadlines, sought: Term | None, at: datetime) -> ProcedureState:
    """The state at an instant, from the facts that had occurred by then; ``sought`` are the days in force or sought."""
    stands, offer = status(contract, deadlines, at), contract.offer
    due_on = None
    if stands is Status.OFFERED and offer is not None:
        due_on = last_signing_day(offer, deadlines)
    elif stands is Status.QUESTIONNAIRE_OPEN and deadlines.questionnaire is not None:
        due_on = deadlines.questionnaire.last_day
    return ProcedureState(
        stands,
        contract.attempt,
        entitled_tier(contract, sought, at) if contract.assignments else None,
        None if offer is None else offer.tier,
        due_on,
        reasons_of(contract),
    )


# ----------------------------------------------------------------------------------------- the legal position


class LegalState(NamedTuple):
    """What holds in law on a day on which the contract is in force, or listed before or after that.

    Tier and selective purchasing are absent when it is not in force; ``term`` is that of the attempt in force, else of
    the one concluded last.
    """

    in_force: bool
    attempt: int
    term: Term | None
    tier: str | None
    tier_from: date | None
    selective: tuple[str, ...]
    listed: bool
    listed_from: datetime | None


class LegalInterval(NamedTuple):
    """The legal state on the local days from ``day_from`` until before ``day_to``, which is absent when it is open."""

    day_from: date
    day_to: date | None
    state: LegalState


class _Concluded(NamedTuple):
    """An attempt that was concluded: its days in force, if it ever has any, and when one ruling has it listed."""

    attempt: Contract
    term: Term | None
    listed_from: datetime | None


def legal_intervals(contract: Contract, rulings: Rulings, provider: Provider | None) -> list[LegalInterval]:
    """The days on which a contract is in force or listed, from every fact known, also those that occur later."""
    attempts = [(attempt, attempt.term) for attempt in contract.attempts if attempt.concluded]
    if not attempts:
        return []
    under = [
        [_Concluded(each, term, listed_from(each, ruling.planning.publication_starts)) for each, term in attempts]
        for ruling in rulings
    ]
    found: list[LegalInterval] = []
    days = sorted(_turning_days(rulings, under, provider))
    for day, until in zip(days, [*days[1:], None], strict=True):
        last = last_instant(day)
        number = _number_at(rulings, last)
        state = _legal_state(under[number], rulings[number], provider, day, last)
        if state is None:
            continue
        if found and found[-1].day_to == day and found[-1].state == state:
            found[-1] = found[-1]._replace(day_to=until)
        else:
            found.append(LegalInterval(day, until, state))
    return found


def _legal_state(
    concluded: Sequence[_Concluded], ruling: Ruling, provider: Provider | None, day: date, last: datetime
) -> LegalState | None:
    """What holds on a day that ends with an instant; nothing when no attempt is in force or listed on it.

    ``standing.legal_position`` and ``standing.listed`` say the same of one day.
    """
    in_force: _Concluded | None = None
    shown = False
    for each in concluded:
        term = each.term
        if term is None or (term.end is not None and term.end < day):
            continue
        if in_force is None and term.start <= day:
            in_force = each
        if each.listed_from is not None and each.listed_from <= last:
            shown = True
    if in_force is None:
        return _listed_state(concluded[0]) if shown else None
    attempt, term, since = in_force
    tier = attempt.tier_on(day)
    return LegalState(
        True,
        attempt.attempt,
        term,
        None if tier is None else tier.tier,
        None if tier is None or term is None else max(tier.effective_on, term.start),
        members_of(ruling.selective, provider, day) if ruling.selective else (),
        shown,
        since,
    )


def _listed_state(latest: _Concluded) -> LegalState:
    """Of a day on which the practice is listed and no contract of it is in force."""
    return LegalState(
        in_force=False,
        attempt=latest.attempt.attempt,
        term=latest.term,
        tier=None,
        tier_from=None,
        selective=(),
        listed=True,
        listed_from=latest.listed_from,
    )


def _turning_days(rulings: Rulings, under: Sequence[Sequence[_Concluded]], provider: Provider | None) -> set[date]:
    """Every day on which the legal state may be another than on the day before."""
    if all(each.term is None for each in under[0]):
        return set()
    days = {local_day(ruling.since) for ruling in rulings[1:]}
    for concluded in under:
        days.update(local_day(each.listed_from) for each in concluded if each.term and each.listed_from)
    for attempt, term, _ in under[0]:
        if term is not None:
            days.add(term.start)
            if term.end is not None:
                days.add(next_day(term.end))
            days.update([each.effective_on for each in attempt.assignments])
    if provider is None:
        return days
    return days | _membership_days(provider, {each.network for ruling in rulings for each in ruling.selective})


def _membership_days(provider: Provider, networks: set[str]) -> set[date]:
    """The days on which the practice begins or ceases to have a member of one of the networks."""
    days: set[date] = set()
    for professional in provider.record.professionals:
        memberships = [each for each in professional.memberships if each.network in networks]
        for dated in (professional, *memberships) if memberships else ():
            days.add(dated.valid_from)
            if dated.valid_to is not None and dated.valid_to < date.max:
                days.add(next_day(dated.valid_to))
    return days
