"""Tables of tiers: by count, by points, by bands; a table that is accepted has exactly one tier for everybody."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.care_type import CareType
from domain.policy.answers import Answers, Measured
from domain.policy.bands import MOST_CELLS, Line, TooManyBandsError, never_reached, told, undivided
from domain.policy.bounds import Bounds
from domain.policy.document import CareTypeRules
from domain.policy.factors import standing_of, tier_for
from domain.policy.measures import measured_now
from domain.policy.tier_rules import BandTier, Measure
from domain.policy.values import number_text
from domain.provider.provider import KnownValue
from tests.given import caresq_two_years, practice

CLAUSE = "CQ25-3.2-1"


def rules(**changes: Any) -> CareTypeRules:
    """Physiotherapy with other tiers."""
    written = caresq_two_years().care_types[CareType.FYS].model_dump(mode="json")
    return CareTypeRules.model_validate({**written, **changes})


def by_points(weights: dict[str, str], thresholds: dict[str, str]) -> CareTypeRules:
    factors = caresq_two_years().model_dump(mode="json")["care_types"]["FYS"]["factors"]
    return rules(
        factors={code: {**factor, "points": weights[code]} for code, factor in factors.items()},
        tiers=[{"name": name, "points_at_least": points, "clause": CLAUSE} for name, points in thresholds.items()],
    )


def measure(**written: Any) -> dict[str, Any]:
    return {"label": {"nl": "x", "en": "x"}, "value": "x", "clause": CLAUSE, **written}


def by_bands(tiers: dict[str, Any], measures: dict[str, Any]) -> CareTypeRules:
    return rules(
        factors={},
        correction=None,
        measures=measures,
        unmeasured={"tier": list(tiers)[-1], "clause": CLAUSE},
        tiers=[
            {"name": name, "clause": CLAUSE, **({"otherwise": True} if ways == "otherwise" else {"when": ways})}
            for name, ways in tiers.items()
        ],
    )


def tier_at(found: CareTypeRules, **numbers: str | None) -> str:
    measured = [
        Measured(measure=code, number=None if number is None else Decimal(number)) for code, number in numbers.items()
    ]
    return tier_for(found, (), measured).name


# ------------------------------------------------------------------------------------------------ points


def test_points_are_added_exactly_and_compared_exactly() -> None:
    thirds = by_points(
        {"prem": "1/3", "share": "1/3", "kngf": "1/3", "skf": "-0.5"}, {"Hoog": "1", "Midden": "0.5", "Laag": "-1/2"}
    )
    assert tier_for(thirds, ["prem", "share", "kngf"]).name == "Hoog"
    assert tier_for(thirds, ["prem", "share"]).name == "Midden"
    assert tier_for(thirds, ["prem", "share", "kngf", "skf"]).name == "Midden"
    assert tier_for(thirds, ["prem"]).name == "Laag"
    assert tier_for(thirds, ["skf"]).name == "Laag"
    assert standing_of(thirds, ["prem", "skf"]).points == Fraction(-1, 6)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2", "2"),
        ("1.50", "1.5"),
        ("-0.05", "-0.05"),
        ("1/3", "1/3"),
        ("-7/2", "-3.5"),
        ("0", "0"),
        ("1/1024", "1/1024"),
    ],
)
def test_a_number_is_written_as_people_write_it_and_reads_back(number: str, text: str) -> None:
    assert number_text(Fraction(number)) == text
    assert Fraction(text) == Fraction(number)


@drawn(
    weights=st.lists(st.integers(-6, 6), min_size=4, max_size=4),
    met=st.sets(st.sampled_from(["prem", "share", "kngf", "skf"])),
)
@settings(max_examples=60, deadline=None)
def test_everybody_is_in_the_highest_tier_whose_points_are_reached(weights: list[int], met: set[str]) -> None:
    of_factors = dict(zip(("prem", "share", "kngf", "skf"), weights, strict=True))
    least, most = sum(each for each in weights if each < 0), sum(each for each in weights if each > 0)
    thresholds = {f"T{points}": str(points) for points in range(most, least - 1, -2)}
    thresholds[f"T{least}"] = str(least)
    table = by_points({code: str(weight) for code, weight in of_factors.items()}, thresholds)
    points = sum(of_factors[code] for code in met)
    assert tier_for(table, met).name == f"T{max(int(each) for each in thresholds.values() if int(each) <= points)}"


# ------------------------------------------------------------------------------------------------- bands

SCORE = {"score": measure(within={"at_least": "0", "at_most": "10"})}
BOTH = {**SCORE, "patients": measure(whole=True, within={"at_least": "0"})}


def test_a_number_on_a_closed_end_belongs_and_on_an_open_end_does_not() -> None:
    table = by_bands(
        {"Hoog": [{"score": {"at_least": "9"}}], "Midden": [{"score": {"above": "7", "below": "9"}}],
         "Laag": [{"score": {"at_most": "7"}}]},
        SCORE,
    )  # fmt: skip
    assert [tier_at(table, score=number) for number in ("10", "9", "8.999999", "7.000001", "7", "0")] == [
        *("Hoog", "Hoog", "Midden", "Midden", "Laag", "Laag")
    ]


def test_an_unknown_number_is_in_no_band_unless_another_way_leads_there() -> None:
    table = by_bands(
        {"Hoog": [{"score": {"at_least": "8"}}, {"score": {"below": "8"}, "patients": {"at_least": "100"}}],
         "Laag": "otherwise"},
        BOTH,
    )  # fmt: skip
    assert tier_at(table, score="8", patients=None) == "Hoog"
    assert tier_at(table, score="7", patients="100") == "Hoog"
    assert tier_at(table, score="7", patients="99") == "Laag"
    unknown = table.model_copy(update={"unmeasured": table.unmeasured})
    assert tier_at(unknown, score="7", patients=None) == "Laag"
    assert tier_at(unknown, score=None, patients="100") == "Laag"


def test_while_it_depends_on_what_is_unknown_the_tier_named_for_it_holds() -> None:
    table = by_bands(
        {"Hoog": [{"score": {"at_least": "8"}}], "Midden": [{"score": {"below": "8", "at_least": "5"}}],
         "Laag": "otherwise"},
        SCORE,
    )  # fmt: skip
    named = table.model_validate({**table.model_dump(mode="json"), "unmeasured": {"tier": "Midden", "clause": CLAUSE}})
    assert tier_at(named, score=None) == "Midden"
    assert tier_at(named, score="2") == "Laag"


@pytest.mark.parametrize(
    ("written", "number", "taken"),
    [
        ({}, "-3.5", True),
        ({"whole": "true"}, "3", True),
        ({"whole": "true"}, "3.0", True),
        ({"whole": "true"}, "3.5", False),
        ({"within": {"at_least": "1", "below": "10"}}, "1", True),
        ({"within": {"at_least": "1", "below": "10"}}, "10", False),
    ],
)
def test_a_measure_takes_only_its_own_numbers(written: dict[str, Any], number: str, taken: bool) -> None:
    assert Measure.model_validate(measure(**written)).takes(Decimal(number)) is taken


def test_between_whole_numbers_lies_no_gap() -> None:
    ways = {"A": [{"n": Bounds(at_least=Decimal(30))}], "B": [{"n": Bounds(at_most=Decimal(29))}]}
    assert list(undivided(ways, {"n": Line(whole=True)}, gaps=True)) == []
    (gap,) = undivided(ways, {"n": Line()}, gaps=True)
    assert gap == ("n above 29 and below 30", ())


def test_a_gap_is_told_with_all_its_ends() -> None:
    ways = {"A": [{"n": Bounds(above=Decimal("8.5"))}], "B": [{"n": Bounds(below=Decimal("8.5"), at_least=Decimal(1))}]}
    within = Line(within=Bounds(above=Decimal(0)))
    assert [each.numbers for each in undivided(ways, {"n": within}, gaps=True)] == [
        *("n above 0 and below 1", "n exactly 8.5")
    ]


ANY_NUMBER = Line()


def gaps(*bands: Bounds, line: Line = ANY_NUMBER) -> list[str]:
    """The numbers that none of these bands of one measure covers."""
    ways = {f"T{number}": [{"n": band}] for number, band in enumerate(bands)}
    return [each.numbers for each in undivided(ways, {"n": line}, gaps=True)]


@pytest.mark.parametrize(
    ("band", "open_to"),
    [
        ({"at_least": 10}, ["n below 10"]),
        ({"above": 10}, ["n at most 10"]),
        ({"at_most": 10}, ["n above 10"]),
        ({"below": 10}, ["n at least 10"]),
        ({"above": 3, "below": 10}, ["n at most 3", "n at least 10"]),
        ({"at_least": 3, "at_most": 10}, ["n below 3", "n above 10"]),
    ],
)
def test_what_a_band_leaves_open_is_told_with_its_ends(band: dict[str, int], open_to: list[str]) -> None:
    assert gaps(Bounds(**{end: Decimal(number) for end, number in band.items()})) == open_to


@pytest.mark.parametrize(
    ("bands", "open_to"),
    [
        ([{"above": "29.5"}], ["n at most 29"]),
        ([{"at_least": 30}], ["n at most 29"]),
        ([{"at_most": 30}], ["n at least 31"]),
        ([{"below": "30.5"}], ["n at least 31"]),
        ([{"below": 30}], ["n at least 30"]),
        ([{"above": 30}], ["n at most 30"]),
        ([{"at_most": 3}, {"at_least": 10}], ["n at least 4 and at most 9"]),
        ([{"below": 3}, {"above": 10}], ["n at least 3 and at most 10"]),
        ([{"at_most": 3}, {"at_least": 5}], ["n exactly 4"]),
        ([{"below": 4}, {"above": 4}], ["n exactly 4"]),
        ([{"at_most": "3.2"}, {"at_least": "3.8"}], []),
    ],
)
def test_between_whole_numbers_a_gap_is_told_in_whole_numbers(bands: list[dict[str, Any]], open_to: list[str]) -> None:
    read = [Bounds(**{end: Decimal(number) for end, number in band.items()}) for band in bands]
    assert gaps(*read, line=Line(whole=True)) == open_to


def test_a_gap_of_several_measures_names_each_that_matters_and_grows_as_far_as_it_can() -> None:
    ten, five = Decimal(10), Decimal(5)
    lines = {"a": Line(), "b": Line(), "c": Line()}
    ways = {"T": [{"a": Bounds(at_least=ten)}, {"b": Bounds(above=five)}]}
    assert list(undivided(ways, lines, gaps=True)) == [("a below 10 and b at most 5", ())]
    only = {"T": [{"a": Bounds(at_least=ten), "b": Bounds(above=five)}]}
    assert [each.numbers for each in undivided(only, lines, gaps=True)] == [
        "a below 10",
        "a at least 10 and b at most 5",
    ]


def test_several_tiers_that_cover_the_same_numbers_are_named_together() -> None:
    ways = {
        "A": [{"n": Bounds(at_least=Decimal(10))}],
        "B": [{"n": Bounds(at_most=Decimal(12))}],
        "C": [{"n": Bounds(at_least=Decimal(12), at_most=Decimal(12))}],
    }
    found = list(undivided(ways, {"n": Line()}, gaps=False))
    assert found == [("n at least 10 and below 12", ("A", "B")), ("n exactly 12", ("A", "B", "C"))]
    assert told(found, most=2) == [
        "A and B both cover n at least 10 and below 12",
        "A and B and C both cover n exactly 12",
    ]
    assert told(found, most=1) == ["A and B both cover n at least 10 and below 12", "and 1 more of the kind"]


def test_where_no_tier_covers_anything_that_is_any_number() -> None:
    (gap,) = undivided({"A": []}, {"n": Line(), "m": Line(whole=True)}, gaps=True)
    assert (gap.numbers, gap.claimed_by) == ("any number", ())
    assert told([gap], most=5) == ["no tier covers any number"]
    assert list(undivided({"A": []}, {"n": Line()}, gaps=False)) == []


def test_all_that_can_be_measured_is_any_number() -> None:
    assert gaps(line=Line(within=Bounds(at_least=Decimal(1)))) == ["any number"]
    assert gaps(line=Line(within=Bounds(at_least=Decimal(1), at_most=Decimal(9)))) == ["any number"]


@pytest.mark.parametrize(
    ("known", "number"),
    [
        ([("7", None, None)], None),
        ([("7", 2023, None)], "7"),
        ([("7", 2023, None), ("8", 2023, CareType.FYS)], "8"),
        ([("7", 2023, CareType.LOG)], None),
        ([("11", 2023, None)], None),
        ([("many", 2023, None)], None),
        ([], None),
    ],
)
def test_a_number_is_the_one_known_of_the_year_and_care_type_if_it_can_be_one(
    known: list[tuple[str, int | None, CareType | None]], number: str | None
) -> None:
    asked = measure(value="score", year=2023, within={"at_most": "10"})
    bands = {"A": [{"score": {"at_least": "5"}}], "B": "otherwise"}
    values = tuple(KnownValue(code="score", value=value, year=year, care_type=of) for value, year, of in known)
    provider = replace(practice(), known_values=values)
    found = measured_now(by_bands(bands, {"score": asked}), None, provider, CareType.FYS)
    assert found == (Measured(measure="score", number=None if number is None else Decimal(number)),)


def test_a_number_that_is_asked_is_the_one_answered_if_it_can_be_one() -> None:
    asked = {"label": {"nl": "x", "en": "x"}, "asked": "true", "within": {"at_most": "10"}, "clause": CLAUSE}
    bands = {"A": [{"patients": {"at_least": "5"}}], "B": "otherwise"}

    def found(given_answers: Answers | None) -> Decimal | None:
        return measured_now(by_bands(bands, {"patients": asked}), given_answers, practice(), CareType.FYS)[0].number

    assert found(None) is None
    assert found(Answers()) is None
    assert found(Answers(numbers={"patients": Decimal(10)})) == 10
    assert found(Answers(numbers={"patients": Decimal(11)})) is None


def test_a_measure_of_one_number_is_told_by_it() -> None:
    within = Bounds(at_least=Decimal(7), at_most=Decimal(7))
    assert gaps(line=Line(within=within)) == ["n exactly 7"]
    assert gaps(Bounds(at_least=Decimal(7)), line=Line(within=within)) == []


def test_a_table_with_too_many_combinations_is_not_judged() -> None:
    ways = {"A": [{f"m{number}": Bounds(at_least=Decimal(each)) for number in range(4)} for each in range(8)]}
    with pytest.raises(TooManyBandsError, match=f"83521 combinations, more than {MOST_CELLS}"):
        list(undivided(ways, {f"m{number}": Line() for number in range(4)}, gaps=True))


def test_a_policy_with_such_a_table_is_told_so() -> None:
    measures = {f"m{number}": measure(value=f"m{number}") for number in range(4)}
    ways = [{f"m{number}": {"at_least": str(each)} for number in range(4)} for each in range(8)]
    with pytest.raises(ValidationError) as refused:
        by_bands({"A": ways, "B": "otherwise"}, measures)
    assert f"tiers: the bounds have 83521 combinations, more than {MOST_CELLS}" in str(refused.value)


def test_a_tier_that_only_numbers_outside_the_measure_reach_is_told() -> None:
    ways = {"A": [{"n": Bounds(above=Decimal(10))}], "B": [{"n": Bounds(at_most=Decimal(10))}]}
    assert never_reached(ways, {"n": Line(within=Bounds(at_most=Decimal(10)))}) == ["A"]


NUMBERS = st.integers(0, 6)
SIDE = st.none() | st.booleans()
"""Whether an end is there, and closed."""


@st.composite
def bands(draw: Any) -> dict[str, str]:
    """A stretch with open or closed ends."""
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    found: dict[str, str] = {}
    lower, upper = draw(SIDE), draw(SIDE)
    if lower is not None:
        found["at_least" if lower else "above"] = str(low)
    if upper is not None:
        found["at_most" if upper else "below"] = str(high)
    return found or {"at_least": "0"}


@st.composite
def tables(draw: Any) -> dict[str, Any]:
    """A division of one or two measures into boxes, given to tiers at random; now and then one bound is moved."""
    cuts = sorted(draw(st.sets(NUMBERS, min_size=1, max_size=3)))
    lines = [{"below" if closed else "at_most": str(first)} for first, closed in [(cuts[0], draw(st.booleans()))]]
    for low, high in pairwise(cuts):
        lower = {"at_least": str(low)} if "below" in lines[-1] else {"above": str(low)}
        lines.append({**lower, ("below" if draw(st.booleans()) else "at_most"): str(high)})
    lines.append({"at_least": str(cuts[-1])} if "below" in lines[-1] else {"above": str(cuts[-1])})
    boxes = [{"a": line} for line in lines]
    if draw(st.booleans()):
        middle = draw(NUMBERS)
        boxes = [{**box, "b": half} for box in boxes for half in ({"below": str(middle)}, {"at_least": str(middle)})]
    ways: dict[str, list[Any]] = {}
    for box in boxes:
        ways.setdefault(draw(st.sampled_from("ABC")), []).append(box)
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(ways)))
        ways[name][draw(st.integers(0, len(ways[name]) - 1))]["a"] = draw(bands())
    return dict(sorted(ways.items()))


def samples(measures: list[str]) -> Iterator[dict[str, Decimal]]:
    """Numbers on every bound and on both sides of it."""
    line = [Decimal(number) / 2 for number in range(-2, 15)]
    for numbers in product(line, repeat=len(measures)):
        yield dict(zip(measures, numbers, strict=True))


def belongs(ways: list[dict[str, dict[str, str]]], numbers: dict[str, Decimal]) -> bool:
    """By hand: the number against each bound."""
    compare = {
        "at_least": lambda number, bound: number >= bound,
        "above": lambda number, bound: number > bound,
        "at_most": lambda number, bound: number <= bound,
        "below": lambda number, bound: number < bound,
    }
    return any(
        all(compare[side](numbers[code], Decimal(bound)) for code, band in way.items() for side, bound in band.items())
        for way in ways
    )


@drawn(table=tables())
@settings(max_examples=150, deadline=None)
def test_a_table_of_bands_is_accepted_exactly_when_every_number_has_one_tier(table: dict[str, Any]) -> None:
    measures = sorted({code for ways in table.values() for way in ways for code in way})
    claims = [[name for name, ways in table.items() if belongs(ways, numbers)] for numbers in samples(measures)]
    divided = all(len(each) == 1 for each in claims)
    reached = {name for each in claims for name in each} == table.keys()
    try:
        accepted = by_bands(table, {code: measure() for code in measures})
    except ValidationError:
        assert not (divided and reached)
        return
    assert divided
    assert reached
    for numbers, claimed in zip(samples(measures), claims, strict=True):
        assert [tier_at(accepted, **{code: str(number) for code, number in numbers.items()})] == claimed


def test_every_kind_of_tier_reads_back_as_it_was_written() -> None:
    table = by_bands({"A": [{"score": {"at_least": "8.0"}}], "B": "otherwise"}, SCORE)
    assert CareTypeRules.model_validate(table.model_dump(mode="json")) == table
    assert [type(tier) for tier in table.tiers] == [BandTier, BandTier]


def test_a_factor_that_is_named_twice_brings_its_points_once() -> None:
    table = by_points({"prem": "2", "share": "1", "kngf": "1", "skf": "1"}, {"Hoog": "3", "Laag": "0"})
    standing = standing_of(table, ["prem", "prem"])
    assert (standing.factors, standing.points) == (1, Fraction(2))
    assert tier_for(table, ["prem", "prem"]).name == "Laag"
