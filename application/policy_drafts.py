"""Drafts of policies that one purchaser hands in: checked against what is in force, and adopted."""

from collections.abc import Callable

from application.policies import (
    Adoption,
    AdoptionOrder,
    Mistake,
    PolicyMistakesError,
    PolicySource,
    PolicyStreams,
    adopt,
)
from domain.model import Frozen
from domain.policy.adoption import Ground, PolicyVersion, adopted
from domain.policy.contract_keys import changed_keys
from domain.policy.differences import Change, differences
from domain.refusal import Refused, RefusedError


class DraftMistake(Frozen):
    """One thing wrong in a draft; ``line`` is 0 where the draft as a whole can not be read."""

    line: int
    path: str
    message: str


class CheckedDraft(Frozen):
    """What a draft would make, or what is wrong with it: with ``mistakes`` there is nothing else.

    ``in_force_position`` is the adoption that it was compared with, and laid over if it amends; absent when its policy
    is not in force. ``changes`` are all differences from that version.
    """

    policy_id: str | None = None
    document_sha256: str | None = None
    in_force_position: int | None = None
    changes: tuple[Change, ...] = ()
    mistakes: tuple[DraftMistake, ...] = ()


def check_draft(streams: PolicyStreams, purchaser: str, read: Callable[[], PolicySource]) -> CheckedDraft:
    """Check a draft of a purchaser's policy without adopting it; raises ``RefusedError`` when it is another's."""
    try:
        source = read()
        in_force = _in_force(streams, purchaser, source)
        document = source.document(None if in_force is None else in_force.document)
        refuse_unless_of(purchaser, document.purchaser.id)
    except PolicyMistakesError as error:
        return CheckedDraft(mistakes=tuple(map(_shown, error.mistakes)))
    if in_force is not None and (misfits := list(changed_keys(in_force.document, document))):
        told = [DraftMistake(line=0, path=".".join(map(str, each.path)), message=each.message) for each in misfits]
        return CheckedDraft(mistakes=tuple(told))
    return CheckedDraft(
        policy_id=document.id,
        document_sha256=adopted(document, Ground.PUBLICATION).document_sha256,
        in_force_position=None if in_force is None else in_force.position,
        changes=() if in_force is None else tuple(differences(in_force.document, document)),
    )


def adopt_draft(streams: PolicyStreams, purchaser: str, source: PolicySource, order: AdoptionOrder) -> Adoption:
    """Adopt a purchaser's own policy or an amendment of it; raises ``RefusedError`` and what ``adopt`` raises."""
    in_force = _in_force(streams, purchaser, source)
    if in_force is not None or not source.amends:
        document = source.document(None if in_force is None else in_force.document)
        refuse_unless_of(purchaser, document.purchaser.id)
    answer = adopt(streams, source, order)
    if isinstance(answer, Refused):
        raise RefusedError(answer)
    return answer


def refuse_unless_of(purchaser: str, found: str) -> None:
    """Raise ``RefusedError`` when a policy is another purchaser's."""
    if found != purchaser:
        raise RefusedError(Refused("OF_ANOTHER_PURCHASER", f"this is no policy of {purchaser}"))


def _in_force(streams: PolicyStreams, purchaser: str, source: PolicySource) -> PolicyVersion | None:
    """The version in force now of the policy that a draft is or amends; refused when it is another purchaser's."""
    known = streams.versions(source.policy_id)
    for version in known.versions:
        refuse_unless_of(purchaser, version.document.purchaser.id)
    return known.at(streams.now())


def _shown(mistake: Mistake) -> DraftMistake:
    return DraftMistake(line=mistake.line, path=mistake.path, message=mistake.message)
