"""A folder for evidence is made when it is first needed, whoever needs it first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infrastructure.evidence.places import place_of


def test_a_folder_that_somebody_else_makes_at_that_moment_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    seen: Iterator[bool] = iter((False,))  # it was not there yet when it was looked for
    is_dir = Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda path: next(seen, is_dir(path)))

    assert place_of(str(folder)).store() is not None


def test_a_folder_that_many_need_at_once_is_made_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(20) as pool:
        for number in range(20):
            place = place_of(str(tmp_path / f"evidence-{number}"))
            assert all(pool.map(lambda _, place=place: place.store(), range(20)))


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("")
    with pytest.raises(FileExistsError):
        place_of(str(tmp_path / "evidence")).store()
