"""What the care finder shows for a care type: who is contracted, and where the policy says so, who is not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from application.contracting import CONTRACTS_AT_ONCE, Contracting
from application.ports import Horizon
from application.queries.contract_answer import Knowledge
from application.queries.horizon import Asked, fix_horizon
from application.queries.insurers import InsurerNamed, several_insurers
from application.round import registered_practices
from domain.agb import AgbCode
from domain.calendar import Instant, day_start, from_microseconds, last_instant, local_day
from domain.care_type import CareType
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import ContractId
from domain.contract.standing import deadlines_of, listed
from domain.history import Recorded
from domain.model import Frozen, added
from domain.policy.document import PlanningKind, PolicyDocument, PublicationMode
from domain.policy.eligibility import is_candidate
from domain.provider.facts import fold_provider, provider_stream
from domain.provider.provider import Provider
from domain.refusal import Refused, RefusedError

STREAMS_AT_ONCE = 1_000


class ListingAsked(NamedTuple):
    """Whom the care finder shows for a purchaser's care type: in a region or everywhere, at an instant.

    A local day means its last instant; without ``at`` it is the end of the day that ``asked`` is about. ``policy_id``
    asks for the periods of one policy alone.
    """

    purchaser: str
    care_type: CareType
    region: str | None = None
    at: datetime | date | None = None
    asked: Asked = Asked()
    policy_id: str | None = None


class Shown(StrEnum):
    """As what the care finder shows a practice."""

    CONTRACTED = "contracted"
    NOT_CONTRACTED = "not_contracted"


class ListedPractice(Frozen):
    """A practice as the care finder shows it; never why it is not contracted (OD53).

    ``selective`` names the care that is bought from it as a member of a network (CQ25-3.3-1).
    """

    agb: AgbCode
    name: str
    city: str
    region: str
    shown_as: Shown
    selective: tuple[str, ...] = ()


class ListingAnswer(Frozen):
    """What is shown at ``at``, in order of AGB code; nothing before ``published_from``, the first publication date.

    ``insurers`` are named where the policy is for several: each has a contract with the practices that are contracted.
    """

    purchaser: str
    care_type: CareType
    region: str | None
    at: Instant
    known_at: Instant
    position: int
    knowledge: Knowledge
    mode: PublicationMode | None = None
    published_from: Instant | None = None
    insurers: tuple[InsurerNamed, ...] = added(())
    practices: tuple[ListedPractice, ...] = ()


class _Published(NamedTuple):
    """A period of the care type, and the document that says at the instant how it is shown."""

    period: str
    document: PolicyDocument


def listing(contracting: Contracting, question: ListingAsked) -> ListingAnswer:
    """The practices that the care finder shows.

    Raises ``RefusedError`` when the purchaser had adopted policies and none of them covered the care type, and the
    errors of ``EventLog.horizon``.
    """
    effective_on, horizon = fix_horizon(contracting.log_port, contracting.clock, question.asked)
    at = question.at if question.at is not None else effective_on
    at = at if isinstance(at, datetime) else last_instant(at)
    known_at = from_microseconds(horizon.known_at)
    published = _published(contracting, question, min(at, known_at), horizon)
    known = published is not None
    starts = [_publication_starts(each.document, question.care_type) for each in published or ()]
    return ListingAnswer(
        purchaser=question.purchaser,
        care_type=question.care_type,
        region=question.region,
        at=at,
        known_at=known_at,
        position=horizon.position,
        knowledge=Knowledge.KNOWN if known else Knowledge.NOT_KNOWN_YET,
        mode=published[-1].document.publication.mode if published else None,
        published_from=min((each for each in starts if each is not None), default=None),
        insurers=several_insurers(published[-1].document) if published else (),
        practices=tuple(_shown(contracting, question, published or [], at, horizon.position)),
    )


def _publication_starts(document: PolicyDocument, care_type: CareType) -> datetime | None:
    planned = document.day_of(PlanningKind.PUBLICATION, care_type)
    return None if planned is None else day_start(planned)


def _published(
    contracting: Contracting, question: ListingAsked, at: datetime, horizon: Horizon
) -> list[_Published] | None:
    """Each period that a policy known then names for the care type; nothing before the purchaser's history begins."""
    contracting.policies.refresh()
    adopted = [
        each
        for each in contracting.policies.adopted_by(horizon.position)
        if each.document.purchaser.id == question.purchaser and question.policy_id in (None, each.document.id)
    ]
    if not adopted:
        return None
    covering = [each.document for each in adopted if question.care_type in each.document.care_types]
    if not covering:
        covered = sorted({str(care_type) for each in adopted for care_type in each.document.care_types})
        message = f"no policy of {question.purchaser} covers {question.care_type}; covered are {', '.join(covered)}"
        raise RefusedError(Refused("CARE_TYPE_NOT_COVERED", message))
    found: list[_Published] = []
    for period in dict.fromkeys(document.care_types[question.care_type].period for document in covering):
        if period is None:
            continue
        contract_id = ContractId(question.purchaser, AgbCode("00000000"), question.care_type, period)
        versions = contracting.policies.governing(contract_id, up_to=horizon.position)
        version = versions.at(at)
        if version is not None:
            found.append(_Published(period, version.document))
    return found


def _shown(
    contracting: Contracting, question: ListingAsked, published: Sequence[_Published], at: datetime, up_to: int
) -> Iterator[ListedPractice]:
    agbs = registered_practices(contracting) if published else []
    for first in range(0, len(agbs), CONTRACTS_AT_ONCE):
        page = agbs[first : first + CONTRACTS_AT_ONCE]
        facts = _histories(contracting, [provider_stream(agb) for agb in page], up_to)
        folded = ((agb, fold_provider(facts.get(provider_stream(agb), []), question.purchaser)) for agb in page)
        wanted = {agb: found for agb, found in folded if found is not None and _in_region(found, question.region)}
        contracts = {
            (agb, each.period): ContractId(question.purchaser, agb, question.care_type, each.period)
            for agb in wanted
            for each in published
        }
        histories = _histories(contracting, [str(each) for each in contracts.values()], up_to)
        known = {each.period: _known(contracting, question.purchaser, wanted, each, up_to) for each in published}
        for agb, provider in wanted.items():
            shown = [
                _shown_as(
                    known[each.period][agb],
                    histories.get(str(contracts[agb, each.period]), []),
                    each,
                    question.care_type,
                    at,
                )
                for each in published
            ]
            best = next((each for each in Shown if each in shown), None)
            if best is not None:
                yield _practice(provider, best, published, question.care_type, at)


def _known(
    contracting: Contracting, purchaser: str, wanted: Mapping[AgbCode, Provider], published: _Published, up_to: int
) -> Mapping[AgbCode, Provider]:
    """The practices with the contracts of earlier periods, where the policy shows who has none (OD53)."""
    if published.document.publication.mode is not PublicationMode.SHOW:
        return wanted
    year, providers = published.document.year, list(wanted.values())
    found = contracting.contract_history.known(purchaser, providers, year, up_to=up_to)
    return dict(zip(wanted, found, strict=True))


def _in_region(provider: Provider, region: str | None) -> bool:
    return region is None or provider.record.region.casefold() == region.strip().casefold()


def _practice(
    provider: Provider, shown_as: Shown, published: Sequence[_Published], care_type: CareType, at: datetime
) -> ListedPractice:
    rules = [each for period in published for each in period.document.care_types[care_type].selective]
    members = (each.code for each in rules if provider.member_on(local_day(at), each.network))
    return ListedPractice(
        agb=provider.record.agb,
        name=provider.record.name,
        city=provider.record.city,
        region=provider.record.region,
        shown_as=shown_as,
        selective=tuple(dict.fromkeys(members)) if shown_as is Shown.CONTRACTED else (),
    )


def _shown_as(
    provider: Provider, history: Sequence[Recorded], published: _Published, care_type: CareType, at: datetime
) -> Shown | None:
    """Contracted, not contracted where the policy shows it, or nothing (CQ25-4-40, ASR24-5-5)."""
    document, contract = published.document, fold(history)
    if listed(contract, _starts(contract, document, care_type), at):
        return Shown.CONTRACTED
    starts = _publication_starts(document, care_type)
    if document.publication.mode is not PublicationMode.SHOW or starts is None or at < starts:
        return None
    candidate = is_candidate(document.care_types[care_type], care_type, provider, local_day(at))
    return Shown.NOT_CONTRACTED if history or candidate else None


def _starts(contract: Contract, document: PolicyDocument, care_type: CareType) -> datetime | None:
    return deadlines_of(contract, document, care_type).publication_starts


def _histories(contracting: Contracting, streams: Sequence[str], up_to: int) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for first in range(0, len(streams), STREAMS_AT_ONCE):
        rows = contracting.log_port.read_streams(streams[first : first + STREAMS_AT_ONCE], up_to=up_to)
        for stream, of_stream in groupby(rows, key=lambda row: row.originator_id):
            found[stream] = contracting.facts.decode_all(list(of_stream))
    return found
