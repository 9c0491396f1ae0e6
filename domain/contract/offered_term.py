"""The days that an offer is for: their start by the policy's rule, their end by the care type or the tier."""

from datetime import date

from domain.calendar import Term
from domain.contract.contract import Offer
from domain.contract.situation import Situation
from domain.explanation import Explanation, Outcome
from domain.policy.starts import BY_SIGNATURE, start_of, start_when_signed
from domain.policy.term_rules import end_in_tier
from domain.refusal import Refused


def first_start(situation: Situation) -> date:
    """The first day that a contract offered now can be in force, if it is signed today.

    An application's start stands since it was granted, unless it waits for the signature.
    """
    rule, start = situation.start_rule, situation.sought_term.start
    if rule is None or (situation.by_application and rule.on not in BY_SIGNATURE):
        return start
    return start_of(rule, start, situation.today, situation.today) or start


def term_offered(situation: Situation, start: date, tier: str | None) -> Term | Refused:
    """The days of a contract in a tier from a start on; refused when it would end before it starts."""
    end = end_in_tier(situation.rules.tiers, _decided_end(situation), tier)
    if end is not None and start > end:
        return _no_term_left(situation, start, end)
    return Term(start=start, end=end)


def _decided_end(situation: Situation) -> date | None:
    """The end sought; of an application that was granted before the policy decided it also one before its start."""
    sought, rule = situation.sought_term.end, situation.rules.term
    if sought is not None or rule is None or situation.person_decides_term:
        return sought
    return rule.term.end


def term_when_signed(situation: Situation, offer: Offer) -> Term | Refused:
    """The days of a contract that is signed now: those offered, from the start that the signature makes."""
    if offer.starts is None:
        return offer.term
    start = start_when_signed(offer.starts, offer.term.start, situation.today)
    if offer.term.end is not None and start > offer.term.end:
        return _no_term_left(situation, start, offer.term.end)
    return Term(start=start, end=offer.term.end)


def start_explained(situation: Situation, offer: Offer, term: Term) -> Explanation:
    """Why the contract starts on that day."""
    return Explanation(
        rule="start",
        clause=_clause(situation),
        outcome=Outcome.MET,
        value=f"{term.start}, signed on {situation.today}",
        threshold=f"{offer.starts}, not before {offer.term.start}",
    )


def _no_term_left(situation: Situation, start: date, end: date) -> Refused:
    message = f"would start on {start}, the term ends on {end}"
    found, asked = f"from {start}", f"a start on or before {end}"
    return Refused("NO_TERM_LEFT", message, _clause(situation), found=found, asked=asked)


def _clause(situation: Situation) -> str:
    rule = situation.start_rule
    return situation.rules.clause if rule is None else rule.clause
