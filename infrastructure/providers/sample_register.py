"""A fictional national register of paramedical practices, for trials and demonstrations.

Nothing in it is real: names say "voorbeeld", addresses of mail end in ``.example``, AGB codes are counted, not looked
up. The same seed gives the same bytes on every Python: chance comes from ``random.Random(seed).random()`` alone, whose
values are guaranteed. The first practices of a longer register are those of a shorter one.
"""

import csv
import random  # noqa: TID251 -- the one place where chance is wanted: seeded, for fictional practices
from collections.abc import Iterator, Sequence
from typing import TextIO

from infrastructure.providers.layout import COLUMNS
from infrastructure.providers.sample_world import (
    CLAUDICATION,
    CONTRACTED_YEARS,
    HOURS,
    INITIALS,
    NETWORKED,
    PLACES,
    PREFIXES_WITHOUT_RULE,
    REGIONS,
    SECTORS,
    SURNAMES,
    Option,
    Sector,
    Weights,
)

MOST_PRACTICES = 99_999
PURCHASER = "caresq"


def write_sample(count: int, seed: int, file: TextIO) -> None:
    """Write a register of ``count`` practices, 1 to 99,999, as CSV with commas; open the file with ``newline=""``."""
    if not 1 <= count <= MOST_PRACTICES:
        raise ValueError(f"a sample has 1 to {MOST_PRACTICES} practices, not {count}")
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_Register(seed).rows(count))


class _Register:
    """Draws practices one after the other; no AGB code is drawn twice."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed).random  # noqa: S311 -- not a secret
        self._professionals: dict[str, int] = {}

    def rows(self, count: int) -> Iterator[dict[str, str]]:
        for number in range(count):
            yield from self._practice(number)

    def _practice(self, number: int) -> Iterator[dict[str, str]]:
        sectors = self._sectors()
        agb = f"{self._prefix(sectors)}{900_000 + number * 4_937 % 100_000}"
        practice = {"agb": agb}
        first_year = 2005 + self._below(19)
        yield practice | self._description(number, sectors)
        if self._chance(0.965):
            since = f"{first_year}-01-01"
            yield practice | {"record": "certificate", "valid_from": since} | self._end(0.01, since)
        for sector in sectors:
            for _ in range(self._heads(sector, alone=len(sectors) == 1)):
                yield from (practice | row for row in self._professional(sector, first_year))
        for place in range(1 + self._chance(0.2)):
            yield practice | self._signatory(agb, place, first_year)
        yield from (practice | row for row in self._history(sectors, first_year))

    def _sectors(self) -> Sequence[Sector]:
        first = self._weighted(SECTORS)
        others: list[Sector] = []
        while self._chance(0.08) and len(others) < 3:
            other = self._weighted(SECTORS)
            if other is not first and other not in others:
                others.append(other)
        return (first, *others)

    def _prefix(self, sectors: Sequence[Sector]) -> str:
        if self._chance(0.012):
            return self._one(PREFIXES_WITHOUT_RULE)
        return "37" if len(sectors) > 1 and self._chance(0.5) else sectors[0].prefix

    def _description(self, number: int, sectors: Sequence[Sector]) -> dict[str, str]:
        region, cities = self._weighted(REGIONS)
        city, place, drawn = self._one(cities), self._one(PLACES), self._draw()
        title = sectors[0].title if len(sectors) == 1 else "Paramedisch Centrum"
        kind, title = (
            ("hospital", "Ziekenhuis")
            if drawn < 0.004
            else ("institution", "Zorginstelling")
            if drawn < 0.02
            else ("independent", title)
        )
        return {
            "record": "practice",
            "name": f"{title} {place} {city} (voorbeeld {number + 1:05d})",
            "kind": kind,
            "region": region,
            "city": city,
            "vecozo_email": f"praktijk{number + 1:05d}@voorbeeld.example" if self._chance(0.99) else "",
        }

    def _heads(self, sector: Sector, *, alone: bool) -> int:
        """Many small practices, few large ones."""
        most = sector.most_professionals if alone else min(3, sector.most_professionals)
        drawn = self._draw()
        return 1 + int(most * drawn * drawn)

    def _professional(self, sector: Sector, first_year: int) -> Iterator[dict[str, str]]:
        taken = self._professionals.get(sector.prefix, 0)
        self._professionals[sector.prefix] = taken + 1
        agb = f"{sector.prefix}{(taken * 7_919 + 12_345) % 900_000:06d}"
        year = first_year + self._below(2025 - first_year)
        since = f"{year}-{1 + self._below(12):02d}-01"
        yield {
            "record": "professional",
            "professional_agb": agb,
            "profession": sector.profession,
            "weekly_hours": self._weighted(HOURS),
            "valid_from": since,
        } | self._end(0.02, since)
        codes: list[str] = []
        while sector.specialisations and len(codes) < 2 and self._chance(0.34 if not codes else 0.2):
            code = self._weighted(sector.specialisations)
            if code not in codes:
                codes.append(code)
                yield {
                    "record": "specialisation",
                    "professional_agb": agb,
                    "specialisation": code,
                    "vektis_registered": "yes" if self._chance(0.94) else "no",
                }
        for network, shares in (("ParkinsonNet", NETWORKED), ("Chronisch ZorgNet", CLAUDICATION)):
            if self._chance(shares.get(sector.care_type, 0.0)):
                yield {
                    "record": "membership",
                    "professional_agb": agb,
                    "network": network,
                    "valid_from": since,
                } | self._end(0.05, since)

    def _signatory(self, agb: str, place: int, first_year: int) -> dict[str, str]:
        name = f"{self._one(INITIALS)}. {self._one(SURNAMES)}"
        return {
            "record": "signatory",
            "person_id": f"p-{agb}-{place + 1}",
            "name": name,
            "certificate_serial": f"SAMPLE-{agb}-{place + 1}",
            "authorised": "yes" if place == 0 or self._chance(0.8) else "no",
            "valid_from": f"{first_year}-01-01",
        }

    def _history(self, sectors: Sequence[Sector], first_year: int) -> Iterator[dict[str, str]]:
        years = [year for year in self._weighted(CONTRACTED_YEARS) if int(year) >= first_year]
        for care_type in dict.fromkeys(sector.care_type for sector in sectors):
            for year in years:
                yield {
                    "record": "history",
                    "purchaser": PURCHASER,
                    "care_type": care_type,
                    "valid_from": f"{year}-01-01",
                    "valid_to": f"{year}-12-31",
                }
        if self._chance(0.015):
            yield {
                "record": "opt_out",
                "purchaser": PURCHASER,
                "care_type": sectors[0].care_type if self._chance(0.3) else "",
                "valid_from": f"2024-{1 + self._below(8):02d}-15",
            }

    def _end(self, chance: float, since: str) -> dict[str, str]:
        """Few ended in the summer of 2024 or end in the next year."""
        last_days = ("2024-07-31", "2025-06-30") if since < "2024-07-31" else ("2025-06-30",)
        return {"valid_to": self._one(last_days)} if self._chance(chance) else {}

    def _chance(self, chance: float) -> bool:
        return self._draw() < chance

    def _below(self, limit: int) -> int:
        return int(self._draw() * limit)

    def _one(self, options: Sequence[Option]) -> Option:
        return options[self._below(len(options))]

    def _weighted(self, weights: Weights[Option]) -> Option:
        left = self._draw() * sum(weight for _, weight in weights)
        options = iter(weights)
        option, weight = next(options)
        while (left := left - weight) >= 0:
            option, weight = next(options)
        return option
