"""The rows of one practice that belong to a purchaser: past contracts, opt-outs, known values."""

from collections.abc import Callable

from application.provider_import import NamedOptOut
from domain.care_type import CareType
from domain.provider.provider import KnownValue, PastContract
from infrastructure.providers.cells import Row
from infrastructure.providers.professional_rows import overlap


class PurchaserRows:
    """Gathers what purchasers know of one practice; every mistake is noted by the row that has it."""

    def __init__(self) -> None:
        self._past_contracts: dict[str, list[PastContract]] = {}
        self._opt_outs: list[NamedOptOut] = []
        self._values: dict[str, dict[tuple[str, int, str], KnownValue]] = {}
        self.read: dict[str, Callable[[Row], None]] = {
            "history": self._read_history,
            "opt_out": self._read_opt_out,
            "value": self._read_value,
        }

    def past_contracts(self) -> dict[str, tuple[PastContract, ...]]:
        """By purchaser, in order of first day."""
        return {
            purchaser: tuple(sorted(contracts, key=lambda each: (each.first_day, each.care_type)))
            for purchaser, contracts in sorted(self._past_contracts.items())
        }

    def opt_outs(self) -> tuple[NamedOptOut, ...]:
        """Those of all purchasers."""
        return tuple(sorted(self._opt_outs, key=lambda each: (each.purchaser, each.from_day, each.care_type or "")))

    def known_values(self) -> dict[str, tuple[KnownValue, ...]]:
        """By purchaser, in order of code, year and care type."""
        return {
            purchaser: tuple(value for _, value in sorted(values.items()))
            for purchaser, values in sorted(self._values.items())
        }

    def _read_history(self, row: Row) -> None:
        purchaser, care_type = row.identifier("purchaser"), row.choice("care_type", CareType)
        first_day = row.first_day()
        last_day = row.last_day(first_day)
        addendum = row.text("addendum") or None
        if care_type is None or last_day is None:
            return
        contract = PastContract(care_type=care_type, first_day=first_day, last_day=last_day, addendum=addendum)
        known = self._past_contracts.setdefault(purchaser, [])
        if any(
            each.care_type is care_type and overlap((each.first_day, each.last_day), (first_day, last_day))
            for each in known
        ):
            row.refuse("valid_from", f"days that do not overlap those of another {care_type} contract with {purchaser}")
            return
        known.append(contract)

    def _read_opt_out(self, row: Row) -> None:
        self._opt_outs.append(NamedOptOut(row.identifier("purchaser"), _care_type(row), row.first_day()))

    def _read_value(self, row: Row) -> None:
        purchaser, year = row.identifier("purchaser"), row.year("year")
        known = KnownValue(
            code=row.code("code", "behandelindex"), value=row.value("value"), year=year, care_type=_care_type(row)
        )
        values = self._values.setdefault(purchaser, {})
        key = (known.code, year or 0, known.care_type or "")
        if key in values:
            row.refuse("code", f"each code once for a purchaser, year and care type; {known.code} stands there already")
        values[key] = known


def _care_type(row: Row) -> CareType | None:
    return row.choice("care_type", CareType) if row.found("care_type") else None
