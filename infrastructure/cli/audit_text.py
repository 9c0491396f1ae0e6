"""The audit trail as a person reads it."""

from typing import Any

from application.audit.access import AccessAnswer
from application.queries.audit_entry import TrailEntry
from application.queries.audit_trail import TrailAnswer
from application.queries.audit_why import WhyAnswer, WhyEvent
from application.queries.difference import Change, Kind
from domain.calendar import local_text
from infrastructure.cli.page import Page, same_again

LONGEST = 300
"""A value is shown up to so many characters; exports have all of it."""


def print_trail(answer: TrailAnswer) -> None:
    """Every fact of a page, and how to go on."""
    page = Page()
    whose = "every purchaser" if answer.purchaser is None else answer.purchaser
    count = len(answer.entries)
    known = f"as known at {local_text(answer.known_at)}, log position {answer.position}"
    page.line(f"{count} fact{'' if count == 1 else 's'}, {whose}; {known}", style="bold")
    for entry in answer.entries:
        _print_entry(page, entry)
    if answer.next_after is not None:
        page.heading("There may be more")
        page.line(f"ask again with --after {answer.next_after} {same_again(answer.known_at, answer.position)}", 2)
    else:
        page.again(answer.known_at, answer.position)


def print_why(answer: WhyAnswer) -> None:
    """The command, and below it the events that it brought, each below its cause."""
    page, command = Page(), answer.command
    behalf = f" for {command.on_behalf_of}" if command.on_behalf_of else ""
    who = "by itself, when it fell due" if command.by_itself else f"{command.actor}{behalf}"
    page.line(f"{who}: command {command.command_id}", style="bold")
    page.values((("why", command.reason or ""), ("in the course of", answer.course or "")))
    _print_caused(page, answer.root, 2, "")
    page.line(f"As known at {local_text(answer.known_at)}, log position {answer.position}.")
    page.again(answer.known_at, answer.position)


def _print_caused(page: Page, event: WhyEvent, indent: int, above: str) -> None:
    """An event; one of the same stream as its cause is named by its number alone."""
    name = event.event_id.removeprefix(above) if above else event.event_id
    mark = "   <- asked about" if event.asked else ""
    page.line(f"{name}  {event.name}, {local_text(event.occurred_at)}{mark}", indent, "bold" if event.asked else "")
    for told in event.deliveries:
        to = told.recipient or "nobody, without an address"
        page.line(f"{told.channel} {told.delivery_id} to {to}: {told.state}", indent + 2)
    for each in event.consequences:
        _print_caused(page, each, indent + 2, event.event_id.rpartition("@")[0])
    if event.more:
        page.line(f"and {event.more} more; --limit shows them", indent + 2)


def print_accesses(answer: AccessAnswer) -> None:
    """Who read out what, and how to go on."""
    page = Page()
    if not answer.entries:
        page.line("Nobody read anything out.")
    for entry in answer.entries:
        page.line(f"{entry.number}. {entry.action}", style="bold")
        page.values(
            (
                ("when", local_text(entry.accessed_at)),
                ("by", entry.reader),
                ("what", entry.subject),
                ("of", "every purchaser" if entry.purchaser is None else entry.purchaser),
                ("as known at", f"{local_text(entry.known_at)}, log position {entry.position}"),
            )
        )
    if answer.next_after is not None:
        page.line(f"There may be more: ask again with --after {answer.next_after}")


def _print_entry(page: Page, entry: TrailEntry) -> None:
    page.heading(f"{entry.event_id}  {entry.name}")
    behalf = f" for {entry.on_behalf_of}" if entry.on_behalf_of else ""
    adopted = f"{entry.policy_id}, adopted at log position {entry.policy_position}"
    page.values(
        (
            ("happened", entry.occurred_at_local),
            ("recorded", f"{entry.recorded_at_local}, log position {entry.position}"),
            ("by", f"{entry.actor}{behalf}"),
            ("why", entry.reason or ""),
            ("clauses", ", ".join(entry.clauses)),
            ("decided under", "" if entry.policy_position is None else adopted),
            ("caused by", entry.caused_by or f"command {entry.command_id}"),
        )
    )
    for change in entry.changes:
        page.line(f"{' '.join(change.path).replace('_', ' ')}: {old_and_new(change)}", 4)


def old_and_new(change: Change) -> str:
    """A change in one line."""
    old, new = value_text(change.old), value_text(change.new)
    return {Kind.ADDED: f"new: {new}", Kind.REMOVED: f"gone: {old}"}.get(change.kind, f"{old} -> {new}")


def value_text(value: Any) -> str:
    """A value of JSON in one line of words."""
    told = _words(value)
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}..."


def _words(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case dict():
            said = {key.replace("_", " "): each for key, each in value.items() if each not in (None, [], {})}
            return ", ".join(f"{key} {_words(each)}" for key, each in said.items()) or "nothing"
        case list():
            return "; ".join(map(_words, value)) or "none"
        case _:
            return str(value)
