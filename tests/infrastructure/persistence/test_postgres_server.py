"""The server that the tests run on starts as whoever runs them."""

import errno
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres_server as module
from tests.postgres_server import PostgresServer, copy_postgres, installed_postgres, running_postgres

# becomes the user after the imports: the interpreter may stand below /root
AS_A_USER = """
import os, subprocess, sys
from pathlib import Path
folder, uid, gid = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
sys.path.insert(0, str(folder))
from postgres_server import PASSWORD, binaries_of, running_postgres
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(gid), os.setuid(uid)
with running_postgres(install=folder) as server:
    psql = [binaries_of(folder) / "psql", "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", "-At"]
    asked = [*psql, "-c", "SHOW server_version"]
    version = subprocess.run(asked, env={"PGPASSWORD": PASSWORD}, capture_output=True, check=True, text=True)
    print(server.port, os.stat(f"/proc/{server.pid}").st_uid, version.stdout.strip())
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, with the server's programs in it."""
    folder = Path(tempfile.mkdtemp(prefix="contractspoor-open-", dir="/tmp"))
    folder.chmod(0o755)
    shutil.copy(module.__file__, folder)
    copy_postgres(installed_postgres(), folder)
    yield folder
    shutil.rmtree(folder)


def test_the_server_is_a_real_postgresql_18(postgres_server: PostgresServer) -> None:
    with postgres_server.connect() as connection:
        assert connection.info.server_version // 10_000 == 18


def test_the_server_never_runs_as_root(postgres_server: PostgresServer) -> None:
    assert Path(f"/proc/{postgres_server.pid}").stat().st_uid != 0


def test_the_server_starts_where_its_programs_are_out_of_reach(open_folder: Path) -> None:
    open_folder.chmod(0o700)  # like a project below /root
    with running_postgres(install=open_folder) as server, server.connect() as connection:
        assert connection.info.server_version // 10_000 == 18


def test_the_server_starts_and_stops_for_an_ordinary_user(open_folder: Path) -> None:
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    done = subprocess.run(
        [sys.executable, "-c", AS_A_USER, str(open_folder), str(user.pw_uid), str(user.pw_gid)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    port, uid, version = done.stdout.split()
    assert (int(uid), version.partition(".")[0]) == (user.pw_uid, "18")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) == errno.ECONNREFUSED
