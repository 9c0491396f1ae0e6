"""Whether the register says two things at once: rows that meet on both axes."""

from collections.abc import Sequence

from infrastructure.persistence.database import LogDatabase

SHOWN = 20
_SAME = "a.purchaser = b.purchaser AND a.agb = b.agb AND a.care_type = b.care_type"
_BOTH_KNOWN = "a.known_from < b.known_to AND b.known_from < a.known_to"
_IN_FORCE_TWICE = (
    "SELECT a.purchaser, a.agb, a.care_type, a.period, a.day_from, a.known_from, b.period, b.day_from, b.known_from "
    f"FROM legal_position AS a JOIN legal_position AS b ON {_SAME} AND {_BOTH_KNOWN} "
    "AND a.day_from < b.day_to AND b.day_from < a.day_to "
    "AND (a.period, a.day_from, a.known_from) < (b.period, b.day_from, b.known_from) "
    "WHERE (a.in_force = 1 AND b.in_force = 1) OR a.period = b.period LIMIT ?"
)
_STANDS_TWICE = (
    "SELECT a.purchaser, a.agb, a.care_type, a.period, a.at_from, a.known_from, b.known_from "
    f"FROM procedure AS a JOIN procedure AS b ON {_SAME} AND {_BOTH_KNOWN} "
    "AND a.period = b.period AND a.at_from = b.at_from AND a.known_from < b.known_from LIMIT ?"
)
_MEANT_TWICE = (
    "SELECT a.code, a.agb, a.day_from, a.known_from, b.day_from, b.known_from "
    f"FROM practice_code AS a JOIN practice_code AS b ON a.code = b.code AND a.agb = b.agb AND {_BOTH_KNOWN} "
    "AND a.day_from = b.day_from AND a.known_from < b.known_from LIMIT ?"
)


def overlaps(database: LogDatabase) -> Sequence[str]:
    """Pairs of rows that hold at once, at most 20 of a kind, each as a line; none is as it must be.

    Of one purchaser, practice and care type no two contracts are in force on the same day with the same knowledge, of
    one contract no two rows hold on the same day, and its procedure has no two states from one instant on.
    """
    found = [
        f"{row[0]}/{row[1]}/{row[2]}: {row[3]} from {row[4]} known from {row[5]}, "
        f"and {row[6]} from {row[7]} known from {row[8]}, hold on the same day"
        for row in database.fetch(_IN_FORCE_TWICE, (SHOWN,))
    ]
    found += [
        f"{'/'.join(row[:4])}: two states from {row[4]} on, known from {row[5]} and from {row[6]}"
        for row in database.fetch(_STANDS_TWICE, (SHOWN,))
    ]
    found += [
        f"{row[0]}: means {row[1]} twice from {row[2]} on, known from {row[3]} and from {row[5]}"
        for row in database.fetch(_MEANT_TWICE, (SHOWN,))
    ]
    return found
