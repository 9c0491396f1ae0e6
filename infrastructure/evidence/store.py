"""Files by the SHA-256 of their content, through obstore: in a folder, or in a bucket that speaks S3."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256 as new_sha256
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore

from application.ports import (
    Clock,
    EvidenceDamaged,
    EvidenceError,
    EvidenceMissing,
    EvidenceUnavailable,
    KeptEvidence,
    StoredFile,
    UnfinishedFile,
    VirusScanner,
)
from domain.refusal import Refused, RefusedError
from infrastructure.evidence.content import media_type
from infrastructure.evidence.places import Place

AT_ONCE = 5 * 1024 * 1024
"""A file up to this size is stored in one request, a larger one in parts of it, of which a few are in memory at once;
S3 takes no smaller ones.
"""
RENEWED = timedelta(hours=12)
"""A file that is taken in again after so long is written again, so that no sweep takes it for one that nobody needs."""
NAME = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})")
MEBIBYTE = 1024 * 1024


class EvidenceFiles:
    """See ``application.ports.EvidenceStore``. The place is used when it is first needed, not before."""

    def __init__(self, place: Place, clock: Clock, *, max_bytes: int, scanner: VirusScanner | None = None) -> None:
        self._place = place
        self._clock = clock
        self._max_bytes = max_bytes
        self._scanner = scanner

    def keep(self, content: Iterable[bytes], *, claimed: str | None = None) -> KeptEvidence:
        """See ``EvidenceStore``."""
        with _spool() as file:
            sha256, size = self._received(content, file)
            if claimed is not None and claimed != sha256:
                message = f"the file that arrived has SHA-256 {sha256}, not {claimed[:80]!a}; send it again"
                raise RefusedError(Refused("EVIDENCE_CHECKSUM_WRONG", message, found=sha256, asked=claimed[:80]))
            found = media_type(file, size)
            infection = None if self._scanner is None else self._scanner.scan(file)
            if infection is not None:
                message = f"the virus scanner found {infection} in the file; send a clean one"
                raise RefusedError(Refused("EVIDENCE_INFECTED", message, found=infection, asked="a clean file"))
            self._store(file, sha256, size)
            return KeptEvidence(sha256, size, found)

    def _received(self, content: Iterable[bytes], file: BinaryIO) -> tuple[str, int]:
        """Write all that comes to a file of its own; its SHA-256 and size."""
        digest, size = new_sha256(), 0
        for part in content:
            size += len(part)
            if size > self._max_bytes:
                most = f"{self._max_bytes / MEBIBYTE:.4g} MiB"
                message = f"the file is larger than {most}; send a smaller one"
                raise RefusedError(
                    Refused("EVIDENCE_TOO_LARGE", message, found=f"over {most}", asked=f"at most {most}")
                )
            digest.update(part)
            self._write(file, part)
        if size == 0:
            raise RefusedError(Refused("EVIDENCE_EMPTY", "the file is empty; send one with content"))
        return digest.hexdigest(), size

    def _write(self, file: BinaryIO, part: bytes) -> None:
        try:
            file.write(part)
        except OSError as error:
            message = f"there is no room for the file while it arrives: {error.strerror}; see TMPDIR"
            raise EvidenceUnavailable(message) from error

    def _store(self, file: BinaryIO, sha256: str, size: int) -> None:
        name = _name(sha256)
        with self._using() as store:
            found = _listed(store, name)
            if found is not None and found.size == size and self._clock.now() - found.stored_at < RENEWED:
                return
            file.seek(0)
            if found is None and size <= AT_ONCE:
                try:
                    obstore.put(store, name, file.read(), mode="create")
                except AlreadyExistsError:
                    return
            else:
                # only a file in one part can be written where there is none alone; another has these very bytes too
                obstore.put(store, name, file, use_multipart=True, chunk_size=AT_ONCE, max_concurrency=2)
            self._place.make_durable(name)

    def read(self, sha256: str) -> BinaryIO:
        """See ``EvidenceStore``."""
        file = _spool()
        try:
            with self._using() as store:
                digest = self._fetched(store, sha256, file)
            if digest != sha256:
                raise EvidenceDamaged(f"the file with SHA-256 {sha256} in {self._place} is damaged; restore it")
        except EvidenceError:
            file.close()
            raise
        file.seek(0)
        return file

    def _fetched(self, store: ObjectStore, sha256: str, file: BinaryIO) -> str:
        digest = new_sha256()
        try:
            for part in obstore.get(store, _name(sha256)).stream(min_chunk_size=MEBIBYTE):
                digest.update(part)
                file.write(part)
        except FileNotFoundError:
            raise EvidenceMissing(f"the file with SHA-256 {sha256} is not in {self._place}; restore it") from None
        return digest.hexdigest()

    def stored(self) -> Iterator[StoredFile]:
        """See ``EvidenceStore``."""
        with self._using() as store:
            for batch in obstore.list(store):
                for each in batch:
                    name = NAME.fullmatch(each["path"])
                    if name is not None:
                        yield StoredFile(name[1], each["size"], each["last_modified"])

    def remove(self, file: StoredFile) -> bool:
        """See ``EvidenceStore``."""
        name = _name(file.sha256)
        with self._using() as store:
            found = _listed(store, name)
            if found is not None and found.stored_at != file.stored_at:
                return False
            if found is not None:
                obstore.delete(store, name)
        return True

    def unfinished(self) -> Iterator[UnfinishedFile]:
        """See ``EvidenceStore``."""
        with self._using():
            yield from self._place.unfinished()

    def discard(self, file: UnfinishedFile) -> None:
        """See ``EvidenceStore``."""
        with self._using():
            self._place.discard(file)

    @contextmanager
    def _using(self) -> Iterator[ObjectStore]:
        try:
            yield self._place.store()
        except (BaseError, OSError) as error:
            raise EvidenceUnavailable(
                f"the evidence in {self._place} can not be used: {_first_line(error)}; see CONTRACTSPOOR_EVIDENCE_URL"
            ) from error


def _listed(store: ObjectStore, name: str) -> StoredFile | None:
    try:
        found = obstore.head(store, name)
    except FileNotFoundError:
        return None
    return StoredFile(name[3:], found["size"], found["last_modified"])


def _name(sha256: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise EvidenceMissing(f"{sha256[:80]!a} is no SHA-256, so that no file can have that name")
    return f"{sha256[:2]}/{sha256}"


def _spool() -> BinaryIO:
    """A file that is gone when it is closed, or its process ends; the first part of it in memory."""
    return cast("BinaryIO", SpooledTemporaryFile(max_size=MEBIBYTE))


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
