"""A signatory lets another person act for the practice, and takes that back."""

from datetime import date
from typing import assert_never

from domain.provider.commands import DelegationCommand, GrantDelegation, RevokeDelegation
from domain.provider.facts import DelegationGranted, DelegationRevoked, PracticeFact
from domain.provider.provider import Delegation, Provider
from domain.refusal import Refused


def delegate(command: DelegationCommand, provider: Provider | None, day: date) -> list[PracticeFact] | Refused:
    """What a signatory's word on a local day brings; a repeat of what stands brings nothing."""
    if provider is None:
        return Refused("PROVIDER_UNKNOWN", "no practice with that AGB code is known; import it with `providers import`")
    match command:
        case GrantDelegation():
            return _grant(command, provider, day)
        case RevokeDelegation():
            return _revoke(command, provider, day)
        case _:
            assert_never(command)


def _grant(command: GrantDelegation, provider: Provider, day: date) -> list[PracticeFact] | Refused:
    refused = _not_a_signatory(provider, day, command.granted_by, command.certificate_serial)
    if refused is not None:
        return refused
    if command.last_day is not None and command.last_day < day:
        return Refused(
            "DELEGATION_ENDED",
            f"the last day {command.last_day} has passed; name one that is not before {day}",
            found=str(command.last_day),
            asked=f"not before {day}",
        )
    wanted = Delegation(person=command.person, granted_by=command.granted_by, last_day=command.last_day)
    if wanted in provider.delegations:
        return []
    granted = DelegationGranted(
        person=command.person,
        granted_by=command.granted_by,
        certificate_serial=command.certificate_serial,
        last_day=command.last_day,
    )
    return [granted]


def _revoke(command: RevokeDelegation, provider: Provider, day: date) -> list[PracticeFact] | Refused:
    refused = _not_a_signatory(provider, day, command.revoked_by, command.certificate_serial)
    if refused is not None:
        return refused
    if all(each.person.person_id != command.person_id for each in provider.delegations):
        return []
    revoked = DelegationRevoked(
        person_id=command.person_id, revoked_by=command.revoked_by, certificate_serial=command.certificate_serial
    )
    return [revoked]


def _not_a_signatory(provider: Provider, day: date, person_id: str, certificate_serial: str) -> Refused | None:
    """Why this person may not say who acts for the practice, if so: the rule by which contracts are signed."""
    standing = provider.signatories_on(day, person_id)
    if not standing:
        return Refused(
            "NOT_A_SIGNATORY",
            f"{person_id!r} is no authorised signatory of the practice on {day}",
            found="no authorised signatory",
            asked=f"an authorised signatory on {day}",
        )
    if all(each.certificate_serial != certificate_serial for each in standing):
        return Refused(
            "CERTIFICATE_NOT_THEIRS",
            "the personal certificate used is not the one registered for the signatory",
            found="another certificate",
            asked="the certificate registered for the signatory",
        )
    return None
