"""Every contract of the log, a page at a time: streams only, without what the register says of the practice."""

from collections.abc import Iterator

from application.contracting import CONTRACTS_AT_ONCE, Contracting, Loaded
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.history import Recorded
from domain.policy.adoption import policy_stream


def contract_pages(
    contracting: Contracting, policy_id: str | None = None, *, up_to: int | None = None
) -> Iterator[list[Loaded]]:
    """The contracts under adopted policies, or under one, in order of id; at most 200 a page.

    Facts up to a log position if given. ``provider`` is absent: this is for what deadlines and the contract's own facts
    decide.
    """
    for purchaser in _purchasers(contracting, policy_id):
        after = ""
        while stream_ids := contracting.log_port.stream_ids(f"{purchaser}/", after=after, limit=CONTRACTS_AT_ONCE):
            after = stream_ids[-1]
            governed = [(each, ContractId.parse(each)) for each in stream_ids]
            yield _page(contracting, governed, policy_id, up_to)


def _purchasers(contracting: Contracting, policy_id: str | None) -> list[str]:
    streams = contracting.policies.streams() if policy_id is None else [policy_stream(policy_id)]
    known = (contracting.policies.versions(stream).versions for stream in streams)
    return sorted({versions[-1].document.purchaser.id for versions in known if versions})


def _page(
    contracting: Contracting, wanted: list[tuple[str, ContractId]], policy_id: str | None, up_to: int | None
) -> list[Loaded]:
    policies = {contract_id: contracting.policies.stream_of(contract_id) for _, contract_id in wanted}
    asked = [
        (stream_id, contract_id)
        for stream_id, contract_id in wanted
        if policies[contract_id] is not None and policy_id in (None, _policy_id(policies[contract_id]))
    ]
    found: dict[str, list[Recorded]] = {}
    for row in contracting.log_port.read_streams([stream_id for stream_id, _ in asked], up_to=up_to):
        found.setdefault(row.originator_id, []).append(contracting.facts.decode(row))
    return [
        Loaded(
            contract_id,
            found[stream_id],
            fold(found[stream_id]),
            contracting.policies.versions(policies[contract_id] or ""),
            None,
        )
        for stream_id, contract_id in asked
        if stream_id in found
    ]


def _policy_id(stream: str | None) -> str | None:
    return None if stream is None else stream.removeprefix(policy_stream(""))
