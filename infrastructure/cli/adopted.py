"""Which policies a log has adopted, for whoever named one that it has not."""

from typing import NoReturn

import typer

from domain.policy.document import PolicyDocument
from infrastructure.bootstrap import System
from infrastructure.cli.errors import NOT_KNOWN_YET, fail


def adopted_documents(system: System) -> list[PolicyDocument]:
    """The latest document of every adopted policy."""
    policies = system.contracting.policies
    return [policies.versions(stream).versions[-1].document for stream in policies.streams()]


def told_adopted(system: System) -> str:
    """The adopted policies with their care types and periods."""
    told = [_periods(document) for document in adopted_documents(system)]
    return (
        f"adopted by now: {', '.join(told)}" if told else "none is adopted: contractspoor policy adopt ID --actor NAME"
    )


def warn_of_unknown_purchaser(system: System, purchaser: str) -> None:
    """Say on standard error that no policy of a purchaser is adopted; nothing forbids it, but it may be mistyped."""
    known = sorted({document.purchaser.id for document in adopted_documents(system)})
    if known and purchaser not in known:
        typer.echo(
            f"Note: no policy of purchaser {purchaser} is adopted here; there are those of {', '.join(known)}.",
            err=True,
        )


def _periods(document: PolicyDocument) -> str:
    periods: dict[str, list[str]] = {}
    for care_type, rules in document.care_types.items():
        if rules.period is not None:
            periods.setdefault(rules.period, []).append(care_type)
    told = ", ".join(f"{' '.join(care_types)} for {period}" for period, care_types in periods.items())
    return f"{document.id} ({document.purchaser.id}: {told})"


def end_not_known(purchaser: str | None, *, as_json: bool) -> NoReturn:
    """End the command: no policy of the purchaser was adopted by then; in JSON the answer has said so."""
    whose = "anybody" if purchaser is None else purchaser
    if as_json:
        raise typer.Exit(NOT_KNOWN_YET)
    fail(f"not known yet: no policy of {whose} was adopted by then", NOT_KNOWN_YET, code="NOT_KNOWN_YET")
