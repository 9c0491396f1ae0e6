"""A fictional national register of paramedical practices, for trials and demonstrations.

Nothing in it is real: names say "voorbeeld", addresses of mail end in ``.example``, AGB codes are counted, not looked
up. The same seed gives the same bytes on every Python. The first practices of a longer register are those of a shorter
one.
"""

import csv
from collections.abc import Collection, Iterator, Sequence
from typing import TextIO

from infrastructure.providers.chance import Chance
from infrastructure.providers.layout import EVERY_COLUMN
from infrastructure.providers.sample_asr import known_to_asr
from infrastructure.providers.sample_registrations import LIFESTYLE_COACHING, interventions, registrations
from infrastructure.providers.sample_world import (
    CLAUDICATION,
    CONTRACTED_YEARS,
    HOURS,
    INITIALS,
    LIFESTYLE,
    NETWORKED,
    PLACES,
    PREFIXES_WITHOUT_RULE,
    REGIONS,
    SECTORS,
    SURNAMES,
    Sector,
)

MOST_PRACTICES = 99_999
PURCHASER = "caresq"
FURTHER_SEED = 2_654_435_769
"""Added to the seed for what the first layout did not have, so that all else is drawn as before."""


def write_sample(count: int, seed: int, file: TextIO, *, known_to: Collection[str] | None = None) -> None:
    """Write a register of ``count`` practices, 1 to 99,999, as CSV with commas; open the file with ``newline=""``.

    What purchasers know of them is that of all, or of those named.
    """
    if not 1 <= count <= MOST_PRACTICES:
        raise ValueError(f"a sample has 1 to {MOST_PRACTICES} practices, not {count}")
    writer = csv.DictWriter(file, EVERY_COLUMN, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        row
        for row in _Register(seed).rows(count)
        if known_to is None or "purchaser" not in row or row["purchaser"] in known_to
    )


HIGHEST_PLACE = 899_999
"""The last place of a code that ``_code`` makes: professionals count from the first, locations from the last."""


class _Register:
    """Draws practices one after the other; no AGB code is drawn twice."""

    def __init__(self, seed: int) -> None:
        self._chance = Chance(seed)
        self._further = Chance(seed + FURTHER_SEED)
        self._professionals: dict[str, int] = {}
        self._locations: dict[str, int] = {}

    def rows(self, count: int) -> Iterator[dict[str, str]]:
        for number in range(count):
            yield from self._practice(number)

    def _practice(self, number: int) -> Iterator[dict[str, str]]:
        sectors = self._sectors()
        agb = f"{self._prefix(sectors)}{900_000 + number * 4_937 % 100_000}"
        practice = {"agb": agb}
        first_year = 2005 + self._chance.below(19)
        description = self._description(number, sectors)
        yield practice | description
        if self._chance.happens(0.965):
            since = f"{first_year}-01-01"
            yield practice | {"record": "certificate", "valid_from": since} | self._end(0.01, since)
        yield from (practice | row for row in self._location(description, agb[:2], first_year))
        in_skf, coaches, heads = self._further.happens(0.04), False, 0
        for sector in sectors:
            coaches = coaches or sector is LIFESTYLE
            for _ in range(self._heads(sector, alone=len(sectors) == 1)):
                heads += 1
                for row in self._professional(sector, first_year, in_skf=in_skf):
                    coaches = coaches or row.get("annotation") == LIFESTYLE_COACHING
                    yield practice | row
        for place in range(1 + self._chance.happens(0.2)):
            yield practice | self._signatory(agb, place, first_year)
        if coaches and self._further.happens(0.93):
            yield from (practice | row for row in interventions(self._further, f"{max(first_year, 2021)}-01-01"))
        yield from (practice | row for row in self._history(sectors, first_year))
        care_types = [*dict.fromkeys(each.care_type for each in sectors), *self._of_kind(description["kind"])]
        for care_type in self._of_kind(description["kind"]):
            yield practice | self._former_contract(care_type)
        known = known_to_asr(self._further, description["kind"], care_types, heads, first_year)
        yield from (practice | row for row in known)

    def _sectors(self) -> Sequence[Sector]:
        first = self._chance.weighted(SECTORS)
        others: list[Sector] = []
        while self._chance.happens(0.08) and len(others) < 3:
            other = self._chance.weighted(SECTORS)
            if other is not first and other not in others:
                others.append(other)
        return (first, *others)

    def _prefix(self, sectors: Sequence[Sector]) -> str:
        if self._chance.happens(0.012):
            return self._chance.one(PREFIXES_WITHOUT_RULE)
        return "37" if len(sectors) > 1 and self._chance.happens(0.5) else sectors[0].prefix

    def _description(self, number: int, sectors: Sequence[Sector]) -> dict[str, str]:
        region, cities = self._chance.weighted(REGIONS)
        city, place, drawn = self._chance.one(cities), self._chance.one(PLACES), self._chance.draw()
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
            "vecozo_email": f"praktijk{number + 1:05d}@voorbeeld.example" if self._chance.happens(0.99) else "",
        }

    def _location(self, description: dict[str, str], prefix: str, first_year: int) -> Iterator[dict[str, str]]:
        if not self._further.happens(0.05):
            return
        taken = self._locations.get(prefix, 0)
        self._locations[prefix] = taken + 1
        yield {
            "record": "location",
            "location_agb": _code(prefix, HIGHEST_PLACE - taken),
            "name": f"{description['name']}, dependance",
            "valid_from": f"{first_year + 1}-01-01",
        } | ({"valid_to": "2025-04-30"} if self._further.happens(0.1) else {})

    def _heads(self, sector: Sector, *, alone: bool) -> int:
        """Many small practices, few large ones."""
        most = sector.most_professionals if alone else min(3, sector.most_professionals)
        drawn = self._chance.draw()
        return 1 + int(most * drawn * drawn)

    def _professional(self, sector: Sector, first_year: int, *, in_skf: bool) -> Iterator[dict[str, str]]:
        taken = self._professionals.get(sector.prefix, 0)
        self._professionals[sector.prefix] = taken + 1
        agb = _code(sector.prefix, taken)
        year = first_year + self._chance.below(2025 - first_year)
        since = f"{year}-{1 + self._chance.below(12):02d}-01"
        yield {
            "record": "professional",
            "professional_agb": agb,
            "profession": sector.profession,
            "weekly_hours": self._chance.weighted(HOURS),
            "valid_from": since,
        } | self._end(0.02, since)
        codes: list[str] = []
        while sector.specialisations and len(codes) < 2 and self._chance.happens(0.34 if not codes else 0.2):
            code = self._chance.weighted(sector.specialisations)
            if code not in codes:
                codes.append(code)
                yield {
                    "record": "specialisation",
                    "professional_agb": agb,
                    "specialisation": code,
                    "vektis_registered": "yes" if self._chance.happens(0.94) else "no",
                }
        for network, shares in (("ParkinsonNet", NETWORKED), ("Chronisch ZorgNet", CLAUDICATION)):
            if self._chance.happens(shares.get(sector.care_type, 0.0)):
                yield {
                    "record": "membership",
                    "professional_agb": agb,
                    "network": network,
                    "valid_from": since,
                } | self._end(0.05, since)
        for row in registrations(self._further, sector.profession, codes, since, in_skf=in_skf):
            yield {"professional_agb": agb} | row

    def _signatory(self, agb: str, place: int, first_year: int) -> dict[str, str]:
        name = f"{self._chance.one(INITIALS)}. {self._chance.one(SURNAMES)}"
        return {
            "record": "signatory",
            "person_id": f"p-{agb}-{place + 1}",
            "name": name,
            "certificate_serial": f"SAMPLE-{agb}-{place + 1}",
            "authorised": "yes" if place == 0 or self._chance.happens(0.8) else "no",
            "valid_from": f"{first_year}-01-01",
        }

    def _history(self, sectors: Sequence[Sector], first_year: int) -> Iterator[dict[str, str]]:
        years = [year for year in self._chance.weighted(CONTRACTED_YEARS) if int(year) >= first_year]
        for care_type in dict.fromkeys(sector.care_type for sector in sectors):
            for year in years:
                yield {
                    "record": "history",
                    "purchaser": PURCHASER,
                    "care_type": care_type,
                    "valid_from": f"{year}-01-01",
                    "valid_to": f"{year}-12-31",
                }
        if self._chance.happens(0.015):
            yield {
                "record": "opt_out",
                "purchaser": PURCHASER,
                "care_type": sectors[0].care_type if self._chance.happens(0.3) else "",
                "valid_from": f"2024-{1 + self._chance.below(8):02d}-15",
            }

    def _of_kind(self, kind: str) -> tuple[str, ...]:
        return {"institution": ("INST",), "hospital": ("ZKH",)}.get(kind, ())

    def _former_contract(self, care_type: str) -> dict[str, str]:
        """Institutions and hospitals had a contract for 2024; some hospitals with the addendum of CQ25-4-28."""
        addendum = "Paramedische zorg MSZ" if care_type == "ZKH" and self._further.happens(0.7) else ""
        return {
            "record": "history",
            "purchaser": PURCHASER,
            "care_type": care_type,
            "valid_from": "2024-01-01",
            "valid_to": "2024-12-31",
            "addendum": addendum,
        }

    def _end(self, chance: float, since: str) -> dict[str, str]:
        """Few ended in the summer of 2024 or end in the next year."""
        last_days = ("2024-07-31", "2025-06-30") if since < "2024-07-31" else ("2025-06-30",)
        return {"valid_to": self._chance.one(last_days)} if self._chance.happens(chance) else {}


def _code(prefix: str, place: int) -> str:
    """The AGB code at a place from 0 to ``HIGHEST_PLACE``: no two places have the same, and neighbours look unlike."""
    return f"{prefix}{(place * 7_919 + 12_345) % 900_000:06d}"
