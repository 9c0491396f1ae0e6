"""Claims by the file, over a socket: answers go out while the next are worked out, and who hangs up stops the work."""

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from application.typed_instants import instant, local_date
from infrastructure.bootstrap import CheckOrder, answer_file
from infrastructure.http.identity import Role
from infrastructure.read_models.register import checking
from infrastructure.read_models.register.claim_file import Answered, Answerer, Block
from tests.infrastructure.http.api import Api
from tests.infrastructure.http.test_the_page import listening

LINES = 50_000
SHEET = "agb,care_type,treated_on\n" + "04001234,FYS,2025-03-01\n" * LINES
LONGEST = 60


class Held:
    """Answers the first block at once, and the others when it is told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answered: list[int] = []
        self.go_on = Event()
        answer = Answerer.answer

        def held(answerer: Answerer, block: Block) -> Answered:
            assert not self.answered or self.go_on.wait(LONGEST)
            self.answered.append(block.first_line)
            return answer(answerer, block)

        monkeypatch.setattr(Answerer, "answer", held)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where claims are kept while they are answered."""
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(kept))
    return kept


def asking(api: Api, url: str) -> Any:
    headers = api.headers(Role.CLAIMS_SYSTEM) | {"Content-Type": "text/csv"}
    path = f"{url}/register/caresq/checks"
    return httpx.stream("POST", path, content=SHEET.encode(), headers=headers, timeout=LONGEST)


def test_the_first_answers_are_there_before_the_last_claim_is_looked_at(
    api: Api, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.sign()
    held = Held(monkeypatch)
    with listening(api) as url, asking(api, url) as answer:
        pieces: Iterator[str] = answer.iter_text()
        first = ""
        while "contracted" not in first:
            first += next(pieces)
        seen = list(held.answered)
        held.go_on.set()
        rows = list(csv.DictReader(io.StringIO(first + "".join(pieces))))

    assert (seen, len(held.answered) > 3) == ([2], True)
    assert (len(rows), {each["claims"] for each in rows}) == (LINES, {"contracted"})
    assert list(folder.iterdir()) == []


def test_who_hangs_up_stops_the_work_and_leaves_no_file(
    api: Api, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, closed = Held(monkeypatch), Event()
    close = checking._Worker.close

    def noted(worker: checking._Worker) -> None:
        close(worker)
        closed.set()

    monkeypatch.setattr(checking._Worker, "close", noted)
    with listening(api) as url:
        with asking(api, url) as answer:
            pieces: Iterator[str] = answer.iter_text()
            while "04001234" not in next(pieces):
                pass
            before = [each.name for each in folder.iterdir()]
        held.go_on.set()
        assert closed.wait(LONGEST)

    assert (len(before), list(folder.iterdir())) == (1, [])
    assert len(held.answered) <= 2


def test_a_long_file_takes_no_more_memory_than_a_short_one(api: Api, tmp_path: Path) -> None:
    source = tmp_path / "claims.csv"
    source.write_text(SHEET)
    horizon = api.system.register.horizon(None, None)
    url = api.system.log.database.engine.url.render_as_string(hide_password=False)
    answers = answer_file(CheckOrder(url, "caresq", horizon, instant, local_date), "the file", source)
    sizes = [len(next(answers)), len(next(answers))]
    tracemalloc.start()
    try:
        sizes.append(len(next(answers)))
        _, of_one = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        sizes.extend(map(len, answers))
        _, of_all = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (sum(sizes) > 4 * max(sizes), of_all < 1.2 * of_one) == (True, True)
