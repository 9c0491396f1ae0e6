"""The logs of a test as they are written, and the loggers afterwards as they were."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infrastructure.observability.logs import OURS, set_up_logs
from tests.infrastructure.cli.conftest import run, year, year_file

__all__ = ["run", "year", "year_file"]  # fixtures

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _loggers() -> Iterator[None]:
    """Whatever a test sets up is taken down after it."""
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was logged since it was last asked for, in JSON from level info on."""
    set_up_logs("json", "info")
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
