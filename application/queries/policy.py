"""The adopted versions of a policy, as known at an instant."""

from typing import Any

from application.contracting import Contracting
from application.queries.horizon import Asked, fix_horizon
from domain.calendar import Instant, from_microseconds
from domain.model import Frozen
from domain.policy.adoption import PolicyVersion, policy_stream


class PolicyVersionShown(Frozen):
    """One adopted version: the log position of its adoption, and from when it decides."""

    position: int
    in_force_from: Instant
    document_sha256: str


class PolicyAnswer(Frozen):
    """All versions known then, in log order, and the one in force: its position and its document as JSON.

    Nothing is in force when the policy was not adopted yet.
    """

    policy_id: str
    known_at: Instant
    position: int
    policy_position: int | None
    versions: tuple[PolicyVersionShown, ...]
    document: dict[str, Any] | None


def policy(contracting: Contracting, policy_id: str, asked: Asked) -> PolicyAnswer:
    """The policy with the knowledge of an instant; raises the errors of ``EventLog.horizon``."""
    _, horizon = fix_horizon(contracting.log_port, contracting.clock, asked)
    contracting.policies.refresh()
    versions = contracting.policies.versions(policy_stream(policy_id), up_to=horizon.position)
    known_at = from_microseconds(horizon.known_at)
    in_force = versions.at(known_at)
    return PolicyAnswer(
        policy_id=policy_id,
        known_at=known_at,
        position=horizon.position,
        policy_position=None if in_force is None else in_force.position,
        versions=tuple(map(_shown, versions.versions)),
        document=None if in_force is None else in_force.document.model_dump(mode="json"),
    )


class PolicyListed(Frozen):
    """A policy, its contracting year, and the versions known then; ``policy_position`` is that of the one in force."""

    policy_id: str
    year: int
    policy_position: int | None
    versions: tuple[PolicyVersionShown, ...]


class PoliciesAnswer(Frozen):
    """The policies of a purchaser that were adopted by then, by id."""

    purchaser: str
    known_at: Instant
    position: int
    policies: tuple[PolicyListed, ...]


def policies_of(contracting: Contracting, purchaser: str, asked: Asked) -> PoliciesAnswer:
    """A purchaser's policies with the knowledge of an instant; raises the errors of ``EventLog.horizon``."""
    _, horizon = fix_horizon(contracting.log_port, contracting.clock, asked)
    known_at = from_microseconds(horizon.known_at)
    found = []
    for stream in contracting.policies.streams():
        known = contracting.policies.versions(stream, up_to=horizon.position)
        if not known.versions or known.versions[0].document.purchaser.id != purchaser:
            continue
        in_force = known.at(known_at)
        found.append(
            PolicyListed(
                policy_id=known.versions[0].document.id,
                year=known.versions[0].document.year,
                policy_position=None if in_force is None else in_force.position,
                versions=tuple(map(_shown, known.versions)),
            )
        )
    return PoliciesAnswer(purchaser=purchaser, known_at=known_at, position=horizon.position, policies=tuple(found))


def _shown(version: PolicyVersion) -> PolicyVersionShown:
    return PolicyVersionShown(
        position=version.position,
        in_force_from=version.in_force_from,
        document_sha256=version.document_sha256,
    )
