"""The layout of a register file: its columns, and which of them each kind of row fills (``docs/providers.md``)."""

from typing import NamedTuple

COLUMNS = (
    "record",
    "agb",
    "name",
    "kind",
    "region",
    "city",
    "vecozo_email",
    "professional_agb",
    "profession",
    "weekly_hours",
    "specialisation",
    "vektis_registered",
    "network",
    "person_id",
    "certificate_serial",
    "authorised",
    "purchaser",
    "care_type",
    "valid_from",
    "valid_to",
)


class RowLayout(NamedTuple):
    """The columns that a kind of row must fill, and those that it may fill; all others stay empty."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def filled(self) -> frozenset[str]:
        """Every column that may hold something."""
        return frozenset({"record", "agb", *self.required, *self.optional})


ROWS = {
    "practice": RowLayout(("name", "kind"), ("region", "city", "vecozo_email")),
    "certificate": RowLayout(("valid_from",), ("valid_to",)),
    "professional": RowLayout(("professional_agb", "profession", "weekly_hours", "valid_from"), ("valid_to",)),
    "specialisation": RowLayout(("professional_agb", "specialisation", "vektis_registered")),
    "membership": RowLayout(("professional_agb", "network", "valid_from"), ("valid_to",)),
    "signatory": RowLayout(("person_id", "name", "certificate_serial", "authorised", "valid_from"), ("valid_to",)),
    "history": RowLayout(("purchaser", "care_type", "valid_from", "valid_to")),
    "opt_out": RowLayout(("purchaser", "valid_from"), ("care_type",)),
}
"""The kinds of rows, by what stands in the column ``record``."""
