"""From which day a contract is in force, by the rule that the policy names; and until when it can be signed."""

from datetime import date, timedelta
from typing import assert_never

from domain.calendar import Term, first_of_next_month
from domain.care_type import CareType
from domain.policy.application_rules import ApplicationRules, SignBy, StartOn, StartRule
from domain.policy.document import CorrectionRule, EffectRule, PolicyDocument

QUARTER_MONTHS = 3


BY_SIGNATURE = frozenset({StartOn.FIRST_OF_MONTH_AFTER_SIGNATURE, StartOn.MONTH_OF_SIGNATURE, StartOn.NEXT_QUARTER_DAY})
"""Rules by which the start is only known when the contract is signed."""


def start_when_signed(on: StartOn, not_before: date, signed_on: date) -> date:
    """The first day in force of a contract that is signed on a day; of a rule of ``BY_SIGNATURE``."""
    match on:
        case StartOn.FIRST_OF_MONTH_AFTER_SIGNATURE:
            counted = first_of_next_month(signed_on)
        case StartOn.MONTH_OF_SIGNATURE:
            counted = signed_on.replace(day=1)
        case StartOn.NEXT_QUARTER_DAY:
            counted = next_quarter_day(signed_on)
        case _:
            raise ValueError(f"{on} does not wait for a signature")
    return max(not_before, counted)


def start_of(rule: StartRule, term_start: date, received_on: date, signed_on: date | None) -> date | None:
    """The first day in force; all days are local. Nothing while it waits for a signature or a person's decision.

    Never earlier than the start of the term. An application on the first of a month starts a month later
    (CQ25-4-37, OD21).
    """
    match rule.on:
        case StartOn.TERM_START:
            counted: date | None = term_start
        case StartOn.FIRST_OF_MONTH_AFTER_APPLICATION:
            counted = max(first_of_next_month(received_on), rule.not_before or date.min)
        case StartOn.FIRST_OF_MONTH_AFTER_SIGNATURE | StartOn.MONTH_OF_SIGNATURE | StartOn.NEXT_QUARTER_DAY:
            counted = None if signed_on is None else start_when_signed(rule.on, term_start, signed_on)
        case StartOn.FIXED_DAY:
            counted = rule.day
        case StartOn.DECIDED_BY_PERSON:
            counted = None
        case _:
            assert_never(rule.on)
    return None if counted is None else max(term_start, counted)


def next_quarter_day(day: date) -> date:
    """The first 1 January, April, July or October after a day; that day itself never counts."""
    following = day.month - (day.month - 1) % QUARTER_MONTHS + QUARTER_MONTHS
    return date(day.year + following // 12, following % 12, 1)


def corrected_from(rule: CorrectionRule | None, supplied_on: date) -> date | None:
    """From which day a corrected proof counts, by itself from the first of the next month; none when it is too late.

    Never from a day that is past or present when it is supplied (CQ25-3.2-26).
    """
    if rule is None:
        return first_of_next_month(supplied_on)
    match rule.effect:
        case EffectRule.FIRST_OF_MONTH_AFTER_SUPPLY:
            return first_of_next_month(supplied_on)
        case EffectRule.NEXT_QUARTER_DAY_AFTER_SUPPLY:
            return next_quarter_day(supplied_on)
        case EffectRule.FIXED_DAYS:
            return next((day for day in rule.days if day > supplied_on), None)
        case _:
            assert_never(rule.effect)


def start_rule(document: PolicyDocument, care_type: CareType, received_on: date) -> StartRule | None:
    """The start rule of an application for a care type: its own, else the policy's for the day it came.

    From the first day of the policy year the rule for a running year goes first, where there is one (OD33).
    """
    own = document.care_types[care_type].start
    application = document.application
    if own is not None or application is None:
        return own
    running = application.start_in_running_year
    return running if running is not None and received_on >= date(document.year, 1, 1) else application.start


def term_from(term: Term, start: date) -> Term | None:
    """The term of a contract that starts later: the end stays; nothing when it would start after its end (OD21)."""
    return None if term.end is not None and start > term.end else Term(start=start, end=term.end)


def granted_term(granted: Term, rule: Term) -> Term:
    """The term of a granted application, with the end that the policy has decided since (OD01)."""
    return granted if granted.end is not None else term_from(rule, granted.start) or granted


def sign_by(rule: SignBy, offered_on: date) -> date:
    """The last local day on which an offer on an application can be signed."""
    return offered_on + timedelta(days=rule.days)


def start_flags(
    application: ApplicationRules, start: date, offered_on: date | None, signed_on: date | None
) -> tuple[str, ...]:
    """What a person should see of a start that lies before the offer or the signature; it bars nothing (OD20)."""
    if application.flag_start_before_offer is None:
        return ()
    named = (("RETROACTIVE_VS_OFFER", offered_on), ("RETROACTIVE_VS_SIGNATURE", signed_on))
    return tuple(flag for flag, day in named if day is not None and start < day)
