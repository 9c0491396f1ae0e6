"""Whether the process lives, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response

from domain.model import Frozen
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.routing import answered, operation

router = APIRouter(tags=["health"], route_class=CheckedRoute)


class Alive(Frozen):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ReadyToServe(Frozen):
    """The database answers, and every read model goes on; ``position`` is that of the log's last fact."""

    status: Literal["ok"] = "ok"
    position: int


@router.get("/healthz", **operation(Operation.HEALTH, Alive, success="The process lives."))
async def health() -> Response:
    """Whether the process lives."""
    return answered(Alive())


@router.get("/readyz", **operation(Operation.READINESS, ReadyToServe, success="It can answer."))
def readiness(system: TheSystem) -> Response:
    """Whether the database answers and no read model has stopped."""
    for model in system.read_models.status():
        if model.condition in {"stopped", "outdated"}:
            raise fail(Kind.UNAVAILABLE, f"read model {model.name} is {model.condition}", code="NOT_READY")
    return answered(ReadyToServe(position=system.log.horizon().position))
