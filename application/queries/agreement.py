"""The agreement text behind a SHA-256, made anew from the log and held against it."""

from datetime import date

from application.contracting import Contracting
from application.mapper import FactMapper
from application.ports import EventLog
from application.queries.horizon import Asked, fix_horizon
from domain.calendar import Instant, from_microseconds
from domain.contract.agreement import WITH_A_TEXT, Agreed, agreed_by, agreement_text, module_text, text_sha256
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.contract.facts import ModuleGranted, TierAssigned
from domain.history import Recorded
from domain.model import Frozen, added
from domain.policy.adoption import PolicyVersions
from domain.provider.facts import fold_provider, provider_stream


class AgreementText(Frozen):
    """One text that an offer or a changed tier brought.

    ``verified`` says whether the text made anew from the log has the SHA-256 that stands in the fact ``event_id``;
    ``translation`` is in English, and nothing that anybody signs.
    """

    event_id: str
    name: str
    occurred_at: Instant
    tier: str | None
    tier_from: date
    sha256: str
    verified: bool
    text: str
    translation: str | None = added()


class ToldText(AgreementText):
    """One of them alone, with the knowledge under which it was asked for."""

    contract_id: str
    known_at: Instant
    position: int


class AgreementAnswer(Frozen):
    """Every text known at ``known_at``, in log order; ``offered`` is the SHA-256 of the one to sign, or signed."""

    contract_id: str
    known_at: Instant
    position: int
    offered: str | None
    texts: tuple[AgreementText, ...]


def contract_agreement(contracting: Contracting, contract_id: ContractId, asked: Asked) -> AgreementAnswer:
    """The agreement texts of a contract; raises the errors of ``EventLog.horizon``."""
    log, facts = contracting.log_port, contracting.facts
    contracting.policies.refresh()
    _, horizon = fix_horizon(log, contracting.clock, asked)
    history = facts.decode_all(log.read_streams([str(contract_id)], up_to=horizon.position))
    texts: list[AgreementText] = []
    offered: str | None = None
    for number, recorded in enumerate(history, start=1):
        agreed = agreed_by(fold(history[:number]), recorded.fact) if isinstance(recorded.fact, WITH_A_TEXT) else None
        if agreed is None:
            continue
        if not isinstance(recorded.fact, TierAssigned | ModuleGranted):
            offered = agreed.sha256
        text = _text(contracting, contract_id, recorded, agreed)
        texts.append(
            AgreementText(
                event_id=recorded.event_id,
                name=recorded.fact.stored_name,
                occurred_at=recorded.occurred_at,
                tier=agreed.tier,
                tier_from=agreed.tier_from,
                sha256=agreed.sha256,
                verified=text_sha256(text) == agreed.sha256,
                text=text,
                translation=_translation(contracting, contract_id, recorded, agreed),
            )
        )
    return AgreementAnswer(
        contract_id=str(contract_id),
        known_at=from_microseconds(horizon.known_at),
        position=horizon.position,
        offered=offered,
        texts=tuple(texts),
    )


def _text(
    contracting: Contracting, contract_id: ContractId, recorded: Recorded, agreed: Agreed, *, english: bool = False
) -> str:
    """The text as the decision made it, or its translation: with the policy version and the practice that it saw."""
    context = recorded.envelope()
    versions = _versions(contracting, contract_id)
    document = versions.adopted_at(context.policy_position or 0).document
    practice = _practice(contracting.log_port, contracting.facts, contract_id, context.provider_version or 0)
    if agreed.module is not None:
        return module_text(contract_id, practice, document, agreed.module, agreed.term)
    return agreement_text(
        contract_id,
        practice,
        document,
        tier=agreed.tier,
        tier_from=agreed.tier_from,
        term=agreed.term,
        starts=agreed.starts,
        english=english,
    )


def _translation(contracting: Contracting, contract_id: ContractId, recorded: Recorded, agreed: Agreed) -> str | None:
    """The text in English; a supplement has none."""
    return None if agreed.module is not None else _text(contracting, contract_id, recorded, agreed, english=True)


def _versions(contracting: Contracting, contract_id: ContractId) -> PolicyVersions:
    return contracting.policies.governing(contract_id)


def _practice(log: EventLog, facts: FactMapper, contract_id: ContractId, version: int) -> str:
    """The practice's name at a version of its stream."""
    recorded = facts.decode_all(log.read_streams([provider_stream(contract_id.agb)]))
    provider = fold_provider([each for each in recorded if each.version <= version], contract_id.purchaser)
    return "" if provider is None else provider.record.name
