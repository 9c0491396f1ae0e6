"""Who does what next, and when: every fact gives somebody a reason to act."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import NamedTuple

from application.simulation.choices import GROUNDS, Choices, Diligence, Reply
from domain.calendar import AMSTERDAM, local_day
from domain.contract.commands import (
    AcceptEvidence,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    ContractCommand,
    DecideApplication,
    DecideReview,
    DeclineOffer,
    MakeOffer,
    ReceiveApplication,
    RejectEvidence,
    RequestReview,
    SaveQuestionnaire,
    Sign,
    UploadEvidence,
)
from domain.contract.contract_id import ContractId
from domain.contract.facts import (
    Consequence,
    ContractOffered,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    NotApproached,
    OfferReplaced,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    QuestionnaireSent,
    ReviewDecided,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
    Signed,
)
from domain.history import Fact
from domain.policy.answers import Answers
from domain.policy.document import PlanningKind, PolicyDocument, Route

LATE_SIGNING_DAYS = 14
"""How long a late offer can be signed in this simulation; a person sets the day."""
APPLICANTS = 0.12
"""Which share of those who are not approached applies."""
APPLICANTS_ANSWER_IN = 14
"""Within how many days an applicant confirms its questionnaire; no deadline of the round binds it."""


class Act(NamedTuple):
    """Something that somebody is going to do; ordered by instant, contract and name."""

    at: datetime
    contract_id: ContractId
    name: str
    actor: str
    command: ContractCommand
    reason: str | None = None


class Agenda:
    """Plans acts from facts; keeps for each open contract only what its portal page would show."""

    def __init__(self, seed: int, document: PolicyDocument) -> None:
        self._seed = seed
        self.document = document
        self._waiting: dict[ContractId, list[EvidenceUploaded]] = {}
        self._confirmed: set[ContractId] = set()
        self._offered: dict[ContractId, str] = {}
        self._applied: set[ContractId] = set()

    def next_acts(self, contract_id: ContractId, fact: Fact, at: datetime) -> Iterator[Act]:
        """What follows from a fact that happened at an instant, if anybody acts on it."""
        choices = Choices(self._seed, str(contract_id))
        yield from self._by_practice(contract_id, choices, fact, at)
        yield from self._by_officers(contract_id, choices, fact, at)

    def _by_practice(self, contract_id: ContractId, choices: Choices, fact: Fact, at: datetime) -> Iterator[Act]:
        match fact:
            case QuestionnaireSent():
                yield from self._answer(contract_id, choices, at)
            case EvidenceRejected() | EvidenceAccepted(consequence=Consequence.NO_EFFECT):
                yield from self._correct(contract_id, choices, fact.factor, fact.evidence_id, at)
            case ContractOffered():
                self._offered[contract_id] = fact.agreement_sha256
                yield from self._reply(contract_id, choices, fact, at)
            case OfferReplaced():
                self._offered[contract_id] = fact.agreement_sha256
            case NotApproached() if contract_id not in self._applied:
                yield from self._apply(contract_id, choices, at)
            case _:
                pass

    def _by_officers(self, contract_id: ContractId, choices: Choices, fact: Fact, at: datetime) -> Iterator[Act]:
        match fact:
            case EvidenceUploaded() if contract_id not in self._confirmed:
                self._waiting.setdefault(contract_id, []).append(fact)
            case EvidenceUploaded():
                yield self._check(contract_id, choices, fact, at)
            case QuestionnaireConfirmed():
                self._confirmed.add(contract_id)
                for uploaded in self._waiting.pop(contract_id, []):
                    yield self._check(contract_id, choices, uploaded, at)
                yield self._officer(contract_id, choices, "assess", choices.assessment(at), AssessQuestionnaire())
            case QuestionnaireAssessed(positive=True) if not self._signing_closed(contract_id, at):
                yield self._officer(contract_id, choices, "offer", at + timedelta(minutes=12), MakeOffer())
            case Signed():
                yield from self._year_after(contract_id, choices, at)
            case ReviewRequested(ground=ReviewGround.APPLICATION):
                yield self._judge_application(contract_id, choices, fact, at)
            case ReviewRequested():
                yield self._decide(contract_id, choices, fact, at)
            case ReviewDecided(outcome=ReviewOutcome.APPROVED, sign_by=date()):
                yield self._officer(contract_id, choices, "late offer", at + timedelta(minutes=20), MakeOffer())
            case _:
                pass

    def as_the_portal_shows(self, act: Act) -> Act:
        """The same act on the text that stands offered by now: who signs, signs what the portal shows."""
        if not isinstance(act.command, Sign):
            return act
        shown = self._offered[act.contract_id]
        return act._replace(command=act.command.model_copy(update={"agreement_sha256": shown}))

    def _signing_closed(self, contract_id: ContractId, at: datetime) -> bool:
        """Whether a person is asked first, because the round's last signing day has passed (OD17)."""
        if contract_id in self._applied:
            return False
        deadline, _ = self.document.deadline(PlanningKind.SIGNING, contract_id.care_type)
        return deadline.passed(at)

    def _answer(self, contract_id: ContractId, choices: Choices, sent: datetime) -> Iterator[Act]:
        diligence = choices.diligence()
        if diligence is Diligence.FORGETS:
            return
        actor = practice_actor(contract_id)
        deadline, _ = self.document.deadline(PlanningKind.QUESTIONNAIRE_DEADLINE, contract_id.care_type)
        applied = contract_id in self._applied
        last_day = local_day(sent) + timedelta(days=APPLICANTS_ANSWER_IN) if applied else deadline.day
        too_late = diligence is Diligence.CONFIRMS_TOO_LATE and not applied
        confirm_at = choices.confirmation(sent, last_day)
        if too_late:
            confirm_at = choices.practice_hours(last_day + timedelta(days=1), "confirmation")
        answers = choices.answers(self.document, contract_id)
        saved_at = max(sent + timedelta(hours=1), confirm_at - timedelta(hours=choices.between("saved before", 1, 120)))
        yield Act(saved_at, contract_id, "save", actor, SaveQuestionnaire(answers=answers))
        if diligence is Diligence.ONLY_SAVES:
            return
        yield Act(confirm_at, contract_id, "confirm", actor, ConfirmQuestionnaire())
        if too_late:
            return
        factors = self.document.care_types[contract_id.care_type].factors
        claimed = [code for code in answers.claims if factors[code].evidence is not None and choices.supplies(code)]
        for number, code in enumerate(claimed, start=1):
            yield _upload(contract_id, choices, code, 1, confirm_at - timedelta(minutes=4 * number))

    def _check(self, contract_id: ContractId, choices: Choices, uploaded: EvidenceUploaded, known: datetime) -> Act:
        evidence_id, factor = uploaded.evidence_id, uploaded.factor
        in_term = local_day(known) >= date(self.document.year, 1, 1)
        check_at = choices.evidence_check(evidence_id, known, in_term=in_term)
        paper = choices.paper(evidence_id, factor)
        if paper in GROUNDS:
            rejection = RejectEvidence(evidence_id=evidence_id, ground=GROUNDS[paper])
            reason = f"opened {evidence_id}: {GROUNDS[paper]}"
            return self._officer(contract_id, choices, f"reject {evidence_id}", check_at, rejection, reason)
        rule = self.document.care_types[contract_id.care_type].factors[factor].evidence
        registration = choices.registration(paper, {} if rule is None else rule.found)
        acceptance = AcceptEvidence(evidence_id=evidence_id, registration=registration)
        return self._officer(contract_id, choices, f"accept {evidence_id}", check_at, acceptance)

    def _correct(
        self, contract_id: ContractId, choices: Choices, factor: str, evidence_id: str | None, told: datetime
    ) -> Iterator[Act]:
        supplied = 0 if evidence_id is None else int(evidence_id.rsplit("-", 1)[1])
        correct_at = choices.correction(factor, supplied + 1, told)
        if correct_at is not None:
            yield _upload(contract_id, choices, factor, supplied + 1, correct_at)

    def _decide(self, contract_id: ContractId, choices: Choices, asked: ReviewRequested, at: datetime) -> Act:
        outcome = choices.verdict(asked.review_id, asked.ground)
        late = asked.ground is ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY
        days = choices.between(f"review {asked.review_id}", 2, 6)
        decide_at = choices.office_hours(local_day(at) + timedelta(days=days), f"review {asked.review_id}")
        sign_by = local_day(decide_at) + timedelta(days=LATE_SIGNING_DAYS)
        decision = DecideReview(
            review_id=asked.review_id,
            outcome=outcome,
            sign_by=sign_by if late and outcome is ReviewOutcome.APPROVED else None,
        )
        reason = f"{asked.ground.replace('_', ' ')}: looked into it, {outcome}"
        return self._officer(contract_id, choices, f"decide {asked.review_id}", decide_at, decision, reason)

    def _apply(self, contract_id: ContractId, choices: Choices, told: datetime) -> Iterator[Act]:
        """Some who are told that they are not approached ask for a contract themselves."""
        if not choices.chance("applies", APPLICANTS):
            return
        self._applied.add(contract_id)
        day = local_day(told) + timedelta(days=choices.between("applies after", 3, 40))
        application = ReceiveApplication(declared=self._declared(contract_id, choices))
        yield Act(
            choices.practice_hours(day, "applies"), contract_id, "apply", practice_actor(contract_id), application
        )

    def _judge_application(
        self, contract_id: ContractId, choices: Choices, asked: ReviewRequested, at: datetime
    ) -> Act:
        name = f"judge {asked.review_id}"
        days = choices.between(name, 4, 20)
        judge_at = choices.office_hours(local_day(at) + timedelta(days=days), name)
        verdicts = {code: choices.chance(f"{name} {code}", 0.7) for code in asked.found.split(", ")}
        reason = "weighed what the policy leaves to a person"
        return self._officer(contract_id, choices, name, judge_at, DecideApplication(verdicts=verdicts), reason)

    def _reply(
        self, contract_id: ContractId, choices: Choices, offered: ContractOffered, at: datetime
    ) -> Iterator[Act]:
        reply = choices.reply()
        if reply is Reply.IGNORES:
            return
        person = practice_actor(contract_id)
        reply_at = choices.reply_at(at, offered.last_signing_day)
        if reply is Reply.DECLINES:
            decline = DeclineOffer(person_id=person, certificate_serial=_serial(contract_id))
            yield Act(reply_at, contract_id, "decline", person, decline)
            return
        if reply is Reply.SIGNS_TOO_LATE:
            too_late = offered.last_signing_day + timedelta(days=1)
            reply_at = datetime.combine(too_late, time(0, 20), tzinfo=AMSTERDAM).astimezone(UTC)
        sign = Sign(
            person_id=person,
            certificate_serial=_serial(contract_id),
            agreement_sha256=offered.agreement_sha256,
            declared=self._declared(contract_id, choices),
        )
        yield Act(reply_at, contract_id, "sign", person, sign)

    def _declared(self, contract_id: ContractId, choices: Choices) -> Answers | None:
        """What is declared with an application and a signature; where there is a questionnaire, nothing."""
        if self.document.care_types[contract_id.care_type].route is Route.QUESTIONNAIRE:
            return None
        return choices.answers(self.document, contract_id)

    def _year_after(self, contract_id: ContractId, choices: Choices, signed: datetime) -> Iterator[Act]:
        """Few hear in the year after that a registration ended: a person looks at it, no tier changes (OD07)."""
        factors = [
            code
            for code, each in self.document.care_types[contract_id.care_type].factors.items()
            if each.evidence is not None
        ]
        if not choices.chance("registration ended", 0.012):
            return
        day = date(self.document.year, 1, 6) + timedelta(days=choices.between("registration ended", 0, 300))
        review = RequestReview(
            ground=ReviewGround.FACTOR_NO_LONGER_MET,
            factor=factors[0] if factors else None,
            found=f"no longer in the register since {day}",
        )
        heard_at = choices.office_hours(day + timedelta(days=3), "registration ended")
        if heard_at > signed:
            yield self._officer(
                contract_id, choices, "ask review", heard_at, review, "the register reports that it ended"
            )

    def _officer(
        self,
        contract_id: ContractId,
        choices: Choices,
        name: str,
        at: datetime,
        command: ContractCommand,
        reason: str | None = None,
    ) -> Act:
        return Act(at, contract_id, name, choices.officer(name), command, reason)


def practice_actor(contract_id: ContractId) -> str:
    """Who acts for a practice: its first signatory in the sample register."""
    return f"p-{contract_id.agb}-1"


def _upload(contract_id: ContractId, choices: Choices, factor: str, number: int, at: datetime) -> Act:
    name = f"upload {factor}-{number}"
    upload = UploadEvidence(
        factor=factor,
        sha256=sha256(f"simulated file {contract_id} {factor} {number}".encode()).hexdigest(),
        size=choices.between(f"size {name}", 20_000, 900_000),
        media_type="application/pdf",
    )
    return Act(at, contract_id, name, practice_actor(contract_id), upload)


def _serial(contract_id: ContractId) -> str:
    return f"SAMPLE-{contract_id.agb}-1"
