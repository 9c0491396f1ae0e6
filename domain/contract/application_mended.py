"""An application that was entered wrongly: when it came is mended, and the start that rested on it decided anew."""

from dataclasses import replace
from datetime import datetime

from domain.calendar import Term, local_day
from domain.contract.application import first_day, follows_on, start_explained
from domain.contract.contract import fold
from domain.contract.evidence import attempt_ended
from domain.contract.facts import ContractOffered, ReviewGround, ReviewRequested, TermDecided
from domain.contract.offer import make_offer
from domain.contract.situation import Decided, Situation
from domain.history import FactCorrected, Recorded, effective
from domain.policy.application_rules import StartOn
from domain.policy.starts import start_rule, term_from
from domain.refusal import Refused


def can_not_be_mended(application: Recorded, later: Situation, situation: Situation) -> Refused | None:
    """Why an application stays as it was entered, if it does; ``later`` is the situation once it is mended."""
    contract, read = situation.contract, later.contract.application
    before = contract.application
    if getattr(application.fact, "attempt", None) is None or (before is not None and before.refused is not None):
        message = "the application was refused; enter it anew with the instant at which it came"
        return Refused("NOT_CORRECTABLE", message)
    if contract.signed_at is not None:
        clause = situation.document.signature.clause
        message = "the contract was signed with the start that follows from the application"
        asked = "an application whose contract is not signed"
        return Refused(
            "ALREADY_SIGNED", message, clause, found=f"signed on {local_day(contract.signed_at)}", asked=asked
        )
    granted_at = None if before is None else before.granted_at
    if read is None or later.contract.attempt != contract.attempt:
        message = "the application was granted; when it came can be mended, it can not be voided"
        return None if granted_at is None else Refused("NOT_CORRECTABLE", message)
    if granted_at is not None and read.received_at > granted_at:
        return Refused("BEFORE_ITS_CAUSE", "the grant can not lie before the application")
    if _ran_another(application, read.received_at, situation):
        return Refused("BEFORE_ITS_CAUSE", "an application can not lie in an attempt that still ran")
    return attempt_ended(situation)


def _ran_another(application: Recorded, instant: datetime, situation: Situation) -> bool:
    """Whether at that instant something ran on which no application could follow."""
    earlier = [each for each in situation.history if each.version < application.version and each.occurred_at <= instant]
    return follows_on(replace(situation, history=earlier, contract=fold(earlier), occurred_at=instant)) is None


def taken_back(application: Recorded, later: Situation, situation: Situation) -> list[Decided]:
    """The question to a person goes with an application that is voided."""
    if later.contract.attempt == situation.contract.attempt and later.contract.application is not None:
        return []
    asked = [
        each.version
        for each in effective(situation.history)
        if each.version > application.version
        and isinstance(each.fact, ReviewRequested)
        and each.fact.ground is ReviewGround.APPLICATION
    ]
    return [Decided(FactCorrected(corrects=version, replacement=None)) for version in asked]


def started_anew(later: Situation) -> list[Decided] | Refused:
    """What another instant of reception brings: the days of a grant, and of an offer that is not signed (CQ25-4-37)."""
    contract, rule_term = later.contract, later.rules.term
    application = contract.application
    if application is None or application.term is None or rule_term is None:
        return []
    received_on = local_day(application.received_at)
    rule = start_rule(later.document, later.contract_id.care_type, received_on)
    if rule is None or rule.on is not StartOn.FIRST_OF_MONTH_AFTER_APPLICATION:
        return []
    start = first_day(later, received_on)
    if start == application.term.start:
        return []
    term = term_from(Term(start=rule_term.term.start, end=application.term.end or rule_term.term.end), start)
    if term is None:
        message = f"would start on {start}, the term ends on {rule_term.term.end}"
        return Refused("NO_TERM_LEFT", message, rule.clause, found=f"from {start}", asked="a start within the term")
    if application.term.end is None:
        term = Term(start=term.start, end=None)
    decided = [Decided(TermDecided(term=term), start_explained(term, rule, rule_term))]
    if contract.offer is None:
        return decided
    offered = _offered_anew(later.after(each.fact for each in decided))
    return offered if isinstance(offered, Refused) else [*decided, *offered]


def _offered_anew(situation: Situation) -> list[Decided] | Refused:
    """The offer that stood names other days: another takes its place."""
    offered = make_offer(replace(situation, contract=replace(situation.contract, offer=None)))
    if isinstance(offered, Refused) or any(isinstance(each.fact, ContractOffered) for each in offered):
        return offered
    return Refused("REVIEW_OPEN", "a person decides first whether anything is offered; then mend the application")
