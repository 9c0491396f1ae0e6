"""The route for who received no offer: received, documents asked for, granted or refused (CQ25-4-30..39).

An application is never turned away at the door: it leaves Received, and then Granted or Refused. Its month governs the
start, whenever it is handled.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from domain.calendar import Term, local_day
from domain.contract.asked import not_asked
from domain.contract.commands import (
    CarryOver,
    DecideApplication,
    DecideTerm,
    ReceiveApplication,
    ReceiveDocuments,
    RequestDocuments,
)
from domain.contract.contract import CarriedOver
from domain.contract.earlier import with_earlier
from domain.contract.evidence import attempt_ended
from domain.contract.facts import (
    ApplicationGranted,
    ApplicationKind,
    ApplicationReceived,
    ApplicationRefused,
    ContractCarriedOver,
    DocumentsReceived,
    DocumentsRequested,
    QuestionnaireSent,
    Reason,
    ReviewDecided,
    ReviewGround,
    ReviewOutcome,
    TermDecided,
)
from domain.contract.integrity import withheld_for_doubt
from domain.contract.offer import make_offer, unpublish
from domain.contract.questionnaire import record_lapse
from domain.contract.reasons import ask_person, term_explained, verdict_explained
from domain.contract.situation import Decided, Situation
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.answers import Answers
from domain.policy.application_rules import After, StartOn, StartRule
from domain.policy.applications import awaits, judge_application, may_follow_on
from domain.policy.conditions import Verdicts
from domain.policy.judged import Consequence, Judged, together
from domain.policy.starts import start_of, start_rule, term_from
from domain.policy.term_rules import AnyTerm
from domain.provider.provider import Provider
from domain.refusal import Refused


def receive_application(command: ReceiveApplication, situation: Situation) -> list[Decided] | Refused:
    """Take an application in, judge what the policy can judge, and ask for the rest."""
    provider = situation.provider
    if provider is None:
        return situation.unknown_provider()
    pending = situation.contract.application
    if pending is not None and pending.granted_at is None and pending.refused is None:
        return []
    not_answered = None if command.declared is None else not_asked(command.declared, situation, at="declared")
    if not_answered is not None:
        return not_answered
    follows = command.application is ApplicationKind.FOLLOW_INSURER
    after = follows_on(situation)
    running = after is None
    number = None if running else situation.contract.attempt + (0 if situation.contract.untouched else 1)
    received = ApplicationReceived(attempt=number, application=command.application, other_insurer=command.other_insurer)
    if after is None or not may_follow_on(situation.document, after):
        return [Decided(received), _refused(number, _already_running(situation))]
    by_rules = _judged(situation, provider, situation.occurred_at, command.declared, follows=follows)
    judged = (*by_rules, *_no_agreement(situation, follows=follows))
    explanation = _explained(judged, situation)
    bars = [each for each in judged if each.consequence is Consequence.BARS]
    decided = [*_ended_before(situation), Decided(received, explanation)]
    if bars:
        return [*decided, _refused(number, bars[0])]
    missing = _documents_missing(command, situation)
    if missing:
        decided.append(Decided(DocumentsRequested(documents=missing)))
    later = situation.after([received])
    for_person = missing or awaits(judged) is not Consequence.NONE
    granted: list[Decided] | Refused = [] if for_person else grant(later, None)
    if granted and not isinstance(granted, Refused):
        return [*decided, *granted]
    ground = ReviewGround.APPLICATION
    weighed = [_judged_by(each) for each in judged if each.consequence is Consequence.PERSON]
    if isinstance(granted, Refused):
        weighed.append(granted.message)
    return [*decided, ask_person(later, ground, found=", ".join(weighed), because=explanation)]


def _ended_before(situation: Situation) -> list[Decided]:
    """What a tick had still to record of the attempt that the application follows on."""
    told = [record_lapse(situation), unpublish(situation)]
    return [decided for each in told if not isinstance(each, Refused) for decided in each]


def _judged_by(judged: Judged) -> str:
    """The name under which a person gives the verdict."""
    return judged.code.removeprefix("criterion.")


def follows_on(situation: Situation) -> After | None:
    """What the application follows on; absent while an attempt still runs (OD19)."""
    contract = situation.contract
    if contract.concluded:
        term = contract.term
        ended = term is None or (term.end is not None and situation.today > term.end)
        return After.TERMINATED if ended else None
    if contract.application is not None and contract.application.refused is not None:
        return After.REFUSED
    if contract.offer is None and withheld_for_doubt(situation):
        return After.REFUSED
    if contract.questionnaire_sent_at is None and contract.offer is None and contract.application is None:
        return After.NO_OFFER
    if situation.questionnaire_lapsed():
        return After.LAPSED
    ended_by = attempt_ended(situation)
    if ended_by is None:
        return None
    return {"OFFER_DECLINED": After.DECLINED, "ASSESSED_NEGATIVE": After.REFUSED}.get(ended_by.code, After.LAPSED)


def _judged(
    situation: Situation,
    provider: Provider,
    received_at: datetime,
    declared: Answers | None,
    verdicts: Verdicts | None = None,
    *,
    follows: bool = False,
) -> tuple[Judged, ...]:
    judged = judge_application(
        situation.document,
        situation.contract_id.care_type,
        with_earlier(provider, situation.earlier),
        received_at,
        situation.today,
        declared,
        verdicts,
        follows_insurer=follows,
    )
    # what the practice still has to declare it declares in the questionnaire or with the signature (OD48)
    return tuple(each for each in judged if each.consequence is not Consequence.ASKS)


def _explained(judged: tuple[Judged, ...], situation: Situation) -> Explanation:
    application = situation.document.application
    clause = situation.rules.clause if application is None else application.clause
    because = tuple(each.explanation for each in judged)
    return Explanation(rule="application", clause=clause, outcome=together(judged), because=because)


def _no_agreement(situation: Situation, *, follows: bool) -> tuple[Judged, ...]:
    """Only where the policy says so another insurer's agreement can be taken over (CQ25-4-30)."""
    if not follows or situation.rules.follow_insurer is not None:
        return ()
    application = situation.document.application
    found = Explanation(
        rule="application.follow_insurer",
        clause=situation.rules.clause if application is None else application.clause,
        outcome=Outcome.NOT_MET,
        value=f"another insurer's agreement for {situation.contract_id.care_type}",
        threshold="a care type that can follow another insurer",
    )
    return (Judged("application.follow_insurer", "NO_AGREEMENT_TO_FOLLOW", Consequence.BARS, found),)


def _documents_missing(command: ReceiveApplication, situation: Situation) -> tuple[str, ...]:
    """Who follows another insurer sends that agreement; without it the documents are asked for (OD52)."""
    rule = situation.rules.follow_insurer
    if command.application is ApplicationKind.REGULAR or rule is None or command.documents:
        return ()
    return (rule.documents.nl,)


def _already_running(situation: Situation) -> Judged:
    term = situation.contract.term
    value = f"in force until {term.end}" if term is not None else "an attempt is under way"
    clause = situation.document.application.clause if situation.document.application is not None else ""
    found = Explanation(
        rule="application.running",
        clause=clause,
        outcome=Outcome.NOT_MET,
        value=value,
        threshold="no contract and no attempt that runs",
    )
    return Judged("application.running", "ALREADY_RUNNING", Consequence.BARS, found)


def _refused(attempt: int | None, judged: Judged) -> Decided:
    found = judged.explanation
    reason = Reason(code=judged.refusal_code, clause=found.clause, found=found.value)
    return Decided(ApplicationRefused(attempt=attempt, reason=reason), found)


def request_documents(command: RequestDocuments, situation: Situation) -> list[Decided] | Refused:
    """Ask the applicant for documents; the month of the application stays."""
    application = situation.contract.application
    if application is None or application.granted_at is not None or application.refused is not None:
        return Refused("NO_APPLICATION", "there is no application that waits for a decision")
    return [] if application.documents_missing else [Decided(DocumentsRequested(documents=command.documents))]


def receive_documents(command: ReceiveDocuments, situation: Situation) -> list[Decided] | Refused:
    """Record documents that arrived."""
    application = situation.contract.application
    if application is None or application.refused is not None:
        return Refused("NO_APPLICATION", "there is no application to which documents belong")
    if not application.documents_missing:
        return []
    return [Decided(DocumentsReceived(documents=command.documents))]


def decide_application(command: DecideApplication, situation: Situation) -> list[Decided] | Refused:
    """A named person judges what the policy leaves to one; then the application is granted or refused."""
    contract, provider = situation.contract, situation.provider
    application = contract.application
    if application is None:
        return Refused("NO_APPLICATION", "there is no application to decide")
    if application.granted_at is not None or application.refused is not None:
        return _decided_otherwise(command, situation) or []
    if situation.occurred_at < application.received_at:
        return Refused("BEFORE_ITS_CAUSE", "the decision can not lie before the application")
    if provider is None:
        return situation.unknown_provider()
    if application.documents_missing:
        return Refused("AWAITING_DOCUMENTS", "the documents that were asked for have not arrived")
    strange = _strange_verdict(command, situation)
    if strange is not None:
        return strange
    verdicts = {code: outcome_of(met) for code, met in command.verdicts.items()}
    follows = application.kind is ApplicationKind.FOLLOW_INSURER
    judged = _judged(situation, provider, application.received_at, None, verdicts, follows=follows)
    bars = [each for each in judged if each.consequence is Consequence.BARS]
    if bars:
        closed = _review_closed(situation, ReviewOutcome.DISMISSED, command.verdicts)
        return [*closed, _refused(contract.attempt, bars[0])]
    unjudged = [_judged_by(each) for each in judged if each.consequence is Consequence.PERSON]
    if unjudged:
        message = f"a person still has to judge: {', '.join(unjudged)}"
        why = _explained(judged, situation)
        return Refused("VERDICT_MISSING", message, why.clause, why)
    granted = grant(situation, command)
    if isinstance(granted, Refused):
        return granted
    met = any(isinstance(each.fact, ApplicationGranted) for each in granted)
    outcome = ReviewOutcome.APPROVED if met else ReviewOutcome.DISMISSED
    return [*_review_closed(situation, outcome, command.verdicts), *granted]


def _decided_otherwise(command: DecideApplication, situation: Situation) -> Refused | None:
    """Why another decision is refused once one was taken; the same one again changes nothing."""
    for review in situation.contract.reviews.values():
        if review.ground is ReviewGround.APPLICATION and review.verdicts not in (None, command.verdicts):
            return Refused("REVIEW_DECIDED", f"{review.review_id} was decided: {review.outcome}")
    return None


def _review_closed(situation: Situation, outcome: ReviewOutcome, verdicts: Mapping[str, bool]) -> list[Decided]:
    """The person's answer, each verdict with it: the signature is judged by them too."""
    review = situation.contract.open_review(ReviewGround.APPLICATION)
    if review is None:
        return []
    why = verdict_explained(situation, review.ground, None, outcome)
    return [Decided(ReviewDecided(review_id=review.review_id, outcome=outcome, verdicts=dict(verdicts)), why)]


def _strange_verdict(command: DecideApplication, situation: Situation) -> Refused | None:
    """A verdict on something that nobody asks."""
    application = situation.document.application
    criteria = [] if application is None else [each.code for each in application.criteria]
    asked = [*criteria, *situation.rules.conditions]
    strange = [code for code in command.verdicts if code not in asked]
    if not strange:
        return None
    return Refused("VERDICT_NOT_ASKED", f"not judged here: {', '.join(strange)}; a person judges {', '.join(criteria)}")


def grant(situation: Situation, command: DecideApplication | None) -> list[Decided] | Refused:
    """Grant with the start that the policy's rule gives, and send the questionnaire or the offer."""
    contract = situation.contract
    rule_term = situation.rules.term
    if contract.application is None or rule_term is None:
        return Refused("NO_APPLICATION", "there is no application to grant")
    received_on = local_day(contract.application.received_at)
    rule = start_rule(situation.document, situation.contract_id.care_type, received_on)
    by_person = None if command is None else command.start
    if rule is not None and rule.on is StartOn.DECIDED_BY_PERSON and by_person is None:
        return Refused(
            "START_MISSING",
            "a person decides the start: give it with the decision",
            rule.clause,
            found="no start",
            asked="the start that a person decides",
        )
    start = first_day(situation, received_on, by_person)
    term = term_from(rule_term.term, start)
    if term is None:
        found = Explanation(
            rule="application.start",
            clause=rule.clause if rule is not None else rule_term.clause,
            outcome=Outcome.NOT_MET,
            value=f"would start on {start}",
            threshold=f"on or before {rule_term.term.end}, the end of the term",
        )
        refused = Judged("application.start", "NO_TERM_LEFT", Consequence.BARS, found)
        return [_refused(contract.attempt, refused)]
    if situation.person_decides_term:
        term = Term(start=term.start, end=None)
    granted = Decided(ApplicationGranted(term=term), start_explained(term, rule, rule_term))
    later = situation.after([granted.fact])
    if situation.by_questionnaire:
        return [granted, Decided(QuestionnaireSent())]
    if situation.person_decides_term and command is not None and command.end is not None:
        offered = decide_term(DecideTerm(end=command.end), later)
    else:
        offered = make_offer(later)
    return offered if isinstance(offered, Refused) else [granted, *offered]


def first_day(situation: Situation, received_on: date, by_person: date | None = None) -> date:
    """The first day in force of an application that came in on a local day; ``by_person`` where one decides it."""
    stated = situation.rules.term
    of_policy = situation.sought_term.start if stated is None else stated.term.start
    rule = start_rule(situation.document, situation.contract_id.care_type, received_on)
    if rule is not None and rule.on is StartOn.DECIDED_BY_PERSON:
        start = max(by_person or of_policy, of_policy)
    else:
        # where the start waits for the signature, the first day that it can be is that of a signature today
        start = (None if rule is None else start_of(rule, of_policy, received_on, situation.today)) or of_policy
    earlier = [each.term.end for each in situation.contract.past if each.term is not None and each.term.end]
    # at most one attempt is in force on a day
    return max([start, *(end + timedelta(days=1) for end in earlier)])


def decide_term(command: DecideTerm, situation: Situation) -> list[Decided] | Refused:
    """A named person decides until when; the offer that waited for it is made (OD25)."""
    application, rule, follow = situation.contract.application, situation.rules.term, situation.rules.follow_insurer
    if not situation.person_decides_term or application is None or rule is None or follow is None:
        return Refused("TERM_NOT_ASKED", "the policy states the term of this contract; no person decides it")
    if application.granted_at is None or application.term is None:
        message = "the application was not granted"
        return Refused("NOT_GRANTED", message, follow.clause, found="no grant", asked="a grant of the application")
    start, last, end, offer = application.term.start, rule.latest_end, command.end, situation.contract.offer
    if application.term.end == end:
        return []
    if offer is not None:
        message = f"the contract was offered until {offer.term.end}"
        return Refused("ALREADY_OFFERED", message, follow.clause, found=str(end), asked="a term before the offer")
    if not start <= end <= last:
        message = f"{end} is not in {start}..{last}, the days that the contract can last"
        return Refused("OUTSIDE_TERM", message, follow.clause, found=str(end), asked=f"{start}..{last}")
    decided = TermDecided(term=Term(start=start, end=end))
    later = situation.after([decided])
    offered = make_offer(later)
    if isinstance(offered, Refused):
        return offered
    return [Decided(decided, term_explained(later, decided.term)), *offered]


def start_explained(term: Term, rule: StartRule | None, of_policy: AnyTerm) -> Explanation:
    """Why a granted application starts on that day."""
    by = StartOn.TERM_START if rule is None else rule.on
    threshold = f"{by.replace('_', ' ')}, in the term from {of_policy.term.start}"
    if rule is not None and rule.not_before is not None and rule.not_before > of_policy.term.start:
        threshold += f", not before {rule.not_before}"
    return Explanation(
        rule="application.start",
        clause=of_policy.clause if rule is None else rule.clause,
        outcome=Outcome.MET,
        value=str(term.start),
        threshold=threshold,
    )


def carry_over(command: CarryOver, situation: Situation) -> list[Decided] | Refused:
    """Record a contract from before this system; it runs as it was agreed (CQ25-4-1, CQ25-4-2)."""
    contract = situation.contract
    if contract.carried_over == CarriedOver(command.term, command.tier, command.external_policy):
        return []
    if contract.carried_over is not None or contract.approached_at is not None or contract.application is not None:
        return Refused("ALREADY_BEGUN", f"{situation.contract_id} has a history here; nothing can be carried over")
    return [Decided(ContractCarriedOver(term=command.term, external_policy=command.external_policy, tier=command.tier))]
