"""Files are shown to clamd by its own protocol; whatever it does not call clean is not taken in."""

import io
import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from application.ports import EvidenceUnavailable
from domain.refusal import RefusedError
from infrastructure.clock import SetClock
from infrastructure.evidence.places import place_of
from infrastructure.evidence.scanner import CHUNK, ClamdScanner
from infrastructure.evidence.store import EvidenceFiles
from tests.infrastructure.evidence.files import PDF

TEST_VIRUS = b"harmless, and called a virus here"
LONGEST_STREAM = 4 * CHUNK


class Clamd(socketserver.StreamRequestHandler):
    """Answers one INSTREAM as clamd 1.4 does."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(self.rfile.read(4)):
            content += self.rfile.read(length)
            if len(content) > LONGEST_STREAM:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        if content != b"silence":
            self.wfile.write(b"stream: Eicar-Test FOUND\0" if TEST_VIRUS in content else b"stream: OK\0")


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClamdScanner]:
    if request.param == "tcp":
        server: socketserver.BaseServer = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd)
        url = f"tcp://127.0.0.1:{server.server_address[1]}"  # type: ignore[index]
    else:
        server, url = (
            socketserver.ThreadingUnixStreamServer(str(tmp_path / "clamd.ctl"), Clamd),
            f"unix://{tmp_path}/clamd.ctl",
        )
    with serving(server):
        yield ClamdScanner(url, timeout=10)


def test_a_clean_file_is_clean_and_another_is_told_by_what_was_found(clamd: ClamdScanner) -> None:
    assert clamd.scan(io.BytesIO(PDF)) is None
    assert clamd.scan(io.BytesIO(PDF + bytes(2 * CHUNK))) is None
    assert clamd.scan(io.BytesIO(bytes(CHUNK - 3) + TEST_VIRUS)) == "Eicar-Test"


@pytest.mark.parametrize(
    ("content", "saying"),
    [(bytes(64 * CHUNK), "INSTREAM size limit exceeded. ERROR"), (b"silence", "nothing")],
    ids=["too-large", "silence"],
)
def test_what_the_scanner_did_not_judge_is_not_clean(clamd: ClamdScanner, content: bytes, saying: str) -> None:
    with pytest.raises(EvidenceUnavailable) as told:
        clamd.scan(io.BytesIO(content))
    assert saying in str(told.value) or "Connection reset" in str(told.value)
    assert str(told.value).endswith("CONTRACTSPOOR_EVIDENCE_SCANNER")


def test_a_scanner_that_does_not_listen_or_never_answers_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        with pytest.raises(EvidenceUnavailable, match="timed out"):
            ClamdScanner(f"tcp://127.0.0.1:{port}", timeout=0.05).scan(io.BytesIO(PDF))
    for url in (f"tcp://127.0.0.1:{port}", f"unix://{tmp_path}/nobody"):
        with pytest.raises(EvidenceUnavailable, match=f"^the virus scanner at {url} can not be asked"):
            ClamdScanner(url).scan(io.BytesIO(PDF))


def test_an_infected_file_is_refused_and_nothing_is_kept_while_the_scanner_is_away(
    clamd: ClamdScanner, tmp_path: Path
) -> None:
    clock, place = SetClock(datetime(2025, 5, 20, tzinfo=UTC)), place_of(str(tmp_path / "evidence"))
    files = EvidenceFiles(place, clock, max_bytes=1_000_000, scanner=clamd)
    infected = PDF.replace(b"/Type/Pages", b"/Type/Pages/X(" + TEST_VIRUS + b")")
    with pytest.raises(RefusedError, match=r"^EVIDENCE_INFECTED: the virus scanner found Eicar-Test in the file"):
        files.keep([infected])
    away = EvidenceFiles(place, clock, max_bytes=1_000_000, scanner=ClamdScanner(f"unix://{tmp_path}/nobody"))
    with pytest.raises(EvidenceUnavailable):
        away.keep([PDF])
    assert not (tmp_path / "evidence").exists()
    assert files.keep([PDF]).size == len(PDF)
