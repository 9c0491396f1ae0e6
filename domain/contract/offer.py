"""Offer, signature and publication (CQ25-4-6, 4-21..24, 5-15, 5-16)."""

from datetime import date

from domain.contract.commands import DeclineOffer, Sign, Terminate
from domain.contract.evidence import attempt_ended, consequences
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
from domain.contract.questionnaire import late_assessment
from domain.contract.situation import Decided, Situation, tier_changes
from domain.refusal import Refused


def make_offer(situation: Situation) -> list[Decided] | Refused:
    """Offer at the proven tier; an undecided term withholds the offer, it is never defaulted (OD01)."""
    contract = situation.contract
    refused = attempt_ended(situation)
    if contract.offer is not None:
        return [] if refused is None else refused
    if contract.assessed_at is None:
        return Refused("NOT_ASSESSED", "an offer follows a positive assessment", situation.steps.assessment_clause)
    if refused is not None:
        return refused
    if situation.occurred_at < contract.assessed_at:
        return Refused(
            "BEFORE_ITS_CAUSE", "the offer can not lie before the assessment", situation.steps.assessment_clause
        )
    term = situation.term
    if term.end is None:
        return _withheld(situation)
    signing = _last_signing_day(situation)
    if not isinstance(signing, tuple):
        return signing
    last_day, set_by_person = signing
    changes = tier_changes(situation)
    later = situation.after(each.fact for each in changes)
    at_start = later.contract.tier_on(term.start)
    if at_start is None:
        return Refused("NO_TIER", f"no tier is known on {term.start}", situation.rules.clause)
    offered = ContractOffered(
        tier=at_start.tier,
        term=term,
        last_signing_day=last_day,
        agreement_sha256=situation.agreement_sha256(at_start.tier, term.start),
        policy_position=situation.current.position,
        last_day_fixed=set_by_person,
    )
    return [*changes, Decided(offered)]


def _withheld(situation: Situation) -> list[Decided]:
    rule = situation.rules.term
    reason = Reason(
        code="TERM_UNDECIDED",
        clause=rule.clause if rule is not None else "",
        found="the policy has not decided the term",
    )
    return [] if situation.contract.withheld == reason else [Decided(OfferWithheld(reason=reason))]


def _last_signing_day(situation: Situation) -> tuple[date, bool] | list[Decided] | Refused:
    """The last signing day and whether a person set it; after the policy's day a person decides first (OD17)."""
    deadline, clause = situation.signing_deadline
    if not deadline.passed(situation.occurred_at):
        return deadline.day, False
    ground = ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY
    reviews = [review for review in situation.contract.reviews.values() if review.ground is ground]
    if not reviews:
        return late_assessment(situation)
    verdict = reviews[-1]
    if verdict.outcome is None:
        return Refused("REVIEW_OPEN", f"the last signing day {deadline.day} has passed; a person decides first", clause)
    if verdict.outcome is ReviewOutcome.DISMISSED or verdict.sign_by is None or verdict.sign_by < situation.today:
        return Refused("SIGNING_CLOSED", f"the last signing day {deadline.day} has passed", clause)
    return verdict.sign_by, True


def sign(command: Sign, situation: Situation) -> list[Decided] | Refused:
    """The signatory accepts the text that stands offered, on or before the last signing day."""
    contract, offer = situation.contract, situation.contract.offer
    if contract.signed_at is not None and offer is not None:
        if command.agreement_sha256 == offer.agreement_sha256:
            return []
        return Refused("ALREADY_SIGNED", "the contract was signed on another text", situation.document.signature.clause)
    person = _signing_person(command, situation)
    if isinstance(person, Refused):
        return person
    if offer is None or command.agreement_sha256 != offer.agreement_sha256:
        return Refused(
            "AGREEMENT_CHANGED",
            f"the text signed is not the one offered; read and sign {offer.agreement_sha256 if offer else 'the offer'}",
            situation.document.signature.clause,
        )
    return [Decided(Signed(person=person, agreement_sha256=command.agreement_sha256))]


def decline(command: DeclineOffer, situation: Situation) -> list[Decided] | Refused:
    """The signatory declines; the practice is not named in the care finder (CQ25-4-40)."""
    if situation.contract.declined_at is not None:
        return []
    if situation.contract.signed_at is not None:
        return Refused("ALREADY_SIGNED", "a signed contract can not be declined", situation.document.signature.clause)
    person = _signing_person(command, situation)
    if isinstance(person, Refused):
        return person
    return [Decided(OfferDeclined(person=person))]


def _signing_person(command: Sign | DeclineOffer, situation: Situation) -> SigningPerson | Refused:
    """The signatory, if there is an open offer and this person may act on it now."""
    clause = situation.document.signature.clause
    if situation.contract.offer is None:
        return Refused("NO_OFFER", "there is no offer to accept or decline", clause)
    ended = attempt_ended(situation)
    if ended is not None:
        return ended
    if situation.provider is None:
        return Refused("PROVIDER_UNKNOWN", f"no practice {situation.contract_id.agb} is registered", clause)
    signatory = situation.provider.signatory_on(situation.today, command.person_id)
    if signatory is None or not signatory.authorised:
        return Refused(
            "NOT_A_SIGNATORY",
            f"{command.person_id!r} is no authorised signatory of the practice on {situation.today}",
            clause,
        )
    if signatory.certificate_serial != command.certificate_serial:
        return Refused(
            "CERTIFICATE_NOT_THEIRS",
            "the personal certificate used is not the one registered for the signatory",
            clause,
        )
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
    starts, clause = situation.publication_starts
    term = contract.term
    if contract.signed_at is None or term is None:
        return Refused("NOT_SIGNED", "only a signed contract is published", clause)
    if situation.occurred_at < max(starts, contract.signed_at):
        return Refused("BEFORE_PUBLICATION", f"nothing is published before {starts:%Y-%m-%dT%H:%M:%SZ}", clause)
    if term.end is not None and situation.today > term.end:
        return Refused("CONTRACT_ENDED", f"the contract ended on {term.end}", clause)
    return [Decided(Published())]


def unpublish(situation: Situation) -> list[Decided] | Refused:
    """Record that the care finder was told of the end."""
    contract, term = situation.contract, situation.contract.term
    if contract.published_at is None or contract.unpublished_at is not None:
        return []
    if term is None or term.end is None or situation.today <= term.end:
        return Refused("STILL_IN_FORCE", "a contract in force stays listed", situation.publication_starts[1])
    return [Decided(Unpublished())]


def terminate(command: Terminate, situation: Situation) -> list[Decided] | Refused:
    """A named officer ends a concluded contract, with a reason."""
    contract, term = situation.contract, situation.contract.term
    if contract.last_day == command.last_day:
        return []
    if term is None or contract.offer is None:
        return Refused("NOT_SIGNED", "only a concluded contract can be terminated")
    if contract.signed_at is not None and situation.occurred_at < contract.signed_at:
        return Refused("BEFORE_ITS_CAUSE", "a termination can not lie before the signature")
    if not contract.offer.term.contains(command.last_day):
        return Refused(
            "OUTSIDE_TERM",
            f"{command.last_day} is not in the term {contract.offer.term.start}..{contract.offer.term.end}",
        )
    terminated = ContractTerminated(last_day=command.last_day)
    return [Decided(terminated), *consequences(situation.after([terminated]))]
