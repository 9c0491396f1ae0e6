"""Why: every decision about a contract that counts for a day, each with the tree that was stored beside it."""

from collections.abc import Iterator, Sequence
from datetime import date

from pydantic import Field

from application.contracting import Contracting
from application.ports import Horizon
from application.queries.audience import open_history, restricted_of
from application.queries.contract_answer import ContractAnswer, Knowledge, NextTier
from application.queries.horizon import Asked
from application.queries.time_travel import TimeTravel
from application.wording.explanations import About, labels_of
from domain.calendar import Instant, last_instant, local_day, to_microseconds
from domain.contract.audience import Audience, Restricted, open_explanation
from domain.contract.contract_id import ContractId
from domain.contract.facts import (
    ApplicationGranted,
    ApplicationReceived,
    ApplicationRefused,
    Approached,
    ContractOffered,
    ContractTerminated,
    EvidenceAccepted,
    EvidenceRejected,
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
    Reminded,
    ReviewDecided,
    ReviewRequested,
    Signed,
    TermDecided,
    TermExtended,
    TierAssigned,
    TierChangeAnnounced,
    TransferredToOtherPolicy,
    Unpublished,
)
from domain.explanation import Explanation
from domain.history import Fact, FactCorrected, Recorded, effective
from domain.model import Frozen
from domain.policy.document import PolicyDocument
from domain.policy.eligibility import judge_approach
from domain.policy.judged import Consequence, together
from domain.policy.values import Bilingual
from domain.provider.facts import fold_provider, provider_stream

ABOUT: dict[type[Fact], About] = {
    Approached: About.APPROACH,
    NotApproached: About.APPROACH,
    TransferredToOtherPolicy: About.APPROACH,
    QuestionnaireConfirmed: About.FACTORS,
    QuestionnaireAssessed: About.CONDITIONS,
    EvidenceAccepted: About.EVIDENCE,
    EvidenceRejected: About.EVIDENCE,
    TierAssigned: About.TIER,
    TierChangeAnnounced: About.TIER,
    ApplicationReceived: About.APPLICATION,
    ApplicationRefused: About.APPLICATION,
    ApplicationGranted: About.START,
    ContractOffered: About.OFFER,
    OfferReplaced: About.OFFER,
    OfferWithheld: About.OFFER,
    OfferDeclined: About.SIGNATURE,
    Signed: About.SIGNATURE,
    QuestionnaireLapsed: About.DEADLINE,
    OfferLapsed: About.DEADLINE,
    Reminded: About.DEADLINE,
    ReviewRequested: About.REVIEW,
    ReviewDecided: About.REVIEW,
    Published: About.PUBLICATION,
    Unpublished: About.PUBLICATION,
    ModuleGranted: About.MODULE,
    ModuleRefused: About.MODULE,
    ModuleRetested: About.MODULE,
    ModuleLapsed: About.MODULE,
    ModuleEnded: About.MODULE,
    TermDecided: About.TERM,
    TermExtended: About.TERM,
    ContractTerminated: About.END,
}
"""What the decision is about that a fact records."""


class Decision(Frozen):
    """One decision; without ``event_id`` it was computed for this answer, because nothing is recorded yet."""

    about: About
    decided: str
    event_id: str | None = None
    occurred_at: Instant
    recorded_at: Instant | None = None
    actor: str | None = None
    reason: str | None = None
    explanation: Explanation


class ReasonsAnswer(Frozen):
    """The decisions that had been made by the end of the day asked about, and the tier that counts on it.

    ``labels`` are the names that the policy gives to what is judged, by rule; ``next_tier`` is about what can be
    supplied at ``known_at``.
    """

    format: int = 1
    contract_id: str
    effective_on: date
    known_at: Instant
    position: int
    knowledge: Knowledge
    audience: Audience = Audience.PURCHASER
    in_force: bool = False
    decisions: tuple[Decision, ...] = ()
    next_tier: NextTier | None = None
    labels: dict[str, Bilingual] = Field(default_factory=dict)


def contract_reasons(
    contracting: Contracting,
    questions: TimeTravel,
    contract_id: ContractId,
    asked: Asked,
    audience: Audience = Audience.PURCHASER,
) -> ReasonsAnswer:
    """Why a contract stands as it does on a day, with the knowledge of an instant; as an audience may see it.

    Raises the errors of ``EventLog.horizon``, and ``RefusedError`` for a period that no policy of the purchaser named.
    """
    answer = questions.contract(contract_id, asked, audience)
    decisions: tuple[Decision, ...] = ()
    labels: dict[str, Bilingual] = {}
    if answer.knowledge is Knowledge.KNOWN:
        documents = [
            each.document for each in contracting.policies.governing(contract_id, up_to=answer.position).versions
        ]
        labels = labels_of(documents)
        hidden = None
        if audience is not Audience.PURCHASER:
            hidden = restricted_of(contracting, contract_id.purchaser, answer.position)
        decisions = tuple(_decisions(contracting, questions, contract_id, answer, documents, hidden))
    return ReasonsAnswer(
        contract_id=answer.contract_id,
        effective_on=answer.effective_on,
        known_at=answer.known_at,
        position=answer.position,
        knowledge=answer.knowledge,
        audience=audience,
        in_force=answer.legal_position is not None and answer.legal_position.in_force,
        decisions=decisions,
        next_tier=answer.next_tier,
        labels={rule: label for rule, label in labels.items() if _named(rule, decisions)},
    )


def _decisions(
    contracting: Contracting,
    questions: TimeTravel,
    contract_id: ContractId,
    answer: ContractAnswer,
    documents: Sequence[PolicyDocument],
    hidden: Restricted | None,
) -> Iterator[Decision]:
    history = questions.history(contract_id, Horizon(to_microseconds(answer.known_at), answer.position))
    if not history:
        computed = _computed(contracting, contract_id, answer, documents[-1])
        if computed is not None:
            yield computed if hidden is None else _opened(computed, hidden)
    judged_at = min(last_instant(answer.effective_on), answer.known_at)
    tier = None if answer.explained_by is None else answer.explained_by.event_id
    read = {each.version: each for each in effective(history)}
    shown = history if hidden is None else open_history(history, hidden)
    for recorded in shown:
        counted = read.get(recorded.version)
        about = ABOUT.get(type(recorded.fact))
        if counted is None or about is None:
            continue
        counts = recorded.event_id == tier if about is About.TIER else counted.occurred_at <= judged_at
        explanation = _explanation(contracting, recorded, counted, history) if counts else None
        if explanation is None:
            continue
        envelope = recorded.envelope()
        decision = Decision(
            about=about,
            decided=recorded.fact.stored_name,
            event_id=recorded.event_id,
            occurred_at=counted.occurred_at,
            recorded_at=recorded.recorded_at,
            actor=envelope.actor,
            reason=envelope.reason,
            explanation=explanation,
        )
        yield decision if hidden is None else _opened(decision, hidden)


def _explanation(
    contracting: Contracting, recorded: Recorded, counted: Recorded, history: Sequence[Recorded]
) -> Explanation | None:
    """The tree stored with the fact, or with the correction by which it is read otherwise."""
    teller = recorded
    if counted.fact != next(each.fact for each in history if each.version == recorded.version):
        corrections = [
            each for each in history if isinstance(each.fact, FactCorrected) and each.fact.corrects == recorded.version
        ]
        teller = corrections[-1] if corrections else recorded
    stored = contracting.log_port.explanation(teller.stream_id, teller.version)
    return None if stored is None else contracting.facts.decode_explanation(stored)


def _computed(
    contracting: Contracting, contract_id: ContractId, answer: ContractAnswer, document: PolicyDocument
) -> Decision | None:
    """Whether a round would approach the practice, where none has decided it: computed from what is known."""
    rows = contracting.log_port.read_streams([provider_stream(contract_id.agb)], up_to=answer.position)
    provider = fold_provider(contracting.facts.decode_all(rows), contract_id.purchaser)
    if provider is None:
        return None
    [provider] = contracting.contract_history.known(
        contract_id.purchaser, [provider], document.year, up_to=answer.position
    )
    judged_at = min(last_instant(answer.effective_on), answer.known_at)
    judged = [
        each
        for each in judge_approach(document, contract_id.care_type, provider, local_day(judged_at))
        if each.consequence is not Consequence.ASKS
    ]
    tree = Explanation(
        rule="approach",
        clause=document.approach_of(contract_id.care_type).approach.clause,
        outcome=together(judged),
        because=tuple(each.explanation for each in judged),
    )
    return Decision(about=About.APPROACH, decided="", occurred_at=judged_at, explanation=tree)


def _opened(decision: Decision, hidden: Restricted) -> Decision:
    return decision.model_copy(update={"explanation": open_explanation(decision.explanation, hidden)})


def _named(rule: str, decisions: Sequence[Decision]) -> bool:
    """Whether a name is about something that was judged."""
    code = rule.partition(".")[2]
    return any(code in told for decision in decisions for told in _rules(decision.explanation))


def _rules(explanation: Explanation) -> Iterator[str]:
    yield explanation.rule
    for reason in explanation.because:
        yield from _rules(reason)
