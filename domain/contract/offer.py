"""Offer, signature and publication (CQ25-4-6, 4-21..24, 5-15, 5-16)."""

from datetime import date

from domain.calendar import Term, local_day
from domain.contract.asked import not_asked
from domain.contract.audience import open_explanation, restricted_by
from domain.contract.commands import DeclineOffer, Sign, Terminate
from domain.contract.evidence import attempt_ended, consequences
from domain.contract.extension import record_extension
from domain.contract.facts import (
    ContractOffered,
    ContractTerminated,
    OfferDeclined,
    OfferWithheld,
    Published,
    Reason,
    ReviewGround,
    ReviewOutcome,
    Signed,
    SigningPerson,
    Unpublished,
)
from domain.contract.integrity import (
    doubt_explained,
    doubt_stands,
    judged_with_the_application,
    review_of_doubt,
    verdict_on_doubt,
)
from domain.contract.offered_term import first_start, start_explained, term_offered, term_when_signed
from domain.contract.questionnaire import judged_conditions, late_assessment
from domain.contract.reasons import (
    BY_PERSON,
    declined_explained,
    ended_explained,
    offer_explained,
    publication_explained,
    signature_explained,
    term_explained,
    verdict_explained,
)
from domain.contract.situation import Decided, Situation, tier_changes
from domain.explanation import Explanation, Outcome
from domain.policy.answers import Answers
from domain.policy.applications import claims_filed
from domain.policy.document import PlanningKind
from domain.policy.eligibility import integrity_doubted
from domain.policy.judged import Consequence, Judged
from domain.policy.starts import sign_by, start_flags
from domain.refusal import Refused


def make_offer(situation: Situation) -> list[Decided] | Refused:
    """Offer at the proven tier; an undecided term withholds the offer, it is never defaulted (OD01)."""
    contract = situation.contract
    refused = attempt_ended(situation)
    if contract.offer is not None:
        return [] if refused is None else refused
    refused = _not_ready(situation) or refused
    if refused is not None:
        return refused
    start = first_start(situation)
    changes = tier_changes(situation) if situation.rules.tiers else []
    at_start = situation.after(each.fact for each in changes).contract.tier_on(start)
    tier = None if at_start is None else at_start.tier
    term = term_offered(situation, start, tier)
    if isinstance(term, Refused):
        return term
    if term.end is None:
        return _withheld(situation)
    doubted = _doubted(situation)
    if doubted is not None:
        return doubted
    signing = _last_signing_day(situation)
    if not isinstance(signing, tuple):
        return signing
    last_day, set_by_person = signing
    offered = ContractOffered(
        tier=tier,
        term=term,
        last_signing_day=last_day,
        agreement_sha256=situation.agreement_sha256(tier, term.start, term),
        policy_position=situation.current.position,
        last_day_fixed=set_by_person,
        flags=_flags(situation, term, offered=True),
        starts=situation.waits_for_signature,
    )
    return [*changes, Decided(offered, offer_explained(situation, tier, term, last_day))]


def _after_target(situation: Situation) -> tuple[Reason, ...]:
    """A signature after the day at which the policy aims holds; it is for a person to see (OD39)."""
    target, clause = situation.signing_target or (None, "")
    if target is None or not target.passed(situation.occurred_at):
        return ()
    found = f"signed on {situation.today}, the target was {target.last_day}"
    return (Reason(code="SIGNED_AFTER_TARGET", clause=clause, found=found),)


def _flags(situation: Situation, term: Term, *, offered: bool) -> tuple[Reason, ...]:
    """A start that lies before the offer, or the signature, is for a person to see and bars nothing (OD20)."""
    application = situation.document.application
    rule = application.flag_start_before_offer if application is not None else None
    if not situation.by_application or application is None or rule is None:
        return ()
    found = f"starts on {term.start}, {'offered' if offered else 'signed'} on {situation.today}"
    days = (situation.today, None) if offered else (None, situation.today)
    flags = start_flags(application, term.start, *days)
    return tuple(Reason(code=flag, clause=rule.clause, found=found) for flag in flags)


def _not_ready(situation: Situation) -> Refused | None:
    """What must come before an offer: a positive assessment, or without a questionnaire the approach (CQ25-5-13)."""
    contract = situation.contract
    if situation.by_application and (contract.application is None or contract.application.granted_at is None):
        return Refused(
            "NOT_GRANTED",
            "the application was not granted",
            situation.rules.clause,
            found="not granted",
            asked="a granted application",
        )
    if not situation.by_questionnaire:
        if contract.approached_at is not None or situation.by_application:
            return None
        return Refused(
            "NOT_APPROACHED",
            "the practice was not approached for this care type",
            situation.rules.clause,
            found="not approached",
            asked="an approached practice",
        )
    clause = situation.steps.assessment_clause
    if contract.assessed_at is None:
        return Refused(
            "NOT_ASSESSED",
            "an offer follows a positive assessment",
            clause,
            found="not assessed",
            asked="a positive assessment",
        )
    if situation.occurred_at < contract.assessed_at:
        return Refused(
            "BEFORE_ITS_CAUSE",
            "the offer can not lie before the assessment",
            clause,
            found=f"{situation.occurred_at:%Y-%m-%dT%H:%M:%SZ}",
            asked=f"not before {contract.assessed_at:%Y-%m-%dT%H:%M:%SZ}",
        )
    return None


def _withheld(situation: Situation) -> list[Decided]:
    explained, by_person = term_explained(situation, situation.term), situation.person_decides_term
    reason = Reason(
        code="TERM_UNDECIDED",
        clause=explained.clause,
        found=f"{'a person' if by_person else 'the policy'} has not decided the term",
    )
    if situation.contract.withheld == reason:
        return []
    return [Decided(OfferWithheld(reason=reason), explained)]


def _doubted(situation: Situation) -> list[Decided] | Refused | None:
    """What a doubt about integrity brings in the place of an offer, in every route; absent when none stands (OD23)."""
    provider = situation.provider
    if provider is None or not integrity_doubted(situation.document, provider, situation.today):
        return None
    if judged_with_the_application(situation, provider):
        return None
    verdict = verdict_on_doubt(situation, provider)
    if verdict is None:
        told = doubt_explained(situation)
        message = "a doubt about integrity stands; a person decides first"
        unanswered = Refused("REVIEW_OPEN", message, told.clause, found="no verdict yet", asked=BY_PERSON)
        return review_of_doubt(situation, told) or unanswered
    if verdict is ReviewOutcome.APPROVED:
        return None
    reason = doubt_stands(situation)
    if situation.contract.withheld == reason:
        return []
    return [Decided(OfferWithheld(reason=reason), verdict_explained(situation, ReviewGround.INTEGRITY, None, verdict))]


def _last_signing_day(situation: Situation) -> tuple[date, bool] | list[Decided] | Refused:
    """The last signing day and whether a person set it; after the policy's day a person decides first (OD17)."""
    if situation.by_application:
        return _sign_by(situation), True
    deadline, clause = situation.signing_deadline
    if not deadline.passed(situation.occurred_at):
        return deadline.last_day, False
    ground = ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY
    reviews = [review for review in situation.contract.reviews.values() if review.ground is ground]
    if not reviews:
        return late_assessment(situation)
    verdict = reviews[-1]
    if verdict.outcome is None:
        return Refused(
            "REVIEW_OPEN",
            f"the last signing day {deadline.day} has passed; a person decides first",
            clause,
            found="no verdict yet",
            asked=BY_PERSON,
        )
    if verdict.outcome is ReviewOutcome.DISMISSED or verdict.sign_by is None or verdict.sign_by < situation.today:
        return Refused(
            "SIGNING_CLOSED",
            f"the last signing day {deadline.day} has passed",
            clause,
            found=f"offered on {situation.today}",
            asked=f"on or before {verdict.sign_by or deadline.last_day}",
        )
    return verdict.sign_by, True


def _sign_by(situation: Situation) -> date:
    """The last day of an offer on an application, by the policy's number of days; without one that of the term."""
    application = situation.document.application
    if application is not None and application.sign_by is not None:
        return sign_by(application.sign_by, situation.today)
    return situation.term.end or situation.today


def sign(command: Sign, situation: Situation) -> list[Decided] | Refused:
    """The signatory accepts the text that stands offered, on or before the last signing day."""
    contract, offer = situation.contract, situation.contract.offer
    if contract.signed_at is not None and offer is not None:
        if command.agreement_sha256 == offer.agreement_sha256:
            return []
        return Refused(
            "ALREADY_SIGNED",
            "the contract was signed on another text",
            situation.document.signature.clause,
            found="another text",
            asked="the text signed",
        )
    person = _signing_person(command, situation)
    if isinstance(person, Refused):
        return person
    if offer is None or command.agreement_sha256 != offer.agreement_sha256:
        return Refused(
            "AGREEMENT_CHANGED",
            f"the text signed is not the one offered; read and sign {offer.agreement_sha256 if offer else 'the offer'}",
            situation.document.signature.clause,
            found="another text",
            asked="the text offered",
        )
    strange = None if command.declared is None else not_asked(command.declared, situation, at="declared")
    if strange is not None:
        return strange
    declared = () if situation.by_questionnaire else _declared(command, situation)
    if isinstance(declared, Refused):
        return declared
    filed = _claims_filed(situation)
    if isinstance(filed, Refused):
        return filed
    term = term_when_signed(situation, offer)
    if isinstance(term, Refused):
        return term
    moved = offer.starts is not None
    signed = Signed(
        person=person,
        agreement_sha256=command.agreement_sha256,
        declared=command.declared,
        term=term if moved else None,
        flags=(*_flags(situation, term, offered=False), *_after_target(situation)),
    )
    start = (start_explained(situation, offer, term),) if moved else ()
    why = signature_explained(situation, (*declared, *filed))
    told = Decided(signed, why.model_copy(update={"because": (*why.because, *start)}))
    return [told, *record_extension(situation.after([signed]))]


def _claims_filed(situation: Situation) -> tuple[Judged, ...] | Refused:
    """In a running year no contract where claims for it were filed, tested at every signature (OD34)."""
    application = situation.document.application
    if application is None or application.no_claims_filed is None or situation.provider is None:
        return ()
    rule, care_type = application.no_claims_filed, situation.contract_id.care_type
    judged = claims_filed(rule, situation.document, care_type, situation.provider, situation.today)
    if judged.consequence is Consequence.NONE:
        return (judged,)
    found = judged.explanation
    return Refused(judged.refusal_code, f"claims for this year: {found.value}", found.clause, found)


def _declared(command: Sign, situation: Situation) -> tuple[Judged, ...] | Refused:
    """Without a questionnaire the conditions are declared with the signature; unknown is never taken for met (OD48)."""
    if situation.provider is None:
        return situation.unknown_provider()
    judged = judged_conditions(situation, situation.provider, command.declared or Answers())
    unmet = [each.for_others() for each in judged if each.consequence is not Consequence.NONE]
    if not unmet:
        return judged
    # a refusal is told to the signatory, who may not see what is for the purchaser's reviewers, nor guess it by place
    unmet.sort(key=lambda each: each.restricted)
    undeclared = all(each.outcome is Outcome.UNKNOWN for each in unmet)
    codes = ", ".join(dict.fromkeys(each.code for each in unmet))
    told = Explanation(rule="conditions", outcome=Outcome.NOT_MET, because=tuple(each.explanation for each in judged))
    return Refused(
        "CONDITIONS_NOT_DECLARED" if undeclared else "CONDITIONS_NOT_MET",
        f"the signature must declare: {codes}" if undeclared else f"not met: {codes}",
        unmet[0].explanation.clause,
        open_explanation(told, restricted_by([situation.document])),
    )


def decline(command: DeclineOffer, situation: Situation) -> list[Decided] | Refused:
    """The signatory declines; the practice is not named in the care finder (CQ25-4-40)."""
    if situation.contract.declined_at is not None:
        return []
    if situation.contract.signed_at is not None:
        return Refused(
            "ALREADY_SIGNED",
            "a signed contract can not be declined",
            situation.document.signature.clause,
            found=f"signed on {local_day(situation.contract.signed_at)}",
            asked="an offer that is not signed",
        )
    person = _signing_person(command, situation)
    if isinstance(person, Refused):
        return person
    return [Decided(OfferDeclined(person=person), declined_explained(situation))]


def _signing_person(command: Sign | DeclineOffer, situation: Situation) -> SigningPerson | Refused:
    """The signatory, if there is an open offer and this person may act on it now."""
    clause = situation.document.signature.clause
    if situation.contract.offer is None:
        return Refused(
            "NO_OFFER", "there is no offer to accept or decline", clause, found="no offer", asked="an offer that stands"
        )
    ended = attempt_ended(situation)
    if ended is not None:
        return ended
    if situation.provider is None:
        return Refused(
            "PROVIDER_UNKNOWN",
            f"no practice {situation.contract_id.agb} is registered",
            clause,
            found="not registered",
            asked="a registered practice",
        )
    standing = situation.provider.signatories_on(situation.today, command.person_id)
    if not standing:
        return Refused(
            "NOT_A_SIGNATORY",
            f"{command.person_id!r} is no authorised signatory of the practice on {situation.today}",
            clause,
            found="no authorised signatory",
            asked=f"an authorised signatory on {situation.today}",
        )
    if situation.document.signature.personal_certificate:
        standing = [each for each in standing if each.certificate_serial == command.certificate_serial]
    if not standing:
        return Refused(
            "CERTIFICATE_NOT_THEIRS",
            "the personal certificate used is not the one registered for the signatory",
            clause,
            found="another certificate",
            asked="the certificate registered for the signatory",
        )
    signatory = standing[0]
    return SigningPerson(
        person_id=signatory.person.person_id,
        name=signatory.person.name,
        certificate_serial=signatory.certificate_serial,
    )


def publish(situation: Situation) -> list[Decided] | Refused:
    """Record that the care finder was told; never before the publication date (CQ25-5-16)."""
    contract = situation.contract
    if contract.published_at is not None and contract.unpublished_at is None:
        return []
    term = contract.term
    if contract.signed_at is None or term is None:
        row = situation.current.document.row_of(PlanningKind.PUBLICATION, situation.contract_id.care_type)
        return Refused(
            "NOT_SIGNED",
            "only a signed contract is published",
            "" if row is None else row.clause,
            found="not signed",
            asked="a signed contract",
        )
    starts, clause = situation.publication_starts
    if situation.occurred_at < max(starts, contract.signed_at):
        return Refused(
            "BEFORE_PUBLICATION",
            f"nothing is published before {starts:%Y-%m-%dT%H:%M:%SZ}",
            clause,
            found=f"{situation.occurred_at:%Y-%m-%dT%H:%M:%SZ}",
            asked=f"not before {max(starts, contract.signed_at):%Y-%m-%dT%H:%M:%SZ}",
        )
    if term.end is not None and situation.today > term.end:
        return Refused(
            "CONTRACT_ENDED",
            f"the contract ended on {term.end}",
            clause,
            found=f"in force until {term.end}",
            asked=f"in force on {situation.today}",
        )
    return [Decided(Published(), publication_explained(situation, local_day(starts), clause))]


def unpublish(situation: Situation) -> list[Decided] | Refused:
    """Record that the care finder was told of the end."""
    contract, term = situation.contract, situation.contract.term
    if contract.published_at is None or contract.unpublished_at is not None:
        return []
    if term is not None and (term.end is None or situation.today <= term.end):
        return Refused(
            "STILL_IN_FORCE",
            "a contract in force stays listed",
            situation.publication_starts[1],
            found=f"in force on {situation.today}",
            asked="a contract that has ended",
        )
    last_day = situation.today if term is None or term.end is None else term.end
    return [Decided(Unpublished(), ended_explained(situation, last_day, situation.publication_starts[1]))]


def terminate(command: Terminate, situation: Situation) -> list[Decided] | Refused:
    """A named officer ends a concluded contract, with a reason."""
    contract, agreed = situation.contract, situation.contract.agreed_term
    if contract.last_day == command.last_day:
        return []
    if agreed is None:
        return Refused("NOT_SIGNED", "only a concluded contract can be terminated")
    if contract.signed_at is not None and situation.occurred_at < contract.signed_at:
        return Refused("BEFORE_ITS_CAUSE", "a termination can not lie before the signature")
    if not agreed.contains(command.last_day):
        return Refused("OUTSIDE_TERM", f"{command.last_day} is not in the term {agreed.start}..{agreed.end}")
    terminated = ContractTerminated(last_day=command.last_day)
    why = ended_explained(situation, command.last_day, situation.rules.clause)
    return [Decided(terminated, why), *consequences(situation.after([terminated]))]
