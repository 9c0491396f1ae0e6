"""The contracts of earlier periods in the log, for whom their practice's contract history matters to."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from application.mapper import FactMapper
from application.policy_library import Period, PolicyLibrary
from application.ports import EventLog
from domain.agb import AgbCode
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.contract.earlier import EarlierContract, with_earlier
from domain.history import Recorded
from domain.provider.provider import Provider

STREAMS_AT_ONCE = 1_000


def ids_of(purchaser: str, agb: AgbCode, periods: Sequence[Period]) -> list[ContractId]:
    """The contracts that a practice may have for some periods of a purchaser."""
    return [ContractId(purchaser, agb, care_type, period) for care_type, period in periods]


def folded(wanted: Sequence[ContractId], found: Mapping[str, Sequence[Recorded]]) -> tuple[EarlierContract, ...]:
    """Those of the contracts that have a stream, by what was read."""
    return tuple(
        EarlierContract(contract_id, fold(found[str(contract_id)]))
        for contract_id in wanted
        if found.get(str(contract_id))
    )


class ContractHistory:
    """Reads what practices had of a purchaser before a policy's year, besides what was imported."""

    def __init__(self, log: EventLog, mapper: FactMapper, policies: PolicyLibrary) -> None:
        self._log = log
        self._mapper = mapper
        self._policies = policies

    def known(
        self, purchaser: str, providers: Sequence[Provider], year: int, *, up_to: int | None = None
    ) -> list[Provider]:
        """The practices with the contracts that the log holds, of any care type, of periods that begin before a year.

        Facts up to a log position if given; the policies must have been read.
        """
        periods = self._policies.periods_before(purchaser, year)
        wanted = {each.record.agb: ids_of(purchaser, each.record.agb, periods) for each in providers}
        found = dict(self._streams([str(each) for ids in wanted.values() for each in ids], up_to))
        return [with_earlier(each, folded(wanted[each.record.agb], found)) for each in providers]

    def at_versions(self, streams: Mapping[str, int]) -> tuple[EarlierContract, ...]:
        """Contracts as they stood at a version each: what a decision saw."""
        found = {
            stream: [each for each in history if each.version <= streams[stream]]
            for stream, history in self._streams(list(streams), None)
        }
        return folded([ContractId.parse(each) for each in streams], found)

    def _streams(self, streams: Sequence[str], up_to: int | None) -> Iterator[tuple[str, list[Recorded]]]:
        for first in range(0, len(streams), STREAMS_AT_ONCE):
            rows = self._log.read_streams(streams[first : first + STREAMS_AT_ONCE], up_to=up_to)
            for stream, of_stream in groupby(rows, key=lambda row: row.originator_id):
                yield stream, self._mapper.decode_all(list(of_stream))
