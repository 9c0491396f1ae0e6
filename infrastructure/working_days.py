"""The working days of the Netherlands, from the ``holidays`` package: the set of the Algemene termijnenwet."""

from collections.abc import Container
from datetime import date, timedelta
from functools import cached_property


class DutchWorkingDays:
    """Every day but Saturdays, Sundays and the generally recognised holidays of article 3 of that law.

    The law names 5 May in every year and Good Friday; the package calls 5 May optional outside lustrum years, when
    most employees have to work.
    """

    @cached_property
    def _holidays(self) -> Container[date]:
        # the package knows every country: only who asks for a working day waits for it
        from holidays import country_holidays  # noqa: PLC0415

        return country_holidays("NL", categories=("public", "optional"))

    def is_working_day(self, day: date) -> bool:
        """Whether a local day is a working day."""
        return day.weekday() < 5 and day not in self._holidays

    def after(self, day: date, count: int) -> date:
        """The working day that comes ``count`` working days after a local day, which is itself never counted."""
        if count < 1:
            raise ValueError(f"{count} working days: expected at least 1")
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day
