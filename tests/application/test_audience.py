"""What only the purchaser's people may see stays theirs: no answer to the practice or others tells it, or lets it be
guessed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from application.order import Order
from application.policies import AdoptionOrder, adopt
from application.provider_import import PracticeEntry, import_records
from application.providers import execute
from application.round import RoundOrder, run_round
from application.scenarios.question import Desk
from application.scenarios.questions import QUESTIONS
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.commands import Approach, ContractCommand, DecideApplication, DecideReview, ReceiveApplication
from domain.contract.contract_id import ContractId
from domain.contract.facts import ReviewOutcome
from domain.explanation import Outcome
from domain.policy.judged import RESTRICTED
from domain.provider.commands import SignalIntegrity
from domain.provider.provider import KnownValue, PastContract
from domain.provider.register import (
    Certificate,
    Person,
    PracticeRecord,
    Profession,
    Professional,
    Registration,
    Signatory,
)
from domain.refusal import RefusedError
from infrastructure.bootstrap import System, open_system, policy_sources, upgrade_database
from infrastructure.cli.main import main
from infrastructure.clock import SetClock
from tests.given import asr, at, at_asr, day, declared, known_to_asr, sign
from tests.infrastructure.cli.command_lines import every_command

AGB = AgbCode("04001234")
LONG_AGO = day("2015-01-01")
BARRING = {
    "ubo_sanctie": "ja",
    "ivr": "ja",
    "evr": "ja",
    "fraudeonderzoek": "ja",
    "ernstige_fout": "2022-03-01",
    "plausibele_aanwijzingen": "ja",
}
"""Each value that only the purchaser's reviewers know, as it bars."""
UNKNOWN = ("ubo_sanctie", "ivr", "evr")
"""Those of which no record means that a person decides."""
SECRETS = ("sanction", "sanctie", "ivr", "evr", "fraud", "fraude", "ernstige", "serious", "plausib", "integrity")
SECRETIVE = {"contract", "diff", "events", "own_contracts", "reasons", "round_report"}
"""Questions whose answer to the purchaser tells what others may not see."""
WITHOUT_SECRETS = {"policies", "policy", "schedule"}
"""Questions about policies alone, whose conditions are published."""
OF_AUDITORS = {name for name, each in QUESTIONS.items() if ".audit_" in each.answer_model.__module__}
"""Questions that a purchaser's auditors ask, and nobody else."""
OF_OFFICERS = {"claim", "register"}
"""Questions that a purchaser's officers and its claims people ask."""
ASR_YEAR = {"policy": "asr-2024", "purchaser": "asr", "care_type": "FYS", "contract": "asr/04001234/FYS/2024"}
CARESQ_YEAR = {
    "policy": "caresq-2025",
    "purchaser": "caresq",
    "care_type": "FYS",
    "contract": "caresq/04001234/FYS/2025-2026",
}


def practice(**known: str | None) -> PracticeEntry:
    usual = {"ubo": "bekend", "ubo_sanctie": "nee", "ivr": "nee", "evr": "nee"}
    values = [KnownValue(code=code, value=value) for code, value in (usual | known).items() if value is not None]
    values += [
        KnownValue(code="behandelindex", value="120.4", year=2022),
        KnownValue(code="claims", value="212", year=2023),
    ]
    registered = tuple(Registration(in_register=each, valid_from=LONG_AGO) for each in ("big", "irf_kngf"))
    professional = Professional(
        agb=AgbCode("04000001"),
        profession=Profession.PHYSIOTHERAPIST,
        weekly_hours=Decimal(32),
        registrations=registered,
        valid_from=LONG_AGO,
    )
    record = PracticeRecord(
        agb=AGB,
        name="Praktijk De Brug",
        vecozo_email="brug@voorbeeld.example",
        certificates=(Certificate(valid_from=LONG_AGO),),
        professionals=(professional,),
        signatories=(
            Signatory(
                person=Person(person_id="p1", name="P. Voorbeeld"), certificate_serial="serial-1", valid_from=LONG_AGO
            ),
        ),
    )
    past = PastContract(care_type=CareType.FYS, first_day=date(2023, 1, 1), last_day=date(2024, 12, 31))
    return PracticeEntry(
        record, past_contracts={"asr": (past,), "caresq": (past,)}, known_values={"asr": tuple(values)}
    )


@contextmanager
def year(folder: Path, entry: PracticeEntry, policy: str, adopted: str) -> Iterator[tuple[System, SetClock]]:
    url = f"sqlite:///{folder / 'log.db'}"
    upgrade_database(url)
    clock = SetClock(at("2023-01-10T09:00"))
    with open_system(url, clock=clock) as system:
        import_records(system.providers, [entry], actor="register")
        clock.set(at(adopted))
        adopt(system.policies, policy_sources().read(policy), AdoptionOrder(actor="board"))
        yield system, clock


def act(system: System, clock: SetClock, moment: str, contract: str, command: ContractCommand) -> None:
    clock.set(at(moment))
    order = Order("reviewer", f"{command.kind}/{moment}", reason="suspected of fraud, see the file")
    system.contracting.act(ContractId.parse(contract), command, order)


def told(system: System, about: dict[str, str], audience: str) -> dict[str, str]:
    """What every question answers, by its name."""
    given = {**about, "provider": AGB, "audience": audience}
    days = {"before": "2023-01-11", "after": "2024-10-01"}
    desk, found = Desk(system.contracting, system.questions, system.register, None), {}
    for name in QUESTIONS.keys() - OF_AUDITORS - OF_OFFICERS:
        model = QUESTIONS[name]
        asked = given | (days if name == "diff" else {})
        fields = {key: value for key, value in asked.items() if key in model.model_fields}
        try:
            found[name] = model.model_validate({"ask": name, **fields}).put(desk).model_dump_json()
        except RefusedError as refused:  # a direct offer has no questionnaire
            found[name] = str(refused)
    return found


def secrets_in(answers: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (name, secret)
        for name, text in answers.items()
        if name not in WITHOUT_SECRETS
        for secret in SECRETS
        if secret in text.lower().replace('"integrity_signals":null', "")
    ]


def differing(answers: list[dict[str, str]]) -> set[str]:
    """The questions that are not answered alike in each of several worlds."""
    return {name for name in answers[0].keys() - WITHOUT_SECRETS if len({each[name] for each in answers}) > 1}


def asr_round(folder: Path, **known: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """What the practice and the purchaser are told after a round of a.s.r."""
    with year(folder, practice(**known), "asr-2024", "2023-04-01T09:00") as (system, clock):
        clock.set(at("2023-09-15T09:00"))
        run_round(system.contracting, RoundOrder("asr-2024", "officer"))
        return told(system, ASR_YEAR, "provider"), told(system, ASR_YEAR, "purchaser")


def test_the_values_here_are_those_that_restricted_conditions_read() -> None:
    rules = [each for each in asr().conditions.values() if each.restricted]
    read = [each.registered or each.verdict or each.since for each in rules]
    assert {each.value for each in read if each is not None} == set(BARRING)


@pytest.mark.parametrize("code", sorted(BARRING))
def test_nobody_else_is_told_which_restricted_condition_bars(code: str, tmp_path: Path) -> None:
    provider, purchaser = asr_round(tmp_path, **{code: BARRING[code]})
    assert secrets_in(provider) == []
    assert {name for name, _ in secrets_in(purchaser)} == SECRETIVE
    assert RESTRICTED in provider["contract"]
    assert RESTRICTED not in purchaser["contract"]


def test_nobody_else_can_guess_which_restricted_condition_bars(tmp_path: Path) -> None:
    """Whichever it is, every answer to others is the same to the byte: nothing lets it be told by elimination."""
    answers = []
    for code, value in BARRING.items():
        (tmp_path / code).mkdir()
        # the same number of values, so that the log is as long
        known = {each: None if each not in UNKNOWN else "nee" for each in BARRING} | {code: value}
        answers.append(asr_round(tmp_path / code, **known)[0])
    assert differing(answers) == set()


@pytest.mark.parametrize("code", UNKNOWN)
def test_what_a_person_decides_of_a_restricted_condition_is_not_told(code: str, tmp_path: Path) -> None:
    provider, purchaser = asr_round(tmp_path, **{code: None})
    assert secrets_in(provider) == []
    assert '"awaits_review"' in provider["contract"]
    assert secrets_in(purchaser) != []


def test_nobody_else_can_guess_of_which_restricted_condition_a_person_decides(tmp_path: Path) -> None:
    answers = []
    for code in UNKNOWN:
        (tmp_path / code).mkdir()
        answers.append(asr_round(tmp_path / code, **{code: None})[0])
    assert differing(answers) == set()


@pytest.mark.parametrize("name", sorted(each.name for each in every_command() if each.has("--audience")))
def test_every_command_with_an_audience_hides_from_the_practice(
    name: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    asr_round(tmp_path, ivr="ja")
    subject = {
        "round report": ["asr-2024", "--csv", "-"],
        "contracts list": [AGB, "--purchaser", "asr"],
        "contract diff": [ASR_YEAR["contract"], "--from", "2023-09-14", "--to", "2023-09-16"],
    }.get(name, [ASR_YEAR["contract"]])
    line = [*name.split(), *subject, "--database", f"sqlite:///{tmp_path / 'log.db'}"]
    shown = {}
    for audience in ("provider", "purchaser"):
        main([*line, "--audience", audience])
        shown[audience] = capsysbinary.readouterr().out.decode()
    assert secrets_in({name: shown["provider"]}) == []
    assert secrets_in({name: shown["purchaser"]}) != []


def test_a_doubt_about_integrity_is_told_to_nobody_else(tmp_path: Path) -> None:
    contract = CARESQ_YEAR["contract"]
    with year(tmp_path, practice(), "caresq-2025", "2024-04-01T09:00") as (system, clock):
        clock.set(at("2024-09-10T09:00"))
        execute(system.providers, AGB, SignalIntegrity(purchaser="caresq"), Order("officer", "c1", reason="fraud"))
        clock.set(at("2024-09-16T09:00"))
        run_round(system.contracting, RoundOrder("caresq-2025", "officer"))
        assert secrets_in(told(system, CARESQ_YEAR, "provider")) == []
        dismissed = DecideReview(review_id="integrity-1", outcome=ReviewOutcome.DISMISSED)
        act(system, clock, "2025-02-01T09:00", contract, dismissed)
        act(system, clock, "2025-02-02T09:00", contract, ReceiveApplication())
        assert secrets_in(told(system, CARESQ_YEAR, "provider")) == []
        refusal = DecideApplication(verdicts={"added_value": True, "integrity": False})
        act(system, clock, "2025-02-03T09:00", contract, refusal)
        provider, purchaser = (told(system, CARESQ_YEAR, each) for each in ("provider", "purchaser"))
    assert secrets_in(provider) == []
    assert RESTRICTED in provider["contract"]
    assert {name for name, _ in secrets_in(purchaser)} == SECRETIVE


def test_a_signatory_is_not_told_which_restricted_condition_is_not_met() -> None:
    contract = at_asr(CareType.FYS).when(Approach(), at="2023-09-15").done()
    doubted = contract.but(provider=known_to_asr(CareType.FYS, "ivr=ja"))
    signature = sign(contract).model_copy(update={"declared": declared(asr(), CareType.FYS)})
    refusal = doubted.when(signature, at="2023-10-05").refusal
    assert (refusal.code, refusal.message, refusal.clause) == ("CONDITIONS_NOT_MET", "not met: restricted", "")
    assert refusal.explanation is not None
    assert [each.rule for each in refusal.explanation.because if each.outcome is not Outcome.MET] == ["restricted"]
    assert secrets_in({"refusal": refusal.explanation.model_dump_json()}) == []
