"""The library's infrastructure factory around a recorder that exists already."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    StoredEvent,
    TrackingRecorder,
)
from eventsourcing.utils import Environment, EnvType

from infrastructure.persistence.recorder import LogRecorder


class LogFactory(InfrastructureFactory[TrackingRecorder]):
    """Hands an ``eventsourcing`` application our recorder; it makes no tables and owns no connections.

    class Contracting(Application[str]):
        def construct_factory(self, env): return LogFactory(recorder, env)
    """

    def __init__(self, recorder: LogRecorder, env: Environment | EnvType | None = None) -> None:
        super().__init__(env)
        self._recorder = recorder

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """The log as a store of streams; there are no snapshots: a stream of a few facts needs none."""
        if purpose != "events":
            raise NotImplementedError(f"the log stores events, no {purpose}: leave IS_SNAPSHOTTING_ENABLED unset")
        return LogAggregateRecorder(self._recorder)

    def application_recorder(self) -> LogRecorder:
        """The recorder itself."""
        return self._recorder

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> TrackingRecorder:
        """The recorder itself; another class is refused."""
        if tracking_recorder_class not in {None, LogRecorder}:
            raise NotImplementedError("this factory hands out the recorder it was made with, no other class")
        return self._recorder

    def process_recorder(self) -> ProcessRecorder:
        """The recorder itself."""
        return self._recorder


class LogAggregateRecorder(AggregateRecorder):
    """The log as the library's ``AggregateRecorder``: streams without positions."""

    def __init__(self, recorder: LogRecorder) -> None:
        self._recorder = recorder

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        """Record events."""
        self._recorder.insert_events(stored_events, **kwargs)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one stream with a version above ``gt`` and not above ``lte``."""
        return self._recorder.select_events(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)
