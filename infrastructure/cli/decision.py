"""``contractspoor decision``: make a decision again, and see whether the same comes out."""

from collections.abc import Mapping

import typer

from application.audit.reproduction import Outcome, Reproduction, reproduce
from domain.calendar import local_text
from infrastructure.cli.asked_about import write_json
from infrastructure.cli.audit import Event, EveryPurchaser, PurchaserName, whose
from infrastructure.cli.audit_text import old_and_new
from infrastructure.cli.errors import FAILED
from infrastructure.cli.options import AsJson, Database, opened
from infrastructure.cli.page import Page

app = typer.Typer(no_args_is_help=True, help="Make a decision again, and see whether the same comes out.")


@app.callback()
def decision() -> None:
    """Make a decision again, and see whether the same comes out."""


@app.command("reproduce")
def again(
    event: Event,
    purchaser: PurchaserName = None,
    every_purchaser: EveryPurchaser = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Decide again what brought an event, from the facts, the policy and the practice that its envelope names.

    With the present code, and nothing is stored. Exit code 0 when the same facts and explanations come out, 1 when not.
    """
    with opened(database) as system:
        owner = whose(system, event, purchaser, every_purchaser=every_purchaser)
        found = reproduce(system.contracting, event, owner)
    if as_json:
        write_json(found)
    else:
        _print(found)
    if found.outcome is Outcome.DIFFERENT:
        raise typer.Exit(FAILED)


def _print(found: Reproduction) -> None:
    page = Page()
    page.line(f"{found.event_id}: {_said(found)}", style="bold")
    page.values(
        (
            ("command", f"{found.command}, {found.command_id}"),
            ("by", found.actor),
            ("judged at", local_text(found.judged_at)),
            ("decided at", local_text(found.decided_at) if found.decided_at != found.judged_at else ""),
            ("policy", "" if found.policy_position is None else f"adopted at log position {found.policy_position}"),
            ("practice", "" if found.provider_version is None else f"version {found.provider_version}"),
            ("earlier contracts", _versions(found.earlier_contracts or {})),
            ("refused now", found.refused or ""),
        )
    )
    for fact in found.facts:
        differs = "differs" if fact.differs else "" if found.refused else "the same"
        page.line(f"{fact.event_id}  {fact.name or 'not recorded then'}  {differs}".rstrip(), 2)
        for change in fact.differs:
            page.line(f"{' '.join(change.path)}: {old_and_new(change)}", 4)


def _versions(streams: Mapping[str, int]) -> str:
    return ", ".join(f"{stream}, version {version}" for stream, version in streams.items())


def _said(found: Reproduction) -> str:
    return {
        Outcome.SAME: "decided again, the same came out",
        Outcome.DIFFERENT: "decided again, something else came out",
        Outcome.RECORDED: "nothing was decided here; it stands as it was recorded",
    }[found.outcome]
