"""The logs of a test as they are written."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infrastructure.observability.logs import set_up_logs
from tests.infrastructure.cli.conftest import run, year, year_file

__all__ = ["run", "year", "year_file"]  # fixtures

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was logged since it was last asked for, in JSON from level info on."""
    set_up_logs("json", "info")
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
