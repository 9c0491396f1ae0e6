"""The log of one practice's year, which the command line is tried on too."""

from tests.infrastructure.cli.conftest import year, year_file

__all__ = ["year", "year_file"]
