"""Fixtures that run ``contractspoor policy``."""

import pytest

from infrastructure.cli.main import main
from tests.infrastructure.policies.command_line import Result, Run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of ``contractspoor policy``."""

    def run_command(*arguments: str) -> Result:
        exit_code = main(["policy", *arguments])
        return Result(exit_code, *capsys.readouterr())

    return run_command


@pytest.fixture
def adopted(run: Run) -> Run:
    """Adopt a policy into the log at a URL."""

    def run_adopt(url: str, name: str, *arguments: str) -> Result:
        return run("adopt", name, "--actor", "inkoper@caresq", "--database", url, *arguments)

    return run_adopt
