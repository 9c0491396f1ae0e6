"""Jobs in the process that serves: followed as they go on, and resumed after its end."""

import json
import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from application.jobs import LEASE
from infrastructure.bootstrap import write_sample_register
from tests.given import at
from tests.infrastructure.http.issuer import Issuer
from tests.infrastructure.http.server import serving_at

NOW = at("2024-11-01")
AFTERWARDS = NOW + LEASE + timedelta(seconds=1)
PRACTICES = 1_000


@pytest.fixture
def headers(issuer: Issuer) -> dict[str, str]:
    in_a_day = int(NOW.timestamp()) + 86_400
    token = issuer.token(NOW, sub="officer", roles=["officer"], purchaser="caresq", exp=in_a_day)
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": "key-1"}


def followed(client: httpx.Client, path: str, headers: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The job at every change, until it has ended."""
    with client.stream("GET", f"{path}/events", headers=headers) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


def test_an_import_whose_process_is_killed_says_so_and_goes_on_in_the_next(
    offered_file: Path, tmp_path: Path, issuer: Issuer, headers: dict[str, str]
) -> None:
    url, register = f"sqlite:///{shutil.copy(offered_file, tmp_path / 'offered.db')}", StringIO()
    write_sample_register(PRACTICES, 7, register)
    content = "".join(line for line in register.getvalue().splitlines(keepends=True) if ",asr," not in line)
    with serving_at(NOW, url, issuer.url) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        made = client.post("/imports/caresq", content=content.encode(), headers=headers).json()
        path = f"/jobs/caresq/{made['job_id']}"
        before = next(each for each in followed(client, path, headers) if each["done"] > 0)
        server.stop(signal.SIGKILL)
    with serving_at(AFTERWARDS, url, issuer.url) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        found = client.get(path, headers=headers).json()
        client.post(f"{path}/resume", headers=headers)
        *_, done = followed(client, path, headers)

    assert before["state"] == "running"
    assert (found["state"], done["state"], done["attempt"]) == ("interrupted", "done", 2)
    result = done["result"]
    assert result["unchanged"] >= found["done"] > 0
    assert result["new"] + result["unchanged"] == PRACTICES
