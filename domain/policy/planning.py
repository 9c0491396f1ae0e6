"""The planning of a policy: days that bind, windows that inform, and moments relative to something else."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from domain.calendar import Boundary
from domain.care_type import CareType
from domain.model import Frozen, added
from domain.policy.values import Code, Day, Flag, Inconsistency, Ruled, Words, refuse


class PlanningKind(StrEnum):
    """What a row of the planning is about."""

    APPLICATION_DEADLINE = "application_deadline"
    OFFER = "offer"
    QUESTIONNAIRE = "questionnaire"
    QUESTIONNAIRE_DEADLINE = "questionnaire_deadline"
    SIGNING = "signing"
    PUBLICATION = "publication"
    OTHER = "other"


class Window(Frozen):
    """A fuzzy label's days; informative, an officer may act earlier or later (OD50)."""

    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        if self.last_day < self.first_day:
            refuse(
                [
                    Inconsistency(
                        ("last_day",), f"expected a day not before first_day {self.first_day}", str(self.last_day)
                    )
                ]
            )
        return self


class Reminders(Ruled):
    """On which days before the last one those are reminded who have not acted yet (OD56)."""

    days_before: tuple[Annotated[int, Field(ge=1, le=365)], ...] = Field(min_length=1)


REMINDED_OF = (PlanningKind.QUESTIONNAIRE_DEADLINE, PlanningKind.SIGNING)


class PlanningRow(Ruled):
    """One row of the planning: an exact day with its boundary, a window, or a moment relative to something else.

    ``label`` and ``moment`` are the words of the policy. A row that binds is a deadline or a first day; one that
    does not is a target, of which passing it gives a warning. A window never binds (OD29).
    """

    kind: PlanningKind
    label: Words
    moment: str = ""
    care_types: tuple[CareType, ...] = Field(min_length=1)
    day: Day | None = None
    boundary: Boundary = Boundary.INCLUSIVE
    binding: Flag = True
    window: Window | None = None
    relative_to: Code | None = None
    reminders: Reminders | None = added()

    @model_validator(mode="after")
    def _one_moment(self) -> "PlanningRow":
        given = [name for name in ("day", "window", "relative_to") if getattr(self, name) is not None]
        if len(given) != 1:
            named = " and ".join(given) or "none"
            refuse([Inconsistency((), f"needs exactly one of day, window, relative_to; found {named}")])
        if self.window is not None and self.binding:
            refuse([Inconsistency(("window",), "a window never binds; write binding: false")])
        if self.reminders is not None and (self.day is None or self.kind not in REMINDED_OF):
            kinds = " or ".join(REMINDED_OF)
            refuse([Inconsistency(("reminders",), f"needs a row of kind {kinds} with a day", self.kind)])
        return self
