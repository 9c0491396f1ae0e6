"""The planning of a policy, as known at an instant."""

from application.contracting import Contracting
from application.queries.horizon import Asked, fix_horizon
from domain.calendar import Instant, from_microseconds
from domain.model import Frozen
from domain.policy.adoption import policy_stream
from domain.policy.schedule import ScheduledRow, in_order_of_time


class ScheduleAnswer(Frozen):
    """The planning of the version in force, in order of time; none when the policy was not adopted yet."""

    policy_id: str
    known_at: Instant
    position: int
    policy_position: int | None
    rows: tuple[ScheduledRow, ...]


def schedule(contracting: Contracting, policy_id: str, asked: Asked) -> ScheduleAnswer:
    """The planning that was in force at the instant asked; raises the errors of ``EventLog.horizon``."""
    _, horizon = fix_horizon(contracting.log_port, contracting.clock, asked)
    contracting.policies.refresh()
    known_at = from_microseconds(horizon.known_at)
    version = contracting.policies.versions(policy_stream(policy_id), up_to=horizon.position).at(known_at)
    return ScheduleAnswer(
        policy_id=policy_id,
        known_at=known_at,
        position=horizon.position,
        policy_position=None if version is None else version.position,
        rows=() if version is None else in_order_of_time(version.document.planning),
    )
