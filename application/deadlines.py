"""Deadlines that have passed are recorded and announced; rights never wait for it."""

from collections.abc import Iterator
from datetime import datetime

from application.contracting import Contracting, Loaded
from application.due import DueCommand, DueReport, carry_out_due
from domain.contract.commands import RecordLapse


def record_due(contracting: Contracting, at: datetime) -> DueReport:
    """Record every questionnaire and offer that lapsed by ``at``, each with its deadline as ``occurred_at``.

    Raises ``RefusedError`` when ``at`` lies in the future.
    """
    return carry_out_due(contracting, at, _may_have_lapsed)


def _may_have_lapsed(loaded: Loaded) -> Iterator[DueCommand]:
    contract = loaded.contract
    if contract.signed_at is None and contract.declined_at is None:
        yield DueCommand("questionnaire" if contract.offer is None else "offer", RecordLapse())
