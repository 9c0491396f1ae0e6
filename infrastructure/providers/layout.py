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
"""The columns that every register file has."""

FURTHER_COLUMNS = (
    "register",
    "annotation",
    "location_agb",
    "intervention",
    "licence",
    "start_instruction",
    "addendum",
    "code",
    "year",
    "value",
)
"""The columns that a file may leave out: one that is not there is empty in every row."""

EVERY_COLUMN = COLUMNS + FURTHER_COLUMNS


class RowLayout(NamedTuple):
    """The columns that a kind of row must fill, and those that it may fill; all others stay empty."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


ROWS = {
    "practice": RowLayout(("name", "kind"), ("region", "city", "vecozo_email")),
    "certificate": RowLayout(("valid_from",), ("valid_to",)),
    "location": RowLayout(("location_agb", "name", "valid_from"), ("valid_to",)),
    "professional": RowLayout(("professional_agb", "profession", "weekly_hours", "valid_from"), ("valid_to",)),
    "specialisation": RowLayout(("professional_agb", "specialisation", "vektis_registered")),
    "membership": RowLayout(("professional_agb", "network", "valid_from"), ("valid_to",)),
    "registration": RowLayout(("professional_agb", "register", "valid_from"), ("annotation", "valid_to")),
    "signatory": RowLayout(("person_id", "name", "certificate_serial", "authorised", "valid_from"), ("valid_to",)),
    "gli": RowLayout(("intervention", "licence", "start_instruction", "valid_from"), ("valid_to",)),
    "history": RowLayout(("purchaser", "care_type", "valid_from", "valid_to"), ("addendum",)),
    "opt_out": RowLayout(("purchaser", "valid_from"), ("care_type",)),
    "value": RowLayout(("purchaser", "code", "value"), ("year", "care_type")),
}
"""The kinds of rows, by what stands in the column ``record``."""

FILLED = {record: frozenset({"record", "agb", *layout.required, *layout.optional}) for record, layout in ROWS.items()}
"""Every column that may hold something, by kind of row."""
