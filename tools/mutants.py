"""What the mutants of the domain came to: `make mutants` runs mutmut between `forget` and `report`.

`forget` lets every mutant that lived be tried again, and forgets which test reaches what; a killed mutant of a function
that did not change stays killed, `make clean` starts from nothing. `report` writes docs/mutation.md and fails where too
few died, or where one lives that tools/living_mutants.csv gives no reason for. A mutant is known by its function and by
what it changes there, so that the list stays true when lines move.
"""

import csv
import difflib
import shutil
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData
from mutmut.stats import status_by_exit_code

WORKPLACE = Path("mutants")
REASONS = Path("tools/living_mutants.csv")
PAGE = Path("docs/mutation.md")
LEAST = 90
"""How many of a hundred mutants must die."""
DEAD = {"killed", "timeout", "segfault"}
UNTRIED = {"not checked", "check was interrupted by user"}
HEAD = """# Mutation testing

`make mutants` changes the domain in one small way at a time (mutmut: an operator, a constant, an argument) and runs
the tests of the domain and of policy documents that reach the changed function. A change that no test notices lives
on. At least {least} of 100 must die, and each that lives needs its reason in `tools/living_mutants.csv`; else the
target fails. It takes hours; run again, it tries only what lived and what changed. For one module:
`.venv/bin/mutmut run 'domain.calendar*'`; `.venv/bin/mutmut show NAME` shows a mutant. `make mutants` writes this page.

Not tried: what stands outside functions (types, patterns, tables of constants), decorated functions (properties, the
validators of models, cached functions) and the texts in f-strings, all of which mutmut leaves alone. The property tests
of whole lives do not run here, nor do the scenarios: they would take days, and would only let more mutants die.

## Figures

{figures}
"""


class Mutant(NamedTuple):
    """One change of a function of a module: the lines taken away, and those put in their place."""

    module: str
    function: str
    was: str
    becomes: str
    status: str

    @property
    def died(self) -> bool:
        """Whether a test noticed it, or it ran on without end."""
        return self.status in DEAD

    @property
    def lived(self) -> bool:
        """Whether it was tried and nothing noticed it."""
        return self.status not in DEAD | UNTRIED

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by, whatever line it stands on."""
        return f"{self.module}.{self.function}", self.was, self.becomes


class Reason(NamedTuple):
    """Why mutants may live: those whose function and texts fit the patterns, ``*`` for whatever stands there."""

    function: str
    was: str
    becomes: str
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        """Whether the mutant is meant."""
        pairs = zip(mutant.key, (self.function, self.was, self.becomes), strict=True)
        return all(found == asked or fnmatchcase(found, asked.replace("[", "[[]")) for found, asked in pairs)


def forget() -> None:
    """Let mutmut try anew whatever lived, on today's tests and documents."""
    (WORKPLACE / "mutmut-stats.json").unlink(missing_ok=True)
    shutil.rmtree(WORKPLACE / "tests", ignore_errors=True)
    shutil.rmtree(WORKPLACE / "domain/policy/documents", ignore_errors=True)
    for path in _modules():
        verdicts = SourceFileMutationData(path=path)
        verdicts.load()
        for name, code in verdicts.exit_code_by_key.items():
            if status_by_exit_code[code] not in DEAD:
                verdicts.exit_code_by_key[name] = None
        if verdicts.exit_code_by_key:
            verdicts.save()


def report() -> int:
    """Write the page; 1 where too few died, or where one lives without a reason."""
    mutants = [mutant for path in _modules() for mutant in _mutants(path)]
    with REASONS.open(encoding="utf-8", newline="") as lines:
        reasons = [Reason(**row) for row in csv.DictReader(lines)]
    living = {mutant: _reason(mutant, reasons) for mutant in mutants if mutant.lived}
    text = HEAD.format(least=LEAST, figures="\n".join(_figures(mutants)))
    PAGE.write_text(text + "\n".join(_survivors(living)), encoding="utf-8")
    died, untried = _percent(mutants), sum(mutant.status in UNTRIED for mutant in mutants)
    print(f"of {len(mutants)} mutants {untried} were not tried; of the others {died:.1f} % died; see {PAGE}")
    unexplained = [mutant for mutant, reason in living.items() if not reason]
    for mutant in unexplained:
        print(f"no reason in {REASONS}: {','.join(mutant.key)}")
    for reason in reasons:
        if not any(reason.covers(mutant) for mutant in living):
            print(f"not needed in {REASONS}: {reason.function},{reason.was},{reason.becomes}")
    return 1 if died < LEAST or unexplained or untried else 0


def _modules() -> list[Path]:
    return sorted(Path("domain").rglob("*.py"))


def _mutants(path: Path) -> Iterator[Mutant]:
    verdicts = SourceFileMutationData(path=path)
    verdicts.load()
    spans = MutantLineSpans.load(path)
    module = ".".join(path.with_suffix("").parts)
    for name, code in verdicts.exit_code_by_key.items():
        if spans is None:
            raise LookupError(f"{path} has mutants and no index of them")
        mutated = name.rpartition(".")[2]
        function = mutated.rpartition("__mutmut_")[0]
        names = f"{function}__mutmut_orig", mutated
        texts = spans.read_function_sources(names)
        was, becomes = _change(*(text.replace(each, function, 1) for text, each in zip(texts, names, strict=True)))
        readable = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
        yield Mutant(module, readable, was, becomes, status_by_exit_code[code])


def _change(original: str, mutated: str) -> tuple[str, str]:
    lines = list(difflib.unified_diff(original.splitlines(), mutated.splitlines(), n=0, lineterm=""))[2:]
    taken, put = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return taken, put


def _reason(mutant: Mutant, reasons: list[Reason]) -> str:
    return next((reason.reason for reason in reasons if reason.covers(mutant)), "")


def _percent(mutants: list[Mutant]) -> float:
    """Of those that were tried."""
    died, lived = sum(mutant.died for mutant in mutants), sum(mutant.lived for mutant in mutants)
    return 100 * died / max(died + lived, 1)


def _figures(mutants: list[Mutant]) -> Iterator[str]:
    yield "| module | mutants | tried | died | lived | died of 100 tried |"
    yield "|---|---:|---:|---:|---:|---:|"
    for module in sorted({mutant.module for mutant in mutants}):
        yield _row(f"`{module}`", [mutant for mutant in mutants if mutant.module == module])
    yield _row("all", mutants)
    endless, untried = (sum(mutant.status in those for mutant in mutants) for those in ({"timeout"}, UNTRIED))
    yield f"\n{endless} of those that died ran on without end."
    if untried:
        yield f"{untried} were not tried: the run was cut short, after some functions whole and others by chance."


def _row(name: str, mutants: list[Mutant]) -> str:
    died, lived = sum(mutant.died for mutant in mutants), sum(mutant.lived for mutant in mutants)
    of_hundred = f"{_percent(mutants):.1f}" if died + lived else ""
    return f"| {name} | {len(mutants)} | {died + lived} | {died} | {lived} | {of_hundred} |"


def _survivors(living: dict[Mutant, str]) -> Iterator[str]:
    yield "\n## Who may live, and why\n"
    for reason in sorted(set(living.values())):
        yield f"### {reason or 'No reason is given yet: these are gaps'}\n"
        for mutant in (each for each, given in living.items() if given == reason):
            name, was, becomes = mutant.key
            yield f"- `{name}`: `` {was} `` becomes `` {becomes or 'nothing'} ``"
        yield ""


if __name__ == "__main__":
    if sys.argv[1:] == ["forget"]:
        forget()
    else:
        sys.exit(report())
