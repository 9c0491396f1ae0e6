"""Where evidence stands: a folder of this machine, or a bucket, by the URL of the settings."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, ObjectStore, S3Store

from application.ports import UnfinishedFile

if TYPE_CHECKING:
    from obstore.store import S3Config  # there is none at run time

_STAGED = re.compile(r"[0-9a-f]{64}#[0-9]+")
PATIENCE = timedelta(seconds=30)
"""How long a bucket may take to answer, repeats included."""


class Place(Protocol):
    """A place for files; ``str`` names it to a person, without secrets."""

    def store(self) -> ObjectStore:
        """The store; a place that is not there yet is made."""
        ...

    def make_durable(self, name: str) -> None:
        """Have a file survive a power cut."""
        ...

    def unfinished(self) -> Iterator[UnfinishedFile]:
        """See ``EvidenceStore``."""
        ...

    def discard(self, file: UnfinishedFile) -> None:
        """See ``EvidenceStore``."""
        ...


class Folder:
    """A folder, which only its owner can read when it is made here."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()

    def __str__(self) -> str:
        return str(self._path)

    def store(self) -> ObjectStore:
        """See ``Place``."""
        if not self._path.is_dir():
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)  # others may make it at this moment
        return LocalStore(self._path)

    def make_durable(self, name: str) -> None:
        """Hand file and folders to the disk: the log, which names the file, is there too when it answers."""
        file = self._path / name
        for each in (file, file.parent, self._path):
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def unfinished(self) -> Iterator[UnfinishedFile]:
        """See ``EvidenceStore``: a file is written beside its place as ``<name>#1``, and moved there when whole."""
        for path in self._path.glob("[0-9a-f][0-9a-f]/*#*"):
            with suppress(FileNotFoundError):  # it became whole at this moment
                if _STAGED.fullmatch(path.name):
                    found = path.stat()
                    written_at = datetime.fromtimestamp(found.st_mtime, UTC)
                    yield UnfinishedFile(f"{path.parent.name}/{path.name}", found.st_size, written_at)

    def discard(self, file: UnfinishedFile) -> None:
        """See ``EvidenceStore``."""
        (self._path / file.name).unlink(missing_ok=True)


class Bucket:
    """A bucket that speaks S3, or a prefix in it; credentials come from the environment, as ``AWS_...``."""

    def __init__(self, url: str, endpoint: str | None, secret: str | None) -> None:
        self._url = url
        self._endpoint = endpoint
        self._secret = secret

    def __str__(self) -> str:
        return self._url

    def store(self) -> ObjectStore:
        """See ``Place``."""
        return self._opened

    @cached_property
    def _opened(self) -> ObjectStore:
        config: S3Config = {}
        if self._endpoint is not None:
            config["endpoint"] = self._endpoint
        if self._secret is not None:
            config["secret_access_key"] = self._secret
        in_clear = (self._endpoint or "").startswith("http://")
        return S3Store.from_url(
            self._url,
            config=config,
            client_options={
                "timeout": PATIENCE,
                "connect_timeout": timedelta(seconds=5),
                "allow_http": in_clear,
            },
            retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
        )

    def make_durable(self, name: str) -> None:
        """See ``Place``: it is when the bucket has answered."""

    def unfinished(self) -> Iterator[UnfinishedFile]:
        """See ``EvidenceStore``: parts of uploads that nobody ended are for a lifecycle rule of the bucket."""
        return iter(())

    def discard(self, file: UnfinishedFile) -> None:
        """See ``EvidenceStore``: there is none."""


def place_of(url: str, *, endpoint: str | None = None, secret: str | None = None) -> Place:
    """The place that the settings name: ``s3://bucket/prefix``, ``file:///folder``, or a folder's path.

    ``endpoint`` is the bucket's server where it is not Amazon's, ``secret`` the secret key where a file holds it.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return Bucket(url, endpoint, secret)
    return Folder(Path(unquote(parts.path)) if parts.scheme == "file" else Path(url))
