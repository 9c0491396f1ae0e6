"""The register in words and lines."""

from application.register.answers import ClaimAnswer, ListedContract, RegisterAnswer, WhyNot
from domain.calendar import Term, local_text
from domain.contract.standing import ClaimsStanding
from infrastructure.cli.page import Page, same_again

_SAID = {
    ClaimsStanding.CONTRACTED: "contracted",
    ClaimsStanding.NOT_CONTRACTED: "not contracted",
    ClaimsStanding.HELD: "held: contracting is unfinished",
    None: "the log can not tell",
}
_WHY = {
    WhyNot.NO_POLICY.value: "no policy in the log covers this care on that day; ask where its contracts stand",
    WhyNot.PRACTICE_UNKNOWN.value: "no practice or location with this AGB code was registered on that day",
    WhyNot.NO_PROCEDURE.value: "no contract was sought",
    WhyNot.OUTSIDE_TERM.value: "there is a contract, and the day lies outside its term",
}


def print_claim(answer: ClaimAnswer) -> None:
    """One answer about one claim."""
    page = Page()
    asked = f"{answer.agb} {answer.care_type} on {answer.effective_on} at {answer.purchaser}"
    page.line(f"{asked}: {_SAID[answer.claims]}", style="bold")
    page.values(
        (
            ("contract", answer.contract_id or ""),
            ("tier", "" if answer.tier is None else f"{answer.tier} from {answer.tier_from}"),
            ("in force", _days(answer.term)),
            ("selective", ", ".join(answer.selective)),
            ("why", "" if answer.reason is None else _WHY.get(answer.reason, answer.reason.replace("_", " "))),
            ("known at", f"{local_text(answer.known_at)}, log position {answer.position}"),
            ("the same again with", same_again(answer.known_at, answer.position)),
        )
    )


def print_page(answer: RegisterAnswer) -> None:
    """A page, a line a contract."""
    page = Page()
    page.line(
        f"{answer.purchaser} on {answer.effective_on}, as known at {local_text(answer.known_at)}, "
        f"log position {answer.position}",
        style="bold",
    )
    for each in answer.contracts:
        page.line(_line(each))
    if not answer.contracts:
        page.line("No contract fits.")
    if answer.next_page is not None:
        page.line(f"For the next page, the same filters and: --page {answer.next_page}")
    page.again(answer.known_at, answer.position)


def _line(contract: ListedContract) -> str:
    told = [contract.contract_id, contract.status.value]
    if contract.in_force:
        told.append("in force" if contract.tier is None else f"tier {contract.tier} from {contract.tier_from}")
        told.append(_days(contract.term))
    elif contract.entitled_tier is not None:
        told.append(f"entitled to {contract.entitled_tier}")
    if contract.due_on is not None:
        told.append(f"until {contract.due_on}")
    if contract.selective:
        told.append(", ".join(contract.selective))
    if contract.listed:
        told.append("listed")
    return "  ".join(told)


def _days(term: Term | None) -> str:
    return "" if term is None else f"{term.start}..{'' if term.end is None else term.end}"
