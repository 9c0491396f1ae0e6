"""Given these facts, when a command comes, then these facts follow: a small language for tests of the decider.

    given(SENT).when(Save(...), at="2024-10-10").then(QuestionnaireSaved(...))
    given(SENT).when(Confirm(...), at="2024-10-21").refused("QUESTIONNAIRE_LAPSED")

Instants are written as they read on a clock in Amsterdam; a bare day means noon there, a final Z means UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from domain.agb import AgbCode
from domain.calendar import AMSTERDAM, local_day
from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    ContractCommand,
    MakeOffer,
    Sign,
    UploadEvidence,
)
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import ContractId
from domain.contract.decide import decide
from domain.contract.facts import Approached, ContractFact, QuestionnaireSent, Registration, TierAssigned
from domain.contract.situation import Decided, Situation
from domain.explanation import Explanation
from domain.history import Context, Recorded
from domain.policy.adoption import PolicyVersion, PolicyVersions
from domain.policy.amendment import merged
from domain.policy.answers import Answers, Claim
from domain.policy.document import ConditionKind, PolicyDocument, Route
from domain.provider.provider import KnownValue, PastContract, Provider
from domain.provider.register import (
    Certificate,
    Person,
    PracticeRecord,
    Profession,
    Professional,
    Signatory,
    Specialisation,
)
from domain.refusal import Refused
from infrastructure.policies.library import PolicyFiles
from tests import refusals
from tests.explanations import assert_explained

BUREAU = "Meetbureau Alfa"
TWO_YEARS = Path(__file__).parent / "scenarios" / "policies" / "caresq-2025-fys-two-years.yaml"
CONTRACT = {
    CareType.FYS: "caresq/04001234/FYS/2025-2026",
    CareType.OEF: "caresq/07004321/OEF/2025-2026",
    CareType.LOG: "caresq/05007788/LOG/2025-2026",
    CareType.HUI: "caresq/90006677/HUI/2025-2026",
    CareType.DIE: "caresq/24005566/DIE/2025-2026",
    CareType.ERG: "caresq/88003355/ERG/2025-2026",
    CareType.GLI: "caresq/90008899/GLI/2025-2026",
    CareType.VOET: "caresq/26001122/VOET/2024-2025",
    CareType.VAL: "caresq/04001234/VAL/2025-2026",
    CareType.INST: "caresq/47001234/INST/2025",
    CareType.ZKH: "caresq/06010203/ZKH/2025",
}
PROFESSION = {
    CareType.FYS: Profession.PHYSIOTHERAPIST,
    CareType.OEF: Profession.EXERCISE_THERAPIST,
    CareType.LOG: Profession.SPEECH_THERAPIST,
    CareType.HUI: Profession.SKIN_THERAPIST,
    CareType.DIE: Profession.DIETITIAN,
    CareType.ERG: Profession.OCCUPATIONAL_THERAPIST,
    CareType.GLI: Profession.LIFESTYLE_COACH,
    CareType.VOET: Profession.PODIATRIST,
}
PREFIX = {
    CareType.FYS: "04",
    CareType.OEF: "07",
    CareType.LOG: "05",
    CareType.DIE: "24",
    CareType.ERG: "88",
    CareType.VOET: "26",
}
"""The AGB prefix of a care type's professionals; 90 where there is none."""


def at(moment: str) -> datetime:
    """An instant: ``2024-11-07T23:59:59`` in Amsterdam, ``2024-11-07T22:59:59Z`` in UTC, ``2024-11-07`` at noon."""
    if len(moment) == 10:
        moment += "T12:00"
    instant = datetime.fromisoformat(moment)
    return (instant if instant.tzinfo is not None else instant.replace(tzinfo=AMSTERDAM)).astimezone(UTC)


def day(text: str) -> date:
    """A local day."""
    return date.fromisoformat(text)


# ------------------------------------------------------------------------------------------------ the policy


@cache
def caresq() -> PolicyDocument:
    """Caresq's policy for 2025 as packaged: the term of physiotherapy is undecided."""
    return PolicyFiles().read("caresq-2025").document(None)


@cache
def caresq_two_years() -> PolicyDocument:
    """The same with the term of physiotherapy decided: 2025 and 2026."""
    return PolicyFiles().read(str(TWO_YEARS)).document(caresq())


@cache
def caresq_one_year() -> PolicyDocument:
    """The same with the term of physiotherapy decided: 2025."""
    return PolicyFiles().read("caresq-2025-fys-term").document(caresq())


@cache
def asr() -> PolicyDocument:
    """The policy of a.s.r. for 2024 as packaged."""
    return PolicyFiles().read("asr-2024").document(None)


def amended(document: PolicyDocument, changes: dict[str, Any]) -> PolicyDocument:
    """A policy with changes merged over it."""
    return PolicyDocument.model_validate(merged(document.model_dump(mode="json"), changes))


def adoptions(*documents: PolicyDocument, since: tuple[str, ...] = ("2024-04-01",)) -> PolicyVersions:
    """Adopted versions, each in force since a day."""
    return PolicyVersions(
        tuple(
            PolicyVersion(number, at(since[number - 1]), "", document) for number, document in enumerate(documents, 1)
        )
    )


# ---------------------------------------------------------------------------------------------- the practice


def professional(
    number: int,
    care_type: CareType = CareType.FYS,
    *,
    hours: str = "32",
    specialised: str | None = None,
    in_vektis: bool = True,
    until: str | None = None,
) -> Professional:
    """Somebody attached to the practice, with at most one specialisation."""
    return Professional(
        agb=AgbCode(f"{PREFIX.get(care_type, '90')}1{number:05}"),
        profession=PROFESSION[care_type],
        weekly_hours=Decimal(hours),
        specialisations=() if specialised is None else (Specialisation(code=specialised, vektis_registered=in_vektis),),
        valid_from=date(2020, 1, 1),
        valid_to=None if until is None else day(until),
    )


def staff(size: int, *specialised: Professional) -> tuple[Professional, ...]:
    """So many physiotherapists, those given among them, the others without specialisation."""
    return (*specialised, *(professional(number) for number in range(50_000, 50_000 + size - len(specialised))))


def practice(
    care_type: CareType = CareType.FYS,
    *,
    professionals: tuple[Professional, ...] | None = None,
    contracted: tuple[int, ...] = (2024,),
    **record: Any,
) -> Provider:
    """A practice that the round approaches for the care type, unless something is said otherwise."""
    contract_id = ContractId.parse(CONTRACT[care_type])
    return Provider(
        version=1,
        record=PracticeRecord(
            **{
                "agb": contract_id.agb,
                "name": "Praktijk De Brug",
                "vecozo_email": "post@debrug.example",
                "certificates": (Certificate(valid_from=date(2020, 1, 1)),),
                "professionals": _usual_staff(care_type) if professionals is None else professionals,
                "signatories": (
                    Signatory(
                        person=Person(person_id="p1", name="A. de Vries"),
                        certificate_serial="serial-1",
                        valid_from=date(2020, 1, 1),
                    ),
                ),
                **record,
            }
        ),
        past_contracts=tuple(
            PastContract(care_type=care_type, first_day=date(year, 1, 1), last_day=date(year, 12, 31))
            for year in contracted
        ),
    )


ASR_KNOWS = ("ubo=bekend", "ubo_sanctie=nee", "ivr=nee", "evr=nee", "claims@2023=212", "behandelindex@2022=120.4")


def known_to_asr(care_type: CareType = CareType.FYS, *told: str, contracted: tuple[int, ...] = (2023,)) -> Provider:
    """A practice that a.s.r. approaches; ``told`` adds values as ``code=value`` or ``code@year=value``, or takes away
    with an empty value.
    """
    known = dict(each.split("=", 1) for each in (*ASR_KNOWS, *told))
    values = tuple(
        KnownValue(code=code.partition("@")[0], value=value, year=int(code.partition("@")[2] or 0) or None)
        for code, value in known.items()
        if value
    )
    return replace(practice(care_type, contracted=contracted), known_values=values)


def at_asr(care_type: CareType = CareType.FYS, *told: str, contracted: tuple[int, ...] = (2023,)) -> "Given":
    """A contract sought with a.s.r. for 2024, under its policy as adopted in April 2023."""
    provider = known_to_asr(care_type, *told, contracted=contracted)
    contract = f"asr/{provider.record.agb}/{care_type}/{asr().care_types[care_type].period}"
    return given(
        care_type=care_type,
        policies=adoptions(asr(), since=("2023-04-01",)),
        provider=provider,
        contract=contract,
    )


def declared(document: PolicyDocument, care_type: CareType, **changes: bool) -> Answers:
    """What a signatory declares where there is no questionnaire: every condition that the practice can answer."""
    asked = {code: document.conditions[code] for code in document.care_types[care_type].conditions}
    return Answers(
        declared={code: True for code, each in asked.items() if each.kind is not ConditionKind.CHOSEN} | changes,
        chosen={code: each.options[:1] for code, each in asked.items() if each.kind is ConditionKind.CHOSEN},
    )


def _usual_staff(care_type: CareType) -> tuple[Professional, ...]:
    return (professional(1, care_type),) if care_type in PROFESSION else ()


def answers(*claimed: str, care_type: CareType = CareType.FYS, bureau: str = BUREAU, **changes: Any) -> Answers:
    """A complete questionnaire in which every condition is met and these factors are claimed."""
    document = caresq()
    asked = {code: document.conditions[code] for code in document.care_types[care_type].conditions}
    return Answers(
        declared={code: True for code, each in asked.items() if each.kind is ConditionKind.DECLARED}
        | changes.get("declared", {}),
        chosen={code: each.options[:1] for code, each in asked.items() if each.kind is ConditionKind.CHOSEN}
        | changes.get("chosen", {}),
        claims={code: Claim(bureau=bureau if code == "prem" else None) for code in claimed} | changes.get("claims", {}),
    )


# ------------------------------------------------------------------------------------------ given, when, then


@dataclass(frozen=True)
class Happened:
    """Facts of one instant."""

    occurred_at: datetime
    facts: tuple[ContractFact, ...]


def on(moment: str, *facts: ContractFact) -> Happened:
    """Facts that happened at a moment."""
    return Happened(at(moment), facts)


SENT = on("2024-09-16", Approached(policy_id="caresq-2025", route=Route.QUESTIONNAIRE), QuestionnaireSent())


@dataclass(frozen=True)
class Given:
    """A contract with its history, the adopted policy and the practice."""

    contract_id: ContractId
    policies: PolicyVersions
    provider: Provider | None
    history: tuple[Recorded, ...] = ()
    contract: Contract = field(default_factory=Contract)

    def when(
        self, command: ContractCommand, at: str, *, occurred: str | None = None, reason: str | None = "said by a test"
    ) -> "Outcome":
        """Decide a command that comes at a moment, about something that ``occurred`` then or earlier."""
        return self.decided(command, _at(at), _at(at if occurred is None else occurred), reason)

    def decided(
        self, command: ContractCommand, now: datetime, occurred_at: datetime, reason: str | None = None
    ) -> "Outcome":
        """The same by instants."""
        current = self.policies.at(occurred_at)
        assert current is not None, f"no policy in force at {occurred_at}"
        situation = Situation(
            self.contract_id,
            self.history,
            self.contract,
            current,
            self.kept(current),
            self.provider,
            occurred_at,
            now,
            reason,
        )
        decided = decide(command, situation)
        assert_explained(decided)
        return Outcome(self, decided, occurred_at, now)

    def kept(self, current: PolicyVersion) -> PolicyVersion:
        """The version that governs the contract's content: that of the offer once signed."""
        offer = self.contract.offer
        signed = offer is not None and self.contract.signed_at is not None
        return self.policies.adopted_at(offer.policy_position) if offer is not None and signed else current

    def recorded(self, decided: Iterable[Decided], occurred_at: datetime, now: datetime) -> "Given":
        """With these facts added to the history."""
        history = list(self.history)
        context = Context(
            actor="a test",
            command_id="",
            command_digest="",
            correlation_id="",
            provider_version=None if self.provider is None else self.provider.version,
        )
        told = context.model_dump_json().encode()
        for each in decided:
            version = len(history) + 1
            instant = each.occurred_at or occurred_at
            history.append(Recorded(100 + version, str(self.contract_id), version, instant, now, each.fact, told))
        return replace(self, history=tuple(history), contract=fold(history))

    def but(self, **changes: Any) -> "Given":
        """In a world in which the practice or the policies are others."""
        return replace(self, **changes)

    def tier_on(self, text: str) -> str | None:
        """The tier that the practice is entitled to on a day."""
        assignment = self.contract.tier_on(day(text))
        return None if assignment is None else assignment.tier

    def version_of(self, fact_type: type[ContractFact]) -> int:
        """The version of the last fact of a type."""
        return max(recorded.version for recorded in self.history if isinstance(recorded.fact, fact_type))

    @property
    def text(self) -> str:
        """The SHA-256 of the text that stands offered."""
        assert self.contract.offer is not None
        return self.contract.offer.agreement_sha256


@dataclass(frozen=True)
class Outcome:
    """What a command brought."""

    before: Given
    decided: list[Decided] | Refused
    occurred_at: datetime
    now: datetime

    @property
    def facts(self) -> list[ContractFact]:
        """The facts; the command must have been accepted."""
        assert not isinstance(self.decided, Refused), f"refused: {self.decided}"
        return [each.fact for each in self.decided]

    @property
    def refusal(self) -> Refused:
        """The refusal; the command must have been refused."""
        assert isinstance(self.decided, Refused), f"accepted: {self.decided}"
        return self.decided

    def then(self, *facts: ContractFact) -> Given:
        """These facts and no others follow, in this order."""
        assert self.facts == list(facts), f"\nfound    {self.facts}\nexpected {list(facts)}"
        return self.done()

    def brings(self, *fact_types: type[ContractFact]) -> Given:
        """Facts of these types follow, in this order."""
        found = [type(fact) for fact in self.facts]
        assert found == list(fact_types), f"\nfound    {self.facts}\nexpected {fact_types}"
        return self.done()

    def nothing(self) -> Given:
        """Nothing changes."""
        assert self.facts == [], f"found {self.facts}"
        return self.before

    def done(self) -> Given:
        """It was accepted, whatever it brought."""
        assert not isinstance(self.decided, Refused), f"refused: {self.decided}"
        return self.before.recorded(self.decided, self.occurred_at, self.now)

    def refused(self, code: str, clause: str | None = None) -> Given:
        """It is refused with that code, under that clause if one is given, and as tests/refusals.csv words it."""
        assert self.refusal.code == code, f"expected {code}, found {self.refusal}"
        assert clause is None or self.refusal.clause == clause, f"expected {clause}, found {self.refusal}"
        refusals.assert_worded(self.refusal)
        return self.before

    def tiers(self) -> list[tuple[str, str]]:
        """The tiers that were assigned, each with its first day."""
        return [(str(each.effective_on), each.tier) for each in self.facts if isinstance(each, TierAssigned)]

    def why(self, fact_type: type[ContractFact]) -> Explanation:
        """The explanation that stands beside the first fact of a type."""
        assert not isinstance(self.decided, Refused), f"refused: {self.decided}"
        found = next(each.explanation for each in self.decided if isinstance(each.fact, fact_type))
        assert found is not None, f"{fact_type.__name__} has no explanation"
        return found


_at = at


def given(
    *happened: Happened,
    care_type: CareType = CareType.FYS,
    policy: PolicyDocument | None = None,
    policies: PolicyVersions | None = None,
    provider: Provider | None = None,
    contract: str | None = None,
) -> Given:
    """A contract with these facts; Caresq's policy with a physiotherapy term of two years, and a practice that fits."""
    known = practice(care_type) if provider is None else provider
    contract_id = ContractId.parse(contract or CONTRACT[care_type])
    adopted = policies or adoptions(policy or caresq_two_years())
    start = Given(contract_id._replace(agb=known.record.agb), adopted, known)
    for each in happened:
        start = start.recorded([Decided(fact) for fact in each.facts], each.occurred_at, each.occurred_at)
    return start


# --------------------------------------------------------------------------------- how far the procedure is


def upload(factor: str, content: str = "0") -> UploadEvidence:
    """A file for a factor; another ``content``, one hexadecimal digit, is another file."""
    return UploadEvidence(factor=factor, sha256=content * 64, size=10, media_type="application/pdf")


def keurmerk() -> Registration:
    """What stands on a right proof of SKF."""
    return Registration(attributes={"label": "Keurmerk"})


def sign(contract: Given, declared: Answers | None = None) -> Sign:
    """The signatory signs the text that stands offered, and declares what is given."""
    return Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256=contract.text, declared=declared)


def confirmed(*claimed: str, proven: tuple[str, ...] = (), start: Given | None = None) -> Given:
    """A questionnaire sent on 16 September and confirmed on 10 October 2024, with a proof for each of ``proven``."""
    contract = given(SENT) if start is None else start
    for factor in proven:
        contract = contract.when(upload(factor), at="2024-10-09").done()
    care_type = contract.contract_id.care_type
    return contract.when(ConfirmQuestionnaire(answers=answers(*claimed, care_type=care_type)), at="2024-10-10").done()


def assessed(*claimed: str, proven: tuple[str, ...] = (), start: Given | None = None) -> Given:
    """The same with the proofs accepted, assessed on 14 October 2024."""
    contract = confirmed(*claimed, proven=proven, start=start)
    for factor in proven:
        registration = keurmerk() if factor == "skf" else Registration()
        accept = AcceptEvidence(evidence_id=f"{factor}-1", registration=registration)
        contract = contract.when(accept, at="2024-10-13").done()
    return contract.when(AssessQuestionnaire(), at="2024-10-14").done()


def offered(*claimed: str, proven: tuple[str, ...] = (), start: Given | None = None) -> Given:
    """The same with an offer of 15 October 2024."""
    return assessed(*claimed, proven=proven, start=start).when(MakeOffer(), at="2024-10-15").done()


def signed(*claimed: str, proven: tuple[str, ...] = (), start: Given | None = None) -> Given:
    """The same, signed on 1 November 2024."""
    contract = offered(*claimed, proven=proven, start=start)
    return contract.when(sign(contract), at="2024-11-01").done()


def explained(explanation: Explanation, rule: str) -> Explanation:
    """The node of an explanation that a rule made."""
    found = [each for each in _nodes(explanation) if each.rule == rule]
    assert found, f"no {rule} among {[each.rule for each in _nodes(explanation)]}"
    return found[0]


def _nodes(explanation: Explanation) -> list[Explanation]:
    return [explanation, *(node for each in explanation.because for node in _nodes(each))]


def month_of(moment: str) -> str:
    """The local month in which a moment falls, as ``2024-10``."""
    return f"{local_day(at(moment)):%Y-%m}"
