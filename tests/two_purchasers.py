"""One practice at two purchasers: the history, doubts, values and decisions of each bear its own unmistakable mark.

Every free text of a purchaser holds its ``word``, every day it names is one of its ``days``, everything it does happens
at its own second of the minute.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from application.order import Order
from application.policies import AdoptionOrder, adopt
from application.provider_import import PracticeEntry, import_records
from application.providers import execute
from application.round import RoundOrder, run_round
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.commands import (
    AssessQuestionnaire,
    CarryOver,
    ConfirmQuestionnaire,
    ContractCommand,
    DecideApplication,
    DecideReview,
    MakeOffer,
    Publish,
    ReceiveApplication,
    RejectEvidence,
    RequestReview,
    Sign,
    Terminate,
    UploadEvidence,
)
from domain.contract.contract_id import ContractId
from domain.contract.facts import ReviewGround, ReviewOutcome
from domain.provider.commands import EndIntegritySignal, OptOutOfOffers, ProviderCommand, SignalIntegrity
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
from infrastructure.bootstrap import System, open_system, policy_sources, upgrade_database
from infrastructure.clock import SetClock
from tests.given import answers, asr, at, day, declared

AGB = AgbCode("04001234")
LONG_AGO = day("2015-01-01")


@dataclass(frozen=True)
class Purchaser:
    """A purchaser with its marks and its contracts with the practice; the first is the one that was signed."""

    id: str
    policy: str
    word: str
    second: str
    days: tuple[str, ...]
    contracts: tuple[str, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """What of this purchaser may stand in no answer to another."""
        return (self.word, self.second, *self.days)

    def text(self, what: str) -> str:
        """A free text of this purchaser."""
        return f"{self.word}-{what}"

    def moment(self, hour: str) -> str:
        """An instant of this purchaser: ``2023-09-15T09`` with its own second."""
        return f"{hour}{self.second}"


ASR = Purchaser(
    id="asr",
    policy="asr-2024",
    word="srr7mark",
    second=":00:47",
    days=("2017-03-13", "2023-12-19", "2023-02-17", "2023-05-11", "2023-05-23", "2024-06-03", "1474.74"),
    contracts=("asr/04001234/FYS/2024", "asr/04001234/LOG/2024", "asr/04001234/ERG/2024-2026"),
)
CARESQ = Purchaser(
    id="caresq",
    policy="caresq-2025",
    word="cqq3mark",
    second=":00:29",
    days=("2018-04-14", "2024-12-08", "2024-02-20", "2024-06-12", "2024-06-26", "2025-08-07", "3636.36"),
    contracts=("caresq/04001234/FYS/2025-2026", "caresq/04001234/LOG/2025-2026", "caresq/04001234/VOET/2024-2025"),
)
PURCHASERS = (ASR, CARESQ)


class TwoPurchasers:
    """The system and its clock in the hands of whoever lives the story."""

    def __init__(self, system: System, clock: SetClock) -> None:
        self.system = system
        self.clock = clock
        self._commands: Counter[str] = Counter()

    def adopt(self, purchaser: Purchaser, moment: str, name: str) -> None:
        self.clock.set(at(purchaser.moment(moment)))
        adopt(self.system.policies, policy_sources().read(name), AdoptionOrder(actor=purchaser.text("board")))

    def order(self, purchaser: Purchaser, moment: str) -> Order:
        self.clock.set(at(purchaser.moment(moment)))
        self._commands[purchaser.id] += 1
        name = f"{purchaser.id}-{self._commands[purchaser.id]}-{purchaser.text('command')}"
        reason, behalf = purchaser.text("reason"), purchaser.text("behalf")
        return Order(purchaser.text("officer"), name, on_behalf_of=behalf, reason=reason)

    def hear(self, purchaser: Purchaser, moment: str, command: ProviderCommand) -> None:
        execute(self.system.providers, AGB, command, self.order(purchaser, moment))

    def act(self, purchaser: Purchaser, moment: str, contract: str, command: ContractCommand) -> None:
        self.system.contracting.act(ContractId.parse(contract), command, self.order(purchaser, moment))

    def hold_round(self, purchaser: Purchaser, moment: str) -> None:
        order = self.order(purchaser, moment)
        run_round(self.system.contracting, RoundOrder(purchaser.policy, order.actor, reason=order.reason))

    def text_of(self, contract: str) -> str:
        offer = self.system.contracting.load(ContractId.parse(contract)).contract.offer
        assert offer is not None
        return offer.agreement_sha256


def lived(url: str, purchasers: Sequence[Purchaser] = PURCHASERS) -> None:
    """Make a log at ``url`` in which these purchasers lived their years with the practice."""
    upgrade_database(url)
    clock = SetClock(at("2023-01-10T09:00"))
    with open_system(url, clock=clock) as system:
        world = TwoPurchasers(system, clock)
        import_records(system.providers, [_entry(purchasers)], actor="register")
        if ASR in purchasers:
            _live_asr(world)
        if CARESQ in purchasers:
            _live_caresq(world)


def log_at(folder: Path, name: str, purchasers: Sequence[Purchaser] = PURCHASERS) -> str:
    """The URL of such a log in a folder."""
    url = f"sqlite:///{folder / name}"
    lived(url, purchasers)
    return url


def _entry(purchasers: Sequence[Purchaser]) -> PracticeEntry:
    record = PracticeRecord(
        agb=AGB,
        name="Praktijk De Brug",
        vecozo_email="brug@voorbeeld.example",
        certificates=(Certificate(valid_from=LONG_AGO),),
        professionals=tuple(
            Professional(
                agb=AgbCode(code),
                profession=profession,
                weekly_hours=Decimal(32),
                registrations=tuple(Registration(in_register=each, valid_from=LONG_AGO) for each in registers),
                valid_from=LONG_AGO,
            )
            for code, profession, registers in (
                ("04000001", Profession.PHYSIOTHERAPIST, ("big", "irf_kngf")),
                ("05000002", Profession.SPEECH_THERAPIST, ("kp",)),
                ("88000003", Profession.OCCUPATIONAL_THERAPIST, ("kp",)),
                ("26000004", Profession.PODIATRIST, ("kp",)),
            )
        ),
        signatories=(
            Signatory(
                person=Person(person_id="p1", name="P. Voorbeeld"), certificate_serial="serial-1", valid_from=LONG_AGO
            ),
        ),
    )
    return PracticeEntry(
        record,
        past_contracts={each.id: _past(each) for each in purchasers},
        known_values={each.id: _values(each) for each in purchasers},
    )


def _past(purchaser: Purchaser) -> tuple[PastContract, ...]:
    first, last = (date.fromisoformat(each) for each in purchaser.days[:2])
    return (
        PastContract(care_type=CareType.FYS, first_day=first, last_day=last, addendum=purchaser.text("addendum")),
        PastContract(care_type=CareType.LOG, first_day=first, last_day=last, addendum=purchaser.text("addendum")),
    )


def _values(purchaser: Purchaser) -> tuple[KnownValue, ...]:
    own = KnownValue(code=f"{purchaser.word}code", value=purchaser.text("value"), year=2022)
    if purchaser is CARESQ:
        return (own, KnownValue(code="claims", value="3636.36", year=2023), KnownValue(code="ivr", value="ja"))
    known = {"kvk": "ingeschreven", "wtza": "gemeld", "governance_code": "nvt", "ubo": "bekend"}
    known |= {"ubo_sanctie": "nee", "ivr": "nee", "evr": "nee", "verscherpt_toezicht": "nee"}
    return (
        own,
        *(KnownValue(code=code, value=value) for code, value in known.items()),
        KnownValue(code="behandelindex", value="74.74", year=2022),
        KnownValue(code="claims", value="1474.74", year=2023),
    )


def _live_asr(world: TwoPurchasers) -> None:
    asked, (physio, _, ergo) = ASR, ASR.contracts
    world.adopt(asked, "2023-01-20T09", asked.policy)
    world.hear(
        asked, "2023-02-10T09", OptOutOfOffers(purchaser="asr", care_type=CareType.LOG, from_day=day("2023-02-17"))
    )
    world.hear(asked, "2023-05-10T09", SignalIntegrity(purchaser="asr", from_day=day("2023-05-11")))
    world.hear(asked, "2023-05-20T09", EndIntegritySignal(purchaser="asr", from_day=day("2023-05-23")))
    world.hold_round(asked, "2023-09-15T09")
    world.act(asked, "2023-09-16T09", ergo, ReceiveApplication())
    refusal = DecideApplication(verdicts={"duty_of_care": False})
    world.act(asked, "2023-09-20T09", ergo, refusal)
    _review(world, asked, "2023-09-21", physio)
    signature = Sign(
        person_id="p1",
        certificate_serial="serial-1",
        agreement_sha256=world.text_of(physio),
        declared=declared(asr(), CareType.FYS, delivers_gzsp=False),
    )
    world.act(asked, "2023-10-05T09", physio, signature)
    world.act(asked, "2023-11-13T09", physio, Publish())
    world.act(asked, "2024-01-15T09", physio, Terminate(last_day=day("2024-06-03")))


def _live_caresq(world: TwoPurchasers) -> None:
    asked, (physio, _, foot) = CARESQ, CARESQ.contracts
    world.adopt(asked, "2024-02-01T09", asked.policy)
    world.hear(
        asked,
        "2024-02-15T09",
        OptOutOfOffers(purchaser="caresq", care_type=CareType.LOG, from_day=day("2024-02-20")),
    )
    world.hear(asked, "2024-06-11T09", SignalIntegrity(purchaser="caresq", from_day=day("2024-06-12")))
    world.hear(asked, "2024-06-20T09", EndIntegritySignal(purchaser="caresq", from_day=day("2024-06-26")))
    term = {"start": "2024-01-01", "end": "2025-12-31"}
    carried = CarryOver.model_validate({"term": term, "external_policy": asked.text("policy")})
    world.act(asked, "2024-07-01T09", foot, carried)
    world.adopt(asked, "2024-08-01T09", "caresq-2025-fys-term")
    world.hold_round(asked, "2024-09-16T09")
    proof = UploadEvidence(factor="kngf", sha256="c3" * 32, size=36, media_type=f"application/{asked.text('proof')}")
    world.act(asked, "2024-10-01T09", physio, proof)
    told = answers("kngf", "prem", bureau=asked.text("bureau"))
    world.act(asked, "2024-10-02T09", physio, ConfirmQuestionnaire(answers=told))
    world.act(asked, "2024-10-03T09", physio, RejectEvidence(evidence_id="kngf-1", ground=asked.text("ground")))
    world.act(asked, "2024-10-04T09", physio, AssessQuestionnaire())
    world.act(asked, "2024-10-05T09", physio, MakeOffer())
    sha256 = world.text_of(physio)
    signature = Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256=sha256)
    world.act(asked, "2024-10-06T09", physio, signature)
    world.act(asked, "2024-11-13T09", physio, Publish())
    _review(world, asked, "2025-03-01", physio)
    world.act(asked, "2025-08-01T09", physio, Terminate(last_day=day("2025-08-07")))


def _review(world: TwoPurchasers, purchaser: Purchaser, on: str, contract: str) -> None:
    ground, factor = (
        (ReviewGround.FACTOR_NO_LONGER_MET, "kngf") if purchaser is CARESQ else (ReviewGround.INTEGRITY, None)
    )
    ask = RequestReview(ground=ground, factor=factor, found=purchaser.text("found"))
    world.act(purchaser, f"{on}T10", contract, ask)
    decision = DecideReview(review_id=f"{ground}-1", outcome=ReviewOutcome.DISMISSED)
    world.act(purchaser, f"{on}T11", contract, decision)
