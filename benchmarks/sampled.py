"""Databases that hold a sample: a copy of the file, or a PostgreSQL database filled from it, brought up to date."""

import shutil
from pathlib import Path
from typing import NamedTuple

from benchmarks.arena import Arena
from benchmarks.sample.stores import SMALLEST, fill_postgres, fill_sqlite, rows_in, sample_file
from infrastructure.bootstrap import upgrade_database

__all__ = ["SMALLEST", "Sampled", "sampled"]


class Sampled(NamedTuple):
    """A database with a sample; ``size`` is how many contracts it has, in round numbers."""

    url: str
    database: str
    size: int


def sampled(arena: Arena, database: str, size: int) -> Sampled:
    """A new database that is ready for use; nobody else sees it."""
    sample = sample_file(size)
    url = arena.bare_url(database)
    path = Path(url.removeprefix("sqlite:///"))
    if database == "postgres":
        upgrade_database(url)
        fill_postgres(url, rows_in(sample))
    elif size == SMALLEST:
        # it was lived, so that its file holds the read models too that its ticks asked
        upgrade_database(url)
        fill_sqlite(path, rows_in(sample))
    else:
        shutil.copyfile(sample, path)
        upgrade_database(url)
    return Sampled(url, database, size)
