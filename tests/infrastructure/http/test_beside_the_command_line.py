"""What the command line does is offered over HTTP, or docs/api.md says why it is not."""

import re
from pathlib import Path
from typing import get_args

from domain.contract import commands
from domain.contract.decide import BY_ITSELF
from infrastructure.http.access import Operation
from tests.infrastructure.cli.command_lines import every_command

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
NAME = re.compile(r"`([a-z][A-Za-z -]*)`")
BY_OTHERS = {"OpenQuestionnaire": "handOver", "UploadEvidence": "uploadEvidence", "Approach": "startRound"}
"""Commands of a contract that no operation of their own gives, and the one that does."""
NAMED_OTHERWISE = {
    "Sign": "signContract",
    "Terminate": "terminateContract",
    "ReceiveApplication": "apply",
    "ReceiveDocuments": "supplyDocuments",
    **BY_OTHERS,
}
FROM_BEFORE_THIS_SYSTEM = {"CarryOver"}


def rows(heading: str) -> list[tuple[set[str], set[str]]]:
    """The names in both columns of the table below a heading."""
    table = PAGE.partition(f"| command | {heading} |\n")[2].partition("\n\n")[0].splitlines()[1:]
    cells = [line.strip("| ").split(" | ", 1) for line in table]
    return [(set(NAME.findall(left)), set(NAME.findall(right))) for left, right in cells]


def test_every_command_is_offered_over_http_or_it_is_told_why_not() -> None:
    offered, kept_back = rows("operations"), rows("why")
    named = [name for left, _ in (*offered, *kept_back) for name in left]

    assert sorted(named) == sorted(each.name for each in every_command())
    assert {name for _, right in offered for name in right} <= {each.value for each in Operation}


def test_every_command_of_a_contract_that_somebody_gives_has_an_operation() -> None:
    given = {each.__name__ for each in get_args(commands.ContractCommand) if each not in BY_ITSELF}
    operations = {NAMED_OTHERWISE.get(name, name[0].lower() + name[1:]) for name in given - FROM_BEFORE_THIS_SYSTEM}

    assert operations <= {each.value for each in Operation}
