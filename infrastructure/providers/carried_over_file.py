"""A CSV file of contracts from before this system: one contract a row (``docs/providers.md``)."""

import re
from collections.abc import Iterator
from pathlib import Path

from application.carried_over import CarriedOverRow
from application.provider_import import RegisterFileError, RowMistake
from domain.calendar import Term
from domain.care_type import CareType
from domain.contract.commands import CarryOver
from domain.contract.contract_id import ContractId
from infrastructure.providers.cells import Row
from infrastructure.providers.csv_file import CsvTable

COLUMNS = ("purchaser", "agb", "care_type", "period", "start", "end", "tier", "external_policy")
_PERIOD = re.compile(r"[0-9]{4}(-[0-9]{4})?", re.ASCII)


def carried_over_rows(path: Path) -> Iterator[CarriedOverRow | tuple[RowMistake, ...]]:
    """Each row of the file, or what is wrong with it; raises ``RegisterFileError`` when it can not be read at all."""
    rows = CsvTable(path).rows()
    _, header = next(rows, (1, []))
    missing = [name for name in COLUMNS if name not in header]
    strange = [name for name in header if name not in COLUMNS]
    if missing or strange or len(set(header)) != len(header):
        told = f"without {', '.join(missing)}" if missing else f"with {', '.join(strange) or 'a column twice'}"
        raise RegisterFileError(f"{path}: line 1 is a header {told}; expected the columns {', '.join(COLUMNS)}")
    for line, cells in rows:
        if len(cells) != len(header):
            yield (RowMistake(line, "row", f"{len(cells)} cells", f"{len(header)}, as many as there are columns"),)
            continue
        mistakes: list[RowMistake] = []
        read = _contract(Row(line, dict(zip(header, cells, strict=True)), mistakes))
        if read is None or mistakes:
            yield tuple(mistakes)
        else:
            yield read


def _contract(row: Row) -> CarriedOverRow | None:
    """The contract of a row; nothing after a mistake, which is noted."""
    purchaser, agb, care_type = row.identifier("purchaser"), row.agb("agb"), row.choice("care_type", CareType)
    if not _PERIOD.fullmatch(row.found("period")):
        row.refuse("period", "the period that the policy names, such as 2024-2025")
    start, end, policy = row.day("start"), row.day("end"), row.text("external_policy")
    for column in ("start", "end"):
        if not row.found(column):
            row.refuse(column, "a day such as 2024-01-01")
    if not policy:
        row.refuse("external_policy", "the policy under which it was concluded, such as caresq-2024")
    if start is not None and end is not None and end < start:
        row.refuse("end", f"a day not before the start {start}")
        return None
    if agb is None or care_type is None or start is None or end is None or not policy:
        return None
    contract_id = ContractId(purchaser, agb, care_type, row.found("period"))
    term = Term(start=start, end=end)
    return CarriedOverRow(
        row.line, contract_id, CarryOver(term=term, external_policy=policy, tier=row.text("tier") or None)
    )
