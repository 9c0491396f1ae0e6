"""``contractspoor contract agreement``: the text that was offered, as text or as a PDF."""

from pathlib import Path
from typing import Annotated

import typer

from application.agreement_pages import printed, text_in
from application.ports import Horizon
from application.queries.agreement import AgreementAnswer, AgreementText, ToldText, contract_agreement
from application.queries.horizon import Asked
from application.wording.explanations import Language
from domain.calendar import local_text, to_microseconds
from infrastructure.bootstrap import agreement_printer
from infrastructure.cli.asked_about import check_known, write_json
from infrastructure.cli.contract_text import print_agreement
from infrastructure.cli.errors import fail
from infrastructure.cli.options import AsJson, Contract, Database, KnownAt, Position, opened
from infrastructure.cli.page import same_again

NONE = "AGREEMENT_UNKNOWN"

Sha256 = Annotated[
    str | None,
    typer.Option("--sha256", metavar="HEX", help="Another text than the one offered: one that a new tier brought."),
]
Pdf = Annotated[
    Path | None,
    typer.Option("--pdf", metavar="FILE", help="Write it to this file as PDF; the same text gives the same bytes."),
]
Lang = Annotated[
    Language, typer.Option("--lang", help="The Dutch text is the one that was offered; the English one translates it.")
]


def agreement(
    contract_id: Contract,
    sha256: Sha256 = None,
    pdf: Pdf = None,
    language: Lang = Language.NL,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print the agreement text that was offered, made anew from the log and verified by its SHA-256.

    The text goes to standard output to the byte, so that sha256sum gives the same; what was verified goes to standard
    error. A contract that was carried over has no text here.
    """
    with opened(database) as system:
        answer = contract_agreement(system.contracting, contract_id, Asked(known_at=known_at, position=position))
        if not answer.texts:
            check_known(system, contract_id, Horizon(to_microseconds(answer.known_at), answer.position))
    found = _chosen_text(answer, sha256)
    told = _in_language(found, language)
    if as_json:
        known = {"contract_id": answer.contract_id, "known_at": answer.known_at, "position": answer.position}
        write_json(ToldText.model_validate({**dict(found), **known}))
    elif pdf is None:
        print_agreement(told)
    if not found.verified:
        fail(
            f"{found.event_id}: the text made from the log is not the one with SHA-256 {found.sha256}",
            code="NOT_VERIFIED",
        )
    if pdf is not None:
        pdf.write_bytes(agreement_printer().pdf(printed(answer.contract_id, found, told, language)))
    if not as_json:
        written = "" if pdf is None else f" Written to {pdf}."
        typer.echo(
            f"Verified: SHA-256 {found.sha256}, {found.name} of {local_text(found.occurred_at)}.{written} "
            f"The same again with {same_again(answer.known_at, answer.position)}",
            err=True,
        )


def _in_language(found: AgreementText, language: Language) -> str:
    told = text_in(found, language)
    if told is None:
        fail(f"{found.event_id}: the policy has no English words for this text; leave out --lang en")
    return told


def _chosen_text(answer: AgreementAnswer, sha256: str | None) -> AgreementText:
    if not answer.texts:
        fail(f"{answer.contract_id}: no agreement was offered, as known at {local_text(answer.known_at)}", code=NONE)
    wanted = (sha256 or answer.offered or "").lower()
    found = [text for text in answer.texts if text.sha256 == wanted]
    if not found:
        known = ", ".join(text.sha256 for text in answer.texts)
        fail(f"{answer.contract_id}: no text with SHA-256 {wanted}; there is {known}", code=NONE)
    return found[-1]
