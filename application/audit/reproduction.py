"""A decision made again: from the facts, the policy and the practice that its envelope names, by the present code."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from application.audit.provider_reproduction import decided_of_provider
from application.contracting import BY_THE_CURRENT_POLICY, Contracting
from application.order import digest
from application.queries.difference import Change, changes
from domain.calendar import Instant, instant_text, local_day
from domain.contract.commands import (
    AnyCommand,
    ConfirmQuestionnaire,
    ContractCommand,
)
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId, is_contract
from domain.contract.decide import decide
from domain.contract.retold import command_told_by
from domain.contract.situation import Situation, kept_version
from domain.explanation import Explanation
from domain.history import Context, Fact, FactCorrected, Recorded
from domain.model import Frozen, added
from domain.policy.adoption import PolicyAdopted, PolicyVersions, adopted
from domain.policy.document import PolicyDocument
from domain.provider.facts import ProviderFact, fold_provider, provider_stream
from domain.refusal import Refused, RefusedError

_COMMANDS: TypeAdapter[ContractCommand] = TypeAdapter(AnyCommand)


class Outcome(StrEnum):
    """Whether the same came out; ``recorded`` where there was nothing to decide, such as the start of a round."""

    SAME = "same"
    DIFFERENT = "different"
    RECORDED = "recorded"


class FactAgain(Frozen):
    """One fact of the decision; ``differs`` is from what was recorded to what comes out now, the explanation included.

    ``name`` is absent where less was recorded than comes out now.
    """

    event_id: str
    name: str | None
    differs: tuple[Change, ...] = ()


class Reproduction(Frozen):
    """What a decision rested on, and what comes out when it is made again.

    ``refused`` is why it would be refused now; ``judged_at`` the instant it was about, ``decided_at`` when it was made;
    ``earlier_contracts`` the versions of contracts of earlier periods that it saw.
    """

    event_id: str
    outcome: Outcome
    command: str
    command_id: str
    actor: str
    policy_id: str | None = None
    policy_position: int | None = None
    provider_version: int | None = None
    earlier_contracts: dict[str, int] | None = added()
    judged_at: Instant
    decided_at: Instant
    facts: tuple[FactAgain, ...] = ()
    refused: str | None = None


class _Made(NamedTuple):
    """What was decided of one command."""

    facts: Sequence[Recorded]
    context: Context
    judged_at: datetime
    decided_at: datetime


Again = Sequence[tuple[Fact, Explanation | None, datetime]] | Refused
"""What comes out now: facts, each with its explanation and its instant."""


def reproduce(contracting: Contracting, event_id: str, purchaser: str | None = None) -> Reproduction:
    """Decide again what brought an event, with all else that the same command brought.

    For a ``purchaser``, if one is named, what other purchasers had recorded of a practice is not there. Raises
    ``RefusedError`` when there is no such event, or its command was not kept (``NOT_REPRODUCIBLE``).
    """
    stream_id, _, version = event_id.rpartition("@")
    history = _stream(contracting, stream_id)
    event = next((each for each in history if str(each.version) == version), None)
    if event is None or _of_another(event, purchaser):
        raise RefusedError(Refused("EVENT_UNKNOWN", f"the log has no event {event_id}"))
    made = _made(history, event)
    before = [each for each in history if each.version < made.facts[0].version]
    found = _again(contracting, event, made, before)
    hidden = {each.event_id for each in made.facts if _of_another(each, purchaser)}
    return found.model_copy(update={"facts": tuple(each for each in found.facts if each.event_id not in hidden)})


def _of_another(recorded: Recorded, purchaser: str | None) -> bool:
    """Whether a fact of a practice is a purchaser's own, and another's than the one that asks."""
    owner = getattr(recorded.fact, "purchaser", None)
    return purchaser is not None and recorded.stream_id.startswith("provider/") and owner not in {None, purchaser}


def _again(contracting: Contracting, event: Recorded, made: _Made, before: Sequence[Recorded]) -> Reproduction:
    """What comes out now, by whose event it is."""
    event_id, stream_id = event.event_id, event.stream_id
    if is_contract(stream_id):
        return _contract_again(contracting, ContractId.parse(stream_id), event_id, made, before)
    if isinstance(event.fact, ProviderFact | FactCorrected):
        kind, again = decided_of_provider([each.fact for each in made.facts], before, made.context, made.judged_at)
        return _compared(contracting, event_id, made, kind, _as_again(again, made.judged_at))
    if isinstance(event.fact, PolicyAdopted):
        document = PolicyDocument.model_validate_json(event.fact.document)
        again = [adopted(document, event.fact.ground)]
        return _compared(contracting, event_id, made, "adoption", _as_again(again, made.judged_at))
    return _told(event_id, made, Outcome.RECORDED, event.fact.stored_name)


def _made(history: Sequence[Recorded], event: Recorded) -> _Made:
    """All facts of the event's command, and what its envelope says of the decision."""
    command_id = event.envelope().command_id
    facts = [each for each in history if each.envelope().command_id == command_id]
    context = facts[0].envelope()
    judged_at = context.acted_at or facts[0].occurred_at
    return _Made(facts, context, judged_at, context.decided_at or judged_at)


def _contract_again(
    contracting: Contracting, contract_id: ContractId, event_id: str, made: _Made, before: Sequence[Recorded]
) -> Reproduction:
    command = _command(made)
    situation, versions = _situation(contracting, contract_id, command, made, before)
    decided = decide(command, situation)
    if isinstance(decided, Refused):
        again: Again = decided
    else:
        again = [(each.fact, each.explanation, each.occurred_at or made.judged_at) for each in decided]
    policy = next((v for v in versions.versions if v.position == made.context.policy_position), None)
    found = _compared(contracting, event_id, made, type(command).__name__, again)
    return found.model_copy(update={"policy_id": None if policy is None else policy.document.id})


def _command(made: _Made) -> ContractCommand:
    """The command as it was kept, or as its facts tell of it; its digest says that it is the one."""
    if made.context.command is not None:
        return _COMMANDS.validate_python(made.context.command)
    told = command_told_by([each.fact for each in made.facts])  # type: ignore[misc]
    for command in (told, ConfirmQuestionnaire()):
        if command is not None and digest(command) == made.context.command_digest:
            return command
    message = (
        f"the command {made.context.command_id} was recorded before commands were kept, and its facts do not tell "
        "all of it: it can not be decided again"
    )
    raise RefusedError(Refused("NOT_REPRODUCIBLE", message))


def _situation(
    contracting: Contracting,
    contract_id: ContractId,
    command: ContractCommand,
    made: _Made,
    before: Sequence[Recorded],
) -> tuple[Situation, PolicyVersions]:
    """What the decision saw: nothing that was recorded after it, and no adoption that it did not know."""
    contracting.policies.refresh()
    contract, named = fold(before), made.context.policy_position
    provider = None
    if made.context.provider_version is not None:
        practice = _stream(contracting, provider_stream(contract_id.agb))
        seen = [each for each in practice if each.version <= made.context.provider_version]
        provider = fold_provider(seen, contract_id.purchaser)
    for up_to in (made.facts[0].position - 1, named or 0):
        versions = contracting.policies.governing(contract_id, up_to=up_to)
        current = versions.at(made.judged_at)
        if current is None:
            continue
        kept = kept_version(contract, versions, current)
        deciding = current if isinstance(command, BY_THE_CURRENT_POLICY) else kept
        if deciding.position == named:
            return Situation(
                contract_id,
                before,
                contract,
                current,
                kept,
                provider,
                made.judged_at,
                made.decided_at,
                made.context.reason,
                contracting.contract_history.at_versions(made.context.earlier_contracts or {}),
                handed_over=made.context.handed_over_by is not None,
            ), versions
    message = f"the adoption at log position {named}, which decided, was not in force on {local_day(made.judged_at)}"
    raise RefusedError(Refused("NOT_REPRODUCIBLE", message))


def _as_again(decided: Sequence[Fact] | Refused, instant: datetime) -> Again:
    return decided if isinstance(decided, Refused) else [(each, None, instant) for each in decided]


def _compared(contracting: Contracting, event_id: str, made: _Made, kind: str, again: Again) -> Reproduction:
    if isinstance(again, Refused):
        told = _told(event_id, made, Outcome.DIFFERENT, kind)
        facts = tuple(FactAgain(event_id=each.event_id, name=each.fact.stored_name) for each in made.facts)
        return told.model_copy(update={"facts": facts, "refused": str(RefusedError(again))})
    facts = tuple(_facts_again(contracting, made, again))
    same = not any(each.differs for each in facts)
    told = _told(event_id, made, Outcome.SAME if same else Outcome.DIFFERENT, kind)
    return told.model_copy(update={"facts": facts})


def _facts_again(
    contracting: Contracting, made: _Made, again: Sequence[tuple[Fact, Explanation | None, datetime]]
) -> Iterator[FactAgain]:
    """Fact by fact, as their bytes would stand in the log."""
    explanations = contracting.log_port.explanations_at([each.position for each in made.facts])
    first = made.facts[0]
    for number in range(max(len(made.facts), len(again))):
        old: dict[str, Any] = {}
        new: dict[str, Any] = {}
        recorded = made.facts[number] if number < len(made.facts) else None
        if recorded is not None:
            stored = explanations.get(recorded.position)
            why = None if stored is None else contracting.facts.decode_explanation(stored)
            old = _stored(recorded.fact, why, recorded.occurred_at)
        if number < len(again):
            new = _stored(*again[number])
        yield FactAgain(
            event_id=f"{first.stream_id}@{first.version + number}",
            name=None if recorded is None else recorded.fact.stored_name,
            differs=tuple(changes(old, new)),
        )


def _stored(fact: Fact, explanation: Explanation | None, occurred_at: datetime) -> dict[str, Any]:
    return {
        "name": fact.topic(),
        "occurred_at": instant_text(occurred_at),
        "fact": fact.model_dump(mode="json"),
        "explanation": None if explanation is None else explanation.model_dump(mode="json"),
    }


def _told(event_id: str, made: _Made, outcome: Outcome, kind: str) -> Reproduction:
    context = made.context
    return Reproduction(
        event_id=event_id,
        outcome=outcome,
        command=kind,
        command_id=context.command_id,
        actor=context.actor,
        policy_position=context.policy_position,
        provider_version=context.provider_version,
        earlier_contracts=context.earlier_contracts,
        judged_at=made.judged_at,
        decided_at=made.decided_at,
    )


def _stream(contracting: Contracting, stream_id: str) -> list[Recorded]:
    return contracting.facts.decode_all(contracting.log_port.read_streams([stream_id]))
