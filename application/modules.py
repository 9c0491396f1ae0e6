"""Modules that a missed test has ended are recorded and announced; rights never wait for it."""

from collections.abc import Iterator
from datetime import datetime

from application.contracting import Contracting, Loaded
from application.due import DueCommand, DueReport, carry_out_due
from domain.contract.commands import RecordModuleLapse
from domain.contract.modules import standing


def record_module_lapses_due(contracting: Contracting, at: datetime) -> DueReport:
    """Record every module that ended by ``at`` because a test was missed.

    Raises ``RefusedError`` when ``at`` lies in the future.
    """

    def may_have_lapsed(loaded: Loaded) -> Iterator[DueCommand]:
        for module in loaded.contract.modules:
            stands = standing(module, at)
            if stands.ended_by is not None and module.lapse_recorded != stands.last_day:
                yield DueCommand("module", RecordModuleLapse(), stands.last_day)
                return

    return carry_out_due(contracting, at, may_have_lapsed)
