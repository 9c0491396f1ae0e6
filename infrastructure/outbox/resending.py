"""Tries dead and skipped deliveries anew: a letter goes to the address of now, an unreadable fact is read again."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from application.providers import ProviderStreams
from domain.contract.contract_id import ContractId
from domain.provider.facts import fold_provider
from infrastructure.outbox import deliveries
from infrastructure.outbox.deliveries import Channel, Delivery, State
from infrastructure.outbox.filling import UNREADABLE, Filler
from infrastructure.persistence.database import LogDatabase


class Resent(NamedTuple):
    """The deliveries that will be tried anew, those that can not be, because what was missing still is, and those that
    were named and are neither dead nor skipped.
    """

    waiting: tuple[Delivery, ...] = ()
    stranded: tuple[Delivery, ...] = ()
    others: tuple[str, ...] = ()


def resend(
    database: LogDatabase,
    filler: Filler,
    providers: ProviderStreams,
    ids: Sequence[str] | None,
    *,
    now: int,
    purchaser: str | None = None,
) -> Resent:
    """Let these, dead or skipped, or every dead one be tried anew, from the first attempt; of a purchaser if named.

    Where something else goes than lay there, to another address for instance, the old delivery is ``skipped`` and names
    the new one.
    """
    with database.engine.connect() as connection:
        found = deliveries.to_be_tried_anew(connection, ids, purchaser)
    anew = {each.id: list(_anew(each, filler, providers)) for each in found}
    waiting: list[Delivery] = []
    with database.transaction() as connection:
        for old in found:
            instead = [each._replace(state=State.WAITING, attempts=0, due_at=now, error=None) for each in anew[old.id]]
            if instead and old.id not in {each.id for each in instead}:
                told = f"goes as {', '.join(each.name for each in instead)} instead"
                deliveries.change(connection, old, old._replace(state=State.SKIPPED, error=told))
                deliveries.enter(connection, instead)
            elif instead:
                deliveries.change(connection, old, instead[0])
            waiting += instead
    known = {name for each in found for name in (each.id, each.name)}
    others = tuple(each for each in ids or () if each not in known)
    return Resent(tuple(waiting), tuple(each for each in found if not anew[each.id]), others)


def _anew(delivery: Delivery, filler: Filler, providers: ProviderStreams) -> Iterator[Delivery]:
    if delivery.kind == UNREADABLE:
        found = filler.read_again(delivery)
        if not any(each.kind == UNREADABLE for each in found):
            yield from found
    elif delivery.channel == Channel.MAIL:
        contract_id = ContractId.parse(delivery.stream_id)
        provider = fold_provider(providers.history(contract_id.agb), contract_id.purchaser)
        address = delivery.recipient if provider is None else provider.record.vecozo_email
        if address:
            yield delivery._replace(id=f"{delivery.position}/{delivery.kind}/{address}", recipient=address)
    else:
        yield delivery
