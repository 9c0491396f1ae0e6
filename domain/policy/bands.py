"""Whether bands of numbers divide what can be measured among the tiers: every value belongs to exactly one of them.

The bounds cut the line of each measure into points and open stretches between them; within such a cell no tier
changes, so that looking at one number of every cell looks at all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, prod
from typing import NamedTuple

from domain.policy.bounds import Bounds

Alternatives = Sequence[Mapping[str, Bounds]]
"""Ways to a tier, of which one is enough; within a way every measure must lie in its band."""

MOST_CELLS = 20_000
"""A table with more combinations of bounds is not judged."""


class Line(NamedTuple):
    """The numbers that a measure can have; ``whole`` leaves out what lies between whole numbers."""

    whole: bool = False
    within: Bounds | None = None


class Cell(NamedTuple):
    """A point when both ends are the same, else the open stretch between them; an absent end is infinite."""

    low: Decimal | None
    high: Decimal | None
    sample: Fraction

    @property
    def point(self) -> bool:
        """Whether it is a single number."""
        return self.low is not None and self.low == self.high


class Division(NamedTuple):
    """Numbers that do not belong to exactly one tier: in words, and the tiers that claim them, none for a gap."""

    numbers: str
    claimed_by: tuple[str, ...]


class TooManyBandsError(ValueError):
    """The bounds have more combinations than can be looked at."""


def undivided(tiers: Mapping[str, Alternatives], lines: Mapping[str, Line], *, gaps: bool) -> Iterator[Division]:
    """Where several tiers claim the same numbers, and with ``gaps`` where none does; as few and as large as is easy.

    Raises ``TooManyBandsError``.
    """
    grid = _Grid(tiers, lines)
    wrong = {place: names for place, names in grid.claims() if len(names) > 1 or (gaps and not names)}
    while wrong:
        place, names = next(iter(wrong.items()))
        box = _grown(place, names, wrong, grid.shape)
        for inside in product(*box):
            del wrong[inside]
        yield Division(grid.words(box), names)


def never_reached(tiers: Mapping[str, Alternatives], lines: Mapping[str, Line]) -> list[str]:
    """Tiers that claim no number at all."""
    reached = {name for _, names in _Grid(tiers, lines).claims() for name in names}
    return [name for name in tiers if name not in reached]


class _Grid:
    """All combinations of the cells of every measure, and which ways to a tier lead over them."""

    def __init__(self, tiers: Mapping[str, Alternatives], lines: Mapping[str, Line]) -> None:
        cuts: dict[str, set[Decimal]] = {
            name: set() if line.within is None else set(line.within.bounds.values()) for name, line in lines.items()
        }
        for ways in tiers.values():
            for name, band in ((name, band) for way in ways for name, band in way.items()):
                cuts[name] |= set(band.bounds.values())
        self._whole = [line.whole for line in lines.values()]
        self._lines = {name: list(_cells(sorted(cuts[name]), line)) for name, line in lines.items()}
        if prod(self.shape) > MOST_CELLS:
            raise TooManyBandsError(f"the bounds have {prod(self.shape)} combinations, more than {MOST_CELLS}")
        self._ways = [(name, [self._places(way) for way in ways]) for name, ways in tiers.items()]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many cells each measure has."""
        return tuple(map(len, self._lines.values()))

    def claims(self) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
        """Each combination by its places, and the tiers to which it belongs."""
        for place in product(*map(range, self.shape)):
            yield (
                place,
                tuple(
                    name
                    for name, ways in self._ways
                    if any(all(index in fit for index, fit in zip(place, way, strict=True)) for way in ways)
                ),
            )

    def _places(self, way: Mapping[str, Bounds]) -> list[frozenset[int]]:
        """For each measure the places of the cells that lie within its band."""
        return [
            frozenset(place for place, cell in enumerate(cells) if name not in way or way[name].contains(cell.sample))
            for name, cells in self._lines.items()
        ]

    def words(self, box: Sequence[range]) -> str:
        """A box of cells as a person reads it."""
        told = [
            f"{name} {words}"
            for (name, cells), places, whole in zip(self._lines.items(), box, self._whole, strict=True)
            if (words := _stretch(cells, places, whole=whole))
        ]
        return " and ".join(told) or "any number"


def _cells(cuts: Sequence[Decimal], line: Line) -> Iterator[Cell]:
    ends: list[Decimal | None] = [None, *cuts, None]
    stretches = [cell for low, high in pairwise(ends) for cell in (*([] if low is None else [(low, low)]), (low, high))]
    for low, high in stretches:
        sample = _sample(low, high, whole=line.whole)
        if sample is not None and (line.within is None or line.within.contains(sample)):
            yield Cell(low, high, sample)


def _sample(low: Decimal | None, high: Decimal | None, *, whole: bool) -> Fraction | None:
    """A number in it, if it has one."""
    if low is not None and low == high:
        return Fraction(low) if not whole or low == low.to_integral_value() else None
    if low is None:
        return Fraction(0 if high is None else ceil(high) - 1)
    if high is None:
        return Fraction(floor(low) + 1)
    if whole:
        return Fraction(floor(low) + 1) if floor(low) + 1 < high else None
    return (Fraction(low) + Fraction(high)) / 2


def _grown(
    place: tuple[int, ...], names: tuple[str, ...], wrong: Mapping[tuple[int, ...], object], shape: Sequence[int]
) -> list[range]:
    """The box from a place on that is claimed alike, made longer along one measure after the other."""
    box = [range(index, index + 1) for index in place]
    for axis in reversed(range(len(shape))):
        while box[axis].stop < shape[axis]:
            slab = [*box[:axis], range(box[axis].stop, box[axis].stop + 1), *box[axis + 1 :]]
            if any(wrong.get(inside) != names for inside in product(*slab)):
                break
            box[axis] = range(box[axis].start, box[axis].stop + 1)
    return box


def _stretch(cells: Sequence[Cell], places: range, *, whole: bool) -> str:
    """From and up to where; nothing when it is everything that can be measured."""
    first, last = cells[places.start], cells[places.stop - 1]
    if len(places) == len(cells) and (len(cells) > 1 or not first.point):
        return ""
    low, low_belongs = first.low, first.point
    high, high_belongs = last.high, last.point
    if whole:
        # between whole numbers lies none: above 98 is at least 99
        low = low if low is None or low_belongs else Decimal(floor(low) + 1)
        high = high if high is None or high_belongs else Decimal(ceil(high) - 1)
        low_belongs = high_belongs = True
    if low is not None and low == high:
        return f"exactly {low}"
    lower = None if low is None else f"{'at least' if low_belongs else 'above'} {low}"
    upper = None if high is None else f"{'at most' if high_belongs else 'below'} {high}"
    return " and ".join(filter(None, (lower, upper)))


def told(divisions: Iterable[Division], most: int) -> list[str]:
    """Each in a sentence, the first ones; how many more there are."""
    sentences = [
        f"{' and '.join(each.claimed_by)} both cover {each.numbers}" if each.claimed_by
        else f"no tier covers {each.numbers}"
        for each in divisions
    ]  # fmt: skip
    more = [f"and {len(sentences) - most} more of the kind"] if len(sentences) > most else []
    return [*sentences[:most], *more]
