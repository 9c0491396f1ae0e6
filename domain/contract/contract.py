"""The state of a contract, folded from its facts. ``evolve`` never refuses and never reads a clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple, assert_never

from domain.calendar import Term, local_day
from domain.contract.facts import (
    ApplicationGranted,
    ApplicationKind,
    ApplicationReceived,
    ApplicationRefused,
    Approached,
    Consequence,
    ContractCarriedOver,
    ContractFact,
    ContractOffered,
    ContractTerminated,
    DocumentsReceived,
    DocumentsRequested,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    ModuleEnded,
    ModuleGranted,
    ModuleLapsed,
    ModuleRefused,
    ModuleRetested,
    NotApproached,
    OfferDeclined,
    OfferLapsed,
    OfferReplaced,
    OfferWithheld,
    Published,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    QuestionnaireLapsed,
    QuestionnaireOpened,
    QuestionnaireSaved,
    QuestionnaireSent,
    Reason,
    Registration,
    Reminded,
    Reminder,
    ReviewDecided,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
    Signed,
    TermDecided,
    TermExtended,
    TierAssigned,
    TierChangeAnnounced,
    TransferredToOtherPolicy,
    Unpublished,
)
from domain.explanation import Outcome, outcome_of
from domain.history import FactCorrected, Recorded, effective
from domain.policy.answers import Answers, Finding, Measured
from domain.policy.application_rules import StartOn
from domain.policy.module_rules import RetestRule
from domain.policy.starts import granted_term


class Evidence(NamedTuple):
    """A supplied file and what became of it; ``accepted`` is absent until a reviewer found it right."""

    evidence_id: str
    factor: str
    sha256: str
    supplied_at: datetime
    rejected: bool = False
    accepted: Registration | None = None
    consequence: Consequence | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for a reviewer."""
        return not self.rejected and self.accepted is None


class Assignment(NamedTuple):
    """A tier from a local day on, and the factors that it rests on."""

    effective_on: date
    tier: str
    factors: tuple[str, ...] = ()


class Offer(NamedTuple):
    """What was offered; its policy version is kept for term, factors, tiers and corrections.

    ``starts`` is the rule by which the signature makes the start.
    """

    offered_at: datetime
    tier: str | None
    term: Term
    last_signing_day: date
    agreement_sha256: str
    policy_position: int
    last_day_fixed: bool = False
    flags: tuple[Reason, ...] = ()
    starts: StartOn | None = None


class Review(NamedTuple):
    """A question to a person, and the answer once there is one."""

    review_id: str
    ground: ReviewGround
    factor: str | None
    outcome: ReviewOutcome | None = None
    sign_by: date | None = None
    requested_at: datetime | None = None
    verdicts: Mapping[str, bool] | None = None


class Application(NamedTuple):
    """An application and what became of it; ``term`` once it is granted."""

    kind: ApplicationKind
    received_at: datetime
    documents_missing: bool = False
    granted_at: datetime | None = None
    term: Term | None = None
    refused: Reason | None = None

    def term_beside(self, of_policy: Term) -> Term | None:
        """The days granted, with the end that the policy has decided since; who follows another insurer waits for a
        person to decide it (OD25).
        """
        if self.term is None or self.kind is ApplicationKind.FOLLOW_INSURER:
            return self.term
        return granted_term(self.term, of_policy)


class CarriedOver(NamedTuple):
    """A contract from before this system."""

    term: Term
    tier: str | None
    external_policy: str


class ModuleResult(NamedTuple):
    """What became of the test of a module that was due by a day."""

    due_on: date
    passed: bool
    tested_on: date
    last_day: date | None


class ModuleEnd(NamedTuple):
    """Until when a module runs that somebody ended, and why."""

    last_day: date
    reason: Reason


class Module(NamedTuple):
    """A module on top of the contract, as it was granted, and what became of its tests."""

    module: str
    granted_at: datetime
    term: Term
    clause: str
    retest: RetestRule | None
    results: tuple[ModuleResult, ...] = ()
    ended: ModuleEnd | None = None
    lapse_recorded: date | None = None


@dataclass(frozen=True)
class Contract:
    """All that the rules ask of a contract's history; ``version`` is that of its last fact, 0 before the first.

    A stream holds numbered attempts: an application opens the next one, ``past`` holds those before, oldest first.
    ``reminded`` is the day of the last reminder; ``tiers_ahead`` are the days of tiers that were assigned before
    they count, and not announced yet.
    """

    version: int = 0
    attempt: int = 1
    past: tuple["Contract", ...] = ()
    application: Application | None = None
    carried_over: CarriedOver | None = None
    transferred_to: str | None = None
    approached_at: datetime | None = None
    not_approached: tuple[Reason, ...] = ()
    flags: tuple[Reason, ...] = ()
    questionnaire_sent_at: datetime | None = None
    questionnaire_opened_at: datetime | None = None
    draft: Answers | None = None
    confirmed_at: datetime | None = None
    answers: Answers | None = None
    findings: tuple[Finding, ...] = ()
    measured: tuple[Measured, ...] = ()
    questionnaire_lapse_recorded: datetime | None = None
    reminded: Mapping[Reminder, date] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    missing_evidence: frozenset[str] = frozenset()
    assessed_at: datetime | None = None
    positive: bool = False
    unmet_conditions: tuple[Reason, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    tiers_ahead: frozenset[date] = frozenset()
    offer: Offer | None = None
    withheld: Reason | None = None
    declined_at: datetime | None = None
    offer_lapse_recorded: datetime | None = None
    signed_at: datetime | None = None
    signed_term: Term | None = None
    published_at: datetime | None = None
    unpublished_at: datetime | None = None
    extended_to: date | None = None
    modules: tuple[Module, ...] = ()
    modules_refused: Mapping[str, Reason] = field(default_factory=dict)
    last_day: date | None = None
    reviews: Mapping[str, Review] = field(default_factory=dict)

    @property
    def term(self) -> Term | None:
        """The days in force once signed, cut short by a termination; none when it ended before it began."""
        term = self.agreed_term
        if term is None or self.last_day is None:
            return term
        return Term(start=term.start, end=self.last_day) if self.last_day >= term.start else None

    @property
    def agreed_term(self) -> Term | None:
        """The days in force as they were agreed and extended, before any termination."""
        if self.carried_over is not None:
            return _lengthened(self.carried_over.term, self.extended_to)
        if self.signed_at is None or self.offer is None:
            return None
        return _lengthened(self.signed_term or self.offer.term, self.extended_to)

    def module(self, code: str) -> Module | None:
        """The module of that code as it was granted last."""
        return next((each for each in reversed(self.modules) if each.module == code), None)

    def in_force(self, day: date) -> bool:
        """Whether the contract is in force on a local day."""
        term = self.term
        return term is not None and term.contains(day)

    @property
    def concluded(self) -> bool:
        """Whether there is a contract: signed here, or carried over."""
        return self.signed_at is not None or self.carried_over is not None

    @property
    def untouched(self) -> bool:
        """Whether nothing stands in this attempt: nothing happened yet, or all of it was voided."""
        return all(vars(self)[name] == value for name, value in _NOTHING_YET.items() if name not in _OF_THE_STREAM)

    @property
    def attempts(self) -> tuple["Contract", ...]:
        """This attempt and those before it, the latest first."""
        return (self, *reversed(self.past))

    def attempt_in_force(self, day: date) -> "Contract | None":
        """The attempt whose contract is in force on a local day; at most one is."""
        return next((attempt for attempt in self.attempts if attempt.in_force(day)), None)

    def attempt_asked(self, day: date) -> "Contract | None":
        """The attempt that a question about a day means: in force on it, else the one concluded last."""
        concluded = next((attempt for attempt in self.attempts if attempt.concluded), None)
        return self.attempt_in_force(day) or concluded

    def tier_on(self, day: date) -> Assignment | None:
        """The tier that the practice is entitled to on a day.

        Of the assignments not after the day the one with the latest ``effective_on``, and of two with the same the
        one recorded last.
        """
        found: Assignment | None = None
        for assignment in self.assignments:
            if assignment.effective_on <= day and (found is None or assignment.effective_on >= found.effective_on):
                found = assignment
        return found

    @property
    def verdicts(self) -> dict[str, Outcome]:
        """What named persons decided of conditions, by the condition's code; of several the last one counts."""
        found: dict[str, Outcome] = {}
        for review in self.reviews.values():
            if review.ground is ReviewGround.CONDITION and review.factor is not None and review.outcome is not None:
                found[review.factor] = outcome_of(review.outcome is ReviewOutcome.APPROVED)
            found |= {code: outcome_of(met) for code, met in (review.verdicts or {}).items()}
        return found

    @property
    def settled_term(self) -> Term | None:
        """The days that an agreement text names: those in force once signed, else those offered."""
        return self.term or (None if self.offer is None else self.offer.term)

    def open_review(self, ground: ReviewGround, factor: str | None = None) -> Review | None:
        """A review of that ground that nobody has decided."""
        for review in self.reviews.values():
            if review.ground is ground and review.factor == factor and review.outcome is None:
                return review
        return None


_NOTHING_YET = vars(Contract())
_OF_THE_STREAM = ("version", "attempt", "past")


def _lengthened(term: Term, end: date | None) -> Term:
    """The days with those that an extension adds; an undecided end stays so."""
    if end is None or term.end is None or end <= term.end:
        return term
    return Term(start=term.start, end=end)


def fold(history: Sequence[Recorded]) -> Contract:
    """The state after a stream's facts, corrections applied.

    One draft is changed from fact to fact before anybody sees it: a copy for each fact would double the time of replay.
    """
    draft = begun()
    for recorded in effective(history):
        advance(draft, recorded)
    if history:
        draft.__dict__["version"] = history[-1].version
    return draft


def begun() -> Contract:
    """A draft of a contract to which nothing has happened; only who made it may ``advance`` it."""
    draft = object.__new__(Contract)
    draft.__dict__.update(_NOTHING_YET)
    return draft


def advance(draft: Contract, recorded: Recorded) -> None:
    """Take one more effective fact into a draft that nobody else has seen; leaves its version to the caller."""
    draft.__dict__.update(_changes(draft, recorded.fact, recorded.occurred_at))  # type: ignore[arg-type]


def evolve(contract: Contract, fact: ContractFact, occurred_at: datetime) -> Contract:
    """The state after one more fact that happened at ``occurred_at``."""
    return replace(contract, **{"version": contract.version + 1, **_changes(contract, fact, occurred_at)})


def _changes(contract: Contract, fact: ContractFact, occurred_at: datetime) -> Mapping[str, Any]:
    """What a fact changes, by field; those that a long history has many of stand first."""
    match fact:
        case TierAssigned():
            return _assigned(contract, fact, occurred_at)
        case EvidenceUploaded():
            return _evidence(contract, Evidence(fact.evidence_id, fact.factor, fact.sha256, occurred_at))
        case EvidenceAccepted() | EvidenceRejected():
            return _judged(contract, fact)
        case Approached():
            return _approached(contract, fact, occurred_at)
        case QuestionnaireSent():
            return {"questionnaire_sent_at": occurred_at}
        case QuestionnaireConfirmed():
            established = {"findings": fact.findings, "measured": fact.measured}
            return {"confirmed_at": occurred_at, "answers": fact.answers, **established}
        case QuestionnaireAssessed():
            return {"assessed_at": occurred_at, "positive": fact.positive, "unmet_conditions": fact.unmet_conditions}
        case ContractOffered():
            return {"offer": _offer(fact, occurred_at), "withheld": None}
        case Signed():
            return {"signed_at": occurred_at, "signed_term": fact.term}
        case Published():
            return {"published_at": occurred_at, "unpublished_at": None}
        case NotApproached():
            return {"not_approached": fact.reasons, "flags": fact.flags}
        case QuestionnaireOpened():
            return {"questionnaire_opened_at": occurred_at}
        case QuestionnaireSaved():
            return {"draft": fact.answers}
        case QuestionnaireLapsed():
            return {"questionnaire_lapse_recorded": occurred_at}
        case Reminded():
            return {"reminded": {**contract.reminded, fact.about: fact.due_on}}
        case TierChangeAnnounced():
            return {"tiers_ahead": contract.tiers_ahead - {fact.effective_on}}
        case OfferReplaced():
            return _replaced_offer(contract, fact)
        case OfferWithheld():
            return {"withheld": fact.reason}
        case OfferDeclined():
            return {"declined_at": occurred_at}
        case OfferLapsed():
            return {"offer_lapse_recorded": occurred_at}
        case Unpublished():
            return {"unpublished_at": occurred_at}
        case TermExtended():
            return {"extended_to": fact.end}
        case ModuleGranted() | ModuleRefused() | ModuleRetested() | ModuleEnded() | ModuleLapsed():
            return _module(contract, fact, occurred_at)
        case ContractTerminated():
            return {"last_day": fact.last_day}
        case ReviewRequested():
            return {"reviews": {**contract.reviews, fact.review_id: _asked(fact, occurred_at)}}
        case ReviewDecided():
            return _reviewed(contract, fact)
        case FactCorrected():
            return {}
        case TransferredToOtherPolicy():
            return {"transferred_to": fact.policy}
        case ContractCarriedOver():
            tier = () if fact.tier is None else (Assignment(fact.term.start, fact.tier),)
            carried_over = CarriedOver(fact.term, fact.tier, fact.external_policy)
            return {"carried_over": carried_over, "assignments": tier}
        case ApplicationReceived():
            return _applied(contract, fact, occurred_at)
        case DocumentsRequested() | DocumentsReceived() | ApplicationGranted() | TermDecided() | ApplicationRefused():
            return _application_handled(contract, fact, occurred_at)
        case _:
            assert_never(fact)


def _assigned(contract: Contract, fact: TierAssigned, occurred_at: datetime) -> Mapping[str, Any]:
    assigned = Assignment(fact.effective_on, fact.tier, fact.factors)
    changes: dict[str, Any] = {"assignments": (*contract.assignments, assigned)}
    if fact.effective_on > local_day(occurred_at):
        changes["tiers_ahead"] = contract.tiers_ahead | {fact.effective_on}
    elif fact.effective_on in contract.tiers_ahead:
        changes["tiers_ahead"] = contract.tiers_ahead - {fact.effective_on}
    return changes


def _offer(fact: ContractOffered, occurred_at: datetime) -> Offer:
    return Offer(
        occurred_at,
        fact.tier,
        fact.term,
        fact.last_signing_day,
        fact.agreement_sha256,
        fact.policy_position,
        fact.last_day_fixed,
        fact.flags,
        fact.starts,
    )


def _evidence(contract: Contract, evidence: Evidence) -> Mapping[str, Any]:
    return {"evidence": {**contract.evidence, evidence.evidence_id: evidence}}


def _judged(contract: Contract, fact: EvidenceAccepted | EvidenceRejected) -> Mapping[str, Any]:
    if fact.evidence_id is None:
        return {"missing_evidence": contract.missing_evidence | {fact.factor}}
    known = contract.evidence.get(fact.evidence_id)
    if known is None:
        return {}
    if isinstance(fact, EvidenceRejected):
        return _evidence(contract, known._replace(rejected=True, accepted=None, consequence=None))
    judged = known._replace(rejected=False, accepted=fact.registration, consequence=fact.consequence)
    return _evidence(contract, judged)


def _approached(contract: Contract, fact: Approached, occurred_at: datetime) -> Mapping[str, Any]:
    """The round goes on where it left off; after an application that was refused it begins an attempt of its own."""
    approached = {"approached_at": occurred_at, "not_approached": (), "flags": fact.flags}
    if contract.application is None:
        return approached
    return {**_next_attempt(contract, contract.attempt + 1), **approached}


def _next_attempt(contract: Contract, number: int) -> dict[str, Any]:
    """An attempt to which nothing has happened, after this one if anything has."""
    # the version is the stream's and belongs to no attempt
    past = contract.past if contract.untouched else (*contract.past, replace(contract, past=(), version=0))
    fresh = {name: value for name, value in _NOTHING_YET.items() if name != "version"}
    return {**fresh, "past": past, "attempt": number}


def _applied(contract: Contract, fact: ApplicationReceived, occurred_at: datetime) -> Mapping[str, Any]:
    """An application opens an attempt of its own, unless another one still runs."""
    if fact.attempt is None:
        return {}
    return {**_next_attempt(contract, fact.attempt), "application": Application(fact.application, occurred_at)}


def _application_handled(
    contract: Contract,
    fact: DocumentsRequested | DocumentsReceived | ApplicationGranted | TermDecided | ApplicationRefused,
    occurred_at: datetime,
) -> Mapping[str, Any]:
    application = contract.application
    if application is None:
        return {}
    match fact:
        case DocumentsRequested() | DocumentsReceived():
            return {"application": application._replace(documents_missing=isinstance(fact, DocumentsRequested))}
        case ApplicationGranted():
            return {"application": application._replace(granted_at=occurred_at, term=fact.term)}
        case TermDecided():
            return {"application": application._replace(term=fact.term)}
        case ApplicationRefused():
            # the refusal of an application that opened no attempt leaves the running one as it is
            another = fact.attempt != contract.attempt
            return {} if another else {"application": application._replace(refused=fact.reason)}
        case _:
            assert_never(fact)


ModuleFact = ModuleGranted | ModuleRefused | ModuleRetested | ModuleEnded | ModuleLapsed


def _module(contract: Contract, fact: ModuleFact, occurred_at: datetime) -> Mapping[str, Any]:
    if isinstance(fact, ModuleRefused):
        return {"modules_refused": {**contract.modules_refused, fact.module: fact.reason}}
    if isinstance(fact, ModuleGranted):
        granted = Module(fact.module, occurred_at, fact.term, fact.clause, fact.retest)
        refused = {code: each for code, each in contract.modules_refused.items() if code != fact.module}
        return {"modules": (*contract.modules, granted), "modules_refused": refused}
    known = contract.module(fact.module)
    if known is None:
        return {}
    if isinstance(fact, ModuleRetested):
        result = ModuleResult(fact.due_on, fact.passed, fact.tested_on, fact.last_day)
        changed = known._replace(results=(*known.results, result))
    elif isinstance(fact, ModuleEnded):
        reason = Reason(code="ENDED_BY_PERSON", clause=known.clause, found=f"last day {fact.last_day}")
        changed = known._replace(ended=ModuleEnd(fact.last_day, reason))
    else:
        changed = known._replace(lapse_recorded=fact.last_day)
    return {"modules": tuple(changed if each is known else each for each in contract.modules)}


def _replaced_offer(contract: Contract, fact: OfferReplaced) -> Mapping[str, Any]:
    if contract.offer is None:
        return {}
    term = fact.term or contract.offer.term
    return {"offer": contract.offer._replace(tier=fact.tier, agreement_sha256=fact.agreement_sha256, term=term)}


def _asked(fact: ReviewRequested, occurred_at: datetime) -> Review:
    return Review(fact.review_id, fact.ground, fact.factor, requested_at=occurred_at)


def _reviewed(contract: Contract, fact: ReviewDecided) -> Mapping[str, Any]:
    review = contract.reviews.get(fact.review_id)
    if review is None:
        return {}
    decided = review._replace(outcome=fact.outcome, sign_by=fact.sign_by, verdicts=fact.verdicts or None)
    return {"reviews": {**contract.reviews, fact.review_id: decided}}


def confirmation_day(contract: Contract) -> date | None:
    """The local day of confirmation, on which factors must be valid."""
    return None if contract.confirmed_at is None else local_day(contract.confirmed_at)
