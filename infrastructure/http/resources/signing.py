"""A signatory accepts or declines an offer; who it is, and with which certificate, comes from the verified token."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from domain.contract.commands import DeclineOffer, Sign
from domain.contract.facts import Sha256
from domain.model import Frozen
from domain.policy.answers import Answers
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Accepted, Given, accepted
from infrastructure.http.reading import CONTRACT, TheContract
from infrastructure.http.routing import COMMANDING, operation

router = APIRouter(tags=["signing"], route_class=CheckedRoute)

ACCEPTED = {"contract_id": "caresq/04001234/FYS/2025-2026", "version": 8, "position": 1042, "facts": ["Signed"]}


class Signature(Frozen):
    """What is signed: the agreement text with this SHA-256; ``declared`` are conditions that no questionnaire asked."""

    agreement_sha256: Sha256
    declared: Answers | None = None


@router.post(
    CONTRACT + "/signature",
    **operation(Operation.SIGN_CONTRACT, Accepted, *COMMANDING, success="The offer is signed.", example=ACCEPTED),
)
def sign_contract(
    contract_id: TheContract,
    given: Given,
    signature: Annotated[Signature, Body(examples=[{"agreement_sha256": "0" * 64}])],
    system: TheSystem,
) -> Response:
    """Accept the offer, as its signatory. What is signed is the text whose SHA-256 is given, and no other."""
    identity = given.identity
    command = Sign(
        person_id=identity.person_id,
        certificate_serial=identity.certificate_serial or "",
        agreement_sha256=signature.agreement_sha256,
        declared=signature.declared,
    )
    return accepted(system.contracting.act(contract_id, command, given.order()))


@router.post(
    CONTRACT + "/decline",
    **operation(
        Operation.DECLINE_OFFER,
        Accepted,
        *COMMANDING,
        success="The offer is declined.",
        example={**ACCEPTED, "facts": ["OfferDeclined"]},
    ),
)
def decline_offer(contract_id: TheContract, given: Given, system: TheSystem) -> Response:
    """Decline the offer, as its signatory."""
    identity = given.identity
    command = DeclineOffer(person_id=identity.person_id, certificate_serial=identity.certificate_serial or "")
    return accepted(system.contracting.act(contract_id, command, given.order()))
