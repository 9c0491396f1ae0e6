"""What a decision stands on: the replayed contract, the policy in force, the provider, and the two instants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain.calendar import Deadline, Term, day_start, local_day
from domain.contract.agreement import agreement_text, text_sha256
from domain.contract.contract import Assignment, Contract, evolve
from domain.contract.contract_id import ContractId
from domain.contract.earlier import EarlierContract
from domain.contract.facts import (
    ApplicationKind,
    ContractFact,
    EvidenceUploaded,
    ReviewGround,
    ReviewRequested,
    TierAssigned,
)
from domain.contract.tiers import changed_assignments, factor_starts, tier_explanation, timeline
from domain.explanation import Explanation
from domain.history import Recorded
from domain.policy.adoption import PolicyVersion, PolicyVersions
from domain.policy.answers import Measured
from domain.policy.application_rules import StartOn, StartRule
from domain.policy.document import CareTypeRules, PlanningKind, PolicyDocument, QuestionnaireRules, Route
from domain.policy.measures import measured_now
from domain.policy.starts import BY_SIGNATURE, start_rule
from domain.provider.provider import Provider
from domain.refusal import Refused


class Decided(NamedTuple):
    """A fact to record, with its explanation; ``occurred_at`` where it is not the instant of the act."""

    fact: ContractFact
    explanation: Explanation | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Situation:
    """Everything a rule may look at.

    ``current`` is the policy version in force at ``occurred_at`` and governs deadlines and publication; ``kept`` is
    the version that governs term, factors, tiers and corrections: that of the offer once signed, else the current
    one. ``earlier`` are the practice's contracts of earlier periods, for decisions that judge its contract history.
    ``handed_over`` tells that another portal saw the act, at ``occurred_at``.
    """

    contract_id: ContractId
    history: Sequence[Recorded]
    contract: Contract
    current: PolicyVersion
    kept: PolicyVersion
    provider: Provider | None
    occurred_at: datetime
    now: datetime
    reason: str | None = None
    earlier: Sequence[EarlierContract] = ()
    handed_over: bool = False

    @property
    def document(self) -> PolicyDocument:
        """The policy document that governs the contract's content."""
        return self.kept.document

    @property
    def rules(self) -> CareTypeRules:
        """The rules of the contract's care type."""
        return self.kept.document.care_types[self.contract_id.care_type]

    @property
    def steps(self) -> QuestionnaireRules:
        """The clauses of the questionnaire's steps; the loader has checked that they stand."""
        questionnaire = self.document.questionnaire
        if questionnaire is None:
            raise LookupError(f"{self.document.id} has no questionnaire rules")
        return questionnaire

    @property
    def correction_clause(self) -> str:
        """The clause under which evidence can be corrected."""
        correction = self.rules.correction
        return correction.correction_clause if correction is not None else self.rules.clause

    @property
    def today(self) -> date:
        """The local day on which the act occurred."""
        return local_day(self.occurred_at)

    @property
    def term(self) -> Term:
        """The days in force once signed, else the term offered, else the policy's; its end may be undecided."""
        return self.contract.settled_term or self.sought_term

    @property
    def sought_term(self) -> Term:
        """The days for which an offer of no tier in particular is: those granted to an application, or the policy's."""
        rule, application = self.rules.term, self.contract.application
        if rule is None:
            raise LookupError(f"{self.document.id} states no term for {self.contract_id.care_type}")
        if application is not None and application.term is not None:
            return application.term_beside(rule.term) or rule.term
        return rule.term

    @property
    def person_decides_term(self) -> bool:
        """Whether the policy leaves the term of this application to a person (OD25)."""
        application, rule = self.contract.application, self.rules.follow_insurer
        follows = application is not None and application.kind is ApplicationKind.FOLLOW_INSURER
        return follows and rule is not None and rule.term_decided_by_person

    @property
    def start_rule(self) -> StartRule | None:
        """The rule for the start: of an application that of the day it came, of the round that of the care type."""
        application = self.contract.application
        if application is None:
            return self.rules.round_start
        return start_rule(self.document, self.contract_id.care_type, local_day(application.received_at))

    @property
    def waits_for_signature(self) -> StartOn | None:
        """The rule by which the signature makes the start, while there is none."""
        contract = self.contract
        if contract.offer is not None:
            return contract.offer.starts if contract.signed_at is None else None
        rule = self.start_rule
        return rule.on if rule is not None and rule.on in BY_SIGNATURE else None

    @property
    def questionnaire_deadline(self) -> tuple[Deadline, str]:
        """Until when the questionnaire can be confirmed, and the clause."""
        return self.current.document.deadline(PlanningKind.QUESTIONNAIRE_DEADLINE, self.contract_id.care_type)

    @property
    def signing_deadline(self) -> tuple[Deadline, str]:
        """Until when the offer can be signed: the offer's own last day, else the policy's; and the clause.

        A policy's target is no deadline (OD39): such an offer can be signed until the last day of its term.
        """
        care_type, offer = self.contract_id.care_type, self.contract.offer
        deadline, clause = self.current.document.deadline(PlanningKind.SIGNING, care_type)
        if offer is not None and offer.last_day_fixed:
            return Deadline(day=offer.last_signing_day), clause
        if not self.current.document.binds(PlanningKind.SIGNING, care_type):
            return Deadline(day=self.term.end or date.max - timedelta(days=1)), clause
        return deadline, clause

    @property
    def signing_target(self) -> tuple[Deadline, str] | None:
        """The day for signing where the policy has a target instead of a deadline, and the clause (OD39)."""
        document, care_type = self.current.document, self.contract_id.care_type
        if self.by_application or document.binds(PlanningKind.SIGNING, care_type):
            return None
        return document.deadline(PlanningKind.SIGNING, care_type)

    @property
    def by_application(self) -> bool:
        """Whether this attempt was opened by an application, which no deadline of the round binds."""
        return self.contract.application is not None

    @property
    def publication_starts(self) -> tuple[datetime, str]:
        """The first instant at which the care finder may show the contract, and the clause."""
        deadline, clause = self.current.document.deadline(PlanningKind.PUBLICATION, self.contract_id.care_type)
        return day_start(deadline.day), clause

    @property
    def by_questionnaire(self) -> bool:
        """Whether a questionnaire comes before the offer."""
        return self.rules.route is Route.QUESTIONNAIRE

    @property
    def measured(self) -> tuple[Measured, ...]:
        """The numbers of the day of confirmation; without a questionnaire those of the day of the act."""
        if self.by_questionnaire or self.provider is None:
            return self.contract.measured
        return measured_now(self.rules, None, self.provider, self.contract_id.care_type)

    def unknown_provider(self) -> Refused:
        """The refusal of what needs the practice to be registered."""
        return Refused("PROVIDER_UNKNOWN", f"no practice {self.contract_id.agb} is registered; import it first")

    def questionnaire_lapsed(self) -> bool:
        """Whether the questionnaire ended unconfirmed by its deadline, recorded or not."""
        if self.by_application or self.contract.questionnaire_sent_at is None:
            return False
        return self.contract.confirmed_at is None and self.questionnaire_deadline[0].passed(self.occurred_at)

    def offer_lapsed(self) -> bool:
        """Whether the offer ended unsigned by the last signing day, recorded or not."""
        contract = self.contract
        unsigned = contract.offer is not None and contract.signed_at is None and contract.declined_at is None
        return unsigned and self.signing_deadline[0].passed(self.occurred_at)

    def after(self, facts: Iterable[ContractFact]) -> "Situation":
        """The situation once these facts have happened too."""
        contract = self.contract
        for fact in facts:
            contract = evolve(contract, fact, self.occurred_at)
        return replace(self, contract=contract)

    def agreement_sha256(self, tier: str | None, tier_from: date, term: Term | None = None) -> str:
        """The SHA-256 of the agreement text for a tier from a day on, in the days given, else those of the contract."""
        practice = self.provider.record.name if self.provider is not None else ""
        text = agreement_text(
            self.contract_id,
            practice,
            self.document,
            tier=tier,
            tier_from=tier_from,
            term=term or self.term,
            starts=self.waits_for_signature,
        )
        return text_sha256(text)

    def review_id(self, ground: ReviewGround) -> str:
        """The id of the next review of that ground: natural within the contract, never one that was used and voided."""
        recorded = (each.fact.review_id for each in self.history if isinstance(each.fact, ReviewRequested))
        return _next_id(ground, {*recorded, *self.contract.reviews})

    def provider_seen_by(self, review_id: str) -> int:
        """The version of the provider's stream that was known when a review was asked for; 0 when none was."""
        for recorded in reversed(self.history):
            if isinstance(recorded.fact, ReviewRequested) and recorded.fact.review_id == review_id:
                return recorded.envelope().provider_version or 0
        return 0

    def evidence_id(self, factor: str) -> str:
        """The id of the next evidence for a factor, likewise."""
        recorded = (each.fact.evidence_id for each in self.history if isinstance(each.fact, EvidenceUploaded))
        return _next_id(factor, {*recorded, *self.contract.evidence})


def kept_version(contract: Contract, policies: PolicyVersions, current: PolicyVersion) -> PolicyVersion:
    """The version that governs the contract's content: that of the offer once signed."""
    offer = contract.offer
    return current if contract.signed_at is None or offer is None else policies.adopted_at(offer.policy_position)


def _next_id(kind: str, used: set[str]) -> str:
    return f"{kind}-{1 + sum(each.startswith(f'{kind}-') for each in used)}"


def tier_changes(situation: Situation) -> list[Decided]:
    """A ``TierAssigned`` for every day whose answer changes, the whole timeline derived anew."""
    contract, rules, term, measured = situation.contract, situation.rules, situation.term, situation.measured
    starts = factor_starts(contract, rules, term)
    return [
        Decided(
            TierAssigned(
                tier=assignment.tier,
                effective_on=assignment.effective_on,
                factors=assignment.factors,
                agreement_sha256=_new_text(situation, assignment),
            ),
            tier_explanation(starts, rules, assignment, measured),
        )
        for assignment in changed_assignments(contract.assignments, timeline(starts, rules, term, measured))
        if term.end is None or assignment.effective_on <= term.end
    ]


def _new_text(situation: Situation, assignment: Assignment) -> str | None:
    """A changed tier brings a new text once there is an agreement (OD44)."""
    if situation.contract.offer is None:
        return None
    return situation.agreement_sha256(assignment.tier, assignment.effective_on)
