"""Modules on top of a contract: asked for, granted or refused, tested anew every year, ended.

A module is in force within its own term while the contract under it is. A test that was missed ends it by itself, when
the policy says so: rights never wait for a tick, which only records and announces it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from domain.calendar import Deadline, Term
from domain.contract.agreement import module_text, text_sha256
from domain.contract.commands import EndModule, RequestModule, RetestModule
from domain.contract.contract import Contract, Module, ModuleResult
from domain.contract.facts import (
    ModuleEnded,
    ModuleGranted,
    ModuleLapsed,
    ModuleRefused,
    ModuleRetested,
    Reason,
    ReviewGround,
)
from domain.contract.reasons import ask_person
from domain.contract.situation import Decided, Situation
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.conditions import judge
from domain.policy.judged import Consequence, Judged
from domain.policy.module_rules import ModuleRules, RetestRule
from domain.policy.starts import start_of
from domain.refusal import Refused, meant


class ModuleStanding(NamedTuple):
    """Until when a module is in force, and why no longer; by when the next test is due."""

    last_day: date
    ended_by: Reason | None = None
    next_due: date | None = None


def standing(module: Module, at: datetime) -> ModuleStanding:
    """Where a module stands with what is known, tests that are due judged at an instant; the base is not looked at."""
    last_day, why = module.term.end or date.max, None
    if module.ended is not None and module.ended.last_day < last_day:
        last_day, why = module.ended.last_day, module.ended.reason
    rule = module.retest
    if rule is None:
        return ModuleStanding(last_day, why)
    for due in rule.due_between(module.term.start, last_day):
        if due > last_day:
            break
        ended = _ended_by_test(module, rule, due, at)
        if ended is not None and ended.last_day < last_day:
            last_day, why = ended.last_day, ended.ended_by
        elif _result(module, due) is None and not Deadline(day=due).passed(at):
            return ModuleStanding(last_day, why, due)
    return ModuleStanding(last_day, why)


def _ended_by_test(module: Module, rule: RetestRule, due: date, at: datetime) -> ModuleStanding | None:
    result = _result(module, due)
    if result is not None:
        if result.passed or result.last_day is None:
            return None
        found = f"failed on {result.tested_on}"
        return ModuleStanding(result.last_day, Reason(code="RETEST_FAILED", clause=rule.failed.clause, found=found))
    last_day = rule.missed.ends.last_day(due) if Deadline(day=due).passed(at) else None
    if last_day is None:
        return None
    return ModuleStanding(last_day, Reason(code="RETEST_MISSED", clause=rule.missed.clause, found=f"due on {due}"))


def _result(module: Module, due: date) -> ModuleResult | None:
    return next((each for each in reversed(module.results) if each.due_on == due), None)


def in_force(contract: Contract, module: Module, day: date, at: datetime) -> bool:
    """Whether a module is in force on a local day: in its own term, and the contract under it in force."""
    return contract.in_force(day) and module.term.start <= day <= standing(module, at).last_day


# ------------------------------------------------------------------------------------------ what can be asked


def request_module(command: RequestModule, situation: Situation) -> list[Decided] | Refused:
    """Ask for a module; it is granted or refused at once, by its own conditions, unless a person judges one first."""
    contract, document = situation.contract, situation.current.document
    modules = document.care_types[situation.contract_id.care_type].modules
    rules = modules.get(command.module)
    if rules is None:
        return Refused("MODULE_UNKNOWN", f"{document.id} has no module {meant(command.module, modules)}")
    running = contract.module(command.module)
    if running is not None and standing(running, situation.occurred_at).last_day >= situation.today:
        return []
    if situation.provider is None:
        return situation.unknown_provider()
    start = _start(rules, situation)
    no_base = _no_base(rules, start, situation)
    if no_base is not None:
        return no_base
    judged = judge(
        document,
        rules.conditions,
        situation.provider,
        command.declared,
        situation.today,
        care_type=situation.contract_id.care_type,
        verdicts=contract.verdicts,
    )
    bars = [each for each in judged if each.consequence is Consequence.BARS]
    why = _explained(command.module, rules, judged)
    if bars:
        found = bars[0].explanation
        reason = Reason(code=bars[0].refusal_code, clause=found.clause, found=found.value)
        return [Decided(ModuleRefused(module=command.module, reason=reason), why)]
    asked = [each.for_others().code for each in judged if each.consequence is Consequence.ASKS]
    if asked:
        message = f"the request must declare: {', '.join(asked)}"
        return Refused("CONDITIONS_NOT_DECLARED", message, rules.clause, why)
    for_person = [each for each in judged if each.consequence is Consequence.PERSON]
    if for_person:
        return _asked_of_person(situation, for_person)
    return [Decided(_granted(command.module, rules, start, situation), why)]


def _asked_of_person(situation: Situation, judged: Sequence[Judged]) -> list[Decided]:
    """A question for each condition that only a person can judge, unless it was asked before; then one asks again."""
    asked: list[Decided] = []
    ground = ReviewGround.CONDITION
    for each in judged:
        if situation.contract.open_review(ground, each.code) is None:
            so_far = situation.after(decided.fact for decided in asked)
            found = f"{each.refusal_code}: {each.explanation.value}"
            asked.append(ask_person(so_far, ground, factor=each.code, found=found, because=each.explanation))
    return asked


def _start(rules: ModuleRules, situation: Situation) -> date:
    first = rules.term.start
    start = None if rules.start is None else start_of(rules.start, first, situation.today, situation.today)
    base = situation.contract.term
    return max(start or first, first, first if base is None else base.start)


def _no_base(rules: ModuleRules, start: date, situation: Situation) -> Refused | None:
    """Without a contract in force on its first day there is nothing to put it on."""
    if start > rules.term.end:
        found, asked = f"from {start}", f"a start on or before {rules.term.end}"
        message = f"would start on {start}, the module ends on {rules.term.end}"
        return Refused("NO_TERM_LEFT", message, rules.term.clause, found=found, asked=asked)
    if situation.contract.in_force(start):
        return None
    found, asked = f"none in force on {start}", "a contract in force on the first day of the module"
    return Refused("NO_BASE_CONTRACT", f"no contract is in force on {start}", rules.clause, found=found, asked=asked)


def _explained(code: str, rules: ModuleRules, judged: tuple[Judged, ...]) -> Explanation:
    met = all(each.outcome is Outcome.MET for each in judged)
    because = tuple(each.explanation for each in judged)
    return Explanation(rule=f"module.{code}", clause=rules.clause, outcome=outcome_of(met), because=because)


def _granted(code: str, rules: ModuleRules, start: date, situation: Situation) -> ModuleGranted:
    term = Term(start=start, end=rules.term.end)
    practice = situation.provider.record.name if situation.provider is not None else ""
    text = module_text(situation.contract_id, practice, situation.current.document, code, term)
    return ModuleGranted(
        module=code, term=term, clause=rules.clause, retest=rules.retest, agreement_sha256=text_sha256(text)
    )


def retest_module(command: RetestModule, situation: Situation) -> list[Decided] | Refused:
    """Record the result of a year's test; one that was due already and missed can only be entered with its own day."""
    module = situation.contract.module(command.module)
    if module is None:
        return _not_granted(command.module, situation)
    rule, today = module.retest, situation.today
    if rule is None:
        message = f"{command.module} is not tested anew"
        return Refused("NO_RETEST", message, module.clause, found="no test", asked="a module with a yearly test")
    stands = standing(module, situation.occurred_at)
    dues = [due for due in rule.due_between(module.term.start, module.term.end or date.max) if due >= today]
    if not in_force(situation.contract, module, today, situation.occurred_at) or not dues:
        found, asked = f"in force until {stands.last_day}", f"in force on {today}, with a test that is due"
        return Refused("MODULE_ENDED", f"{command.module} was {found}", rule.clause, found=found, asked=asked)
    result = _result(module, dues[0])
    if result is not None:
        if result.passed == command.passed:
            return []
        was, now = _words(result.passed), _words(command.passed)
        message = f"the test due on {dues[0]} was {was}; correct that result instead"
        return Refused("ALREADY_RETESTED", message, rule.clause, found=was, asked=now)
    last_day = None if command.passed else rule.failed.ends.last_day(today)
    fact = ModuleRetested(
        module=command.module, due_on=dues[0], passed=command.passed, tested_on=today, last_day=last_day
    )
    why = Explanation(
        rule=f"module.{command.module}.retest",
        clause=rule.clause if command.passed else rule.failed.clause,
        outcome=outcome_of(command.passed),
        value=f"{_words(command.passed)} on {today}" + ("" if last_day is None else f", ends on {last_day}"),
        threshold=f"passed on or before {dues[0]}",
    )
    return [Decided(fact, why)]


def _words(passed: bool) -> str:
    return "passed" if passed else "failed"


def end_module(command: EndModule, situation: Situation) -> list[Decided] | Refused:
    """A named officer ends a module, with a reason; the contract under it goes on."""
    module = situation.contract.module(command.module)
    if module is None:
        return _not_granted(command.module, situation)
    if module.ended is not None and module.ended.last_day == command.last_day:
        return []
    term = Term(start=module.term.start, end=standing(module, situation.occurred_at).last_day)
    if not term.contains(command.last_day):
        found, asked = str(command.last_day), f"a day in {term.start}..{term.end}"
        message = f"{command.last_day} is not in the days of the module, {term.start}..{term.end}"
        return Refused("OUTSIDE_TERM", message, module.clause, found=found, asked=asked)
    why = Explanation(
        rule=f"module.{command.module}.end",
        clause=module.clause,
        outcome=Outcome.NOT_MET,
        value=f"ended by a person, last day {command.last_day}",
        threshold="no end before its term",
    )
    return [Decided(ModuleEnded(module=command.module, last_day=command.last_day), why)]


def _not_granted(module: str, situation: Situation) -> Refused:
    granted = list(dict.fromkeys(each.module for each in situation.contract.modules))
    return Refused("MODULE_NOT_GRANTED", f"the contract has no module {meant(module, granted)}")


def record_module_lapses(situation: Situation) -> list[Decided]:
    """Record the modules whose test was missed and that have ended by it; changes no right."""
    return list(_lapses(situation))


def _lapses(situation: Situation) -> Iterator[Decided]:
    for module in situation.contract.modules:
        stands = standing(module, situation.occurred_at)
        reason = stands.ended_by
        if reason is None or reason.code != "RETEST_MISSED" or module.lapse_recorded == stands.last_day:
            continue
        why = Explanation(
            rule=f"module.{module.module}.retest",
            clause=reason.clause,
            outcome=Outcome.NOT_MET,
            value=f"missed, in force until {stands.last_day}",
            threshold=reason.found,
        )
        yield Decided(ModuleLapsed(module=module.module, last_day=stands.last_day, reason=reason), why)


def lapses_ahead(contract: Contract) -> Iterator[datetime]:
    """When modules end, each at the first instant too late for a test, unless it is taken before; unrecorded ones."""
    for module in contract.modules:
        rule = module.retest
        if rule is None:
            continue
        for due in rule.due_between(module.term.start, module.term.end or date.max):
            if rule.missed.ends.last_day(due) is None:
                break
            missed = Deadline(day=due).ends_at
            stands = standing(module, missed)
            reason = stands.ended_by
            if reason is not None:
                if reason.code == "RETEST_MISSED" and module.lapse_recorded != stands.last_day:
                    yield missed
                break


def modules_on(contract: Contract, day: date, at: datetime) -> tuple[tuple[Module, ModuleStanding], ...]:
    """The modules that were ever granted and are in force on a local day, with what is known at an instant."""
    return tuple((each, standing(each, at)) for each in contract.modules if in_force(contract, each, day, at))
