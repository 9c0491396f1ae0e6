"""Why a contract stands as it does, as a person reads it, in Dutch or English."""

from application.queries.reasons import Decision, ReasonsAnswer
from application.wording.explanations import DECISIONS, OUTCOMES, Labels, Language, tree_lines
from application.wording.reasons import say, told_way
from domain.calendar import local_day, local_text
from domain.explanation import Explanation, Outcome
from infrastructure.cli.page import Page, same_again

STYLES = {Outcome.MET: "green", Outcome.NOT_MET: "red", Outcome.UNKNOWN: "yellow"}


def print_why(answer: ReasonsAnswer, language: Language) -> None:
    """Each decision in order of time, with its tree; then the shortest way to the next tier."""
    page = Page()
    head = say("as_known", language).format(
        contract=answer.contract_id, day=answer.effective_on, instant=local_text(answer.known_at)
    )
    page.line(head, style="bold")
    if not answer.in_force:
        page.line(say("not_in_force", language), 2)
    if not answer.decisions:
        page.line(say("nothing", language), 2)
    for decision in answer.decisions:
        _print_decision(page, decision, language, answer.labels)
    if any(each.explanation.rule.startswith("tier.") for each in answer.decisions):
        page.heading(say("way", language))
        page.line(told_way(answer, language), 2)
    page.line("")
    page.line(f"{say('again', language)} {same_again(answer.known_at, answer.position)}", style="dim")


def print_tree(page: Page, explanation: Explanation, language: Language, labels: Labels, indent: int = 2) -> None:
    """A tree, a line for each rule: the outcome, what was found, what was asked, and the clause."""
    for depth, outcome, word, text in tree_lines(explanation, language, labels):
        page.judged(word, text, style=STYLES[outcome], indent=indent + 4 * depth, width=_width(language))


def _print_decision(page: Page, decision: Decision, language: Language, labels: Labels) -> None:
    if decision.event_id is None:
        how = say("computed", language)
    else:
        told = say("decided", language).format(day=local_day(decision.occurred_at), actor=decision.actor)
        how = f"{decision.decided}, {told}, {decision.event_id}"
    page.heading(f"{getattr(DECISIONS[decision.about], language)} ({how})")
    if decision.reason:
        page.line(f"{say('reason', language)}: {decision.reason}", 2)
    print_tree(page, decision.explanation, language, labels)


def _width(language: Language) -> int:
    return max(len(getattr(each, language)) for each in OUTCOMES.values()) + 2
