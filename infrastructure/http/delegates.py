"""Whether a delegate may act for a practice now: only while the word of one of its signatories stands."""

from application.providers import known_provider
from domain.agb import AgbCode
from domain.calendar import local_day
from domain.refusal import Refused, RefusedError
from infrastructure.bootstrap import System
from infrastructure.http.identity import Identity


def check_delegate(system: System, agb: AgbCode, caller: Identity) -> None:
    """Raises ``RefusedError`` when no delegation of the practice is in force for the caller today. Blocks.

    It is looked up at every request, so that one that was taken back ends at once.
    """
    today = local_day(system.clock.now())
    practice = known_provider(system.providers, agb)
    if practice is None or practice.delegation_on(today, caller.person_id) is None:
        message = f"{caller.person_id!r} may not act for the practice on {today}; a signatory can grant it"
        raise RefusedError(Refused("NOT_DELEGATED", message))
