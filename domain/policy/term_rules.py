"""The days on which contracts are in force: decided or not, and in some tiers longer than in others."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from domain.calendar import Term
from domain.policy.tier_rules import AnyTier
from domain.policy.values import Day, Inconsistency, Ruled, refuse


class UndecidedTerm(Ruled):
    """A term the purchaser has not decided: the start is known, the end is one of ``options``; never defaulted."""

    start: Day
    end: Literal["undecided"]
    options: tuple[Day, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _in_order(self) -> "UndecidedTerm":
        refuse(
            Inconsistency(("options", index), f"expected a day not before the start {self.start}", str(day))
            for index, day in enumerate(self.options)
            if day < self.start
        )
        return self

    @property
    def term(self) -> Term:
        """The term with its end open."""
        return Term(start=self.start, end=None)

    @property
    def latest_end(self) -> date:
        """The latest day that the term can come to last."""
        return max(self.options)


class DecidedTerm(Ruled):
    """The days on which contracts of this care type are in force, both included."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _in_order(self) -> "DecidedTerm":
        if self.end < self.start:
            refuse([Inconsistency(("end",), f"expected a day not before the start {self.start}", str(self.end))])
        return self

    @property
    def term(self) -> Term:
        """The term with both its ends."""
        return Term(start=self.start, end=self.end)

    @property
    def latest_end(self) -> date:
        """The last day of the term."""
        return self.end


def _decided_or_not(value: Any) -> str:
    end = value.get("end") if isinstance(value, dict) else getattr(value, "end", None)
    return "undecided" if end == "undecided" else "decided"


AnyTerm = Annotated[
    Annotated[DecidedTerm, Tag("decided")] | Annotated[UndecidedTerm, Tag("undecided")], Discriminator(_decided_or_not)
]


class TermOfTier(Ruled):
    """What becomes of a contract's term when its tier changes after the signature: that of the signed tier stays."""

    after_signing: Literal["stays"]


class ExtendedBy(StrEnum):
    """What lengthens the term of concluded contracts without a signature."""

    ADOPTION = "adoption"
    NOTICE = "notice"


class ExtensionRule(Ruled):
    """Concluded contracts run on ``until`` a later day: by the adoption itself, or where the purchaser gives notice.

    Notice can be given ``notice_until`` a day, else until the contract ends. Who signs later is extended at once.
    """

    until: Day
    by: ExtendedBy
    notice_until: Day | None = None

    @model_validator(mode="after")
    def _notice_fits(self) -> "ExtensionRule":
        if self.notice_until is not None and self.by is not ExtendedBy.NOTICE:
            refuse([Inconsistency(("notice_until",), "belongs to an extension by notice, and only there")])
        if self.notice_until is not None and self.notice_until >= self.until:
            message = f"expected a day before the extension ends on {self.until}"
            refuse([Inconsistency(("notice_until",), message, str(self.notice_until))])
        return self


def end_in_tier(tiers: Sequence[AnyTier], end: date | None, tier: str | None) -> date | None:
    """The last day of a contract that is offered in a tier: its own, else the one given, which may be undecided."""
    own = next((each.term for each in tiers if each.name == tier), None)
    return end if own is None else own.end


def term_mistakes(
    period: str | None,
    term: AnyTerm | None,
    tiers: Sequence[AnyTier],
    term_of_tier: TermOfTier | None,
    extension: ExtensionRule | None,
) -> Iterator[Inconsistency]:
    """Terms that do not fit the period or each other, with their paths in the care type."""
    of_tiers = {index: tier.term.end for index, tier in enumerate(tiers) if tier.term is not None}
    if of_tiers and term_of_tier is None:
        yield Inconsistency(("term_of_tier",), "missing; say what becomes of the term when a signed tier changes")
    if term_of_tier is not None and not of_tiers:
        yield Inconsistency(("term_of_tier",), "no tier has a term of its own")
    if extension is not None and (term is None or extension.until <= term.latest_end):
        asked = "needs a term" if term is None else f"expected a day after the term, which ends on {term.latest_end}"
        yield Inconsistency(("extension", "until"), asked, str(extension.until))
    if term is None:
        return
    for index, end in of_tiers.items():
        if end < term.start:
            path = ("tiers", index, "term", "end")
            yield Inconsistency(path, f"expected a day not before the start {term.start}", str(end))
    if period is not None:
        yield from _outside_period(period, term, of_tiers)


def _outside_period(period: str, term: AnyTerm, of_tiers: dict[int, date]) -> Iterator[Inconsistency]:
    first_year, last_year = int(period[:4]), int(period[-4:])
    ends = term.options if isinstance(term, UndecidedTerm) else (term.end,)
    if last_year < first_year:
        yield Inconsistency(("period",), "expected a period whose last year is not before its first", period)
        return
    if term.start.year != first_year:
        found = f"expected a day in the first year of the period {period}"
        yield Inconsistency(("term", "start"), found, str(term.start))
    for end in ends:
        if last_year < end.year:
            yield Inconsistency(("term",), f"expected an end in the period {period}", str(end))
    for index, end in of_tiers.items():
        if last_year < end.year:
            path = ("tiers", index, "term", "end")
            yield Inconsistency(path, f"expected an end in the period {period}", str(end))
