"""The wheel installs into an empty environment and works there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.planting import PACKAGES, PROJECT, WITHOUT_CACHES

CONTENTS = """
from importlib.resources import files
from pathlib import Path

for package in ("domain", "infrastructure"):
    root = Path(str(files(package)))
    for file in sorted(root.rglob("*")):
        print(file.relative_to(root.parent))
"""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    answer = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that held nothing before the wheel and the dependencies it asks for, at the locked versions."""
    room = tmp_path_factory.mktemp("wheel")
    source = room / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(PROJECT / name, source)
    for name in PACKAGES:
        shutil.copytree(PROJECT / name, source / name, ignore=WITHOUT_CACHES)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", room, source, cwd=room)

    uv = Path(sys.prefix) / "bin" / "uv"
    run(uv, "venv", "--quiet", "--python", sys.executable, room / "venv", cwd=room)
    (wheel,) = room.glob("*.whl")
    install = (
        uv,
        "pip",
        "install",
        "--python",
        room / "venv" / "bin" / "python",
        "--constraint",
        PROJECT / "requirements.lock",
        wheel,
    )
    offline = subprocess.run([*install, "--offline"], cwd=room, capture_output=True, check=False)
    if offline.returncode != 0:
        run(*install, cwd=room)
    return room / "venv"


def test_the_command_answers_in_an_empty_environment(environment: Path, tmp_path: Path) -> None:
    answer = run(environment / "bin" / "contractspoor", "--help", cwd=tmp_path)

    assert "Usage: contractspoor" in answer.stdout


def test_policy_documents_and_migrations_come_along(environment: Path, tmp_path: Path) -> None:
    contents = run(environment / "bin" / "python", "-I", "-c", CONTENTS, cwd=tmp_path).stdout.splitlines()

    assert "domain/policy/documents/caresq-2025.yaml" in contents
    assert [name for name in contents if name.startswith("infrastructure/migrations/") and name.endswith(".sql")]


def test_no_test_and_no_benchmark_comes_along(environment: Path) -> None:
    (site_packages,) = environment.glob("lib/python3.*/site-packages")

    assert not (site_packages / "tests").exists()
    assert not (site_packages / "benchmarks").exists()
