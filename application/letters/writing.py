"""Which letters the facts of one commit cause: plain reading of what was recorded, nothing is decided anew."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from application.letters.grounds import judgements, reasons_told, way_back
from application.letters.letter import Letter, LetterKind, NewTier
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import ContractId
from domain.contract.facts import (
    ApplicationGranted,
    ApplicationReceived,
    ApplicationRefused,
    ContractOffered,
    ContractTerminated,
    DocumentsRequested,
    EvidenceRejected,
    OfferLapsed,
    OfferReplaced,
    Published,
    QuestionnaireAssessed,
    QuestionnaireLapsed,
    QuestionnaireSent,
    Reason,
    Reminded,
    Reminder,
    TierAssigned,
)
from domain.contract.standing import deadlines_of, last_signing_day
from domain.explanation import Explanation
from domain.history import Recorded
from domain.policy.adoption import PolicyVersion
from domain.policy.application_rules import After
from domain.policy.document import PlanningKind, PolicyDocument
from domain.policy.letters import LetterRule
from domain.policy.values import Bilingual
from domain.provider.provider import Provider


class Said(NamedTuple):
    """A letter's kind, the fact that causes it, and what is in it beside what every letter has."""

    kind: LetterKind
    cause: Recorded
    values: dict[str, Any]


class Told(NamedTuple):
    """What letters are about: a contract under a policy, and why it was decided as it was."""

    contract_id: ContractId
    document: PolicyDocument
    explanations: Mapping[int, Explanation]


def letters_of(
    contract_id: ContractId,
    history: Sequence[Recorded],
    commit: Sequence[Recorded],
    version: PolicyVersion,
    provider: Provider | None,
    explanations: Mapping[int, Explanation] | None = None,
) -> tuple[Letter, ...]:
    """The letters to the practice about one commit of its contract.

    ``history`` ends with the facts of ``commit``; ``version`` is the policy's in force then, ``provider`` what was
    known of the practice then. ``explanations`` are those stored beside facts of the commit, by log position.
    """
    before, after = fold(history[: len(history) - len(commit)]), fold(history)
    told = Told(contract_id, version.document, explanations or {})
    return tuple(_letter(said, told, provider) for said in _said(told, before, after, commit))


def _said(told: Told, before: Contract, after: Contract, commit: Sequence[Recorded]) -> Iterator[Said]:
    document, contract_id = told.document, told.contract_id
    offers = [each for each in commit if isinstance(each.fact, ContractOffered | OfferReplaced)]
    assigned = [each for each in commit if isinstance(each.fact, TierAssigned)]
    deadlines = deadlines_of(after, document, contract_id.care_type)
    for recorded in commit:
        match recorded.fact:
            case QuestionnaireSent():
                day = None if deadlines.questionnaire is None else deadlines.questionnaire.last_day
                yield Said(LetterKind.QUESTIONNAIRE_READY, recorded, {"deadline": day})
            case EvidenceRejected() as fact:
                found = {"factor": _factor(document, contract_id, fact.factor), "ground": fact.ground}
                yield Said(LetterKind.EVIDENCE_REJECTED, recorded, {**found, "missing": fact.evidence_id is None})
            case QuestionnaireAssessed(positive=False) as fact:
                yield _refused(recorded, fact.unmet_conditions, told)
            case TierAssigned() if recorded is assigned[0] and not offers:
                kind = LetterKind.TIER_CHANGED if before.concluded else LetterKind.TIER_ASSIGNED
                yield Said(kind, recorded, _tiers(told, assigned))
            case ContractOffered() | OfferReplaced() if recorded is offers[-1] and after.offer is not None:
                offer = after.offer
                values = {"tier": offer.tier, "term": offer.term, "deadline": last_signing_day(offer, deadlines)}
                yield Said(LetterKind.OFFER_READY, recorded, {**values, "agreement_sha256": offer.agreement_sha256})
            case QuestionnaireLapsed() | OfferLapsed():
                lapsed = {"missing": isinstance(recorded.fact, QuestionnaireLapsed)}
                yield Said(LetterKind.LAPSED, recorded, {**lapsed, **way_back(document, After.LAPSED)})
            case Reminded() as fact:
                asked = fact.about is Reminder.QUESTIONNAIRE
                kind = LetterKind.REMINDER if asked else LetterKind.SIGNING_REMINDER
                fixed = after.offer is not None and after.offer.last_day_fixed
                binding = asked or fixed or document.binds(PlanningKind.SIGNING, contract_id.care_type)
                yield Said(kind, recorded, {"deadline": fact.last_day, "binding": binding})
            case Published():
                yield Said(LetterKind.PUBLISHED, recorded, {"term": after.term})
            case ApplicationReceived():
                yield Said(LetterKind.APPLICATION_RECEIVED, recorded, {})
            case DocumentsRequested() as fact:
                yield Said(LetterKind.DOCUMENTS_REQUESTED, recorded, {"documents": fact.documents})
            case ApplicationGranted() as fact:
                yield Said(LetterKind.APPLICATION_GRANTED, recorded, {"term": fact.term})
            case ApplicationRefused() as fact:
                yield _refused(recorded, (fact.reason,), told)
            case ContractTerminated() as fact:
                yield Said(LetterKind.ENDED, recorded, {"deadline": fact.last_day})
            case _:
                continue


def _refused(recorded: Recorded, reasons: Sequence[Reason], told: Told) -> Said:
    explanation = told.explanations.get(recorded.position)
    found = reasons_told(reasons, told.document, explanation)
    return Said(LetterKind.REFUSED, recorded, {"reasons": found, **way_back(told.document, After.REFUSED)})


def _tiers(told: Told, assigned: Sequence[Recorded]) -> dict[str, Any]:
    """Of two tiers from the same day the one recorded last counts."""
    by_day = {each.fact.effective_on: (each, each.fact) for each in assigned if isinstance(each.fact, TierAssigned)}
    tiers = tuple(
        NewTier(
            tier=fact.tier,
            effective_on=day,
            factors=tuple(_factor(told.document, told.contract_id, each) for each in fact.factors),
            because=judgements(told.explanations.get(recorded.position), told.document),
            agreement_sha256=fact.agreement_sha256,
        )
        for day, (recorded, fact) in sorted(by_day.items())
    )
    return {"tiers": tiers}


def _factor(document: PolicyDocument, contract_id: ContractId, code: str) -> Bilingual:
    rules = document.care_types.get(contract_id.care_type)
    factor = None if rules is None else rules.factors.get(code)
    return Bilingual(nl=code, en=code) if factor is None else factor.label


def _letter(said: Said, told: Told, provider: Provider | None) -> Letter:
    contract_id, document = told.contract_id, told.document
    rule = _promised(document, said)
    context = said.cause.envelope()
    of_policy: dict[str, Any] = {}
    if rule is not None:
        of_policy = {"heading": rule.label, "link": rule.link, "clause": rule.clause}
        if rule.subject:
            of_policy["subject"] = rule.subject
    return Letter(
        kind=said.kind,
        event_id=said.cause.event_id,
        position=said.cause.position,
        occurred_at=said.cause.occurred_at,
        correlation_id=context.correlation_id,
        contract_id=str(contract_id),
        purchaser=contract_id.purchaser,
        purchaser_name=document.purchaser.name,
        reply_to=next((each.email for each in document.contacts.values() if each.answers_letters), ""),
        practice="" if provider is None else provider.record.name,
        agb=contract_id.agb,
        care_type=contract_id.care_type,
        recipient="" if provider is None else provider.record.vecozo_email,
        **of_policy,
        **said.values,
    )


def _promised(document: PolicyDocument, said: Said) -> LetterRule | None:
    """What the policy says of a letter on such a fact; a tier that is assigned first is no tier that changed."""
    if said.kind is LetterKind.TIER_ASSIGNED:
        return None
    name = said.cause.fact.stored_name
    return next((each for each in document.letters.values() if each.on is not None and each.on.value == name), None)
