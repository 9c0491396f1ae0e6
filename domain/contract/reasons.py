"""The trees of what rests on the procedure itself: an offer, a signature, a deadline, a question to a person.

What rests on the practice is explained where it is judged, in ``domain.policy``; what rests on evidence in ``tiers``.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from domain.calendar import Term, local_day
from domain.contract.contract import Assignment
from domain.contract.facts import ReviewGround, ReviewOutcome, ReviewRequested
from domain.contract.situation import Decided, Situation
from domain.explanation import Explanation, Outcome
from domain.policy.judged import Judged

GENUINE = "genuine, and of this practice"
BY_PERSON = "a person's verdict"


def offer_explained(situation: Situation, tier: str | None, term: Term, last_day: date) -> Explanation:
    """Why there is an offer: what came before it, the term, the tier of its first day, and until when it is signed."""
    rules = situation.rules
    because = [*_came_before(situation), term_explained(situation, term)]
    because += [
        Explanation(
            rule=f"tier.{each.name}",
            clause=each.clause,
            outcome=Outcome.MET,
            value=f"tier {each.name}",
            threshold=f"the tier proven on {term.start}",
        )
        for each in rules.tiers
        if each.name == tier
    ]
    because.append(
        Explanation(
            rule="offer.signing",
            clause=_signing_clause(situation),
            outcome=Outcome.MET,
            value=f"offered on {situation.today}",
            threshold=f"to be signed {_until(situation, last_day)}",
        )
    )
    return Explanation(rule="offer", clause=rules.clause, outcome=Outcome.MET, because=tuple(because))


def _came_before(situation: Situation) -> Iterator[Explanation]:
    """The decisions without which nothing is offered."""
    contract, application = situation.contract, situation.contract.application
    if application is not None and application.granted_at is not None:
        rules = situation.document.application
        yield Explanation(
            rule="offer.granted",
            clause=situation.rules.clause if rules is None else rules.clause,
            outcome=Outcome.MET,
            value=f"granted on {local_day(application.granted_at)}",
            threshold="a granted application",
        )
    elif contract.approached_at is not None and not situation.by_questionnaire:
        yield Explanation(
            rule="offer.approached",
            clause=situation.document.approach_of(situation.contract_id.care_type).approach.clause,
            outcome=Outcome.MET,
            value=f"approached on {local_day(contract.approached_at)}",
            threshold="an approached practice",
        )
    if contract.assessed_at is not None:
        yield Explanation(
            rule="offer.assessed",
            clause=situation.steps.assessment_clause,
            outcome=Outcome.MET,
            value=f"assessed on {local_day(contract.assessed_at)}",
            threshold="a positive assessment",
        )


def term_explained(situation: Situation, term: Term) -> Explanation:
    """The term, which must be decided before anything is offered (OD01)."""
    rule = situation.rules.follow_insurer if situation.person_decides_term else situation.rules.term
    return Explanation(
        rule="offer.term",
        clause=situation.rules.clause if rule is None else rule.clause,
        outcome=Outcome.UNKNOWN if term.end is None else Outcome.MET,
        value=f"from {term.start}, the end is not decided" if term.end is None else f"{term.start} to {term.end}",
        threshold="a term that is decided",
    )


def replaced_explained(situation: Situation, tier: str, first_day: date) -> Explanation:
    """Why another text is offered before the signature: the tier of the first day changed."""
    clause = next((each.clause for each in situation.rules.tiers if each.name == tier), situation.rules.clause)
    return Explanation(
        rule=f"tier.{tier}",
        clause=clause,
        outcome=Outcome.MET,
        value=f"tier {tier}",
        threshold=f"the tier proven on {first_day}",
    )


def tier_begins_explained(situation: Situation, before: str, assignment: Assignment) -> Explanation:
    """Why a running contract is in another tier from a day on."""
    tiers = situation.rules.tiers
    return Explanation(
        rule=f"tier.{assignment.tier}",
        clause=next((each.clause for each in tiers if each.name == assignment.tier), situation.rules.clause),
        outcome=Outcome.MET,
        value=f"tier {assignment.tier}, was {before}",
        threshold=f"the tier that counts from {assignment.effective_on}",
    )


def signature_explained(situation: Situation, judged: Iterable[Judged]) -> Explanation:
    """Why a signature holds: in time, by an authorised signatory, on the text offered, with what was declared."""
    clause = situation.document.signature.clause
    deadline, deadline_clause = situation.signing_deadline
    parts = (
        ("signature.deadline", deadline_clause, f"signed on {situation.today}", _until(situation, deadline.last_day)),
        ("signature.person", clause, "an authorised signatory", f"an authorised signatory on {situation.today}"),
        ("signature.certificate", clause, "the one registered", "the certificate registered for the signatory"),
        ("signature.text", clause, "the text offered", "the text offered"),
    )
    because = tuple(
        Explanation(rule=rule, clause=where, outcome=Outcome.MET, value=value, threshold=threshold)
        for rule, where, value, threshold in parts
    )
    return Explanation(
        rule="signature",
        clause=clause,
        outcome=Outcome.MET,
        because=(*because, *(each.explanation for each in judged)),
    )


def declined_explained(situation: Situation) -> Explanation:
    """A signatory declines in the practice's own right."""
    return Explanation(
        rule="signature",
        clause=situation.document.signature.clause,
        outcome=Outcome.NOT_MET,
        value=f"declined on {situation.today}",
        threshold="the signature of an authorised signatory",
    )


def lapse_explained(rule: str, clause: str, last_day: date) -> Explanation:
    """Why something ended by itself: nothing had happened by its last day."""
    return Explanation(
        rule=rule, clause=clause, outcome=Outcome.NOT_MET, value="nothing came", threshold=f"on or before {last_day}"
    )


def publication_explained(situation: Situation, starts: date, clause: str) -> Explanation:
    """Why the care finder is told: a signed contract, and the day has come (CQ25-5-16)."""
    return Explanation(
        rule="publication",
        clause=clause,
        outcome=Outcome.MET,
        value=f"told on {local_day(situation.now)}",
        threshold=f"a signed contract, from {starts} on",
    )


def ended_explained(situation: Situation, last_day: date, clause: str) -> Explanation:
    """Why a contract runs no longer, or no longer than a day."""
    return Explanation(
        rule="term",
        clause=clause,
        outcome=Outcome.NOT_MET,
        value=f"in force until {last_day}",
        threshold=f"in force on {situation.today}",
    )


def found_wrong(situation: Situation, evidence_id: str, factor: str, ground: str) -> Explanation:
    """Why evidence does not count, by the verdict of who looked at it."""
    rule = situation.rules.factors[factor].evidence
    clause = situation.rules.factors[factor].clause if rule is None else rule.clause
    return Explanation(
        rule=f"evidence.{evidence_id}", clause=clause, outcome=Outcome.NOT_MET, value=ground, threshold=GENUINE
    )


# ---------------------------------------------------------------------------------------- what a person decides


def ask_person(
    situation: Situation,
    ground: ReviewGround,
    *,
    factor: str | None = None,
    found: str = "",
    because: Explanation | None = None,
) -> Decided:
    """A question to a person, with what it rests on; a tree that was judged takes the place of a leaf of its own."""
    asked = ReviewRequested(review_id=situation.review_id(ground), ground=ground, factor=factor, found=found)
    return Decided(asked, because or _for_person(situation, ground, factor, found, Outcome.UNKNOWN))


def verdict_explained(
    situation: Situation, ground: ReviewGround, factor: str | None, outcome: ReviewOutcome
) -> Explanation:
    """What a named person decided of a question."""
    met = Outcome.MET if outcome is ReviewOutcome.APPROVED else Outcome.NOT_MET
    return _for_person(situation, ground, factor, f"{outcome} by a person", met)


def _for_person(
    situation: Situation, ground: ReviewGround, factor: str | None, found: str, outcome: Outcome
) -> Explanation:
    return Explanation(
        rule=f"review.{ground}",
        clause=ground_clause(situation, ground, factor),
        outcome=outcome,
        value=found or "for a person",
        threshold=BY_PERSON,
    )


def ground_clause(situation: Situation, ground: ReviewGround, factor: str | None) -> str:
    """The clause under which a person is asked."""
    document, rules = situation.document, situation.rules
    match ground:
        case ReviewGround.INTEGRITY if document.approach.integrity is not None:
            return document.approach.integrity.clause
        case ReviewGround.CONDITION if factor in document.conditions:
            return document.conditions[factor or ""].clause
        case ReviewGround.APPLICATION if document.application is not None:
            return document.application.clause
        case ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY:
            return _signing_clause(situation)
        case ReviewGround.VECOZO_EMAIL_MISSING if document.questionnaire is not None:
            return document.questionnaire.notification_clause
        case _ if factor in rules.factors:
            return rules.factors[factor or ""].clause
        case _:
            return rules.clause


def _until(situation: Situation, last_day: date) -> str:
    """The last day, and the day at which the policy aims where that is another."""
    target, _ = situation.signing_target or (None, "")
    return f"on or before {last_day}" + ("" if target is None else f", preferably {target.last_day}")


def _signing_clause(situation: Situation) -> str:
    return situation.signing_deadline[1]
