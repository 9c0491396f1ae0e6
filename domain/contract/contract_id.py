"""The identity of a contract: four keys as text."""

import re
from typing import NamedTuple, Self

from domain.agb import AgbCode
from domain.care_type import CareType

_PURCHASER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PERIOD = re.compile(r"[0-9]{4}(-[0-9]{4})?")


class ContractId(NamedTuple):
    """Purchaser, practice, care type and contract period: ``caresq/04001234/FYS/2025-2026``.

    The period is a key that the policy states even while the term itself is undecided; amendments never change it.
    """

    purchaser: str
    agb: AgbCode
    care_type: CareType
    period: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id from its text; raises ``ValueError`` that names the part which is wrong."""
        parts = text.split("/")
        if len(parts) != 4:
            raise ValueError(f"{text!r} is not a contract id: expected PURCHASER/AGB/CARE_TYPE/PERIOD, such as "
                             "caresq/04001234/FYS/2025-2026")  # fmt: skip
        purchaser, agb, care_type, period = parts
        if not _PURCHASER.fullmatch(purchaser):
            raise ValueError(f"{text!r}: purchaser {purchaser!r} is not a lower-case name such as 'caresq'")
        if care_type not in CareType.__members__:
            raise ValueError(f"{text!r}: care type {care_type!r} is not one of {', '.join(CareType)}")
        if not _PERIOD.fullmatch(period):
            raise ValueError(f"{text!r}: period {period!r} is not a year or two years such as 2025-2026")
        return cls(purchaser, AgbCode(agb), CareType(care_type), period)

    def __str__(self) -> str:
        return f"{self.purchaser}/{self.agb}/{self.care_type}/{self.period}"


def is_contract(stream_id: str) -> bool:
    """Whether a stream is a contract's: its id has four parts, those of all others have fewer."""
    return stream_id.count("/") == 3
