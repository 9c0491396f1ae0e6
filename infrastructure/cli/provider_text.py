"""A practice as text and as JSON, in the view of one purchaser."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import typer

from domain.provider.provider import KnownValue, Provider
from domain.provider.register import Dated, Professional


def provider_json(
    provider: Provider, purchaser: str, values: Sequence[KnownValue], *, with_integrity: bool
) -> dict[str, Any]:
    """The practice as JSON values, with those known values; integrity signals only when asked for (OD54)."""
    shown: dict[str, Any] = {
        "agb": provider.record.agb,
        "purchaser": purchaser,
        "version": provider.version,
        "record": provider.record.model_dump(mode="json"),
        "past_contracts": [each.model_dump(mode="json") for each in provider.past_contracts],
        "opt_outs": [each.model_dump(mode="json") for each in provider.opt_outs],
        "known_values": [each.model_dump(mode="json") for each in values],
    }
    if with_integrity:
        shown["integrity_signals"] = [each.model_dump(mode="json") for each in provider.integrity_signals]
    return shown


def print_provider(provider: Provider, purchaser: str, values: Sequence[KnownValue], *, with_integrity: bool) -> None:
    """The practice in lines, with those known values; integrity signals only when asked for (OD54)."""
    _print_record(provider)
    _print_known(provider, purchaser, values)
    if with_integrity:
        for signal in provider.integrity_signals:
            ended = "" if signal.ended_on is None else f", ended {signal.ended_on}"
            typer.echo(f"  integrity signal from {signal.recorded_on}{ended}")


def _print_record(provider: Provider) -> None:
    record = provider.record
    where = ", ".join(filter(None, (record.city, record.region)))
    typer.echo(f"{record.agb}  {record.name}")
    typer.echo(f"  {record.kind}; {where or 'place unknown'}; {record.vecozo_email or 'no VECOZO e-mail address'}")
    for certificate in record.certificates:
        typer.echo(f"  VECOZO certificate {_days(certificate)}")
    if not record.certificates:
        typer.echo("  no VECOZO certificate")
    for location in record.locations:
        typer.echo(f"  location {location.agb} {location.name}, {_days(location)}")
    for professional in record.professionals:
        typer.echo(f"  {_professional(professional)}")
    for signatory in record.signatories:
        entitled = "signatory" if signatory.authorised else "not authorised to sign"
        typer.echo(
            f"  {entitled} {signatory.person.person_id} {signatory.person.name}, "
            f"certificate {signatory.certificate_serial}, {_days(signatory)}"
        )
    for programme in record.gli:
        missing = [] if programme.licence else ["no licence"]
        missing += [] if programme.start_instruction else ["no start instruction"]
        typer.echo(f"  delivers {', '.join((programme.intervention, *missing))}, {_days(programme)}")


def _print_known(provider: Provider, purchaser: str, values: Sequence[KnownValue]) -> None:
    typer.echo(f"As {purchaser} knows it:")
    for contract in provider.past_contracts:
        addendum = f", with the addendum {contract.addendum}" if contract.addendum else ""
        typer.echo(f"  contract {contract.care_type} {_span(contract.first_day, contract.last_day)}{addendum}")
    for opt_out in provider.opt_outs:
        ended = "" if opt_out.withdrawn_on is None else f", withdrawn from {opt_out.withdrawn_on}"
        ended += "".join(f", not for {each.care_type} from {each.from_day}" for each in opt_out.exceptions)
        typer.echo(f"  no offers wanted for {opt_out.care_type or 'any care type'} from {opt_out.from_day}{ended}")
    for value in values:
        of = " ".join(str(each) for each in (value.year, value.care_type) if each is not None)
        typer.echo(f"  {value.code}{f' of {of}' if of else ''}: {value.value}")
    if not (provider.past_contracts or provider.opt_outs or values):
        typer.echo("  nothing recorded")


def _professional(professional: Professional) -> str:
    parts = [f"{professional.profession} {professional.agb}, {professional.weekly_hours} hours a week"]
    parts += [
        f"{each.code}" + ("" if each.vektis_registered else " (not registered at Vektis)")
        for each in professional.specialisations
    ]
    parts += [f"{each.network} {_days(each)}" for each in professional.memberships]
    parts += [
        f"registered in {each.in_register}{f' for {each.annotation}' if each.annotation else ''} {_days(each)}"
        for each in professional.registrations
    ]
    return f"{', '.join(parts)}; {_days(professional)}"


def _days(dated: Dated) -> str:
    return _span(dated.valid_from, dated.valid_to)


def _span(first_day: date, last_day: date | None) -> str:
    return f"from {first_day}" if last_day is None else f"{first_day} to {last_day}"
