"""How the service fares: metrics for Prometheus, and the state of its read models."""

from contextlib import nullcontext

from fastapi import APIRouter
from starlette.responses import Response

from domain.calendar import Instant
from domain.model import Frozen
from infrastructure.bootstrap import Condition, metrics_of
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.routing import answered, operation

router = APIRouter(tags=["operations"], route_class=CheckedRoute)

METRICS = "text/plain; version=0.0.4; charset=utf-8"


class ReadModelFault(Frozen):
    """The fact at which a read model stopped; what it is about stands in the log of the program."""

    position: int
    event_id: str


class ReadModelState(Frozen):
    """How a read model is: how far it has read, and how far it is behind the log."""

    name: str
    condition: Condition
    version: int
    stored_version: int | None
    position: int
    lag_events: int
    lag_seconds: float
    events_per_second: int | None
    moved_at: Instant | None
    fault: ReadModelFault | None


class ReadModelsAnswer(Frozen):
    """Every read model."""

    read_models: tuple[ReadModelState, ...]


@router.get(
    "/metrics",
    **operation(Operation.READ_METRICS, None, success="Prometheus's text format.", media_types=("text/plain",)),
)
def read_metrics(system: TheSystem) -> Response:
    """What the database has now, and what the process that answers has counted: see docs/operations.md."""
    return Response(metrics_of(lambda: nullcontext(system)).text(), headers={"Content-Type": METRICS})


@router.get(
    "/operations/read-models",
    **operation(Operation.READ_READ_MODELS, ReadModelsAnswer, success="How far each is behind, and what stopped it."),
)
def read_read_models(system: TheSystem) -> Response:
    """How far each read model is behind the log, how fast it goes, and what stopped it."""
    found = tuple(
        ReadModelState(
            name=each.name,
            condition=each.condition,
            version=each.version,
            stored_version=each.stored_version,
            position=each.position,
            lag_events=each.lag_events,
            lag_seconds=round(each.lag_seconds, 3),
            events_per_second=each.events_per_second,
            moved_at=each.moved_at,
            fault=None
            if each.fault is None
            else ReadModelFault(position=each.fault.position, event_id=each.fault.event_id),
        )
        for each in system.read_models.status()
    )
    return answered(ReadModelsAnswer(read_models=found))
