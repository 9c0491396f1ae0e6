"""A wrong entry is mended by a further fact; what rested on it is decided anew in the same append."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from domain.contract.application_mended import can_not_be_mended, started_anew, taken_back
from domain.contract.commands import CorrectFact
from domain.contract.contract import fold
from domain.contract.evidence import accepted, consequences
from domain.contract.facts import (
    ApplicationReceived,
    ContractCarriedOver,
    ContractTerminated,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    ModuleEnded,
    ModuleRetested,
    ReviewDecided,
    ReviewGround,
    ReviewRequested,
    TermExtended,
)
from domain.contract.reasons import ask_person, ended_explained, found_wrong, verdict_explained
from domain.contract.situation import Decided, Situation
from domain.explanation import Explanation
from domain.history import Fact, FactCorrected, Recorded, effective
from domain.model import what_is_wrong
from domain.refusal import Refused

CORRECTABLE = (
    EvidenceUploaded,
    EvidenceRejected,
    EvidenceAccepted,
    TermExtended,
    ModuleRetested,
    ModuleEnded,
    ContractTerminated,
    ContractCarriedOver,
    ReviewRequested,
    ReviewDecided,
    ApplicationReceived,
    FactCorrected,
)
"""What officers enter; what the portal delivered or the system derived is not mended by hand, a signature never."""

VOIDED_ONLY = (TermExtended, ModuleRetested, ModuleEnded)
"""Whose days the policy's rules give: they are decided anew, not written."""

KNOWN_BY = ("evidence_id", "review_id", "corrects", "attempt", "application")
"""What other facts know a fact by: a replacement keeps it, so that it never takes another fact's place."""


def correct_fact(command: CorrectFact, situation: Situation) -> list[Decided] | Refused:
    """Void or replace one fact of this contract, and derive anew what rested on it."""
    target = _find(situation.history, command.version)
    if target is None:
        return Refused("FACT_UNKNOWN", f"{situation.contract_id} has no fact {command.version}")
    stays = _stays(command, target.fact, situation)
    if stays is not None:
        return stays
    replacement = _checked(target.fact, command.replacement, situation)
    if isinstance(replacement, Refused):
        return replacement
    judged = _judged_anew(target.fact, replacement, situation)
    if isinstance(judged, Refused):
        return judged
    if judged:
        replacement = judged[0].fact.model_dump(mode="json")
    corrected = FactCorrected(corrects=command.version, replacement=replacement, occurred_at=command.fact_occurred_at)
    if _counting(situation.history, command.version) == corrected:
        return []
    later = replace(situation, contract=fold([*situation.history, _appended(situation, corrected)]))
    of_application = _mends_an_application(target, later, situation)
    if isinstance(of_application, Refused):
        return of_application
    reviews = judged[1:]
    why = judged[0].explanation if judged else _read_explained(target.fact, replacement, situation)
    mended = Decided(corrected, why)
    decided = [*reviews, *of_application]
    return [mended, *decided, *consequences(later.after(each.fact for each in decided))]


def _stays(command: CorrectFact, fact: Fact, situation: Situation) -> Refused | None:
    """Why the fact can not be corrected, or not like this, if it can not."""
    name = fact.stored_name
    if not isinstance(fact, CORRECTABLE):
        names = ", ".join(each.stored_name for each in CORRECTABLE)
        return Refused("NOT_CORRECTABLE", f"{name} can not be corrected; only {names} can")
    if any(_opens_an_attempt(each.fact) for each in effective(situation.history) if each.version > command.version):
        return Refused("EARLIER_ATTEMPT", f"an application has opened another attempt since; {name} stays as it is")
    if isinstance(fact, ReviewRequested | ReviewDecided) and _about_application(fact.review_id, situation):
        message = "what was decided of an application stays; after a refusal it is entered anew, an offer is declined"
        return Refused("NOT_CORRECTABLE", message)
    if command.fact_occurred_at is not None and command.fact_occurred_at > situation.now:
        return Refused("OCCURRED_IN_FUTURE", "the corrected instant lies in the future")
    if command.fact_occurred_at is not None and command.replacement is None:
        return Refused("REPLACEMENT_MISSING", "a corrected instant needs the fact it belongs to as replacement")
    return None


def _about_application(review_id: str, situation: Situation) -> bool:
    review = situation.contract.reviews.get(review_id)
    return review is not None and review.ground is ReviewGround.APPLICATION


def _mends_an_application(target: Recorded, later: Situation, situation: Situation) -> list[Decided] | Refused:
    """What follows where the correction is about an application, or about an earlier correction of one."""
    root: Recorded | None = target
    while root is not None and isinstance(root.fact, FactCorrected):
        root = _find(situation.history, root.fact.corrects)
    if root is None or not isinstance(root.fact, ApplicationReceived):
        return []
    return can_not_be_mended(root, later, situation) or taken_back(root, later, situation) or started_anew(later)


def _judged_anew(fact: Fact, replacement: dict[str, Any] | None, situation: Situation) -> list[Decided] | Refused:
    """What another finding on accepted evidence brings: the system derives its consequence, not who corrects it."""
    if replacement is None or not isinstance(fact, EvidenceAccepted):
        return []
    evidence = situation.contract.evidence.get(fact.evidence_id)
    registration = EvidenceAccepted.model_validate(replacement).registration
    return [] if evidence is None else accepted(evidence, registration, situation)


def _read_explained(fact: Fact, replacement: dict[str, Any] | None, situation: Situation) -> Explanation | None:
    """Why the fact as it is read from now on: what an officer found, or a person decided."""
    read = None if replacement is None else type(fact).model_validate(replacement)
    match read:
        case EvidenceRejected(evidence_id=str() as evidence_id):
            return found_wrong(situation, evidence_id, read.factor, read.ground)
        case ReviewRequested():
            return ask_person(situation, read.ground, factor=read.factor, found=read.found).explanation
        case ReviewDecided() if read.review_id in situation.contract.reviews:
            review = situation.contract.reviews[read.review_id]
            return verdict_explained(situation, review.ground, review.factor, read.outcome)
        case ContractTerminated():
            return ended_explained(situation, read.last_day, situation.rules.clause)
        case _:
            return None


def _opens_an_attempt(fact: Fact) -> bool:
    return isinstance(fact, ApplicationReceived) and fact.attempt is not None


def _find(history: Sequence[Recorded], version: int) -> Recorded | None:
    return next((recorded for recorded in history if recorded.version == version), None)


def _counting(history: Sequence[Recorded], version: int) -> FactCorrected | None:
    """The correction that counts for a fact, as it reads itself: one that was voided does not count."""
    for recorded in reversed(history):
        if recorded.version > version and isinstance(recorded.fact, FactCorrected):
            correction: FactCorrected | None = recorded.fact
            overruling = _counting(history, recorded.version)
            if overruling is not None:
                read_as = overruling.replacement
                correction = None if read_as is None else FactCorrected.model_validate(read_as)
            if correction is not None and correction.corrects == version:
                return correction
    return None


def _checked(fact: Fact, replacement: dict[str, Any] | None, situation: Situation) -> dict[str, Any] | Refused | None:
    """The replacement as the fact's own JSON, or what is wrong with it."""
    if replacement is None:
        return None
    try:
        read = type(fact).model_validate(replacement)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return Refused("REPLACEMENT_WRONG", f"{fact.stored_name}.{where}: {what_is_wrong(first)}")
    return _misfit(fact, read, situation) or read.model_dump(mode="json")


def _misfit(fact: Fact, read: Fact, situation: Situation) -> Refused | None:
    """Why a replacement does not fit into this contract, if it does not."""
    name = fact.stored_name
    for key in KNOWN_BY:
        if getattr(read, key, None) != getattr(fact, key, None):
            return Refused("REPLACEMENT_WRONG", f"{name}.{key}: stays {getattr(fact, key)!r}, the fact is known by it")
    factor, factors = getattr(read, "factor", None), situation.rules.factors
    asked = factors if isinstance(read, ReviewRequested) else [code for code, each in factors.items() if each.evidence]
    if factor is not None and factor not in asked:
        return Refused("REPLACEMENT_WRONG", f"{name}.factor: {factor!r} is not one of {', '.join(asked) or 'none'}")
    agreed = situation.contract.agreed_term
    if isinstance(read, ContractTerminated) and agreed is not None and not agreed.contains(read.last_day):
        return Refused("OUTSIDE_TERM", f"{read.last_day} is not in the term {agreed.start}..{agreed.end}")
    if isinstance(read, VOIDED_ONLY) and read != fact:
        return Refused("REPLACEMENT_WRONG", f"{name}: can only be voided; then ask for what is right")
    target = _find(situation.history, read.corrects) if isinstance(read, FactCorrected) else None
    if isinstance(read, FactCorrected) and target is not None:
        nested = _checked(target.fact, read.replacement, situation)
        return nested if isinstance(nested, Refused) else None
    return None


def _appended(situation: Situation, corrected: FactCorrected) -> Recorded:
    last = situation.history[-1]
    return last._replace(
        version=last.version + 1, fact=corrected, occurred_at=situation.occurred_at, recorded_at=situation.now
    )
