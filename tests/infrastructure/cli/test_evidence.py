"""Evidence at the command line: supplied, read back, checked and swept."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from tests.infrastructure.cli.conftest import CONTRACT, Run
from tests.infrastructure.evidence.files import JPEG, PDF, PNG

SUPPLY = ("evidence", "upload", CONTRACT, "skf")
WHO = ("--actor", "p1", "--occurred-at", "2025-09-01T12:00:00Z", "--reason", "by post")


def stored() -> list[Path]:
    return sorted(each for each in Path("evidence").rglob("*") if each.is_file())


def test_a_file_is_supplied_and_read_back(run: Run, year: str) -> None:
    Path("diploma van Jansen.exe").write_bytes(PNG)
    told = run(*SUPPLY, "diploma van Jansen.exe", *WHO, "--database", year)
    back = run("evidence", "download", CONTRACT, "skf-1", "back.png", "--reader", "reviewer", "--database", year)
    access = run("audit", "access", "--purchaser", "caresq", "--json", "--database", year)

    assert told.stdout == f"skf-1: image/png, {len(PNG)} bytes, SHA-256 {sha256(PNG).hexdigest()}\n"
    assert back.stdout == f"back.png: image/png, {len(PNG)} bytes, SHA-256 {sha256(PNG).hexdigest()}\n"
    assert Path("back.png").read_bytes() == PNG
    assert [each["action"] for each in json.loads(access.stdout)["entries"]] == ["evidence"]
    assert "Jansen" not in run("contract", "events", CONTRACT, "--json", "--database", year).stdout
    assert "Jansen" not in str(stored())


def test_the_same_again_says_so(run: Run, year: str) -> None:
    Path("a.png").write_bytes(PNG)
    run(*SUPPLY, "a.png", *WHO, "--database", year)
    again = run(*SUPPLY, "a.png", *WHO, "--json", "--database", year)

    assert json.loads(again.stdout)["facts"] == []
    assert json.loads(again.stdout)["evidence_id"] == "skf-1"
    assert run(*SUPPLY, "a.png", *WHO, "--database", year).stdout.endswith("before, nothing was recorded\n")


@pytest.mark.parametrize(
    ("content", "more", "saying"),
    [
        (b"MZ" + bytes(64), (), "refused: EVIDENCE_TYPE_NOT_ALLOWED: the content of the file is "),
        (PDF[:-6], (), "refused: EVIDENCE_DAMAGED: the file begins as PDF and can not be accepted: its end is missing"),
        (b"", (), "refused: EVIDENCE_EMPTY: the file is empty"),
        (JPEG + bytes(1024 * 1024), (), "refused: EVIDENCE_TOO_LARGE: the file is larger than 1 MiB"),
        (JPEG, ("--sha256", "0" * 64), "refused: EVIDENCE_CHECKSUM_WRONG: the file that arrived has SHA-256 "),
    ],
    ids=["program", "damaged", "empty", "large", "other"],
)
def test_a_file_that_is_not_accepted(
    run: Run, year: str, monkeypatch: pytest.MonkeyPatch, content: bytes, more: tuple[str, ...], saying: str
) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_EVIDENCE_MAX_MEGABYTES", "1")
    Path("a.pdf").write_bytes(content)
    before = stored()
    told = run(*SUPPLY, "a.pdf", *WHO, *more, "--database", year)

    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.startswith(saying)
    assert told.stderr.count("\n") == 1
    assert stored() == before


def test_a_file_that_is_there_is_not_written_over_unless_asked(run: Run, year: str) -> None:
    Path("mine.pdf").write_text("mine")
    line = ("evidence", "download", CONTRACT, "kngf-1", "mine.pdf", "--database", year)

    assert run(*line).exit_code == 2
    assert Path("mine.pdf").read_text() == "mine"
    assert run(*line, "--force").exit_code == 0
    assert Path("mine.pdf").read_bytes() == PDF
    assert [each.name for each in Path().iterdir() if each.is_file()] == ["mine.pdf"]


def test_damage_and_loss_are_told_by_name_and_nothing_is_written(run: Run, year: str) -> None:
    [proof] = stored()
    line = ("evidence", "download", CONTRACT, "kngf-1", "back.pdf", "--database", year)
    proof.write_bytes(PDF + b" ")
    damaged, checked = run(*line), run("evidence", "check", "--database", year)
    proof.unlink()
    missing, checked_again = run(*line), run("evidence", "check", "--json", "--database", year)

    assert [each.exit_code for each in (damaged, checked, missing, checked_again)] == [5, 1, 5, 1]
    assert f"the file with SHA-256 {proof.name} in {Path.cwd()}/evidence is damaged; restore it" in damaged.stderr
    assert f"damaged: {proof.name}, which {CONTRACT}@10 names\n0 of 1 files" in checked.stdout
    assert f"{proof.name} is not in" in missing.stderr
    assert json.loads(checked_again.stdout)["missing"] == [{"event_id": f"{CONTRACT}@10", "sha256": proof.name}]
    assert list(Path().iterdir()) == [Path("evidence")]


def test_what_nothing_names_is_listed_and_then_removed(run: Run, year: str) -> None:
    Path("a.png").write_bytes(PNG)
    refused = run("evidence", "upload", CONTRACT, "nothing", "a.png", *WHO, "--database", year)
    young = run("evidence", "sweep", "--remove", "--database", year)
    [loose] = [each for each in stored() if each.name == sha256(PNG).hexdigest()]
    cut_off, in_hand = (loose.with_name(f"{loose.name}#{number}") for number in (1, 2))
    for each in (cut_off, in_hand):
        each.write_bytes(PNG[:9])
    for each in (loose, cut_off):
        os.utime(each, (each.stat().st_mtime - 90_000,) * 2)
    listed = run("evidence", "sweep", "--database", year)
    still_there = loose.exists()
    removed = run("evidence", "sweep", "--remove", "--json", "--database", year)

    assert "EVIDENCE_NOT_ASKED" in refused.stderr
    assert young.stdout == "0 files that nothing names, 0 unfinished; 0 removed.\n"
    assert f"unreferenced: {loose.name}, {len(PNG)} bytes, since " in listed.stdout
    assert listed.stdout.endswith("1 files that nothing names, 1 unfinished; 0 removed.\n")
    assert f"unfinished: {cut_off.parent.name}/{cut_off.name}, 9 bytes, since " in listed.stdout
    assert still_there
    assert json.loads(removed.stdout)["removed"] == [loose.name, f"{cut_off.parent.name}/{cut_off.name}"]
    assert (cut_off.exists(), in_hand.exists()) == (False, True)
    in_hand.unlink()
    assert [each.name for each in stored()] == [sha256(PDF).hexdigest()]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("URL", "ftp://host/x"),
        ("URL", "s3://"),
        ("URL", "s3://key:geheim@bucket"),
        ("URL", "file://host/folder"),
        ("S3_ENDPOINT", "http://storage.example.org"),
        ("S3_SECRET_FILE", "nowhere"),
        ("MAX_MEGABYTES", "0"),
        ("SCANNER", "127.0.0.1:3310"),
    ],
)
def test_a_setting_that_can_not_be_used_is_named(
    run: Run, year: str, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(f"CONTRACTSPOOR_EVIDENCE_{setting}", value)
    told = run("evidence", "check", "--database", year)

    assert told.exit_code == 2
    assert told.stderr.startswith(f"CONTRACTSPOOR_EVIDENCE_{setting}: ")
    assert "geheim" not in told.stderr
    assert told.stderr.count("\n") == 1
