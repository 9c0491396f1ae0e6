"""The year of a.s.r.: offers without a questionnaire, signatures, refusals, and applications of who got no offer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from application.deadlines import record_due
from application.publication import publish_due
from application.round import RoundOrder, run_round
from application.simulation.agenda import practice_actor
from application.simulation.choices import Reply
from benchmarks.sample.world import OFFICER, Lives
from domain.calendar import local_day
from domain.contract.commands import (
    ContractCommand,
    DecideApplication,
    DeclineOffer,
    MakeOffer,
    ReceiveApplication,
    Sign,
    Terminate,
)
from domain.contract.contract_id import ContractId
from domain.contract.facts import ContractFact, ContractOffered, NotApproached
from tests.given import asr, at, declared

PURCHASER, POLICY = "asr", "asr-2024"
ROUND = "2023-09-15T09:00"
TICKS = ("2023-11-12T00:00", "2024-01-02T00:00", "2024-03-29T00:00")


class Act(NamedTuple):
    """Something that somebody is going to do; ordered by instant, contract and name."""

    at: datetime
    contract_id: ContractId
    name: str
    command: ContractCommand
    actor: str


def live_the_year_of_asr(lives: Lives) -> None:
    """Round, answers to the offers, applications, publication; the ticks stand between what people do."""
    lives.clock.set(at(ROUND))
    run_round(lives.system.contracting, RoundOrder(POLICY, OFFICER))
    planned = [
        act
        for contract_id, history in lives.contracts(PURCHASER)
        for recorded in history
        if isinstance(recorded.fact, ContractOffered | NotApproached)
        for act in _next(lives, contract_id, recorded.fact, recorded.occurred_at)
    ]
    heapify(planned)
    for tick in map(at, TICKS):
        while planned and planned[0].at < tick:
            _carry_out(lives, planned)
        lives.clock.set(tick)
        record_due(lives.system.contracting, tick)
        publish_due(lives.system.contracting, tick)


def _carry_out(lives: Lives, planned: list[Act]) -> None:
    act = heappop(planned)
    lives.clock.set(act.at)
    facts = lives.act(act.contract_id, act.command, act.actor, reason=_reason(act.command))
    for fact in facts:
        for following in _next(lives, act.contract_id, fact, act.at):
            heappush(planned, following)
    if isinstance(act.command, DecideApplication) and facts:
        heappush(planned, Act(act.at + timedelta(hours=1), act.contract_id, "offer", MakeOffer(), OFFICER))


def _reason(command: ContractCommand) -> str | None:
    return "weighed by hand" if isinstance(command, DecideApplication | Terminate) else None


def _next(lives: Lives, contract_id: ContractId, fact: ContractFact, now: datetime) -> Iterator[Act]:
    choices, actor = lives.choices(str(contract_id)), practice_actor(contract_id)
    if isinstance(fact, ContractOffered):
        yield from _reply(lives, contract_id, fact, now)
    elif isinstance(fact, NotApproached) and choices.chance("applies", 0.06):
        days = choices.between("applies", 1, 60)
        told = declared(asr(), contract_id.care_type)
        applies_at = choices.practice_hours(local_day(now) + timedelta(days=days), "applies")
        yield Act(applies_at, contract_id, "apply", ReceiveApplication(declared=told), actor)
        verdict = DecideApplication(
            verdicts={"duty_of_care": choices.chance("needed", 0.7)}, start=_month_after(applies_at)
        )
        weighed_at = choices.office_hours(local_day(applies_at) + timedelta(days=9), "weighed")
        yield Act(weighed_at, contract_id, "weigh", verdict, OFFICER)


def _reply(lives: Lives, contract_id: ContractId, offered: ContractOffered, now: datetime) -> Iterator[Act]:
    choices, actor = lives.choices(str(contract_id)), practice_actor(contract_id)
    reply, serial = choices.reply(), f"SAMPLE-{contract_id.agb}-1"
    reply_at = choices.reply_at(now, max(offered.last_signing_day, local_day(now) + timedelta(days=1)))
    if reply is Reply.DECLINES:
        command = DeclineOffer(person_id=actor, certificate_serial=serial)
        yield Act(reply_at, contract_id, "decline", command, actor)
    elif reply is not Reply.IGNORES:
        signature = Sign(
            person_id=actor,
            certificate_serial=serial,
            agreement_sha256=offered.agreement_sha256,
            declared=declared(asr(), contract_id.care_type),
        )
        yield Act(reply_at, contract_id, "sign", signature, actor)
        if choices.chance("ends", 0.01):
            last_day = date(2024, 4, 30) + timedelta(days=choices.between("ends", 0, 180))
            ends_at = choices.office_hours(date(2024, 2, 1) + timedelta(days=choices.between("told", 0, 50)), "ends")
            yield Act(ends_at, contract_id, "terminate", Terminate(last_day=last_day), OFFICER)


def _month_after(moment: datetime) -> date:
    day = local_day(moment)
    return max(date(2024, 1, 1), (day.replace(day=1) + timedelta(days=32)).replace(day=1))
