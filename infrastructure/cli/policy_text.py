"""A policy as a person reads it: identity, planning, and per care type its rules, each with its clause."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import BaseModel
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from domain.calendar import AMSTERDAM
from domain.policy.document import (
    CareTypeRules,
    Condition,
    ConditionKind,
    Factor,
    PlanningRow,
    PolicyDocument,
    UndecidedTerm,
)
from domain.policy.schedule import Force, ScheduledRow
from domain.policy.tier_rules import points_text
from infrastructure.cli.page import Page
from infrastructure.cli.policy_rule_text import cited, details, rule_lines

NARROWEST = 140
STEPS = ("approach", "questionnaire", "signature", "application", "claims", "agreement", "mail", "amendments")
"""The parts of a document about the steps to a contract."""
OF_CARE_TYPE = (
    "approach",
    "start",
    "round_start",
    "term_of_tier",
    "extension",
    "follow_insurer",
    "transfer",
    "transferred_when",
    "correction",
)
"""The rules of a care type that are told as they stand."""


def print_policy(document: PolicyDocument) -> None:
    """Print the whole document to standard output; tables keep their width when the output is no terminal."""
    console = _console()
    for line in _identity(document):
        print(line)
    print("\nPlanning")
    console.print(_planning(document.planning))
    for care_type, rules in document.care_types.items():
        print(f"\n{care_type} {care_type.dutch}: {rules.route} ({cited(rules)})")
        for line in _care_type(rules):
            print(f"  {line}")
        for table in _tables(document, rules):
            console.print(table)
    for code, bureaus in document.bureau_lists.items():
        print(f"\nBureaus on the list {code} ({cited(bureaus)})")
        for bureau in bureaus.bureaus:
            print(f"  {details(bureau)}")
    if document.letters:
        print("\nLetters, each on the fact that it follows")
    for code, letter in document.letters.items():
        for line in rule_lines(code, letter):
            print(f"  {line}")
    if document.statements:
        print("\nStated, and read by no rule")
    for statement in document.statements.values():
        acts = "; a person acts on it" if statement.for_person else ""
        print(f"  {statement.text.nl} ({cited(statement)}{acts})")


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
    yield f"{document.id}: {document.title} (clauses {document.clause_prefix}-...)"
    yield f"  purchaser     {document.purchaser.name} ({cited(document.purchaser)})"
    for insurer in document.bought_for:
        labels = f", labels {', '.join(insurer.labels)}" if insurer.labels else ""
        yield f"  insurer       {insurer.name}, UZOVI {insurer.uzovi or 'not given'}{labels} ({cited(insurer)})"
    for topic, contact in document.contacts.items():
        ways = ", ".join(filter(None, (contact.email, contact.phone, contact.web)))
        yield f"  contact       {topic}: {ways} ({cited(contact)})"
    yield f"  publication   {document.publication.mode} those without a contract ({cited(document.publication)})"
    for entity in (entity for insurer in document.bought_for for entity in insurer.entities):
        doubted = ", which is no number of eight digits" if entity.flagged else ""
        yield f"  entity        {entity.name}, KvK {entity.kvk}{doubted} ({cited(entity)})"
    for name in STEPS:
        part: BaseModel | None = getattr(document, name)
        if part is not None:
            yield from (f"  {line}" for line in rule_lines(name, part))


def _planning(rows: Iterable[PlanningRow]) -> Table:
    table = _table("what", "moment", "days", "", "care types", "clause")
    for row in rows:
        force = "informs" if row.window is not None else "binds" if row.binding else "target"
        table.add_row(row.label, row.moment, _when(row), force, " ".join(row.care_types), cited(row))
    return table


def _care_type(rules: CareTypeRules) -> Iterator[str]:
    if rules.term is not None:
        yield f"period {rules.period}, {_term(rules)} ({cited(rules.term)})"
    if rules.professions:
        yield f"candidates: practices with a {' or '.join(rules.professions)}"
    if rules.vektis is not None:
        prefix = f" ({rules.vektis.professional_prefix})" if rules.vektis.professional_prefix else ""
        prefixes = ", ".join(rules.vektis.prefixes)
        yield f"Vektis: AGB {prefixes} with a {rules.vektis.profession}{prefix} ({cited(rules.vektis)})"
        yield from (f"or: {details(each)}" for each in rules.vektis.also)
    for code, module in rules.modules.items():
        yield f"module {code}: {module.label.nl}, asks {', '.join(module.conditions)} ({cited(module)})"
        yield from (f"  {line}" for line in rule_lines(f"modules.{code}", module))
    for each in rules.selective:
        yield f"selective: {each.code} from members of {each.network} ({cited(each)})"
    for name in OF_CARE_TYPE:
        part: BaseModel | None = getattr(rules, name)
        if part is not None:
            yield from rule_lines(name, part)
    if rules.note:
        yield rules.note


def _tables(document: PolicyDocument, rules: CareTypeRules) -> Iterator[Table]:
    if rules.conditions:
        yield _conditions({code: document.conditions[code] for code in rules.conditions})
    if rules.factors:
        yield _factors(rules.factors)
    if rules.tiers:
        yield _tiers(rules)
    if rules.measures:
        table = _table("measure", "label", "what it can be", "clause")
        for code, measure in rules.measures.items():
            table.add_row(code, measure.label.nl, f"{measure.words}, {measure.source}", cited(measure))
        yield table


def _tiers(rules: CareTypeRules) -> Table:
    table = _table("tier", "asks", "clause")
    for tier in rules.tiers:
        longer = "" if tier.term is None else f"; term until {tier.term.end} ({cited(tier.term)})"
        table.add_row(tier.name, tier.asked + longer, cited(tier))
    if rules.unmeasured is not None:
        table.add_row(rules.unmeasured.tier, "while a number is not known", cited(rules.unmeasured))
    return table


def _term(rules: CareTypeRules) -> str:
    if isinstance(rules.term, UndecidedTerm):
        return f"term from {rules.term.start}, undecided: until {' or '.join(map(str, rules.term.options))}"
    return "" if rules.term is None else f"term {rules.term.start}..{rules.term.end}"


def _conditions(conditions: dict[str, Condition]) -> Table:
    table = _table("condition", "label", "established by", "otherwise", "clause")
    for code, condition in conditions.items():
        table.add_row(code, condition.label.nl, _established(condition), _otherwise(condition), cited(condition))
    return table


def _established(condition: Condition) -> str:
    if condition.kind is ConditionKind.CHOSEN:
        return f"at least {condition.at_least} of {', '.join(condition.options)}"
    part: BaseModel | None = getattr(condition, condition.kind, None)
    lines = [condition.kind.value if part is None else f"{condition.kind}: {details(part)}"]
    if condition.measured is not None and condition.measured.individual is not None:
        lines += rule_lines("individual", condition.measured.individual)
    if condition.applies_when is not None:
        lines.append(f"only when {details(condition.applies_when)}")
    return "\n".join(lines)


def _otherwise(condition: Condition) -> str:
    """What follows when it is not met, and when nothing is known."""
    lines = [condition.code if condition.bars else "never bars"]
    if not condition.answered:
        lines.append(f"unknown: {condition.means_unknown}, {condition.unknown_code}")
    if condition.restricted:
        lines.append("reason for reviewers only")
    if condition.flag is not None:
        lines.append(f"flags {condition.flag}")
    return "\n".join(lines)


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
        ways += [f"specialisation {code} ({clause})" for code, clause in share.specialisations.items()]
    if factor.bureau_list is not None:
        ways.append(f"a bureau on the list {factor.bureau_list}")
    if factor.certificate:
        ways.append("a valid certificate")
    if factor.points is not None:
        brings = points_text(factor.points)
        ways.append(f"{brings} ({factor.points_clause})" if factor.points_clause else brings)
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
