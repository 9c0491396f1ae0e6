"""A doubt about integrity: a named person judges it before a practice is approached or offered (CQ25-4-39)."""

from domain.contract.facts import ApplicationGranted, Reason, ReviewGround, ReviewOutcome
from domain.contract.reasons import ask_person, ground_clause
from domain.contract.situation import Decided, Situation
from domain.explanation import Explanation, Outcome
from domain.provider.provider import Provider


def verdict_on_doubt(situation: Situation, provider: Provider) -> ReviewOutcome | None:
    """What a person decided last; a verdict is about the signals known when it was asked for, never a newer one."""
    reviews = [each for each in situation.contract.reviews.values() if each.ground is ReviewGround.INTEGRITY]
    if not reviews:
        return None
    known = situation.provider_seen_by(reviews[-1].review_id)
    return None if _newer_than(known, situation, provider) else reviews[-1].outcome


def judged_with_the_application(situation: Situation, provider: Provider) -> bool:
    """Whether who granted the application judged every signal that stands; the grant that is made now has (OD23)."""
    rules = situation.document.application
    asked = rules is not None and any(each.when_doubted for each in rules.criteria)
    if not asked or not situation.by_application:
        return False
    granted = [each for each in situation.history if isinstance(each.fact, ApplicationGranted)]
    of_this_attempt = situation.contract.application
    if not granted or of_this_attempt is None or granted[-1].occurred_at != of_this_attempt.granted_at:
        return True
    return not _newer_than(granted[-1].envelope().provider_version or 0, situation, provider)


def _newer_than(version: int, situation: Situation, provider: Provider) -> bool:
    """Whether a signal stands today that the provider's stream did not hold at that version."""
    return any(each.version > version for each in provider.integrity_signals if each.active_on(situation.today))


def doubt_explained(situation: Situation) -> Explanation:
    """That a doubt stands which nobody has judged."""
    return Explanation(
        rule="approach.integrity",
        clause=ground_clause(situation, ReviewGround.INTEGRITY, None),
        outcome=Outcome.UNKNOWN,
        value="an officer signalled doubt",
        threshold="no doubt, or a person's verdict",
    )


def review_of_doubt(situation: Situation, explanation: Explanation) -> list[Decided]:
    """The question to a person, unless it was asked already."""
    if situation.contract.open_review(ReviewGround.INTEGRITY) is not None:
        return []
    return [ask_person(situation, ReviewGround.INTEGRITY, because=explanation)]


def doubt_stands(situation: Situation) -> Reason:
    """Why nothing is offered: a person found the doubt founded."""
    clause = ground_clause(situation, ReviewGround.INTEGRITY, None)
    return Reason(code="INTEGRITY", clause=clause, found="decided by a person")


def withheld_for_doubt(situation: Situation) -> bool:
    """Whether nothing was offered because a person found a doubt founded."""
    return situation.contract.withheld == doubt_stands(situation)
