"""A policy as a person reads it: identity, planning, and per care type its rules, each with its clause."""

from collections.abc import Iterable
from datetime import datetime

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from domain.calendar import AMSTERDAM
from domain.care_type import CareType
from domain.policy.document import (
    CareTypeRules,
    Condition,
    ConditionKind,
    Factor,
    PlanningRow,
    PolicyDocument,
    Ruled,
    UndecidedTerm,
)
from domain.policy.schedule import Force, ScheduledRow
from infrastructure.cli.page import Page

NARROWEST = 140


def print_policy(document: PolicyDocument) -> None:
    """Print the whole document to standard output; tables keep their width when the output is no terminal."""
    console = _console()
    for line in _identity(document):
        print(line)
    print("\nPlanning")
    console.print(_planning(document.planning))
    for care_type, rules in document.care_types.items():
        _print_care_type(console, document, care_type, rules)


def print_schedule(policy_id: str, rows: Iterable[ScheduledRow]) -> None:
    """Print a planning in order of time to standard output."""
    page = Page()
    page.line(f"{policy_id}: the planning in order of time", style="bold")
    for row in rows:
        page.line("")
        page.line(f"{_when(row):24}  {_effect(row)}", style="bold")
        page.line(f"{row.label} ({row.moment})" if row.moment else row.label, indent=2)
        page.line(f"{row.kind} for {' '.join(row.care_types)} ({cited(row)})", indent=2)
    page.line("\nDays and instants are those of Europe/Amsterdam.")


def _effect(row: ScheduledRow) -> str:
    match row.force:
        case Force.WINDOW:
            return "window, informs and never bars"
        case Force.RELATIVE:
            return "no day of its own"
        case Force.FIRST_DAY:
            return f"first day, not before {_local(row.opens_at)}"
        case Force.TARGET:
            return f"target, warns from {_local(row.too_late_at)}"
        case Force.DEADLINE:
            return f"deadline, too late from {_local(row.too_late_at)}"


def _local(instant: datetime | None) -> str:
    return "" if instant is None else instant.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M:%S %Z")


def _when(row: PlanningRow) -> str:
    if row.window is not None:
        return f"{row.window.first_day}..{row.window.last_day}"
    return f"after {row.relative_to}" if row.day is None else f"{row.day} {row.boundary}"


def _identity(document: PolicyDocument) -> Iterable[str]:
    insurer, approach = document.insurer, document.approach
    yield f"{document.id}: {document.title} (clauses {document.clause_prefix}-...)"
    yield f"  purchaser     {document.purchaser.name} ({cited(document.purchaser)})"
    labels = f", labels {', '.join(insurer.labels)}" if insurer.labels else ""
    yield f"  insurer       {insurer.name}, UZOVI {insurer.uzovi or 'not given'}{labels} ({cited(insurer)})"
    for topic, contact in document.contacts.items():
        ways = ", ".join(filter(None, (contact.email, contact.phone, contact.web)))
        yield f"  {topic:13} {ways} ({cited(contact)})"
    yield f"  approach      {', '.join(approach.kinds)} ({cited(approach.approach)}, {approach.kinds_clause})"
    if approach.certificate is not None:
        yield f"  approach      only with a VECOZO certificate ({cited(approach.certificate)})"
    if approach.recent_contract is not None:
        recent = approach.recent_contract
        yield f"  approach      only with a contract in the last {recent.calendar_years} years ({cited(recent)})"
    if approach.opt_out is not None:
        yield f"  approach      not who wants no offer ({cited(approach.opt_out)})"
    if approach.integrity is not None:
        yield f"  approach      review first where integrity is doubted ({cited(approach.integrity)})"
    yield f"  publication   {document.publication.mode} those without a contract ({cited(document.publication)})"


def _planning(rows: Iterable[PlanningRow]) -> Table:
    table = _table("what", "moment", "days", "", "care types", "clause")
    for row in rows:
        force = "informs" if row.window is not None else "binds" if row.binding else "target"
        table.add_row(row.label, row.moment, _when(row), force, " ".join(row.care_types), cited(row))
    return table


def _print_care_type(console: Console, document: PolicyDocument, care_type: CareType, rules: CareTypeRules) -> None:
    print(f"\n{care_type} {care_type.dutch}: {rules.route} ({cited(rules)})")
    if rules.term is not None:
        print(f"  period {rules.period}, {_term(rules)} ({cited(rules.term)})")
    if rules.vektis is not None:
        prefix = f" ({rules.vektis.professional_prefix})" if rules.vektis.professional_prefix else ""
        prefixes = ", ".join(rules.vektis.prefixes)
        print(f"  Vektis: AGB {prefixes} with a {rules.vektis.profession}{prefix} ({cited(rules.vektis)})")
    for each in rules.selective:
        print(f"  selective: {each.code} from members of {each.network} ({cited(each)})")
    if rules.note:
        print(f"  {rules.note}")
    if rules.conditions:
        console.print(_conditions({code: document.conditions[code] for code in rules.conditions}))
    if rules.factors:
        console.print(_factors(rules.factors))
    if rules.tiers:
        table = _table("tier", "from factors", "clause")
        for tier in rules.tiers:
            table.add_row(tier.name, str(tier.at_least), cited(tier))
        console.print(table)
    if rules.correction is not None:
        clauses = f"{rules.correction.correction_clause}, {rules.correction.no_retroactive_clause}"
        print(f"  correction: {rules.correction.effect} ({cited(rules.correction)}, {clauses})")


def _term(rules: CareTypeRules) -> str:
    if isinstance(rules.term, UndecidedTerm):
        return f"term from {rules.term.start}, undecided: until {' or '.join(map(str, rules.term.options))}"
    return "" if rules.term is None else f"term {rules.term.start}..{rules.term.end}"


def _conditions(conditions: dict[str, Condition]) -> Table:
    table = _table("condition", "label", "asked", "clause")
    for code, condition in conditions.items():
        asked = "declared"
        if condition.kind is ConditionKind.CHOSEN:
            asked = f"at least {condition.at_least} of {', '.join(condition.options)}"
        table.add_row(code, condition.label.nl, asked if condition.bars else f"{asked}, never bars", cited(condition))
    return table


def _factors(factors: dict[str, Factor]) -> Table:
    table = _table("factor", "label", "established by", "clause")
    for code, factor in factors.items():
        table.add_row(code, factor.label.nl, _established_by(factor), cited(factor))
    return table


def _established_by(factor: Factor) -> str:
    ways: list[str] = []
    if factor.evidence is not None:
        found = "".join(f", {name} {value}" for name, value in factor.evidence.found.items())
        ways.append(f"evidence{found} ({cited(factor.evidence)})")
    if factor.share is not None:
        share = factor.share
        least = f"at least {share.minimum} of all heads"
        ways.append(f"measured: {least} ({cited(share)}), {share.weekly_hours} hours a week ({share.hours_clause})")
    if factor.bureau_list is not None:
        ways.append(f"a bureau on the list {factor.bureau_list}")
    if factor.certificate:
        ways.append("a valid certificate")
    ways += [f"implies {each.factor} ({cited(each)})" for each in factor.implies]
    return "\n".join(ways) or "declared"


def _console() -> Console:
    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=NARROWEST)


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def cited(rule: Ruled) -> str:
    """Where a rule stands: its clause, and the reading taken of it."""
    return f"{rule.clause}, {rule.reading}" if rule.reading else rule.clause
