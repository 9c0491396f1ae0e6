"""Instants and ids as a scenario writes them: local time means Europe/Amsterdam."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from domain.calendar import AMSTERDAM, instant_text
from domain.contract.contract_id import ContractId

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?$"
_EXAMPLE = "2024-11-07T23:59:59 (Amsterdam) or 2024-11-07T22:59:59Z"


def read_moment(value: object) -> object:
    """An instant from its text, in UTC; without a zone it is local time in Amsterdam."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(MOMENT, value):
        raise ValueError(f"expected a day and a time such as {_EXAMPLE}")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"it does not exist; expected a day and a time such as {_EXAMPLE}") from None
    return found.astimezone(UTC) if found.tzinfo is not None else _local(found)


def _local(wall_clock: datetime) -> datetime:
    """The instant that clocks in Amsterdam showed; refused where they showed it twice, or never."""
    instant = wall_clock.replace(tzinfo=AMSTERDAM).astimezone(UTC)
    if instant != wall_clock.replace(tzinfo=AMSTERDAM, fold=1).astimezone(UTC):
        exists = instant.astimezone(AMSTERDAM).replace(tzinfo=None) == wall_clock
        happens = "comes twice" if exists else "does not exist"
        raise ValueError(f"that local time {happens} on the day the clocks change; write the zone, such as +01:00 or Z")
    return instant


def _day_or_moment(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(DAY, value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("expected a day that exists, such as 2024-10-20") from None
    return read_moment(value)


def _contract_id(text: str) -> str:
    return str(ContractId.parse(text))


Moment = Annotated[
    datetime,
    BeforeValidator(read_moment, json_schema_input_type=Annotated[str, Field(pattern=MOMENT)]),
    PlainSerializer(instant_text, return_type=str, when_used="json"),
]
"""An instant, written with its zone or as local time in Amsterdam; UTC in the program."""

DayOrMoment = Annotated[
    datetime | date,
    BeforeValidator(_day_or_moment, json_schema_input_type=Annotated[str, Field(pattern=f"{DAY}|{MOMENT}")]),
]
"""What a question may know: an instant, or a local day, which means its last instant."""

ContractIdText = Annotated[str, AfterValidator(_contract_id)]
"""PURCHASER/AGB/CARE_TYPE/PERIOD, checked."""
