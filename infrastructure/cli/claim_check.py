"""``contractspoor register check``: a file of claims, or a pipe, each line answered beside what stands in it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from application.audit.access import Action, Reading, record_access
from application.register.claim_lines import Mistake
from application.typed_instants import instant, local_date
from domain.calendar import from_microseconds, instant_text
from infrastructure.bootstrap import CheckOrder, ClaimFile, System, check_file
from infrastructure.cli.adopted import end_not_known
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.errors import FAILED, WRONG_USE, fail
from infrastructure.cli.options import AsJson, Database, KnownAt, Position, Reader, database_url, opened
from infrastructure.cli.page import same_again

MISTAKES_TOLD, MISTAKES_IN_JSON = 20, 1_000
"""Of a file of claims; all of them stand among the answers."""
PIPE = "-"


def check(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Claims in CSV: agb, care_type, treated_on, known_at.")],
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE|-", help="Where to; left out: FILE with .answered before .csv, - for a pipe."
        ),
    ] = None,
    purchaser: Annotated[
        str | None, typer.Option("--purchaser", metavar="NAME", help="With whom; needed where several have a policy.")
    ] = None,
    known_at: KnownAt = None,
    position: Position = None,
    processes: Annotated[
        int, typer.Option("--processes", metavar="N", min=1, max=64, help="How many work at once.")
    ] = 2,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    reader: Reader = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Answer a file of claims, each line beside what stands in it; see: docs/register.md.

    A line that can not be read is told with its column and left without an answer, the others are answered, and the
    exit code is 1. The answers are there once all of them are: a check that is stopped leaves none, and is run again.
    """
    target = output or _target_of(file)
    if target == PIPE and as_json:
        fail("--json tells what was done, and the answers go to standard output: name a file with --output", WRONG_USE)
    _check_target(file, target, force=force)
    with _claims(file) as claims:
        with opened(database) as system:
            horizon = system.register.horizon(known_at, position)
            whose = _one_purchaser(system, purchaser, horizon.position)
            subject, known = {"claims": Path(file).name}, from_microseconds(horizon.known_at)
            reading = Reading(reader or system.reader, Action.CLAIMS, subject, whose, known, horizon.position)
            record_access(system.access, system.clock, reading)
        order = CheckOrder(database_url(database), whose, horizon, instant, local_date)
        told: list[Mistake] = []
        most = MISTAKES_IN_JSON if as_json else MISTAKES_TOLD

        def tell(mistake: Mistake) -> None:
            if len(told) < most:
                told.append(mistake)

        with _answers(target) as answers, progress_bar("Claims", "bytes") as report:
            done = check_file(order, claims, answers, processes=processes, report=report, tell=tell)
    if as_json:
        mistakes = [each._asdict() for each in told]
        answer = {"file": file, "output": target, "rows": done.rows, "wrong": done.mistakes, "mistakes": mistakes}
        print_json({**answer, "known_at": instant_text(known), "position": horizon.position})
    else:
        for each in told:
            typer.echo(f"{claims.name}: {each}", err=True)
        said = f"{claims.name}: {done.rows} claims answered in {target}, {done.mistakes} of them wrong; "
        said += f"the same again with {same_again(known, horizon.position)}"
        typer.echo(said, err=target == PIPE)
    if done.mistakes:
        raise typer.Exit(FAILED)


def _target_of(file: str) -> str:
    claims = Path(file)
    return str(claims.with_suffix(f".answered{claims.suffix}")) if file != PIPE and claims.is_file() else PIPE


def _check_target(file: str, target: str, *, force: bool) -> None:
    """End the command where the claims are not there, or the answers would take the place of something."""
    claims, answers = Path(file), Path(target)
    if file != PIPE and (not claims.exists() or claims.is_dir()):
        fail(f"{claims}: there is no such file; docs/register.md has its columns")
    if target == PIPE or not answers.exists():
        return
    if file != PIPE and answers.samefile(claims):
        fail(f"{answers}: the answers would take the place of the claims; name another file with --output", WRONG_USE)
    if answers.is_dir():
        fail(f"{answers}: is a folder; name a file with --output", WRONG_USE)
    if answers.is_file() and not force:
        fail(f"{answers} exists; name another file with --output, or write over it with --force")


@contextmanager
def _claims(file: str) -> Iterator[ClaimFile]:
    if file == PIPE:
        yield ClaimFile("standard input", sys.stdin.buffer, None)
        return
    with Path(file).open("rb") as lines:
        size = Path(file).stat().st_size if Path(file).is_file() else None
        yield ClaimFile(file, lines, size)


@contextmanager
def _answers(target: str) -> Iterator[BinaryIO]:
    """Where the answers go; whoever opens the file finds all of them."""
    file = Path(target)
    if target == PIPE:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if file.exists() and not file.is_file():
        with file.open("wb") as pipe:
            yield pipe
        return
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("wb") as answers:
            yield answers
        unfinished.replace(file)
    except OSError as error:
        if error.filename is None:  # it is no other file
            error.filename = str(file)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def _one_purchaser(system: System, named: str | None, position: int) -> str:
    adopted = sorted({each.document.purchaser.id for each in system.contracting.policies.adopted_by(position)})
    if named is not None and named in adopted:
        return named
    if not adopted or named is not None:
        end_not_known(named, as_json=False)
    if len(adopted) > 1:
        fail(f"--purchaser is missing; it is one of {', '.join(adopted)}", WRONG_USE)
    return adopted[0]
