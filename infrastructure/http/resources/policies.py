"""Procurement policies: what was adopted, its planning, what changed, drafts, and adoption."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from pydantic import StringConstraints
from starlette.responses import Response

from application.extensions import extend_after
from application.policies import AdoptionOrder
from application.policy_drafts import CheckedDraft, adopt_draft, check_draft
from application.queries.policy import PoliciesAnswer, PolicyAnswer, PolicyVersionShown, policies_of, policy
from application.queries.schedule import ScheduleAnswer, schedule
from domain.calendar import Instant
from domain.contract.facts import Text
from domain.model import Frozen
from domain.policy.adoption import Ground, PolicyVersion, PolicyVersions
from domain.policy.differences import Change, differences
from infrastructure.bootstrap import System, policy_from_text
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Given
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail, invalid
from infrastructure.http.reading import Asking, Purchaser
from infrastructure.http.routing import COMMANDING, READING, answered, operation

router = APIRouter(tags=["policies"], route_class=CheckedRoute)

Policy = Annotated[
    str,
    Path(alias="policy", pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60, description="Such as caresq-2025."),
]
Adopted = Annotated[int | None, Query(ge=1, le=2**63 - 1, description="The log position of an adoption.")]
POLICY = "/policies/{purchaser}/{policy}"
_DRAFT = "amends: caresq-2025\nground: clarification\nclause: CQ25-4-7\nnote: One year.\nset: {}\n"
_SHA256 = "0" * 64


class Draft(Frozen):
    """A policy or an amendment as YAML: see docs/policy-format.md."""

    document: Annotated[str, StringConstraints(min_length=1)]


class DraftToAdopt(Draft):
    """A draft, the ground on which it changes what was adopted before, and since when it is in force.

    ``occurred_at`` left out is now; an earlier instant needs a ``reason``.
    """

    ground: Ground | None = None
    occurred_at: Instant | None = None
    reason: Text | None = None


class AdoptedVersion(PolicyVersionShown):
    """The version that now stands in the log, at a ``position`` that a question can wait for."""

    policy_id: str


class Differences(Frozen):
    """What changed between two adopted versions, by part; each names its clause."""

    policy_id: str
    from_position: int
    to_position: int
    changes: tuple[Change, ...]


@router.get(
    "/policies/{purchaser}", **operation(Operation.LIST_POLICIES, PoliciesAnswer, *READING, success="The policies.")
)
def list_policies(purchaser: Purchaser, question: Asking, system: TheSystem) -> Response:
    """The purchaser's adopted policies with all their versions, as known at an instant."""
    return answered(policies_of(system.contracting, purchaser, question.seen_by(system)))


@router.get(
    POLICY, **operation(Operation.READ_POLICY, PolicyAnswer, *READING, success="The version in force, and all others.")
)
def read_policy(purchaser: Purchaser, policy_id: Policy, question: Asking, system: TheSystem) -> Response:
    """The policy in force with the knowledge of an instant: the whole document, and every version known then."""
    check_policy(system, purchaser, policy_id)
    answer = policy(system.contracting, policy_id, question.seen_by(system))
    if not answer.versions:
        raise fail(Kind.NOT_KNOWN_YET, f"{policy_id} was not adopted by then")
    return answered(answer)


@router.get(
    POLICY + "/schedule",
    **operation(Operation.READ_SCHEDULE, ScheduleAnswer, *READING, success="The planning, in order of time."),
)
def read_schedule(purchaser: Purchaser, policy_id: Policy, question: Asking, system: TheSystem) -> Response:
    """The planning of the version in force: deadlines, first days, targets and windows, each with its clause."""
    check_policy(system, purchaser, policy_id)
    answer = schedule(system.contracting, policy_id, question.seen_by(system))
    if answer.policy_position is None:
        raise fail(Kind.NOT_KNOWN_YET, f"{policy_id} was not in force by then")
    return answered(answer)


@router.get(
    POLICY + "/differences",
    **operation(Operation.COMPARE_POLICY_VERSIONS, Differences, *READING, success="What changed, by part."),
)
def compare_policy_versions(
    purchaser: Purchaser,
    policy_id: Policy,
    system: TheSystem,
    from_position: Adopted = None,
    to_position: Adopted = None,
) -> Response:
    """What changed from one adopted version to another; left out, from the first one to the one in force."""
    known = check_policy(system, purchaser, policy_id)
    in_force = known.at(system.clock.now()) or known.versions[-1]
    before = _adopted_at(known, "from_position", from_position or known.versions[0].position)
    after = _adopted_at(known, "to_position", to_position or in_force.position)
    return answered(
        Differences(
            policy_id=policy_id,
            from_position=before.position,
            to_position=after.position,
            changes=tuple(differences(before.document, after.document)),
        )
    )


@router.post(
    "/policies/{purchaser}/checks",
    **operation(
        Operation.CHECK_POLICY,
        CheckedDraft,
        *COMMANDING,
        success="What the draft would make and change, or its mistakes.",
        example={"policy_id": "caresq-2025", "document_sha256": _SHA256, "in_force_position": 1, "changes": []},
    ),
)
def check_policy_draft(
    purchaser: Purchaser,
    draft: Annotated[Draft, Body(examples=[{"document": _DRAFT}])],
    _given: Given,
    system: TheSystem,
) -> Response:
    """Check a draft without adopting it: every mistake with its line, or every difference from the version in force."""
    checked = check_draft(system.policies, purchaser, lambda: policy_from_text("document", draft.document))
    return answered(checked)


@router.post(
    "/policies/{purchaser}/adoptions",
    **operation(
        Operation.ADOPT_POLICY,
        AdoptedVersion,
        *COMMANDING,
        success="The version that stands in the log.",
        example={
            "policy_id": "caresq-2025",
            "position": 1042,
            "in_force_from": "2024-09-10T08:00:00Z",
            "document_sha256": _SHA256,
        },
    ),
)
def adopt_policy(
    purchaser: Purchaser,
    draft: Annotated[
        DraftToAdopt, Body(examples=[{"document": _DRAFT, "ground": "clarification", "reason": "Asked in the Q&A."}])
    ],
    given: Given,
    system: TheSystem,
) -> Response:
    """Adopt a policy or an amendment; the same document again changes nothing. What it extends is extended at once."""
    source = policy_from_text("document", draft.document)
    order = AdoptionOrder(
        given.identity.person_id,
        draft.ground,
        draft.occurred_at,
        draft.reason,
        command_id=given.command_id,
        correlation_id=given.correlation_id,
    )
    adoption = adopt_draft(system.policies, purchaser, source, order)
    if not adoption.repeated:
        extend_after(system.contracting, adoption.version.document)
    version = adoption.version
    return answered(
        AdoptedVersion(
            policy_id=version.document.id,
            position=version.position,
            in_force_from=version.in_force_from,
            document_sha256=version.document_sha256,
        ),
        {"Idempotency-Replayed": "true"} if adoption.repeated else None,
    )


def check_policy(system: System, purchaser: str, policy_id: str) -> PolicyVersions:
    """All adopted versions of a purchaser's policy; ends with a problem when it has none of that name."""
    known = system.policies.versions(policy_id)
    if not known.versions or known.versions[0].document.purchaser.id != purchaser:
        raise fail(Kind.NOT_FOUND, f"{purchaser} has adopted no policy {policy_id}", code="POLICY_NOT_ADOPTED")
    return known


def _adopted_at(known: PolicyVersions, name: str, position: int) -> PolicyVersion:
    try:
        return known.adopted_at(position)
    except LookupError as error:
        adopted = ", ".join(str(each.position) for each in known.versions)
        raise invalid(f"query.{name}", f"{error}; adopted at: {adopted}") from None
