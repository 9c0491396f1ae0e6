"""Evidence: supplied, rejected, corrected any number of times, accepted (CQ25-3.2-23..26)."""

from domain.calendar import Term, local_day
from domain.contract.commands import AcceptEvidence, RejectEvidence, UploadEvidence
from domain.contract.contract import Evidence
from domain.contract.facts import (
    Consequence,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    OfferReplaced,
    Registration,
    ReviewGround,
)
from domain.contract.reasons import ask_person, found_wrong, replaced_explained
from domain.contract.situation import Decided, Situation, tier_changes
from domain.contract.tiers import consequence_of, counts_for
from domain.explanation import Explanation, outcome_of
from domain.policy.term_rules import end_in_tier
from domain.refusal import Refused


def upload_evidence(command: UploadEvidence, situation: Situation) -> list[Decided] | Refused:
    """A file arrives: with the questionnaire while it is open, as a correction until the contract ends (OD05)."""
    contract = situation.contract
    factor = situation.rules.factors.get(command.factor)
    if factor is None or factor.evidence is None:
        with_evidence = [code for code, each in situation.rules.factors.items() if each.evidence is not None]
        return Refused(
            "EVIDENCE_NOT_ASKED",
            f"no evidence is asked for {command.factor!r} of {situation.contract_id.care_type}; "
            f"it is asked for {', '.join(with_evidence) or 'no factor'}",
            factor.clause if factor is not None else "",
            found=command.factor,
            asked=", ".join(with_evidence) or "no evidence at all",
        )
    refused = _nothing_can_be_supplied(situation)
    if refused is not None:
        return refused
    earlier = [each for each in contract.evidence.values() if each.factor == command.factor]
    if any(each.sha256 == command.sha256 and not each.rejected for each in earlier):
        return []
    uploaded = EvidenceUploaded(
        evidence_id=situation.evidence_id(command.factor),
        factor=command.factor,
        sha256=command.sha256,
        size=command.size,
        media_type=command.media_type,
    )
    decided = [Decided(uploaded)]
    ground = ReviewGround.REGISTRATION_AFTER_CONFIRMATION
    unclaimed = contract.confirmed_at is not None and not counts_for(contract, command.factor)
    if unclaimed and contract.open_review(ground, command.factor) is None:
        found = f"{command.factor} was not claimed in the questionnaire"
        decided.append(ask_person(situation, ground, factor=command.factor, found=found))
    return decided


def _nothing_can_be_supplied(situation: Situation) -> Refused | None:
    """Why no evidence can be supplied now, if none can."""
    contract = situation.contract
    if contract.questionnaire_sent_at is None:
        return Refused(
            "NOT_SENT",
            "no questionnaire was sent to this practice for this care type",
            situation.steps.notification_clause,
            found="not sent",
            asked="a questionnaire that was sent",
        )
    if situation.occurred_at < contract.questionnaire_sent_at:
        return Refused(
            "BEFORE_ITS_CAUSE",
            "evidence can not be supplied before the questionnaire",
            situation.steps.notification_clause,
            found=f"{situation.occurred_at:%Y-%m-%dT%H:%M:%SZ}",
            asked=f"not before {contract.questionnaire_sent_at:%Y-%m-%dT%H:%M:%SZ}",
        )
    if situation.questionnaire_lapsed():
        deadline, clause = situation.questionnaire_deadline
        message, asked = f"the questionnaire was open until {deadline.day}", f"on or before {deadline.last_day}"
        return Refused("QUESTIONNAIRE_LAPSED", message, clause, found=f"supplied on {situation.today}", asked=asked)
    ended = attempt_ended(situation)
    if ended is not None:
        return ended
    term = contract.term
    if term is not None and term.end is not None and situation.today > term.end:
        return Refused(
            "CONTRACT_ENDED",
            f"the contract ended on {term.end}",
            situation.correction_clause,
            found=f"supplied on {situation.today}",
            asked=f"on or before {term.end}",
        )
    return None


def attempt_ended(situation: Situation) -> Refused | None:
    """Why this attempt is over without a contract, if it is."""
    contract = situation.contract
    if contract.assessed_at is not None and not contract.positive:
        unmet = ", ".join(reason.code for reason in contract.unmet_conditions)
        return Refused(
            "ASSESSED_NEGATIVE",
            f"the questionnaire was assessed negative: {unmet}",
            situation.steps.assessment_clause,
            found=f"not met: {unmet}",
            asked="a positive assessment",
        )
    if contract.declined_at is not None:
        return Refused(
            "OFFER_DECLINED",
            "the offer was declined",
            situation.document.signature.clause,
            found=f"declined on {local_day(contract.declined_at)}",
            asked="an offer that stands",
        )
    if situation.offer_lapsed():
        deadline, clause = situation.signing_deadline
        message, asked = f"the offer could be signed until {deadline.day}", f"on or before {deadline.last_day}"
        return Refused("OFFER_LAPSED", message, clause, found=f"on {situation.today}", asked=asked)
    return None


def reject_evidence(command: RejectEvidence, situation: Situation) -> list[Decided] | Refused:
    """Find evidence wrong; the practice may send a corrected one (CQ25-3.2-24)."""
    known = situation.contract.evidence.get(command.evidence_id)
    if known is not None and known.rejected:
        return []
    evidence = _to_be_judged(command.evidence_id, situation)
    if isinstance(evidence, Refused):
        return evidence
    rejected = EvidenceRejected(evidence_id=evidence.evidence_id, factor=evidence.factor, ground=command.ground)
    return [Decided(rejected, found_wrong(situation, evidence.evidence_id, evidence.factor, command.ground))]


def accept_evidence(command: AcceptEvidence, situation: Situation) -> list[Decided] | Refused:
    """Find evidence genuine; its consequence and every changed tier are decided in the same breath."""
    contract = situation.contract
    known = contract.evidence.get(command.evidence_id)
    if known is not None and known.accepted == command.registration:
        return []
    evidence = _to_be_judged(command.evidence_id, situation)
    if isinstance(evidence, Refused):
        return evidence
    if not counts_for(contract, evidence.factor):
        return Refused(
            "FACTOR_NOT_CLAIMED",
            f"{evidence.factor} was not claimed in the questionnaire; a person must decide the review first",
            situation.correction_clause,
            found="not claimed",
            asked="claimed in the questionnaire",
        )
    decided = accepted(evidence, command.registration, situation)
    if isinstance(decided, Refused):
        return decided
    return [*decided, *consequences(situation.after(each.fact for each in decided))]


def accepted(evidence: Evidence, registration: Registration, situation: Situation) -> list[Decided] | Refused:
    """What finding this on a piece of evidence brings, and the question to a person where it needs one."""
    rule = situation.rules.factors[evidence.factor].evidence
    if rule is None:
        return Refused("EVIDENCE_NOT_ASKED", f"the policy asks no evidence for {evidence.factor}")
    consequence, effect, found = consequence_of(
        situation.contract, situation.rules, situation.term, evidence, registration
    )
    fact = EvidenceAccepted(
        evidence_id=evidence.evidence_id,
        factor=evidence.factor,
        registration=registration,
        consequence=consequence,
        effective_on=effect if consequence is Consequence.COUNTS else None,
    )
    explanation = Explanation(
        rule=f"evidence.{evidence.evidence_id}",
        clause=rule.clause,
        outcome=outcome_of(consequence is Consequence.COUNTS),
        value=found,
        threshold=", ".join(f"{name} {value}" for name, value in rule.found.items()) or "genuine",
    )
    awaits_review = consequence is Consequence.AWAITS_REVIEW
    reviews = _review_of_registration(situation, evidence, registration, explanation) if awaits_review else []
    return [Decided(fact, explanation), *reviews]


def _review_of_registration(
    situation: Situation, evidence: Evidence, registration: Registration, explanation: Explanation
) -> list[Decided]:
    confirmed_at = situation.contract.confirmed_at
    registered_from = registration.valid_from
    late = confirmed_at is not None and registered_from is not None and explanation.value.startswith("registered from")
    ground = ReviewGround.REGISTRATION_AFTER_CONFIRMATION if late else ReviewGround.FACTOR_ENDS_BEFORE_START
    if situation.contract.open_review(ground, evidence.factor) is not None:
        return []
    found = explanation.value
    return [ask_person(situation, ground, factor=evidence.factor, found=found, because=explanation)]


def consequences(situation: Situation) -> list[Decided]:
    """What follows from changed evidence: tiers for every day that answers otherwise, and another offer before
    signing.
    """
    contract = situation.contract
    if contract.assessed_at is None or not contract.positive:
        return []
    changes = tier_changes(situation)
    offer = contract.offer
    if offer is None or contract.signed_at is not None:
        return changes
    at_start = situation.after(each.fact for each in changes).contract.tier_on(offer.term.start)
    if at_start is None or at_start.tier == offer.tier:
        return changes
    end = end_in_tier(situation.rules.tiers, situation.sought_term.end, at_start.tier)
    has_own = situation.rules.term_of_tier is not None and end is not None and end >= offer.term.start
    term = Term(start=offer.term.start, end=end) if has_own else offer.term
    sha256 = situation.agreement_sha256(at_start.tier, offer.term.start, term)
    other = None if term == offer.term else term
    why = replaced_explained(situation, at_start.tier, offer.term.start)
    return [*changes, Decided(OfferReplaced(tier=at_start.tier, agreement_sha256=sha256, term=other), why)]


def _to_be_judged(evidence_id: str, situation: Situation) -> Evidence | Refused:
    contract = situation.contract
    evidence = contract.evidence.get(evidence_id)
    if evidence is None:
        known = ", ".join(contract.evidence) or "none"
        return Refused("EVIDENCE_UNKNOWN", f"there is no evidence {evidence_id!r}; supplied so far: {known}")
    if contract.confirmed_at is None:
        return Refused(
            "NOT_CONFIRMED",
            "evidence is checked once the questionnaire is confirmed",
            situation.steps.confirmation_clause,
            found="not confirmed",
            asked="a confirmed questionnaire",
        )
    if not evidence.open:
        verdict = "rejected" if evidence.rejected else "accepted"
        return Refused("EVIDENCE_ALREADY_JUDGED", f"{evidence_id} was {verdict}; correct that verdict instead")
    if situation.occurred_at < max(evidence.supplied_at, contract.confirmed_at):
        return Refused("BEFORE_ITS_CAUSE", "a verdict can not lie before the supply or the confirmation")
    return attempt_ended(situation) or evidence
