"""Reads the log in batches of whole commits; histories that models ask for stay in memory for a while."""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence

from application.mapper import FactMapper
from application.policy_library import PolicyLibrary
from application.ports import EventLog, Row
from domain.history import Recorded
from infrastructure.persistence.commits import ROWS_AT_ONCE, whole_commits
from infrastructure.read_models.model import Batch

STREAMS_AT_ONCE = 1_000
FACTS_KEPT = 40_000


class BatchReader:
    """Hands out the log from any position on; each batch ends where a commit ends."""

    def __init__(self, log: EventLog, mapper: FactMapper, policies: PolicyLibrary) -> None:
        self._log = log
        self._policies = policies
        self._histories = Histories(log, mapper)

    def after(self, position: int, *, up_to: int | None = None, limit: int | None = None) -> Batch | None:
        """The next whole commits after a position where a commit ends; none at the head.

        They have about 5,000 rows, or ``limit``; a commit that is larger comes whole. ``up_to``, if given, is where a
        commit ends.
        """
        rows = whole_commits(self._log, position, limit=limit or ROWS_AT_ONCE, up_to=up_to)
        return Batch(position, rows, self._histories, self._policies) if rows else None


class Histories:
    """Whole streams, decoded, the ones used last kept in memory."""

    def __init__(self, log: EventLog, mapper: FactMapper) -> None:
        self._log = log
        self._mapper = mapper
        self._kept: OrderedDict[str, list[Recorded]] = OrderedDict()
        self._facts = 0

    def decode(self, rows: Sequence[Row]) -> list[Recorded]:
        """The facts of rows, in their order."""
        return self._mapper.decode_all(rows)

    def opened(self, stored: bytes | None) -> bytes:
        """Stored bytes as they were before cipher and compressor."""
        return self._mapper.opened(stored) if stored else b""

    def up_to(self, batch: Batch, stream_ids: Collection[str]) -> Mapping[str, Sequence[Recorded]]:
        """The facts of streams up to the end of a batch, in log order; see ``Batch.histories``."""
        found: dict[str, list[Recorded]] = {}
        missing: list[str] = []
        for stream_id in stream_ids:
            news = batch.of_contracts.get(stream_id)
            history = None if news is None else self._continued(stream_id, news, batch.to)
            if history is None:
                missing.append(stream_id)
            else:
                found[stream_id] = history
        for first in range(0, len(missing), STREAMS_AT_ONCE):
            page = missing[first : first + STREAMS_AT_ONCE]
            for recorded in self.decode(self._log.read_streams(page, up_to=batch.to)):
                found.setdefault(recorded.stream_id, []).append(recorded)
        for stream_id, history in found.items():
            self._keep(stream_id, history)
        return found

    def stream_ids(self, prefix: str) -> Iterator[list[str]]:
        """The ids of all streams that begin so, a page at a time."""
        after = ""
        while page := self._log.stream_ids(prefix, after=after, limit=STREAMS_AT_ONCE):
            yield page
            after = page[-1]

    def _continued(self, stream_id: str, news: Sequence[Recorded], to: int) -> list[Recorded] | None:
        """What is kept of a stream and its news; nothing when facts between the two may be missing."""
        known = self._kept.get(stream_id, [])
        last = known[-1].version if known else 0
        if last < news[0].version - 1:
            return None
        if last >= news[-1].version:  # another model, further on, has asked for it
            return [recorded for recorded in known if recorded.position <= to]
        return [*known, *(recorded for recorded in news if recorded.version > last)]

    def _keep(self, stream_id: str, history: list[Recorded]) -> None:
        before = self._kept.pop(stream_id, ())
        if before and before[-1].version > history[-1].version:
            history = list(before)
        self._facts += len(history) - len(before)
        self._kept[stream_id] = history
        while self._facts > FACTS_KEPT:
            self._facts -= len(self._kept.popitem(last=False)[1])
