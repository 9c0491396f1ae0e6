"""Every command of docs/api.md, run by bash and curl against a server that listens, one day after the other."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn

from infrastructure.http.identity import Role
from tests.given import at
from tests.infrastructure.http.api import Api

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
PART = re.compile(r"^(?:<!-- on ([0-9-]+) -->|```(sh|json)\n(.*?)^```)$", re.MULTILINE | re.DOTALL)


@contextmanager
def listening(api: Api) -> Iterator[str]:
    """The API on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(api.app, port=0, lifespan="off", log_config=None))
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.handle_exit(signal.SIGTERM, None)
        thread.join()


def tokens(api: Api) -> dict[str, str]:
    """An access token for each name that the page uses."""
    given = {
        "SIGNATORY": api.headers(Role.PROVIDER_SIGNATORY),
        "DELEGATE": api.headers(Role.PROVIDER_DELEGATE, person_id="p7"),
        "REVIEWER": api.headers(Role.REVIEWER),
        "OFFICER": api.headers(Role.OFFICER),
        "CLAIMS": api.headers(Role.CLAIMS_SYSTEM),
        "FEED": api.headers(Role.FEED),
    }
    return {name: headers["Authorization"].removeprefix("Bearer ") for name, headers in given.items()}


def assert_within(expected: Any, found: Any, where: str) -> None:
    """What is printed on the page is in the answer, which may say more."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name, value in expected.items():
            assert name in found, f"{where}: no {name}"
            assert_within(value, found[name], f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(found, list) and expected and isinstance(expected[0], dict):
        assert len(expected) == len(found), where
        for number, each in enumerate(expected):
            assert_within(each, found[number], f"{where}[{number}]")
    else:
        assert expected == found, where


def test_the_whole_life_of_a_contract_is_as_the_page_tells(either_asked_api: Api, tmp_path: Path) -> None:
    api, folder, before, told = either_asked_api, tmp_path / "page", "", ""
    folder.mkdir()
    with listening(api) as url:
        for day, language, block in PART.findall(PAGE.read_text(encoding="utf-8")):
            if day:
                api.clock.set(at(day))
            elif language == "json":
                assert_within(json.loads(block), json.loads(told), block)
            else:
                environment = {"PATH": os.environ["PATH"], "API": url, **tokens(api)}
                script = f"set -euo pipefail\n{before}{block}"
                ran = subprocess.run(
                    ["bash", "-c", script],
                    check=False,
                    cwd=folder,
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                assert ran.returncode == 0, f"{block}\n{ran.stdout}\n{ran.stderr}"
                told, before = ran.stdout, before or block
