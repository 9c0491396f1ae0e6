"""What every evidence store does: one suite, on a folder and on a real S3 server."""

import hashlib
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path

import obstore
import pytest

from application.ports import EvidenceDamaged, EvidenceMissing, EvidenceUnavailable, KeptEvidence
from domain.refusal import RefusedError
from infrastructure.clock import SetClock
from infrastructure.evidence.places import Folder, Place, place_of
from infrastructure.evidence.store import AT_ONCE, MEBIBYTE, EvidenceFiles
from tests.infrastructure.evidence.files import APP0, FRAME, JPEG, PDF, SCAN
from tests.s3_server import CREDENTIALS, S3Server, running_s3

MOST = 12 * 1024 * 1024
LARGE = b"\xff\xd8" + APP0 + FRAME + SCAN + b"\x42" * (2 * AT_ONCE) + b"\xff\xd9"


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if request.param == "folder":
        return place_of(f"file://{tmp_path / 'bewijs stukken'}".replace(" ", "%20"))
    server: S3Server = request.getfixturevalue("s3_server")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return place_of(f"s3://{server.bucket}/{tmp_path.name}", endpoint=server.endpoint)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC))


@pytest.fixture
def files(place: Place, clock: SetClock) -> EvidenceFiles:
    return EvidenceFiles(place, clock, max_bytes=MOST)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def parts(content: bytes, size: int = 100_000) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def code(files: EvidenceFiles, content: bytes, claimed: str | None = None) -> str:
    with pytest.raises(RefusedError) as refused:
        files.keep(parts(content), claimed=claimed)
    return refused.value.refused.code


def name_of(content: bytes) -> str:
    return f"{sha(content)[:2]}/{sha(content)}"


@pytest.mark.parametrize("content", [PDF, LARGE], ids=["small", "in-parts"])
def test_what_is_kept_is_read_back_to_the_byte(files: EvidenceFiles, content: bytes) -> None:
    kept = files.keep(parts(content), claimed=sha(content))
    with files.read(kept.sha256) as read:
        assert read.read() == content
    assert kept == KeptEvidence(sha(content), len(content), "application/pdf" if content == PDF else "image/jpeg")
    assert [(each.sha256, each.size) for each in files.stored()] == [(sha(content), len(content))]


def test_the_same_file_again_is_stored_once_and_not_changed(files: EvidenceFiles) -> None:
    files.keep([PDF])
    [first] = files.stored()
    files.keep(parts(PDF, 7))

    assert list(files.stored()) == [first]


def test_a_file_that_is_there_in_another_size_is_mended_by_the_right_one(files: EvidenceFiles, place: Place) -> None:
    obstore.put(place.store(), name_of(PDF), PDF[:20])
    files.keep([PDF])

    with files.read(sha(PDF)) as read:
        assert read.read() == PDF


def test_what_is_refused_leaves_nothing(files: EvidenceFiles) -> None:
    assert code(files, b"") == "EVIDENCE_EMPTY"
    assert code(files, b"a letter") == "EVIDENCE_TYPE_NOT_ALLOWED"
    assert code(files, PDF[:-6]) == "EVIDENCE_DAMAGED"
    assert code(files, PDF, claimed=sha(JPEG)) == "EVIDENCE_CHECKSUM_WRONG"
    assert code(files, JPEG[:-2] + bytes(MOST) + b"\xff\xd9") == "EVIDENCE_TOO_LARGE"
    assert list(files.stored()) == []


def test_a_sender_that_breaks_off_leaves_nothing(files: EvidenceFiles) -> None:
    def broken_off() -> Iterator[bytes]:
        yield LARGE[:-100]
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        files.keep(broken_off())
    assert list(files.stored()) == []


def test_a_file_larger_than_the_limit_is_not_read_to_its_end(files: EvidenceFiles) -> None:
    asked = 0

    def endless() -> Iterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield bytes(1024 * 1024)

    with pytest.raises(RefusedError, match="EVIDENCE_TOO_LARGE: the file is larger than 12 MiB"):
        files.keep(endless())
    assert asked == 13


def test_a_file_of_exactly_the_limit_is_kept(files: EvidenceFiles) -> None:
    content = JPEG + bytes(MOST - len(JPEG))
    assert files.keep(parts(content)).size == MOST


def test_a_file_that_was_changed_or_cut_off_in_the_store_is_told_by_name(files: EvidenceFiles, place: Place) -> None:
    for damaged in (PDF.replace(b"1 0 R", b"9 0 R"), PDF[:-1], b""):
        obstore.put(place.store(), name_of(PDF), damaged)
        with pytest.raises(EvidenceDamaged, match=f"^the file with SHA-256 {sha(PDF)} in .* is damaged; restore it$"):
            files.read(sha(PDF))


@pytest.mark.parametrize("name", [sha(b"other"), "../../etc/passwd", "", "A" * 64])
def test_a_file_that_is_not_there_is_told_by_name_and_no_name_is_a_path(files: EvidenceFiles, name: str) -> None:
    files.keep([PDF])
    with pytest.raises(EvidenceMissing):
        files.read(name)


def test_what_is_not_evidence_is_not_listed(files: EvidenceFiles, place: Place) -> None:
    obstore.put(place.store(), "readme.txt", b"not mine")
    assert list(files.stored()) == []


def test_a_file_is_removed_unless_it_was_taken_in_again_since(
    files: EvidenceFiles,
) -> None:
    files.keep([PDF])
    [listed] = files.stored()
    older = listed._replace(stored_at=listed.stored_at - timedelta(days=2))

    assert not files.remove(older)
    assert list(files.stored()) == [listed]
    assert files.remove(listed)
    assert files.remove(listed)
    assert list(files.stored()) == []


def test_a_file_that_is_taken_in_again_after_half_a_day_is_as_new(
    files: EvidenceFiles, clock: SetClock, place: Place
) -> None:
    files.keep([PDF])
    before = obstore.head(place.store(), name_of(PDF))["last_modified"]
    clock.set(before + timedelta(hours=13))
    now = before
    while now <= before:  # a bucket tells whole seconds: until it tells another
        obstore.put(place.store(), "tick", b"")
        now = obstore.head(place.store(), "tick")["last_modified"]
    files.keep([PDF])

    assert obstore.head(place.store(), name_of(PDF))["last_modified"] > before


def test_a_large_file_is_never_whole_in_memory(place: Place, clock: SetClock) -> None:
    files = EvidenceFiles(place, clock, max_bytes=8 * MOST)
    tracemalloc.start()
    files.keep([JPEG, *repeat(bytes(MEBIBYTE), 40)])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * AT_ONCE


def test_a_place_that_can_not_be_used_is_told_with_its_setting(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    for url in (f"file://{tmp_path}/file", f"{tmp_path}/file/under", "s3://bucket"):
        files = EvidenceFiles(place_of(url, endpoint="http://127.0.0.1:1"), clock, max_bytes=MOST)
        for act in (lambda each=files: each.keep([PDF]), lambda each=files: list(each.stored())):
            with pytest.raises(EvidenceUnavailable, match=r"see CONTRACTSPOOR_EVIDENCE_URL$") as told:
                act()
            assert str(told.value).isprintable()
            assert "geheim" not in str(told.value)


def test_a_bucket_that_is_not_there_or_refuses_us_is_told(
    s3_server: S3Server, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    for url, secret in (("s3://nobody", None), (f"s3://{s3_server.bucket}/x", "not the secret")):
        place = place_of(url, endpoint=s3_server.endpoint, secret=secret)
        with pytest.raises(EvidenceUnavailable, match=f"^the evidence in {url} can not be used: "):
            EvidenceFiles(place, clock, max_bytes=MOST).keep([PDF])


CUT_OFF = """
import io, os, signal, sys
import obstore
from obstore.store import LocalStore

class Dying(io.RawIOBase):
    reads = 0

    def read(self, size=-1):
        self.reads += 1
        if self.reads > 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"x" * size

    def seek(self, *place):
        return 0

obstore.put(LocalStore(sys.argv[1]), sys.argv[2], Dying(), use_multipart=True, chunk_size=65536, max_concurrency=2)
"""


def test_what_a_killed_write_leaves_in_a_folder_is_found_as_unfinished_and_discarded(
    tmp_path: Path, clock: SetClock
) -> None:
    name = "ab" * 32
    killed = subprocess.run([sys.executable, "-c", CUT_OFF, tmp_path, f"ab/{name}"], check=False)
    files = EvidenceFiles(Folder(tmp_path), clock, max_bytes=100)
    listed, [unfinished] = list(files.stored()), list(files.unfinished())
    files.discard(unfinished)

    assert killed.returncode == -signal.SIGKILL
    assert listed == []
    assert unfinished.name == f"ab/{name}#1"
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_folder_is_made_for_its_owner_alone_when_a_file_comes(tmp_path: Path, clock: SetClock) -> None:
    files = EvidenceFiles(place_of(str(tmp_path / "new")), clock, max_bytes=MOST)
    assert not (tmp_path / "new").exists()
    files.keep([PDF])
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert [each.name for each in (tmp_path / "new").rglob("*") if each.is_file()] == [sha(PDF)]
