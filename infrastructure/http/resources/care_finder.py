"""The care finder: who is contracted, for anybody and never too early; and for the purchaser what it will show."""

from hashlib import sha256
from math import floor
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.queries.contract_answer import Knowledge
from application.queries.insurers import InsurerNamed
from application.queries.listing import ListedPractice, ListingAnswer, ListingAsked, listing
from domain.calendar import Instant
from domain.care_type import CareType
from domain.model import Frozen
from domain.policy.document import PublicationMode
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import Asking, InstantOrDay, Page, Purchaser, TheCareType, Words
from infrastructure.http.routing import NOT_MODIFIED, READING, IfNoneMatch, answered, operation, unless_known

router = APIRouter(tags=["care finder"], route_class=CheckedRoute)

OfRegion = Annotated[Words | None, Query(description="Only practices of this region; left out: all.")]


class PublicListing(Frozen):
    """A page of what is shown at ``at``, in order of AGB code; nothing before ``published_from``.

    ``mode`` says whether who has no contract is left out or shown as not contracted. ``insurers`` are named where the
    purchaser buys for several. ``next_page`` is the ``cursor`` of the page after it, absent on the last.
    """

    purchaser: str
    care_type: CareType
    region: str | None
    at: Instant
    mode: PublicationMode | None
    published_from: Instant | None
    insurers: tuple[InsurerNamed, ...]
    practices: tuple[ListedPractice, ...]
    next_page: str | None


@router.get(
    "/care-finder/{purchaser}/{care_type}",
    **operation(
        Operation.FIND_CARE, PublicListing, *READING, success="Who is shown now, in order.", further=NOT_MODIFIED
    ),
)
def find_care(
    purchaser: Purchaser,
    care_type: TheCareType,
    page: Page,
    system: TheSystem,
    region: OfRegion = None,
    known: IfNoneMatch = None,
) -> Response:
    """The practices that are listed now for a care type, as the policy publishes them; for anybody, and cacheable.

    Nothing is listed before the publication date, and nobody learns why a practice has no contract.
    """
    shown = system.care_finder.shown(purchaser, care_type)
    answer = _known(shown.listing)
    wanted = [
        each
        for each in answer.practices
        if (page.cursor is None or each.agb > page.cursor)
        and (region is None or each.region.casefold() == region.strip().casefold())
    ]
    listed = tuple(wanted[: page.limit])
    told = PublicListing(
        purchaser=purchaser,
        care_type=care_type,
        region=region,
        at=answer.at,
        mode=answer.mode,
        published_from=answer.published_from,
        insurers=answer.insurers,
        practices=listed,
        next_page=listed[-1].agb if len(wanted) > page.limit else None,
    )
    seconds = max(0, floor((shown.until - system.clock.now()).total_seconds()))
    tag = sha256(told.model_dump_json(exclude={"at"}).encode()).hexdigest()
    response = unless_known(f'W/"{tag}"', known, lambda: answered(told))
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@router.get(
    "/listings/{purchaser}/{care_type}",
    **operation(Operation.PREVIEW_LISTING, ListingAnswer, *READING, success="What is shown at an instant."),
)
def preview_listing(
    purchaser: Purchaser,
    care_type: TheCareType,
    question: Asking,
    system: TheSystem,
    region: OfRegion = None,
    at: Annotated[
        InstantOrDay | None,
        Query(description="At which instant is it shown? It may lie in the future. Left out: `effective_on`, or now."),
    ] = None,
) -> Response:
    """What the care finder shows at an instant, also in the future, with the knowledge of an instant."""
    wanted = ListingAsked(purchaser, care_type, region, at, question.seen_by(system))
    return answered(_known(listing(system.contracting, wanted)))


def _known(answer: ListingAnswer) -> ListingAnswer:
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        raise fail(Kind.NOT_KNOWN_YET, f"no policy of {answer.purchaser} was adopted by then")
    return answer
