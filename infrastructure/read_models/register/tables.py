"""The register's tables. Days are ISO text, instants integer microseconds, knowledge half-open log positions."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

STILL = (1 << 63) - 1
"""``known_to`` of what is still known so."""
OPEN = "9999-12-31"
"""``day_to`` of what has no end."""

METADATA = MetaData()
_TEXT: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
_INT: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")


def _key(name: str, type_: TypeEngine[str] | TypeEngine[int] = _TEXT) -> Column[object]:
    return Column(name, type_, primary_key=True, nullable=False)


def _text(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, _TEXT, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, _INT, nullable=nullable)


PROCEDURE = Table(
    "procedure",
    METADATA,
    *(_key(name) for name in ("purchaser", "agb", "care_type", "period")),
    _key("at_from", _INT),
    _key("known_from", _INT),
    _number("known_to"),
    _text("status"),
    Column("attempt", Integer, nullable=False),
    _text("entitled_tier", nullable=True),
    _text("offered_tier", nullable=True),
    _text("due_on", nullable=True),
    Column("reasons", Text),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""Where the procedure stood from ``at_from`` until the next row of the contract that is known."""

LEGAL_POSITION = Table(
    "legal_position",
    METADATA,
    *(_key(name) for name in ("purchaser", "agb", "care_type", "period", "day_from")),
    _key("known_from", _INT),
    _number("known_to"),
    _text("day_to"),
    Column("in_force", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    _text("term_start", nullable=True),
    _text("term_end", nullable=True),
    _text("tier", nullable=True),
    _text("tier_from", nullable=True),
    _text("selective"),
    Column("listed", Integer, nullable=False),
    _number("listed_from", nullable=True),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""What held in law on the days ``day_from`` until before ``day_to``; ``selective`` are codes with a space between."""

PRACTICE_CODE = Table(
    "practice_code",
    METADATA,
    *(_key(name) for name in ("code", "agb", "day_from")),
    _key("known_from", _INT),
    _number("known_to"),
    _text("day_to"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""Which practice a code means: its own on every day, that of a location on the days on which it is open."""
