"""One fact of every type with every field filled in, as it was when its shape was frozen."""

from datetime import UTC, date, datetime
from decimal import Decimal

from application.order import Untold
from domain.agb import AgbCode
from domain.calendar import Term
from domain.care_type import CareType
from domain.contract import facts as f
from domain.explanation import Explanation, Outcome
from domain.history import Context, Fact, FactCorrected
from domain.policy.adoption import Ground, PolicyAdopted
from domain.policy.answers import Answers, Claim, Finding, Measured
from domain.policy.application_rules import StartOn
from domain.policy.document import Route
from domain.policy.module_rules import RetestOutcome, RetestRule, ThenEnds
from domain.policy.term_rules import ExtendedBy
from domain.provider import facts as p
from domain.provider import register as r
from domain.provider.provider import KnownValue, PastContract
from domain.round.facts import (
    RoundCounts,
    RoundFinished,
    RoundPlanCancelled,
    RoundPlanCarriedOut,
    RoundPlanned,
    RoundStarted,
)
from domain.simulation import SimulationStarted

SHA = "0123456789abcdef" * 4
REASON = f.Reason(code="NO_VECOZO_CERTIFICATE", clause="CQ25-4-8", found="none valid on 2024-09-16")
FLAG = f.Reason(code="CONTRACT_WITHOUT_CLAIMS", clause="ASR24-5-2", found="0 in 2023")
ANSWERS = Answers(
    declared={"guidelines": True, "zn_digital_effort": False},
    chosen={"digital_goals": ("kosten", "kwaliteit")},
    claims={
        "prem": Claim(bureau="Meetbureau Alfa"),
        "kwaliteitscyclus": Claim(valid_until=date(2026, 6, 30)),
        "kngf": Claim(),
    },
)
PERSON = f.SigningPerson(person_id="p1", name="A. de Vriës", certificate_serial="serial-1")
RECORD = r.PracticeRecord(
    agb=AgbCode("04001234"),
    name="Praktijk De Brúg & Zn.",
    kind=r.ProviderKind.INDEPENDENT,
    region="Zuid-Holland",
    city="'s-Gravenhage",
    vecozo_email="post@debrug.example",
    certificates=(r.Certificate(valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1)),),
    professionals=(
        r.Professional(
            agb=AgbCode("04100001"),
            profession=r.Profession.PHYSIOTHERAPIST,
            weekly_hours=Decimal("23.5"),
            specialisations=(r.Specialisation(code="kinder", vektis_registered=True),),
            memberships=(r.Membership(network="ParkinsonNet", valid_from=date(2021, 1, 1)),),
            registrations=(r.Registration(in_register="krf_nl", annotation="gli", valid_from=date(2021, 1, 1)),),
            valid_from=date(2020, 1, 1),
            valid_to=date(2024, 9, 15),
        ),
    ),
    signatories=(
        r.Signatory(
            person=r.Person(person_id="p1", name="A. de Vriës"),
            certificate_serial="serial-1",
            authorised=False,
            valid_from=date(2020, 1, 1),
        ),
    ),
    locations=(r.Location(agb=AgbCode("04001235"), name="De Brug Noord", valid_from=date(2022, 1, 1)),),
    gli=(r.GliProgramme(intervention="CooL", licence=True, start_instruction=False, valid_from=date(2023, 1, 1)),),
)

CONTRACT_FACTS: tuple[Fact, ...] = (
    f.Approached(policy_id="caresq-2025", route=Route.QUESTIONNAIRE),
    f.Approached(policy_id="asr-2024", route=Route.DIRECT_OFFER, flags=(FLAG,)),
    f.NotApproached(policy_id="caresq-2025", reasons=(REASON,)),
    f.NotApproached(policy_id="asr-2024", reasons=(REASON,), flags=(FLAG,)),
    f.QuestionnaireSent(),
    f.QuestionnaireOpened(),
    f.QuestionnaireSaved(answers=ANSWERS),
    f.QuestionnaireConfirmed(
        answers=ANSWERS, findings=(Finding(factor="prem", outcome=Outcome.MET, value="Meetbureau Alfa"),)
    ),
    f.QuestionnaireConfirmed(
        answers=Answers(numbers={"caseload": Decimal(120)}),
        measured=(Measured(measure="prem_score", number=Decimal("8.40")), Measured(measure="caseload")),
    ),
    f.QuestionnaireLapsed(),
    f.EvidenceUploaded(evidence_id="kngf-1", factor="kngf", sha256=SHA, size=10_485_760, media_type="application/pdf"),
    f.EvidenceRejected(evidence_id="kngf-1", factor="kngf", ground="Niet deze praktijk: “De Brug” ontbreekt"),
    f.EvidenceAccepted(
        evidence_id="skf-1",
        factor="skf",
        registration=f.Registration(
            attributes={"label": "Keurmerk"}, valid_from=date(2024, 1, 1), valid_to=date(2026, 12, 31)
        ),
        consequence=f.Consequence.COUNTS,
        effective_on=date(2025, 4, 1),
    ),
    f.QuestionnaireAssessed(positive=False, unmet_conditions=(REASON,)),
    f.TierAssigned(tier="C", effective_on=date(2025, 4, 1), factors=("kngf", "skf"), agreement_sha256=SHA),
    f.ContractOffered(
        tier="D",
        term=Term(start=date(2025, 1, 1), end=date(2026, 12, 31)),
        last_signing_day=date(2024, 11, 7),
        agreement_sha256=SHA,
        policy_position=17,
        last_day_fixed=True,
        flags=(f.Reason(code="RETROACTIVE_VS_OFFER", clause="CQ25-4-36"),),
    ),
    f.ContractOffered(
        tier=None,
        term=Term(start=date(2027, 4, 1), end=date(2027, 12, 31)),
        last_signing_day=date(2027, 2, 10),
        agreement_sha256=SHA,
        policy_position=17,
        starts=StartOn.NEXT_QUARTER_DAY,
    ),
    f.OfferReplaced(tier="C", agreement_sha256=SHA),
    f.OfferReplaced(tier="Goud", agreement_sha256=SHA, term=Term(start=date(2027, 1, 1), end=date(2028, 12, 31))),
    f.OfferWithheld(reason=f.Reason(code="TERM_UNDECIDED", clause="CQ25-4-6")),
    f.OfferDeclined(person=PERSON),
    f.OfferLapsed(),
    f.Reminded(about=f.Reminder.OFFER, due_on=date(2024, 10, 31), last_day=date(2024, 11, 7), clause="CQ25-5-15"),
    f.TierChangeAnnounced(tier="B", effective_on=date(2025, 4, 1)),
    f.Signed(person=PERSON, agreement_sha256=SHA, declared=ANSWERS),
    f.Signed(
        person=PERSON,
        agreement_sha256=SHA,
        term=Term(start=date(2027, 4, 1), end=date(2027, 12, 31)),
        flags=(f.Reason(code="RETROACTIVE_VS_SIGNATURE", clause="CQ25-4-36", found="signed on 2027-04-02"),),
    ),
    f.Published(),
    f.Unpublished(),
    f.TermExtended(end=date(2028, 12, 31), by=ExtendedBy.NOTICE),
    f.ModuleGranted(
        module="complex",
        term=Term(start=date(2027, 3, 1), end=date(2029, 12, 31)),
        clause="MD27-3.4-1",
        retest=RetestRule(
            day="10-01",
            failed=RetestOutcome(ends=ThenEnds.WITH_THE_MONTH, clause="MD27-3.4-5"),
            missed=RetestOutcome(ends=ThenEnds.THAT_DAY, clause="MD27-3.4-6", reading="OD26"),
            clause="MD27-3.4-4",
        ),
        agreement_sha256=SHA,
    ),
    f.ModuleRefused(module="complex", reason=f.Reason(code="NO_TRAINING", clause="MD27-3.4-2", found="nee")),
    f.ModuleRetested(
        module="complex",
        due_on=date(2027, 10, 1),
        passed=False,
        tested_on=date(2027, 9, 20),
        last_day=date(2027, 9, 30),
    ),
    f.ModuleEnded(module="complex", last_day=date(2027, 8, 31)),
    f.ModuleLapsed(
        module="complex",
        last_day=date(2027, 10, 1),
        reason=f.Reason(code="RETEST_MISSED", clause="MD27-3.4-6", found="due on 2027-10-01"),
    ),
    f.ContractTerminated(last_day=date(2025, 6, 30)),
    f.ApplicationReceived(attempt=2, application=f.ApplicationKind.FOLLOW_INSURER, other_insurer="Verzekeraar Noord"),
    f.DocumentsRequested(documents=("De afspraken met de andere zorgverzekeraar",)),
    f.DocumentsReceived(documents=("Overeenkomst “Noord” 2024",)),
    f.TermDecided(term=Term(start=date(2025, 3, 1), end=date(2025, 12, 31))),
    f.ApplicationGranted(
        term=Term(start=date(2025, 3, 1), end=date(2026, 12, 31)),
        flags=(f.Reason(code="RETROACTIVE_VS_OFFER", clause="CQ25-4-36"),),
    ),
    f.ApplicationRefused(attempt=2, reason=f.Reason(code="NO_ADDED_VALUE", clause="CQ25-4-38", found="by a person")),
    f.TransferredToOtherPolicy(policy="ziekenhuizen-2025", reason=f.Reason(code="OTHER_POLICY", clause="CQ25-4-29")),
    f.ContractCarriedOver(
        term=Term(start=date(2024, 1, 1), end=date(2025, 12, 31)), external_policy="caresq-2024", tier="B"
    ),
    f.ReviewRequested(
        review_id="factor_no_longer_met-1",
        ground=f.ReviewGround.FACTOR_NO_LONGER_MET,
        factor="share",
        found="the share is now 25%",
    ),
    f.ReviewDecided(
        review_id="assessed_after_last_signing_day-1",
        outcome=f.ReviewOutcome.APPROVED,
        sign_by=date(2024, 12, 20),
    ),
    f.ReviewDecided(
        review_id="application-1",
        outcome=f.ReviewOutcome.APPROVED,
        verdicts={"behandelindex": True, "duty_of_care": True},
    ),
    FactCorrected(
        corrects=14,
        replacement={"last_day": "2025-07-31"},
        occurred_at=datetime(2025, 2, 28, 22, 59, 59, 999_999, tzinfo=UTC),
    ),
)
PROVIDER_FACTS: tuple[Fact, ...] = (
    FactCorrected(
        corrects=3,
        replacement={"purchaser": "asr", "values": [{"code": "claims", "value": "0", "year": 2024, "care_type": None}]},
        purchaser="asr",
    ),
    p.ProviderRegistered(record=RECORD),
    p.ProviderChanged(record=RECORD),
    p.ContractHistoryRecorded(
        purchaser="caresq",
        contracts=(PastContract(care_type=CareType.FYS, first_day=date(2023, 1, 1), last_day=date(2024, 12, 31)),),
    ),
    p.ValuesRecorded(
        purchaser="asr",
        values=(
            KnownValue(code="behandelindex", value="149.95", year=2022, care_type=CareType.FYS),
            KnownValue(code="wtza", value="gemeld"),
        ),
    ),
    p.OptedOut(purchaser="caresq", care_type=None, from_day=date(2024, 6, 1)),
    p.OptOutWithdrawn(purchaser="caresq", care_type=CareType.LOG, from_day=date(2024, 8, 1)),
    p.IntegritySignalled(purchaser="caresq", from_day=date(2024, 6, 1)),
    p.IntegritySignalEnded(purchaser="caresq", from_day=date(2024, 8, 1)),
    p.DelegationGranted(
        person=r.Person(person_id="p7", name="J. Voorbeeld"),
        granted_by="p1",
        certificate_serial="serial-1",
        last_day=date(2025, 12, 31),
    ),
    p.DelegationRevoked(person_id="p7", revoked_by="p1", certificate_serial="serial-1"),
)
OTHER_FACTS: tuple[Fact, ...] = (
    PolicyAdopted(
        policy_id="caresq-2025",
        purchaser="caresq",
        ground=Ground.CLARIFICATION,
        document='{"format":"1"}',
        document_sha256=SHA,
    ),
    RoundStarted(policy_id="caresq-2025", day=date(2024, 9, 16), run=2, care_types=(CareType.FYS, CareType.OEF)),
    RoundFinished(
        run=2,
        counts={
            CareType.FYS: RoundCounts(
                candidates=12,
                approached=5,
                approached_before=1,
                not_approached=3,
                reasons={"OPTED_OUT": 2, "AGB_PREFIX": 1},
                reviews=1,
                refused={"QUESTIONNAIRE_CLOSED": 1},
                released_offers=2,
            )
        },
    ),
    RoundPlanned(
        policy_id="caresq-2025",
        plan=2,
        care_types=(CareType.LOG,),
        planned_for=datetime(2024, 8, 27, 7, tzinfo=UTC),
    ),
    RoundPlanCancelled(plan=2),
    RoundPlanCarriedOut(plan=1, batch="round/caresq-2025/2024-09-16"),
    SimulationStarted(seed=7, providers=2000),
)
FACTS = (*CONTRACT_FACTS, *PROVIDER_FACTS, *OTHER_FACTS)

CONTEXT = Context(
    actor="inkoper Bakker",
    on_behalf_of="Caresq",
    command_id="batch-7/caresq/04001234/FYS/2025-2026",
    command_digest="0123456789abcdef" * 2,
    correlation_id="batch-7",
    causation_id="caresq/04001234/FYS/2025-2026@12",
    reason="post van 3 maart: “bewijs” bijgevoegd",
    policy_position=17,
    provider_version=3,
)
UNTOLD = Untold(
    command={"verdicts": {"duty_of_care": True}, "kind": "DecideApplication"},
    acted_at=datetime(2024, 11, 7, 23, tzinfo=UTC),
    decided_at=datetime(2024, 11, 8, 9, 30, 0, 1, tzinfo=UTC),
)
SEEN_BEFORE = Untold(earlier_contracts={"caresq/04001234/FYS/2024": 9, "caresq/04001234/VOET/2024-2025": 1})
EXPLANATION = Explanation(
    rule="tier.D",
    clause="CQ25-3.2-9",
    outcome=Outcome.MET,
    value="1 factors",
    threshold="at least 1 factors",
    because=(Explanation(rule="factor.kngf", outcome=Outcome.NOT_MET), Explanation(rule="x", outcome=Outcome.UNKNOWN)),
)
