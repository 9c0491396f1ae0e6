"""``contractspoor contract why``: every decision about a contract, each with what it rests on."""

from typing import Annotated

import typer

from application.ports import Horizon
from application.queries.contract_answer import Knowledge
from application.queries.horizon import Asked
from application.queries.reasons import contract_reasons
from application.wording.explanations import Language
from domain.calendar import to_microseconds
from domain.contract.audience import Audience
from infrastructure.cli.asked_about import check_practice, end_not_known, write_json
from infrastructure.cli.options import AsJson, Contract, Database, EffectiveOn, For, KnownAt, Position, opened
from infrastructure.cli.why_text import print_why

Lang = Annotated[Language, typer.Option("--lang", help="The language of the words; values that people entered stay.")]


def why(
    contract_id: Contract,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    audience: For = Audience.PURCHASER,
    language: Lang = Language.EN,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show why: every decision about a contract, each rule with its clause, what was found, what was asked, and whether
    it was met.

    Approach, application, conditions, tier, start, offer, signature, deadlines and verdicts, as they had been decided
    by the end of the day; and the shortest way to the next tier. Exit code 3 when the log can not answer yet.
    """
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    with opened(database) as system:
        answer = contract_reasons(system.contracting, system.questions, contract_id, asked, audience)
        horizon = Horizon(to_microseconds(answer.known_at), answer.position)
        if answer.knowledge is Knowledge.NOT_KNOWN_YET:
            if as_json:
                write_json(answer)
            end_not_known(system, contract_id, horizon)
        check_practice(system, contract_id, horizon)
    if as_json:
        write_json(answer)
    else:
        print_why(answer, language)
