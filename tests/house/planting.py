"""A copy of the project in which a violation can be planted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parents[2]
PACKAGES = ("domain", "application", "infrastructure", "scheduler")
WITHOUT_CACHES = shutil.ignore_patterns("__pycache__")


class House(NamedTuple):
    """A copy that the project's own commands run in, with the tools of the running environment."""

    root: Path

    def plant(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def make(self, target: str) -> subprocess.CompletedProcess[str]:
        """`make TARGET`, as from a shell, also when the tests themselves run under make."""
        ready = Path(sys.prefix) / ".ready"
        return subprocess.run(
            ["make", f"--old-file={ready}", f"VENV={sys.prefix}", target],
            cwd=self.root,
            env={name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}},
            capture_output=True,
            text=True,
            check=False,
        )


def configured(root: Path) -> House:
    """The project's configuration and tools, around whatever packages stand there already."""
    for name in ("pyproject.toml", "Makefile", "requirements.lock", "README.md", "LICENSE"):
        shutil.copy2(PROJECT / name, root / name)
    shutil.copytree(PROJECT / "tools", root / "tools", ignore=WITHOUT_CACHES)
    for name in ("tests", "benchmarks"):
        (root / name).mkdir()
        (root / name / "nothing.py").write_text('"""."""\n')
    return House(root)
