"""Who calls: what a verified token says of a person or a system."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.agb import AgbCode


class Role(StrEnum):
    """What somebody is to the contracting.

    ``OPERATOR`` keeps the service running and sees no contract; ``FEED`` is another portal, which hands over what it
    saw; ``PUBLIC`` is who brings no token.
    """

    OFFICER = "officer"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    CLAIMS_SYSTEM = "claims_system"
    FEED = "feed"
    PROVIDER_DELEGATE = "provider_delegate"
    PROVIDER_SIGNATORY = "provider_signatory"
    PUBLIC = "public"


INSIDE = frozenset({Role.OFFICER, Role.REVIEWER, Role.AUDITOR})
"""Those of a purchaser who see all that it knows."""
OF_A_PURCHASER = frozenset({*INSIDE, Role.CLAIMS_SYSTEM})
OF_A_PRACTICE = frozenset({Role.PROVIDER_DELEGATE, Role.PROVIDER_SIGNATORY})


class TokenRefusedError(Exception):
    """A token can not be trusted, or is not for this service; the message is one line."""


@dataclass(frozen=True)
class Identity:
    """A verified caller.

    ``person_id`` is the person's id in the register, the subject where the token names none; ``certificate_serial``
    that of the personal certificate with which the person was identified (CQ25-4-24).
    """

    subject: str
    roles: frozenset[Role]
    person_id: str
    purchaser: str | None = None
    practice: AgbCode | None = None
    certificate_serial: str | None = None
    name: str | None = None

    def is_any_of(self, roles: frozenset[Role]) -> bool:
        """Whether the caller has one of these roles."""
        return not self.roles.isdisjoint(roles)


def is_delegate(identity: Identity) -> bool:
    """Whether somebody acts for a practice by nothing but a signatory's word."""
    return Role.PROVIDER_DELEGATE in identity.roles and Role.PROVIDER_SIGNATORY not in identity.roles


ANONYMOUS = Identity(subject="", roles=frozenset({Role.PUBLIC}), person_id="")
"""Who brings no token."""


def identity_of(claims: Mapping[str, Any]) -> Identity:
    """What the claims of a verified token say; raises ``TokenRefusedError``.

    ``roles`` lists roles, of which unknown ones are another service's; ``purchaser`` and ``practice_agb`` say whose
    facts these roles are about, ``person_id``, ``certificate_serial`` and ``name`` who it is.
    """
    roles = claims.get("roles", [])
    if not isinstance(roles, list):
        raise TokenRefusedError("the token's claim roles is no list")
    known = frozenset(Role(each) for each in roles if each in Role.__members__.values()) - {Role.PUBLIC}
    agb = _text(claims, "practice_agb")
    try:
        practice = None if agb is None else AgbCode(agb)
    except ValueError as error:
        raise TokenRefusedError(f"the token's claim practice_agb is wrong: {error}") from None
    subject = _text(claims, "sub")
    if subject is None:
        raise TokenRefusedError("the token has no claim sub: who is it?")
    return Identity(
        subject=subject,
        roles=known,
        person_id=_text(claims, "person_id") or subject,
        purchaser=_text(claims, "purchaser"),
        practice=practice,
        certificate_serial=_text(claims, "certificate_serial"),
        name=_text(claims, "name"),
    )


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    found = claims.get(name)
    if found is None:
        return None
    if not isinstance(found, str) or not found.strip() or not found.isprintable() or len(found) > 200:
        raise TokenRefusedError(f"the token's claim {name} is no text of 1 to 200 characters in one line")
    return found
