"""A request for a contract withdraws an earlier wish for no offers, for the care type that it asks for (OD13)."""

from collections.abc import Sequence
from datetime import datetime

from application.mapper import NewFact
from application.order import Order, contexts, digest
from domain.calendar import local_day, to_microseconds
from domain.contract.contract_id import ContractId
from domain.contract.facts import ApplicationReceived
from domain.provider.commands import WithdrawOptOut
from domain.provider.decide import decide
from domain.provider.facts import provider_stream
from domain.provider.provider import Provider
from domain.refusal import Refused


def opt_out_withdrawn(
    contract_id: ContractId, provider: Provider | None, facts: Sequence[NewFact], order: Order, now: datetime
) -> list[NewFact]:
    """The fact for the practice's stream that goes into the same commit as an application; none without an opt-out."""
    received = next((each for each in facts if isinstance(each.fact, ApplicationReceived)), None)
    if received is None or provider is None:
        return []
    day = local_day(order.occurred_at or now)
    if not any(each.active_on(day, contract_id.care_type) for each in provider.opt_outs):
        return []
    command = WithdrawOptOut(purchaser=contract_id.purchaser, care_type=contract_id.care_type)
    reason = order.reason or "the practice applied for a contract"
    decided = decide(command, provider, day, reason)
    if isinstance(decided, Refused):
        return []
    stream_id, seen = provider_stream(contract_id.agb), provider.version
    because = Order(
        actor=order.actor,
        command_id=f"{order.command_id}/opt-out",
        on_behalf_of=order.on_behalf_of,
        reason=reason,
        correlation_id=order.correlation_id or order.command_id,
        causation_id=f"{received.originator_id}@{received.originator_version}",
    )
    told = contexts(because, digest(command), f"{stream_id}@{seen + 1}", policy_position=None, provider_version=seen)
    return [
        NewFact(stream_id, seen + 1, fact, to_microseconds(order.occurred_at or now), context)
        for fact, context in zip(decided, told, strict=True)
    ]
