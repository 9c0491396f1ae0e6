"""Asks clamd whether a file holds malicious software, by its INSTREAM command over a socket."""

import re
import socket
from typing import BinaryIO
from urllib.parse import urlsplit

from application.ports import EvidenceUnavailable

CHUNK = 1 << 16
TIMEOUT = 60.0
"""Seconds for which clamd may stay silent; it scans a large document for some."""
LONGEST_ANSWER = 4096
ADVICE = "see whether it runs, and CONTRACTSPOOR_EVIDENCE_SCANNER"


class ClamdScanner:
    """clamd at ``tcp://host:port`` or ``unix:///path``; see ``application.ports.VirusScanner``."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._url = url
        self._timeout = timeout

    def scan(self, file: BinaryIO) -> str | None:
        """See ``VirusScanner``. What clamd does not find clean in so many words is never taken for it."""
        try:
            answer = self._ask(file)
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise EvidenceUnavailable(
                f"the virus scanner at {self._url} can not be asked, and evidence waits for it: {reason}; {ADVICE}"
            ) from error
        if answer == "stream: OK":
            return None
        found = re.fullmatch(r"stream: (.+) FOUND", answer)
        if found is None:
            told = answer[:200] or "nothing"
            raise EvidenceUnavailable(
                f"the virus scanner at {self._url} could not judge the file and said: {told}; {ADVICE}"
            )
        return found[1]

    def _ask(self, file: BinaryIO) -> str:
        with self._connected() as connection:
            file.seek(0)
            try:
                connection.sendall(b"zINSTREAM\0")
                while chunk := file.read(CHUNK):
                    connection.sendall(len(chunk).to_bytes(4) + chunk)
                connection.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it stops reading where the file is larger than its StreamMaxLength, and says so
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER and (more := connection.recv(1024)):
                answer += more
        text = answer.rstrip(b"\0").decode("utf-8", "replace").strip()
        return text if text.isprintable() else ascii(text)

    def _connected(self) -> socket.socket:
        parts = urlsplit(self._url)
        if parts.scheme == "tcp":
            return socket.create_connection((parts.hostname, parts.port), timeout=self._timeout)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._timeout)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
