"""Policies in force: each adoption brings the whole document, an amendment is a further adoption."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from domain.history import Fact, Recorded, UnreadableError
from domain.policy.document import PolicyDocument
from domain.policy.grounds import Ground

__all__ = [
    "Ground",
    "PolicyAdopted",
    "PolicyVersion",
    "PolicyVersions",
    "adopted",
    "canonical",
    "policy_stream",
    "versions_of",
]


class PolicyAdopted(Fact):
    """A policy document comes into force at ``occurred_at``.

    ``document`` is the whole document as canonical JSON (sorted keys, no spaces), ``document_sha256`` its SHA-256 in
    hexadecimal.
    """

    policy_id: str
    purchaser: str
    ground: Ground
    document: str
    document_sha256: str


def canonical(document: PolicyDocument) -> str:
    """The one text of a document that is hashed and stored."""
    return json.dumps(document.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def adopted(document: PolicyDocument, ground: Ground) -> PolicyAdopted:
    """The fact that a document is adopted."""
    text = canonical(document)
    return PolicyAdopted(
        policy_id=document.id,
        purchaser=document.purchaser.id,
        ground=ground,
        document=text,
        document_sha256=sha256(text.encode()).hexdigest(),
    )


def policy_stream(policy_id: str) -> str:
    """The stream of one policy's adoptions: ``policy/caresq-2025``."""
    return f"policy/{policy_id}"


@dataclass(frozen=True)
class PolicyVersion:
    """One adopted version: the log position and the name of its adoption, and from when it is in force."""

    position: int
    in_force_from: datetime
    document_sha256: str
    document: PolicyDocument
    event_id: str = ""


@dataclass(frozen=True)
class PolicyVersions:
    """All adopted versions that a question may know, in log order: of one policy, or of all that name one period."""

    versions: tuple[PolicyVersion, ...]

    def at(self, instant: datetime) -> PolicyVersion | None:
        """The version in force at an instant: of the policy that came into force last, the version that did so last.

        A policy that has taken over a period keeps it, whatever is amended afterwards in the one before.
        """
        in_force = sorted(
            (version for version in self.versions if version.in_force_from <= instant),
            key=lambda version: (version.in_force_from, version.position),
        )
        begun = list(dict.fromkeys(version.document.id for version in in_force))
        return next((version for version in reversed(in_force) if version.document.id == begun[-1]), None)

    def adopted_at(self, position: int) -> PolicyVersion:
        """The version whose adoption stands at that log position; raises ``LookupError`` when there is none."""
        for version in self.versions:
            if version.position == position:
                return version
        raise LookupError(f"no policy was adopted at log position {position}")


def _document_of(recorded: Recorded) -> PolicyDocument:
    fact = recorded.fact
    try:
        return PolicyDocument.model_validate_json(fact.document if isinstance(fact, PolicyAdopted) else "")
    except ValueError:
        raise UnreadableError(
            f"the document that {recorded.event_id} adopted at log position {recorded.position} can not be read: "
            "it was written by a newer program, or is damaged"
        ) from None


def versions_of(history: Sequence[Recorded]) -> PolicyVersions:
    """The versions that a policy's stream tells of."""
    return PolicyVersions(
        tuple(
            PolicyVersion(
                position=recorded.position,
                in_force_from=recorded.occurred_at,
                document_sha256=recorded.fact.document_sha256,
                document=_document_of(recorded),
                event_id=recorded.event_id,
            )
            for recorded in history
            if isinstance(recorded.fact, PolicyAdopted)
        )
    )
