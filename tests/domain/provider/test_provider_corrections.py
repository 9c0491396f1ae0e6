"""A wrong entry about a practice is mended by a further fact, with a reason, by whoever owns what was wrong."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.agb import AgbCode
from domain.care_type import CareType
from domain.history import Fact, FactCorrected, Recorded
from domain.provider.commands import CorrectProviderFact
from domain.provider.corrections import correct_provider_fact
from domain.provider.facts import OptedOut, ProviderChanged, ProviderRegistered, ValuesRecorded, fold_provider
from domain.provider.provider import KnownValue, Provider
from domain.provider.register import PracticeRecord
from domain.refusal import Refused
from tests import refusals
from tests.given import at

RECORD = PracticeRecord(agb=AgbCode("04001234"), name="De Linde")
NOW = at("2024-03-01")
CLAIMS = ValuesRecorded(purchaser="asr", values=(KnownValue(code="claims", value="3", year=2024),))
NONE = {"purchaser": "asr", "values": [{"code": "claims", "value": "0", "year": 2024}]}
OPT_OUT = OptedOut(purchaser="caresq", care_type=CareType.LOG, from_day=date(2024, 2, 1))


@dataclass(frozen=True)
class Stream:
    """A practice's facts, each an hour after the one before."""

    facts: tuple[Fact, ...]

    @property
    def history(self) -> list[Recorded]:
        start = at("2024-01-01")
        return [
            Recorded(
                number,
                "provider/04001234",
                number,
                start + timedelta(hours=number),
                start + timedelta(hours=number),
                each,
                b"{}",
            )
            for number, each in enumerate(self.facts, 1)
        ]

    def correct(self, version: int, replacement: dict[str, Any] | None = None, **given: Any) -> Any:
        command = CorrectProviderFact(version=version, replacement=replacement, **{"purchaser": "asr", **given})
        return correct_provider_fact(command, self.history, NOW, "a wrong letter")

    def after(self, decided: Any) -> "Stream":
        assert isinstance(decided, list), decided
        return replace(self, facts=(*self.facts, *decided))

    def known_to(self, purchaser: str) -> Provider:
        provider = fold_provider(self.history, purchaser)
        assert provider is not None
        return provider


STREAM = Stream((ProviderRegistered(record=RECORD), CLAIMS, OPT_OUT))


def claims(stream: Stream) -> str | None:
    return stream.known_to("asr").value("claims", year=2024)


def test_a_value_is_read_as_it_is_mended_and_not_at_all_when_it_is_voided() -> None:
    mended = STREAM.after(STREAM.correct(2, NONE))
    assert (claims(STREAM), claims(mended)) == ("3", "0")
    assert mended.facts[-1] == FactCorrected(
        corrects=2, replacement=CLAIMS.model_copy(update={"values": ()}).model_dump() | _stored(NONE), purchaser="asr"
    )
    assert claims(STREAM.after(STREAM.correct(2))) is None


def _stored(fact: dict[str, Any]) -> dict[str, Any]:
    return ValuesRecorded.model_validate(fact).model_dump(mode="json")


def test_with_earlier_knowledge_the_value_stays_what_it_was() -> None:
    mended = STREAM.after(STREAM.correct(2, NONE))
    before = fold_provider(mended.history[:-1], "asr")
    assert before is not None
    assert before.value("claims", year=2024) == "3"


def test_a_correction_can_itself_be_taken_back() -> None:
    mended = STREAM.after(STREAM.correct(2))
    assert claims(mended.after(mended.correct(4))) == "3"


def test_a_correction_of_a_correction_is_read_as_the_first_fact_would_be() -> None:
    mended = STREAM.after(STREAM.correct(2))
    again = mended.after(mended.correct(4, {"corrects": 2, "replacement": NONE, "purchaser": "asr"}))
    assert claims(again) == "0"


def test_a_correction_that_changes_nothing_is_not_recorded() -> None:
    mended = STREAM.after(STREAM.correct(2, NONE))
    assert mended.correct(2, NONE) == []
    assert STREAM.correct(2, CLAIMS.model_dump(mode="json")) == []


def test_an_opt_out_heard_by_mistake_never_was() -> None:
    mended = STREAM.after(STREAM.correct(3, purchaser="caresq"))
    assert [len(each.known_to("caresq").opt_outs) for each in (STREAM, mended)] == [1, 0]


def test_what_the_register_said_is_mended_for_everybody() -> None:
    changed = ProviderChanged(record=RECORD.model_copy(update={"name": "De Eik"}))
    stream = Stream((*STREAM.facts, changed))
    mended = stream.after(stream.correct(4, purchaser=None))
    assert [each.known_to("asr").record.name for each in (stream, mended)] == ["De Eik", "De Linde"]


@pytest.mark.parametrize(
    ("version", "given", "code"),
    [
        (9, {}, "FACT_UNKNOWN"),
        (3, {}, "FACT_UNKNOWN"),
        (1, {}, "FACT_UNKNOWN"),
        (2, {"purchaser": None}, "FACT_UNKNOWN"),
        (1, {"purchaser": None}, "NOT_CORRECTABLE"),
        (2, {"fact_occurred_at": at("2024-02-01")}, "REPLACEMENT_MISSING"),
        (2, {"replacement": NONE, "fact_occurred_at": at("2024-03-02")}, "OCCURRED_IN_FUTURE"),
        (2, {"replacement": NONE | {"purchaser": "caresq"}}, "REPLACEMENT_WRONG"),
        (2, {"replacement": {"purchaser": "asr", "value": []}}, "REPLACEMENT_WRONG"),
    ],
    ids=["no such fact", "another's", "the register's", "not the register's", "the first registration",
         "an instant alone", "a later instant", "another purchaser", "another shape"],
)  # fmt: skip
def test_what_can_not_be_mended_is_refused(version: int, given: dict[str, Any], code: str) -> None:
    others = {name: value for name, value in given.items() if name != "replacement"}
    decided = STREAM.correct(version, given.get("replacement"), **others)
    assert isinstance(decided, Refused)
    assert decided.code == code
    refusals.assert_worded(decided)


def test_another_practice_never_takes_the_place_of_this_one() -> None:
    other = {"record": RECORD.model_copy(update={"agb": AgbCode("04001235")}).model_dump(mode="json")}
    decided = STREAM.correct(1, other, purchaser=None)
    assert isinstance(decided, Refused)
    assert decided.message == "ProviderRegistered.record.agb: stays '04001234', the fact is known by it"


def test_a_correction_whose_own_replacement_is_no_such_fact_is_refused() -> None:
    mended = STREAM.after(STREAM.correct(2))
    wrong = {"corrects": 2, "replacement": {"purchaser": "asr", "value": []}, "purchaser": "asr"}
    assert isinstance(mended.correct(4, wrong), Refused)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_correction_needs_a_reason(reason: str | None) -> None:
    command = CorrectProviderFact(purchaser="asr", version=2)
    decided = correct_provider_fact(command, STREAM.history, NOW, reason)
    assert isinstance(decided, Refused)
    assert decided.code == "REASON_MISSING"
