"""What a named person decides, where the policy gives no safe rule."""

from domain.contract.commands import DecideReview, RequestReview
from domain.contract.evidence import attempt_ended, consequences
from domain.contract.facts import ReviewDecided, ReviewGround, ReviewOutcome
from domain.contract.reasons import ask_person, verdict_explained
from domain.contract.situation import Decided, Situation
from domain.refusal import Refused


def request_review(command: RequestReview, situation: Situation) -> list[Decided] | Refused:
    """Ask a person; a factor that is no longer met changes no tier by itself (OD07)."""
    of_register = command.ground is ReviewGround.REGISTRY_CHANGED
    if command.factor is not None and not of_register and command.factor not in situation.rules.factors:
        return Refused(
            "FACTOR_UNKNOWN",
            f"{situation.contract_id.care_type} has no factor {command.factor!r}; "
            f"it has {', '.join(situation.rules.factors)}",
        )
    if situation.contract.version == 0:
        return Refused("NO_CONTRACT", f"nothing is known of {situation.contract_id}")
    if situation.contract.open_review(command.ground, command.factor) is not None:
        return []
    return [ask_person(situation, command.ground, factor=command.factor, found=command.found)]


def decide_review(command: DecideReview, situation: Situation) -> list[Decided] | Refused:
    """Record the person's verdict and what follows from it."""
    review = situation.contract.reviews.get(command.review_id)
    if review is None:
        known = ", ".join(situation.contract.reviews) or "none"
        return Refused("REVIEW_UNKNOWN", f"there is no review {command.review_id!r}; known are {known}")
    if review.outcome is not None:
        same = review.outcome is command.outcome and review.sign_by == command.sign_by
        return [] if same else Refused("REVIEW_DECIDED", f"{command.review_id} was decided: {review.outcome}")
    if review.ground is ReviewGround.APPLICATION:
        return Refused("APPLICATION_UNDECIDED", "decide the application itself, each criterion by its code")
    if review.requested_at is not None and situation.occurred_at < review.requested_at:
        return Refused("BEFORE_ITS_CAUSE", f"the verdict can not lie before {command.review_id} was asked for")
    late = review.ground is ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY
    if late and command.outcome is ReviewOutcome.APPROVED and command.sign_by is None:
        return Refused(
            "SIGN_BY_MISSING", "an offer after the last signing day needs the day until which it can be signed"
        )
    if command.sign_by is not None and (not late or command.sign_by < situation.today):
        return Refused("SIGN_BY_WRONG", "sign_by is for a late offer, and not in the past")
    decided = ReviewDecided(review_id=command.review_id, outcome=command.outcome, sign_by=command.sign_by)
    why = verdict_explained(situation, review.ground, review.factor, command.outcome)
    if attempt_ended(situation) is not None:
        return [Decided(decided, why)]
    return [Decided(decided, why), *consequences(situation.after([decided]))]
