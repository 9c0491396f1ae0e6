"""A practice as text and as JSON: the register, and the view of one purchaser."""

from datetime import date
from typing import Any

import typer

from application.queries.provider import ProviderAnswer
from domain.calendar import instant_text
from domain.provider.register import Dated, PracticeRecord, Professional


def provider_json(answer: ProviderAnswer) -> dict[str, Any]:
    """The practice as JSON values; what was not asked for is left out."""
    shown = answer.model_dump(mode="json")
    return {name: value for name, value in shown.items() if value is not None}


def print_provider(answer: ProviderAnswer) -> None:
    """The practice in lines: what the register says, then what the purchaser knows if one was named."""
    if answer.record is not None:
        _print_record(answer.record)
    for delegation in answer.delegations or ():
        until = "" if delegation.last_day is None else f" until {delegation.last_day}"
        person = f"{delegation.person.person_id} {delegation.person.name}"
        typer.echo(f"  delegate {person}, by {delegation.granted_by}{until}: fills in and uploads, never signs")
    if answer.purchaser is not None:
        _print_known(answer)
    typer.echo(f"As known at {instant_text(answer.known_at)}, position {answer.position}.")


def _print_record(record: PracticeRecord) -> None:
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


def _print_known(answer: ProviderAnswer) -> None:
    typer.echo(f"As {answer.purchaser} knows it:")
    for contract in answer.past_contracts or ():
        addendum = f", with the addendum {contract.addendum}" if contract.addendum else ""
        typer.echo(f"  contract {contract.care_type} {_span(contract.first_day, contract.last_day)}{addendum}")
    for opt_out in answer.opt_outs or ():
        ended = "" if opt_out.withdrawn_on is None else f", withdrawn from {opt_out.withdrawn_on}"
        ended += "".join(f", not for {each.care_type} from {each.from_day}" for each in opt_out.exceptions)
        typer.echo(f"  no offers wanted for {opt_out.care_type or 'any care type'} from {opt_out.from_day}{ended}")
    for value in answer.known_values or ():
        of = " ".join(str(each) for each in (value.year, value.care_type) if each is not None)
        typer.echo(f"  {value.code}{f' of {of}' if of else ''}: {value.value}")
    if not (answer.past_contracts or answer.opt_outs or answer.known_values):
        typer.echo("  nothing recorded")
    for signal in answer.integrity_signals or ():
        ended = "" if signal.ended_on is None else f", ended {signal.ended_on}"
        typer.echo(f"  integrity signal from {signal.recorded_on}{ended}")


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
