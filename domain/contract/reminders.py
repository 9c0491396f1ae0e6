"""Reminders of what a practice has not done yet: on days that the policy plans, before the last one (OD56).

Nobody is reminded of what was not there yet on that day, nor on a day that another reminder has overtaken.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from domain.calendar import AMSTERDAM, Deadline
from domain.contract.contract import Contract
from domain.contract.facts import Reminded, Reminder
from domain.contract.situation import Decided, Situation
from domain.contract.standing import Planned, planned
from domain.explanation import Explanation, Outcome
from domain.policy.planning import Reminders

REMINDS_AT = time(9)
"""At which local time of its day a reminder is due: people read it when they are at work."""


class ReminderAhead(NamedTuple):
    """A reminder that is due from ``at`` until before ``until``: the next one, or the end of the deadline."""

    about: Reminder
    at: datetime
    until: datetime
    due_on: date
    last_day: date
    clause: str


def reminders_ahead(contract: Contract, planning: Planned) -> Iterator[ReminderAhead]:
    """The reminders that are to come while the practice does nothing, the earliest first."""
    if contract.signed_at is not None or contract.declined_at is not None:
        return
    sent, offer = contract.questionnaire_sent_at, contract.offer
    if sent is not None and contract.confirmed_at is None and contract.application is None:
        rule, deadline = planning.questionnaire_reminders, planning.questionnaire
        if deadline is not None and contract.questionnaire_lapse_recorded != deadline.ends_at:
            yield from _ahead(contract, Reminder.QUESTIONNAIRE, deadline, rule, sent)
    if offer is not None:
        # a target is reminded of like a deadline, though it ends nothing (OD39)
        deadline = Deadline(day=offer.last_signing_day) if offer.last_day_fixed else planning.signing
        if deadline is not None and contract.offer_lapse_recorded != deadline.ends_at:
            yield from _ahead(contract, Reminder.OFFER, deadline, planning.signing_reminders, offer.offered_at)


def _ahead(
    contract: Contract, about: Reminder, deadline: Deadline, rule: Reminders | None, since: datetime
) -> Iterator[ReminderAhead]:
    if rule is None:
        return
    days = sorted({deadline.last_day - timedelta(days=each) for each in rule.days_before})
    ends = [*(_due_at(day) for day in days[1:]), deadline.ends_at]
    reminded = contract.reminded.get(about, date.min)
    for day, until in zip(days, ends, strict=True):
        if day > reminded and _due_at(day) > since:
            yield ReminderAhead(about, _due_at(day), until, day, deadline.last_day, rule.clause)


def _due_at(day: date) -> datetime:
    return datetime.combine(day, REMINDS_AT, tzinfo=AMSTERDAM).astimezone(UTC)


def record_reminder(situation: Situation) -> list[Decided]:
    """Record the reminders that are due, each with the instant since which it is."""
    planning = planned(situation.current.document, situation.contract_id.care_type)
    return [
        Decided(
            Reminded(about=each.about, due_on=each.due_on, last_day=each.last_day, clause=each.clause),
            _explained(each),
            occurred_at=each.at,
        )
        for each in reminders_ahead(situation.contract, planning)
        if each.at <= situation.occurred_at < each.until
    ]


def _explained(reminder: ReminderAhead) -> Explanation:
    done = "confirmed" if reminder.about is Reminder.QUESTIONNAIRE else "signed"
    return Explanation(
        rule=f"{reminder.about}.reminder",
        clause=reminder.clause,
        outcome=Outcome.MET,
        value=f"not {done} on {reminder.due_on}",
        threshold=f"to be {done} on or before {reminder.last_day}",
    )
