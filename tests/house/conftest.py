"""The fixtures of the tests of the house: the project itself, and copies to plant violations in."""

import shutil
from pathlib import Path

import pytest

from tests.house.planting import PACKAGES, PROJECT, WITHOUT_CACHES, House, configured


@pytest.fixture
def project() -> Path:
    """The project itself: to read, never to change."""
    return PROJECT


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A copy with the real four packages."""
    for name in PACKAGES:
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=WITHOUT_CACHES)
    return configured(tmp_path)


@pytest.fixture
def empty_house(tmp_path: Path) -> House:
    """A copy with four empty packages, for tools that take long over the real ones."""
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('"""."""\n')
    return configured(tmp_path)
