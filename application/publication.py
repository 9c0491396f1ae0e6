"""The care finder is told who is contracted, from the publication date on, and who no longer is."""

from collections.abc import Iterator
from datetime import datetime

from application.contracting import Contracting, Loaded
from application.due import DueCommand, DueReport, carry_out_due
from domain.calendar import local_day
from domain.contract.commands import Publish, Unpublish
from domain.contract.standing import deadlines_of, listed_from


def publish_due(contracting: Contracting, at: datetime) -> DueReport:
    """Publish every signed contract whose publication date has come by ``at``, and unpublish those that ended.

    Raises ``RefusedError`` when ``at`` lies in the future.
    """

    def may_be_published(loaded: Loaded) -> Iterator[DueCommand]:
        contract, version = loaded.contract, loaded.policies.at(at)
        if contract.signed_at is None or version is None:
            return
        if contract.published_at is None:
            deadlines = deadlines_of(contract, version.document, loaded.contract_id.care_type)
            starts = listed_from(contract, deadlines.publication_starts)
            yield DueCommand("publish", Publish(), None if starts is None else local_day(starts))
        elif contract.unpublished_at is not None and contract.in_force(local_day(at)):
            # its termination was taken back: the day of the unlisting makes this another command than the first
            yield DueCommand("publish", Publish(), local_day(contract.unpublished_at))
        elif contract.unpublished_at is None:
            yield DueCommand("unpublish", Unpublish(), None if contract.term is None else contract.term.end)

    return carry_out_due(contracting, at, may_be_published)
