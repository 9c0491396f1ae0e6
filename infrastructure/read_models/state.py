"""How far each read model is, of which version its tables are, and at which event it stopped."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, Text, insert, select, update
from sqlalchemy.exc import IntegrityError

from application.ports import VersionConflict
from infrastructure.persistence.tracking import TRACKING
from infrastructure.read_models.model import ReadModel

READ_MODEL = Table(
    "read_model",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("moved_at", BigInteger),
    Column("events_per_second", BigInteger),
    Column("fault_position", BigInteger),
    Column("fault_event", Text),
    Column("fault_message", Text),
    Column("fault_at", BigInteger),
)
_NO_FAULT = {"fault_position": None, "fault_event": None, "fault_message": None, "fault_at": None}


class Fault(NamedTuple):
    """The event that a model could not apply; ``at`` is when, in microseconds."""

    position: int
    event_id: str
    message: str
    at: int


class Standing(NamedTuple):
    """A model as the database tells of it; instants are in microseconds.

    ``version`` is absent while the model has not begun; ``fault`` is that which stops it.
    """

    position: int = 0
    version: int | None = None
    moved_at: int | None = None
    events_per_second: int | None = None
    fault: Fault | None = None


def standings(connection: Connection, names: Iterable[str]) -> dict[str, Standing]:
    """How each of these models stands."""
    wanted = tuple(names)
    found = dict.fromkeys(wanted, Standing())
    state = READ_MODEL.outerjoin(TRACKING, TRACKING.c.name == READ_MODEL.c.name)
    query = select(READ_MODEL, TRACKING.c.position).select_from(state).where(READ_MODEL.c.name.in_(wanted))
    for row in connection.execute(query):
        fault = None
        if row.fault_position is not None:
            fault = Fault(row.fault_position, row.fault_event, row.fault_message, row.fault_at)
        found[row.name] = Standing(row.position or 0, row.version, row.moved_at, row.events_per_second, fault)
    return found


def enter(connection: Connection, model: ReadModel) -> None:
    """Enter a model that has not begun; nothing when it has."""
    try:
        with connection.begin_nested():
            connection.execute(insert(READ_MODEL).values(name=model.name, version=model.version))
    except IntegrityError:
        return


def moved(connection: Connection, model: ReadModel, *, at: int, events_per_second: int) -> None:
    """Note that a model is moved, in the transaction that moves it.

    Raises ``VersionConflict`` when it was stopped meanwhile, or when its tables are of another version by now.
    """
    goes_on = (
        (READ_MODEL.c.name == model.name)
        & (READ_MODEL.c.version == model.version)
        & READ_MODEL.c.fault_position.is_(None)
    )
    noted = update(READ_MODEL).where(goes_on).values(moved_at=at, events_per_second=events_per_second)
    if connection.execute(noted).rowcount != 1:
        raise VersionConflict(f"read model {model.name} was stopped or rebuilt by another runner")


def stop(connection: Connection, model: ReadModel, fault: Fault) -> None:
    """Stop a model at an event that it could not apply."""
    connection.execute(
        update(READ_MODEL)
        .where(READ_MODEL.c.name == model.name, READ_MODEL.c.version == model.version)
        .values(
            fault_position=fault.position,
            fault_event=fault.event_id,
            fault_message=fault.message,
            fault_at=fault.at,
        )
    )


def resume(connection: Connection, name: str) -> bool:
    """Let a model that was stopped go on; whether it was stopped."""
    stopped = (READ_MODEL.c.name == name) & READ_MODEL.c.fault_position.is_not(None)
    return connection.execute(update(READ_MODEL).where(stopped).values(**_NO_FAULT)).rowcount == 1


def rebuilt(connection: Connection, model: ReadModel) -> None:
    """Note that a model's tables are those of its version now, with nothing that stops it."""
    enter(connection, model)
    connection.execute(
        update(READ_MODEL).where(READ_MODEL.c.name == model.name).values(version=model.version, **_NO_FAULT)
    )
