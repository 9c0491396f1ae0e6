"""Which version of a policy a name on the command line means: of the log, of the package, or of a file."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

import typer

from application.policies import document_of
from application.ports import StorageUnavailable
from application.queries.horizon import Asked
from domain.calendar import instant_text
from domain.policy.document import PolicyDocument
from domain.policy.values import IDENTIFIER
from infrastructure.bootstrap import System, load_settings, policy_sources
from infrastructure.cli.errors import fail
from infrastructure.cli.options import opened


@contextmanager
def log_if_there(database: str | None, *, needed: bool) -> Iterator[System | None]:
    """The system on the log; none when it can not be opened and neither an option nor the question asks for it.

    Raises ``StorageUnavailable`` and ``SettingsError``.
    """
    with ExitStack() as stack:
        try:
            system = stack.enter_context(opened(database))
        except StorageUnavailable:
            if needed or database is not None or "database_url" in load_settings().model_fields_set:
                raise
            system = None
        yield system


def refuse_unless_now(policy_id: str, asked: Asked, known_at: datetime, position: int) -> None:
    """End the command when it asks what the log knew of a policy that was not adopted then."""
    if asked != Asked():
        fail(f"{policy_id} was not adopted, as known at {instant_text(known_at)}, position {position}")


@dataclass(frozen=True)
class NamedVersion:
    """A document, and where it comes from: ``adopted``, ``packaged`` or ``file``; of an adopted one, its position."""

    name: str
    source: str
    document: PolicyDocument
    position: int | None = None
    laid_over: str | None = None

    @property
    def told(self) -> str:
        """The version as a person calls it."""
        match self:
            case NamedVersion(position=int()):
                return f"{self.document.id} as adopted at position {self.position}"
            case NamedVersion(laid_over=str()):
                return f"{self.name} laid over {self.laid_over}"
            case NamedVersion(source="packaged"):
                return f"{self.name} as packaged"
            case _:
                return self.name


def version_named(name: str, system: System | None, over: NamedVersion | None = None) -> NamedVersion:
    """The version that a name means: ``ID@POSITION`` the one adopted there, ``ID`` the one in force in the log, else
    the packaged document, anything else a file; an amendment is laid over ``over`` when that is the policy it amends.

    Raises ``PolicyMistakesError``; ends the command when nothing was adopted there.
    """
    adoption = adoption_named(name)
    if adoption is not None and system is not None:
        return _adopted_there(*adoption, system)
    if is_id(name) and system is not None:
        in_force = system.policies.versions(name).at(system.policies.now())
        if in_force is not None:
            return NamedVersion(name, "adopted", in_force.document, in_force.position)
    source = policy_sources().read(name)
    laid_over = None
    if source.amends:
        fits = over is not None and over.document.id == source.policy_id
        laid_over = over.told if over is not None and fits else f"{source.policy_id} as packaged"
    document = document_of(policy_sources(), name, over=None if over is None else over.document)
    return NamedVersion(name, "packaged" if is_id(name) else "file", document, laid_over=laid_over)


def adoption_named(name: str) -> tuple[str, int] | None:
    """The policy and log position that ``ID@POSITION`` names; none when the name has another form."""
    policy_id, _, position = name.rpartition("@")
    if not is_id(policy_id):
        return None
    if not re.fullmatch("[1-9][0-9]{0,18}", position):
        raise typer.BadParameter(f"found {name}, expected ID@POSITION, such as {policy_id}@1.")
    return policy_id, int(position)


def _adopted_there(policy_id: str, position: int, system: System) -> NamedVersion:
    versions = system.policies.versions(policy_id)
    try:
        version = versions.adopted_at(position)
    except LookupError:
        positions = ", ".join(str(version.position) for version in versions.versions)
        known = f"it was at {positions}" if positions else "it never was in this log"
        fail(f"{policy_id} was not adopted at position {position}; {known}")
    return NamedVersion(f"{policy_id}@{position}", "adopted", version.document, version.position)


def is_id(name: str) -> bool:
    """Whether a name is an id and no file."""
    return re.fullmatch(IDENTIFIER, name) is not None
