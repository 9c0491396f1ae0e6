"""Every contract of the log, a page at a time: streams only, without what the register says of the practice."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby

from application.contracting import CONTRACTS_AT_ONCE, Contracting, Loaded
from domain.agb import AgbCode
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.history import Recorded, UnreadableError
from domain.policy.adoption import policy_stream


def contract_pages(
    contracting: Contracting,
    policy_id: str | None = None,
    *,
    up_to: int | None = None,
    practices: Collection[AgbCode] | None = None,
    on_unreadable: Callable[[str, UnreadableError], None] | None = None,
    without: Callable[[Sequence[ContractId]], Collection[ContractId]] = lambda _: (),
) -> Iterator[list[Loaded]]:
    """The contracts under adopted policies, or under one, in order of id; at most 200 a page.

    Those of all practices, or of the practices given.

    Facts up to a log position if given. ``provider`` is absent: this is for what deadlines and the contract's own facts
    decide. A contract with a fact that this version does not know is told and left out, else it raises. ``without``
    says of a page which contracts are not wanted, before they are read.
    """
    purchasers = _purchasers(contracting, policy_id, up_to)
    for prefix in [
        prefix
        for each in purchasers
        for prefix in ([f"{each}/"] if practices is None else [f"{each}/{agb}/" for agb in practices])
    ]:
        after = ""
        while stream_ids := contracting.log_port.stream_ids(prefix, after=after, limit=CONTRACTS_AT_ONCE):
            after = stream_ids[-1]
            governed = [(each, ContractId.parse(each)) for each in stream_ids]
            wanted = _under(contracting, governed, policy_id, up_to)
            unwanted = without(list(wanted.values()))
            wanted = {stream_id: each for stream_id, each in wanted.items() if each not in unwanted}
            histories = _histories(contracting, wanted, up_to, on_unreadable)
            yield [_loaded(contracting, contract_id, history, up_to) for contract_id, history in histories]


def _purchasers(contracting: Contracting, policy_id: str | None, up_to: int | None) -> list[str]:
    streams = contracting.policies.streams() if policy_id is None else [policy_stream(policy_id)]
    known = (contracting.policies.versions(stream, up_to=up_to).versions for stream in streams)
    return sorted({versions[-1].document.purchaser.id for versions in known if versions})


def _under(
    contracting: Contracting, wanted: Sequence[tuple[str, ContractId]], policy_id: str | None, up_to: int | None
) -> dict[str, ContractId]:
    """Those whose period an adopted policy names; that one, if named, beside others that name it too."""
    found: dict[str, ContractId] = {}
    for stream_id, contract_id in wanted:
        naming = {each.document.id for each in contracting.policies.governing(contract_id, up_to=up_to).versions}
        if naming and (policy_id is None or policy_id in naming):
            found[stream_id] = contract_id
    return found


def _histories(
    contracting: Contracting,
    wanted: dict[str, ContractId],
    up_to: int | None,
    on_unreadable: Callable[[str, UnreadableError], None] | None,
) -> Iterator[tuple[ContractId, list[Recorded]]]:
    rows = contracting.log_port.read_streams(list(wanted), up_to=up_to)
    for stream_id, of_stream in groupby(rows, key=lambda row: row.originator_id):
        try:
            history = contracting.facts.decode_all(list(of_stream))
        except UnreadableError as error:
            if on_unreadable is None:
                raise
            on_unreadable(stream_id, error)
        else:
            yield wanted[stream_id], history


def _loaded(contracting: Contracting, contract_id: ContractId, history: list[Recorded], up_to: int | None) -> Loaded:
    policies = contracting.policies.governing(contract_id, up_to=up_to)
    return Loaded(contract_id, history, fold(history), policies, None)
