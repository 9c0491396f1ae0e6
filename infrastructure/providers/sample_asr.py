"""What a.s.r. knows of the practices of the sample: contracts for 2023, claims, treatment index, minimum conditions.

The codes and texts are those that the packaged policy asr-2024 asks for.
"""

from collections.abc import Iterator, Sequence

from infrastructure.providers.chance import Chance, Weights

PURCHASER = "asr"
CARE_TYPES = ("FYS", "OEF", "ERG", "LOG", "DIE", "HUI", "VOET", "INST")
Cells = dict[str, str]

_SUPPLIED: tuple[tuple[str, Weights[str]], ...] = (
    ("kvk", (("ingeschreven", 997), ("uitgeschreven", 2), ("", 1))),
    ("wtza", (("gemeld", 900), ("vergunning", 60), ("nvt", 30), ("geweigerd", 3), ("", 7))),
    ("governance_code", (("nvt", 860), ("ingevoerd", 130), ("niet_ingevoerd", 5), ("", 5))),
    ("ubo", (("bekend", 990), ("", 10))),
    ("ubo_sanctie", (("nee", 994), ("ja", 1), ("", 5))),
    ("ivr", (("nee", 996), ("ja", 4))),
    ("evr", (("nee", 996), ("ja", 4))),
    ("verscherpt_toezicht", (("nee", 996), ("ja", 2), ("", 2))),
)
"""What is supplied of every practice, and how often; an empty one is missing."""

_OWN_RECORDS: tuple[tuple[str, str, float], ...] = (
    ("fraudeonderzoek", "ja", 0.003),
    ("ernstige_fout", "2018-11-05", 0.001),
    ("ernstige_fout", "2021-03-17", 0.002),
    ("plausibele_aanwijzingen", "ja", 0.003),
    ("finding", "2023-05-22", 0.004),
)
"""What a.s.r. itself put on record, and of which share of the practices."""

_TREATMENT_INDEX: Weights[tuple[int, int]] = (((600, 300), 20), ((900, 300), 60), ((1200, 290), 16), ((1490, 500), 4))
"""The treatment index of 2022 in tenths: the lowest of a band, and how wide it is."""

_ALL_CARE = "FYS OEF ERG LOG DIE HUI VOET"


def known_to_asr(chance: Chance, kind: str, care_types: Sequence[str], heads: int, first_year: int) -> Iterator[Cells]:
    """Rows of one practice: nothing of some that never had to do with a.s.r."""
    contracted = [each for each in care_types if each in CARE_TYPES] if first_year <= 2023 else []
    if not chance.happens(0.72):
        contracted = []
    if not contracted and not chance.happens(0.3):
        return
    for care_type in contracted:
        yield _row("history", care_type=care_type, valid_from="2023-01-01", valid_to="2023-12-31")
        if chance.happens(0.99):
            claims = 0 if chance.happens(0.02) else 1 + chance.below(60 * heads)
            yield _row("value", code="claims", year="2023", care_type=care_type, value=str(claims))
    if "FYS" in care_types:
        yield from _measured(chance, heads)
    for code, texts in _SUPPLIED:
        text = chance.weighted(texts)
        if text:
            yield _row("value", code=code, value=text)
    recorded = {code: text for code, text, share in _OWN_RECORDS if chance.happens(share)}
    for code, text in recorded.items():
        yield _row("value", code=code, value=text)
    if kind == "institution":
        qualified = _ALL_CARE if chance.happens(0.6) else " ".join(each for each in care_types if each != "INST")
        yield _row("value", code="kwalificaties", value=qualified)


def _measured(chance: Chance, heads: int) -> Iterator[Cells]:
    patients = 8 + chance.below(140 * heads)
    yield _row("value", code="patients", year="2022", value=str(patients))
    if chance.happens(0.3 if patients < 30 else 0.985):
        lowest, width = chance.weighted(_TREATMENT_INDEX)
        tenths = lowest + chance.below(width)
        yield _row("value", code="behandelindex", year="2022", value=f"{tenths // 10}.{tenths % 10}")


def _row(record: str, **cells: str) -> Cells:
    return {"record": record, "purchaser": PURCHASER, **cells}
