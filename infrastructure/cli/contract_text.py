"""Answers about a contract as a person reads them: procedure, legal position, listing, and why."""

import shlex
from collections.abc import Iterable
from datetime import date, datetime

from application.queries.contract_answer import ContractAnswer, Legal, ModuleState, Procedure
from application.queries.events import EventsAnswer, EventShown
from domain.calendar import AMSTERDAM, Term, instant_text, last_instant, local_day, local_text
from domain.contract.audience import Audience
from domain.contract.contract_id import ContractId
from domain.contract.standing import ClaimsStanding, Status
from domain.explanation import Explanation, Outcome
from infrastructure.cli.page import Page

_STYLES = {Outcome.MET: "green", Outcome.NOT_MET: "red", Outcome.UNKNOWN: "yellow"}


def print_contract(answer: ContractAnswer, *, practice: str, database: str | None) -> None:
    """Both sorts of answer, what they rest on, and the command that repeats them.

    ``database`` is the URL that was named on the command line.
    """
    page = Page()
    _print_asked(page, answer, practice)
    if answer.procedure is not None:
        _print_procedure(page, answer.procedure)
    if answer.legal_position is not None:
        _print_legal_position(page, answer.legal_position, answer.effective_on)
    page.heading("Listed in the care finder")
    page.value("listed", _listed(answer), "bold")
    _print_reasons(page, answer)
    page.heading("The same answer, for ever")
    page.command(
        f"contractspoor contract show {answer.contract_id}",
        f"--effective-on {answer.effective_on}",
        f"--known-at {instant_text(answer.known_at)}",
        f"--position {answer.position}",
        *([] if answer.audience is Audience.PURCHASER else [f"--audience {answer.audience}"]),
        *([f"--database {shlex.quote(database)}"] if database else []),
    )


def print_explanation(answer: ContractAnswer) -> None:
    """The reasons for the tier alone."""
    page = Page()
    page.line(f"{answer.contract_id} on {answer.effective_on}, as known at {local_text(answer.known_at)}", style="bold")
    legal = answer.legal_position
    if legal is not None and not legal.in_force:
        page.line("The contract is not in force on that day: no tier holds in law, this is what the rules came to.", 2)
    _print_reasons(page, answer)


def print_events(answer: EventsAnswer) -> None:
    """Every fact with both instants, by whom and why."""
    page = Page()
    count = len(answer.events)
    page.line(
        f"{answer.contract_id}: {count} fact{'' if count == 1 else 's'} as known at {local_text(answer.known_at)}, "
        f"log position {answer.position}",
        style="bold",
    )
    for event in answer.events:
        _print_event(page, event)
    page.line("")
    page.again(answer.known_at, answer.position)


def print_agreement(text: str) -> None:
    """The text alone, as it was offered."""
    Page().verbatim(text)


def _print_asked(page: Page, answer: ContractAnswer, practice: str) -> None:
    contract_id = ContractId.parse(answer.contract_id)
    page.line(f"{answer.contract_id}  {contract_id.care_type.dutch}, {practice}", style="bold")
    page.value("asked about", _day_text(answer.effective_on))
    page.value("as known at", f"{local_text(answer.known_at)}, log position {answer.position}")
    page.value("policy", f"{answer.policy_id}, adopted at log position {answer.policy_position}")
    for insurer in answer.insurers:
        page.value("for", insurer.words)


def _print_procedure(page: Page, procedure: Procedure) -> None:
    page.heading(f"Procedure, as it stood at {_local(procedure.judged_at)}")
    page.value("status", _words(procedure.status), "bold")
    if procedure.status is Status.NO_PROCEDURE:
        page.line("Nothing has happened for this contract, as far as was known: that is an answer, not a gap.", 2)
    for reason in procedure.reasons:
        page.value("not approached", _cited(f"{_words(reason.code)}: {reason.found or 'not met'}", reason.clause))
    page.values(
        (
            ("approached", _instant_or_nothing(procedure.approached_at)),
            (
                "confirm until",
                "" if procedure.questionnaire_deadline is None else str(procedure.questionnaire_deadline),
            ),
            ("confirmed", _instant_or_nothing(procedure.confirmed_at)),
            ("assessed", _instant_or_nothing(procedure.assessed_at)),
            ("entitled to tier", procedure.entitled_tier or ""),
            ("corrections open", ", ".join(procedure.corrections_open)),
        )
    )
    for evidence in procedure.evidence:
        consequence = f" ({_words(evidence.consequence)})" if evidence.consequence else ""
        supplied = f"supplied {_local(evidence.supplied_at)}"
        page.value(f"evidence {evidence.evidence_id}", f"{evidence.state}{consequence}, {supplied}")
    for review in procedure.reviews:
        about = f" of {review.factor}" if review.factor else ""
        outcome = f"{_words(review.ground)}{about}: {_words(review.outcome or 'waits for a person')}"
        page.value("review", f"{outcome} [{review.review_id}]")
    offer = procedure.offer
    if offer is not None:
        tier = f"tier {offer.tier}, " if offer.tier else ""
        page.value("offer", f"{tier}{_term(offer.term)}, made {_local(offer.offered_at)}")
        if offer.starts is not None:
            page.value("starts", f"{_words(offer.starts)}, not before {offer.term.start}")
        page.value("sign until", str(offer.last_signing_day))
        page.value("agreement SHA-256", offer.agreement_sha256)
    page.values(
        (
            *((f"module {each.module}", _module_text(each)) for each in procedure.modules),
            ("signed", _instant_or_nothing(procedure.signed_at)),
            ("published", _instant_or_nothing(procedure.published_at)),
        )
    )


def _print_legal_position(page: Page, legal: Legal, effective_on: date) -> None:
    page.heading(f"Legal position on {_day_text(effective_on)}")
    page.value("in force", "yes" if legal.in_force else "no", "bold")
    if legal.claims is ClaimsStanding.HELD:
        page.value("claims", "held: contracting is unfinished", "bold")
    if not legal.concluded:
        page.value("concluded", "no")
        return
    page.value("term", "not decided" if legal.term is None else _term(legal.term))
    if legal.tier is not None:
        page.value("tier", f"{legal.tier}, from {legal.tier_from}", "bold")
    for number, each in enumerate(legal.timeline):
        factors = ", ".join(each.factors) or "no factor"
        page.value("" if number else "tier timeline", f"from {each.effective_on}  {each.tier}  ({factors})")
    for module in legal.modules:
        due = f", next test due by {module.next_retest_due}" if module.next_retest_due else ""
        page.value("module", f"{module.module}, {module.term.start} to {module.last_day}{due}")
    page.value("selective purchase", ", ".join(legal.selective) or "none")


def _module_text(module: ModuleState) -> str:
    if module.refused is not None:
        return _cited(f"refused, {_words(module.refused.code)}", module.refused.clause)
    ended = "" if module.ended_by is None else f", {_words(module.ended_by.code)} [{module.ended_by.clause}]"
    return f"granted, until {module.last_day}{ended}"


def _listed(answer: ContractAnswer) -> str:
    """Whether, and from when."""
    if answer.listed is None:
        return "not known"
    at = f"at {_local(last_instant(answer.effective_on))}"
    if answer.listed_from is None:
        return f"no, {at}"
    since = f"from {_local(answer.listed_from)}"
    return f"{'yes' if answer.listed else 'no'}, {at}; listed {since}"


def _print_reasons(page: Page, answer: ContractAnswer) -> None:
    by = answer.explained_by
    decided = "" if by is None else f" (decided {local_day(by.occurred_at)}, {by.event_id})"
    page.heading(f"Why this tier{decided}")
    if answer.explanation is None:
        page.line("No tier was assigned that counts on this day.", 2)
    else:
        _print_tree(page, answer.explanation, 2)
    verdicts = [] if answer.procedure is None else [each.explanation for each in answer.procedure.evidence]
    if any(verdicts):
        page.heading("Evidence, each by the verdict on it")
    for verdict in verdicts:
        if verdict is not None:
            _print_tree(page, verdict, 2)
    page.heading("Shortest way to the next tier")
    way = answer.next_tier
    if way is None:
        page.line("None: no higher tier can be reached by evidence any more." if answer.explanation else "None yet.", 2)
    else:
        missing = f" ({way.points} points more)" if way.points else ""
        page.line(_cited(f"To {way.tier}{missing} by correct evidence of {', '.join(way.factors)}", way.clause), 2)


def _print_tree(page: Page, explanation: Explanation, indent: int) -> None:
    asked = f" (asked: {explanation.threshold})" if explanation.threshold else ""
    found = f": {explanation.value}" if explanation.value else ""
    told = _cited(f"{explanation.rule}{found}{asked}", explanation.clause)
    page.judged(_words(explanation.outcome), told, style=_STYLES[explanation.outcome], indent=indent)
    for reason in explanation.because:
        _print_tree(page, reason, indent + 4)


def _print_event(page: Page, event: EventShown) -> None:
    context = event.context
    page.heading(f"{event.version}. {event.name}")
    page.value("happened", _local(event.occurred_at))
    page.value("recorded", f"{_local(event.recorded_at)}, log position {event.position}")
    for name, found in event.fact.items():
        for number, line in enumerate(_lines(found)):
            page.value("" if number else name.replace("_", " "), line)
    behalf = f" on behalf of {context.on_behalf_of}" if context.on_behalf_of else ""
    page.values(
        (
            ("by", f"{context.actor}{behalf}"),
            ("reason", context.reason or ""),
            ("command", context.command_id),
            ("caused by", context.causation_id or ""),
        )
    )
    if event.explanation is not None:
        page.line("because", 2)
        _print_tree(page, Explanation.model_validate(event.explanation), 4)


def _lines(found: object) -> list[str]:
    """A value of a fact: an object with a line for each name, what stands below it further in; none for nothing."""
    if found in (None, [], {}):
        return []
    if isinstance(found, list) and _nested(found):
        return [_plain(each) for each in found]
    if not isinstance(found, dict):
        return [_plain(found)]
    lines: list[str] = []
    for name, each in found.items():
        if isinstance(each, dict) and each:
            lines += [name, *(f"  {line}" for line in _lines(each))]
        elif each not in (None, [], {}):
            lines.append(f"{name}: {_plain(each)}")
    return lines


def _plain(found: object) -> str:
    """A value of a fact in one line: objects as ``name: value``, lists with commas."""
    if isinstance(found, dict):
        return ", ".join(f"{name}: {_plain(each)}" for name, each in found.items() if each not in (None, [], {}))
    if isinstance(found, list):
        return "; ".join(_plain(each) for each in found) if _nested(found) else ", ".join(map(_plain, found))
    if isinstance(found, bool):
        return "yes" if found else "no"
    return str(found)


def _nested(found: Iterable[object]) -> bool:
    return any(isinstance(each, dict | list) for each in found)


def _cited(text: str, clause: str) -> str:
    return f"{text} [{clause}]" if clause else text


def _words(code: str) -> str:
    return code.replace("_", " ").lower()


def _term(term: Term) -> str:
    return f"{term.start} to {term.end or 'not decided'}"


def _day_text(day: date) -> str:
    return f"{day} ({day:%A})"


def _instant_or_nothing(instant: datetime | None) -> str:
    return "" if instant is None else _local(instant)


def _local(instant: datetime) -> str:
    """The local time with CET or CEST; the page names Europe/Amsterdam once, at its head."""
    return instant.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M:%S %Z")
