"""The care finder is told who is contracted, from the publication date on, and who no longer is."""

from collections.abc import Iterator
from datetime import datetime

from application.contracting import Contracting, Loaded
from application.due import DueCommand, DueReport, carry_out_due
from domain.contract.commands import Publish, Unpublish


def publish_due(contracting: Contracting, at: datetime) -> DueReport:
    """Publish every signed contract whose publication date has come by ``at``, and unpublish those that ended.

    Raises ``RefusedError`` when ``at`` lies in the future.
    """
    return carry_out_due(contracting, at, _may_be_published)


def _may_be_published(loaded: Loaded) -> Iterator[DueCommand]:
    contract = loaded.contract
    if contract.signed_at is not None and contract.published_at is None:
        yield DueCommand("publish", Publish())
    elif contract.published_at is not None and contract.unpublished_at is None:
        yield DueCommand("unpublish", Unpublish())
