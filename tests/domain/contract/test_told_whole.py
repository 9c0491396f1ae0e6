"""Decisions told whole: every value that is stored, and every rule, clause, value and threshold of the explanation.

What an officer, a practice or an auditor is told of a decision stands in tests/told/, a page for each of these.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    CarryOver,
    ConfirmQuestionnaire,
    DecideApplication,
    DecideReview,
    DeclineOffer,
    ExtendTerm,
    MakeOffer,
    Publish,
    ReceiveApplication,
    ReceiveDocuments,
    RecordLapse,
    RejectEvidence,
    RequestReview,
    Terminate,
    Unpublish,
)
from domain.contract.facts import ApplicationKind, Registration, ReviewGround, ReviewOutcome
from domain.policy.answers import Claim
from domain.provider.provider import IntegritySignal, KnownValue, OptOut, PastContract, Provider
from domain.provider.register import GliProgramme, Professional, ProviderKind, Specialisation
from domain.provider.register import Registration as Entry
from tests import telling
from tests.given import (
    SENT,
    Given,
    Outcome,
    adoptions,
    amended,
    answers,
    asr,
    assessed,
    at_asr,
    caresq,
    caresq_one_year,
    caresq_two_years,
    confirmed,
    day,
    declared,
    given,
    keurmerk,
    offered,
    practice,
    professional,
    sign,
    signed,
    upload,
)

ENTERED = day("2015-01-01")


def approached(provider: Provider, care_type: CareType, at: str = "2024-09-16") -> Outcome:
    return given(provider=provider, care_type=care_type).when(Approach(), at=at)


def barred_by_everything() -> Outcome:
    provider = practice(
        professionals=(), certificates=(), contracted=(2020,), kind=ProviderKind.INSTITUTION, agb=AgbCode("47001234")
    )
    return approached(replace(provider, opt_outs=(OptOut(care_type=None, from_day=day("2024-06-01")),)), CareType.FYS)


def doubted(verdict: ReviewOutcome | None = None) -> Outcome:
    provider = replace(practice(), integrity_signals=(IntegritySignal(recorded_on=day("2024-06-01")),))
    outcome = approached(provider, CareType.FYS)
    if verdict is None:
        return outcome
    decide = DecideReview(review_id="integrity-1", outcome=verdict)
    return outcome.done().when(decide, at="2024-09-17").done().when(Approach(), at="2024-09-18")


def in_registers(care_type: CareType, *registers: str) -> tuple[Professional, ...]:
    entries = tuple(Entry(in_register=each, valid_from=ENTERED) for each in registers)
    return (professional(1, care_type).model_copy(update={"registrations": entries}),)


def at_asr_with(care_type: CareType, *known: str, staff: tuple[Professional, ...], at: str = "2023-09-15") -> Outcome:
    contract = at_asr(care_type, *known)
    assert contract.provider is not None
    record = contract.provider.record.model_copy(update={"professionals": staff})
    return contract.but(provider=replace(contract.provider, record=record)).when(Approach(), at=at)


def lifestyle(*programmes: GliProgramme, annotation: str | None = "leefstijlcoaching") -> Provider:
    physio = professional(1, CareType.FYS).model_copy(
        update={"registrations": (Entry(in_register="kp", annotation=annotation, valid_from=ENTERED),)}
    )
    coach = professional(2, CareType.GLI)
    return practice(CareType.GLI, professionals=(physio, coach), gli=programmes)


def programme(*, licence: bool = True, start_instruction: bool = True, intervention: str = "CooL") -> GliProgramme:
    return GliProgramme(
        intervention=intervention, licence=licence, start_instruction=start_instruction, valid_from=ENTERED
    )


def over_years(care_type: CareType, first: int, last: int) -> PastContract:
    return PastContract(care_type=care_type, first_day=day(f"{first}-01-01"), last_day=day(f"{last}-12-31"))


def hospital() -> Outcome:
    last_year = PastContract(
        care_type=CareType.ZKH,
        addendum="Paramedische zorg MSZ",
        first_day=day("2024-01-01"),
        last_day=day("2024-12-31"),
    )
    provider = practice(CareType.ZKH, kind=ProviderKind.HOSPITAL)
    return approached(replace(provider, past_contracts=(last_year,)), CareType.ZKH)


def specialists(*, share: int, of: int) -> Provider:
    within = [professional(number, specialised="manueel") for number in range(share)]
    elsewhere = professional(100, specialised="manueel", in_vektis=False)
    few_hours = professional(101, specialised="manueel", hours="7.99")
    others = [professional(number) for number in range(200, 200 + of - share - 2)]
    return practice(professionals=(*within, elsewhere, few_hours, *others))


def assessment(*claimed: str, provider: Provider, bureau: str | None = None, proven: tuple[str, ...] = ()) -> Given:
    start = given(SENT, provider=provider)
    for factor in proven:
        start = start.when(upload(factor), at="2024-10-09").done()
    given_answers = answers(*claimed) if bureau is None else answers(*claimed, bureau=bureau)
    return start.when(ConfirmQuestionnaire(answers=given_answers), at="2024-10-10").done()


def confirmation(care_type: CareType = CareType.FYS, **claims: Claim) -> Outcome:
    start = given(
        SENT, care_type=care_type, provider=specialists(share=3, of=10) if care_type is CareType.FYS else None
    )
    given_answers = answers("prem", claims=claims, care_type=care_type)
    return start.when(ConfirmQuestionnaire(answers=given_answers), at="2024-10-10")


def unproven() -> Outcome:
    """One proof rejected, one not yet checked."""
    contract = assessment("prem", "share", "kngf", "skf", provider=specialists(share=3, of=10), proven=("kngf", "skf"))
    contract = contract.when(RejectEvidence(evidence_id="kngf-1", ground="another practice's"), at="2024-10-12").done()
    return contract.when(AssessQuestionnaire(), at="2024-10-14")


def wrong_label() -> Outcome:
    contract = confirmed("skf", proven=("skf",))
    wrong = AcceptEvidence(evidence_id="skf-1", registration=Registration(attributes={"label": "Basis"}))
    return contract.when(wrong, at="2024-10-13").done().when(AssessQuestionnaire(), at="2024-10-14")


def negative() -> Outcome:
    confirm = ConfirmQuestionnaire(answers=answers("prem", declared={"guidelines": False, "phone_reachable": False}))
    contract = given(SENT).when(confirm, at="2024-10-10").done()
    return contract.when(AssessQuestionnaire(), at="2024-10-14")


def ends_early(valid_until: str) -> Outcome:
    claims = {"kwaliteitscyclus": Claim(valid_until=day(valid_until))}
    confirm = ConfirmQuestionnaire(answers=answers("prem", claims=claims, care_type=CareType.LOG))
    contract = given(SENT, care_type=CareType.LOG).when(confirm, at="2024-10-10").done()
    return contract.when(AssessQuestionnaire(), at="2024-10-14")


def corrected() -> Outcome:
    contract = signed("prem", "kngf", "skf").when(upload("kngf", "1"), at="2025-02-10").done()
    reject = RejectEvidence(evidence_id="kngf-1", ground="unreadable")
    contract = contract.when(reject, at="2025-02-12").done().when(upload("skf"), at="2025-03-01").done()
    return contract.when(AcceptEvidence(evidence_id="skf-1", registration=keurmerk()), at="2025-03-20")


def by_points(*claimed: str) -> Outcome:
    weights = {"prem": "2", "share": "1.5", "kngf": "1", "skf": "-0.5"}
    rules = {
        "factors": {code: {"points": points} for code, points in weights.items()},
        "tiers": [
            {"name": "Hoog", "points_at_least": "3.5", "clause": "CQ25-3.2-6"},
            {"name": "Midden", "points_at_least": "1", "clause": "CQ25-3.2-7"},
            {"name": "Laag", "points_at_least": "-0.5", "clause": "CQ25-3.2-8"},
        ],
    }
    policy = amended(caresq_two_years(), {"care_types": {"FYS": rules}})
    contract = given(SENT, policy=policy, provider=specialists(share=3, of=10))
    contract = contract.when(ConfirmQuestionnaire(answers=answers(*claimed)), at="2024-10-10").done()
    return contract.when(AssessQuestionnaire(), at="2024-10-14")


def by_bands(patients: str, score: str | None) -> Given:
    label = {"nl": "x", "en": "x"}
    whole = {"label": label, "asked": "true", "whole": "true", "within": {"at_least": "0"}, "clause": "CQ25-3.2-6"}
    measures = {"patients": whole, "score": {"label": label, "value": "score", "year": 2023, "clause": "CQ25-3.2-7"}}
    well_scored = {"patients": {"at_least": "100", "below": "500"}, "score": {"above": "8"}}
    rules = {
        "factors": None,
        "correction": None,
        "measures": measures,
        "tiers": [
            {"name": "A", "when": [well_scored, {"patients": {"at_least": "500"}}], "clause": "CQ25-3.2-6"},
            {"name": "B", "when": [{"patients": {"below": "100"}}], "clause": "CQ25-3.2-7"},
            {"name": "C", "otherwise": "true", "clause": "CQ25-3.2-8"},
        ],
        "unmeasured": {"tier": "B", "clause": "CQ25-3.2-9"},
    }
    policy = amended(caresq_two_years(), {"care_types": {"FYS": rules}})
    values = () if score is None else (KnownValue(code="score", value=score, year=2023),)
    contract = given(SENT, policy=policy, provider=replace(practice(), known_values=values))
    numbered = answers().model_copy(update={"numbers": {"patients": Decimal(patients)}})
    return contract.when(ConfirmQuestionnaire(answers=numbered), at="2024-10-10").done()


def assessed_by_bands(patients: str, score: str | None) -> Outcome:
    return by_bands(patients, score).when(AssessQuestionnaire(), at="2024-10-14")


def direct(**declarations: bool) -> Outcome:
    contract = given(care_type=CareType.HUI).when(Approach(), at="2024-09-16").done()
    declares = declared(caresq(), CareType.HUI, **declarations) if declarations else None
    return contract.when(sign(contract, declares), at="2024-10-01")


def extended(**more: str) -> Outcome:
    rule = {"until": "2026-12-31", "by": "notice", "clause": "CQ25-4-7", **more}
    policy = amended(caresq_one_year(), {"care_types": {"FYS": {"extension": rule}}})
    contract = signed("prem", start=given(SENT, policy=policy))
    return contract.when(ExtendTerm(), at="2025-10-01")


def application(care_type: CareType = CareType.ERG, at: str = "2024-11-15") -> Outcome:
    return given(care_type=care_type).when(ReceiveApplication(), at=at)


def granted(**verdicts: bool) -> Outcome:
    return application().done().when(DecideApplication(verdicts=verdicts), at="2024-11-20")


def followed(*documents: str) -> Outcome:
    follow = ReceiveApplication(
        application=ApplicationKind.FOLLOW_INSURER, other_insurer="Verzekeraar Noord", documents=documents
    )
    return given(care_type=CareType.GLI, provider=lifestyle(programme())).when(follow, at="2025-02-10")


PAGES: dict[str, Callable[[], Outcome]] = {
    "approach-fys": lambda: approached(practice(), CareType.FYS),
    "approach-log": lambda: approached(practice(CareType.LOG), CareType.LOG),
    "approach-without-address": lambda: approached(practice(CareType.HUI, vecozo_email=""), CareType.HUI),
    "approach-barred-by-everything": barred_by_everything,
    "approach-left-yesterday": lambda: approached(
        practice(professionals=(professional(1, until="2024-09-15"), professional(2, CareType.LOG))), CareType.FYS
    ),
    "approach-doubted": doubted,
    "approach-doubt-confirmed": lambda: doubted(ReviewOutcome.DISMISSED),
    "approach-doubt-cleared": lambda: doubted(ReviewOutcome.APPROVED),
    "approach-erg": lambda: approached(practice(CareType.ERG), CareType.ERG),
    "approach-voet": lambda: approached(practice(CareType.VOET, contracted=()), CareType.VOET),
    "approach-runs-on": lambda: approached(
        replace(practice(CareType.VOET), past_contracts=(over_years(CareType.VOET, 2024, 2025),)), CareType.VOET
    ),
    "approach-nothing-runs-on": lambda: given(
        policy=amended(caresq_two_years(), {"approach": {"running": {"clause": "CQ25-4-2", "code": "RUNNING_ON"}}})
    ).when(Approach(), at="2024-09-16"),
    "application-follows-without-a-coach": lambda: given(
        care_type=CareType.GLI, provider=practice(CareType.ERG, professionals=())
    ).when(ReceiveApplication(application=ApplicationKind.FOLLOW_INSURER), at="2025-02-10"),
    "approach-institution": lambda: approached(
        practice(CareType.INST, contracted=(2024,), kind=ProviderKind.INSTITUTION), CareType.INST
    ),
    "approach-hospital": hospital,
    "approach-lifestyle": lambda: approached(lifestyle(programme()), CareType.GLI),
    "approach-lifestyle-incomplete": lambda: approached(
        lifestyle(programme(licence=False), programme(start_instruction=False), annotation=None), CareType.GLI
    ),
    "approach-lifestyle-unknown": lambda: approached(lifestyle(programme(intervention="Anders")), CareType.GLI),
    "approach-lifestyle-none": lambda: approached(practice(CareType.GLI, professionals=()), CareType.GLI),
    "asr-approach-fys": lambda: at_asr_with(CareType.FYS, staff=in_registers(CareType.FYS, "big", "irf_kngf")),
    "asr-approach-fys-unknown": lambda: at_asr_with(
        CareType.FYS, "ubo=", "ubo_sanctie=", "ivr=", "claims@2023=", staff=in_registers(CareType.FYS)
    ),
    "asr-approach-fys-unmeasured": lambda: at_asr_with(
        CareType.FYS, "behandelindex@2022=", "patients@2022=29", staff=in_registers(CareType.FYS, "big")
    ),
    "asr-approach-fys-barred": lambda: at_asr_with(
        CareType.FYS,
        "ubo=onbekend",
        "ivr=ja",
        "claims@2023=0",
        "behandelindex@2022=150",
        "wtza=nee",
        "verscherpt_toezicht=ja",
        "ernstige_fout=2022-05-05",
        staff=in_registers(CareType.FYS),
    ),
    "asr-approach-for-a-person": lambda: at_asr(CareType.FYS, "ivr=").when(Approach(), at="2023-09-15"),
    "application-after-the-term": lambda: application(at="2026-12-15"),
    "application-granted-after-the-term": lambda: (
        application(at="2026-12-15").done().when(DecideApplication(verdicts={"added_value": True}), at="2026-12-20")
    ),
    "asr-approach-erg": lambda: at_asr_with(CareType.ERG, staff=in_registers(CareType.ERG, "kp")),
    "asr-approach-erg-specialised": lambda: at_asr_with(
        CareType.ERG,
        staff=(
            in_registers(CareType.ERG, "kp", "kp_deelregister")[0].model_copy(
                update={"specialisations": (Specialisation(code="hand", vektis_registered=True),)}
            ),
            *in_registers(CareType.ERG, "kp"),
        ),
    ),
    "asr-approach-die-barred": lambda: at_asr_with(CareType.DIE, "evr=ja", staff=in_registers(CareType.DIE)),
    "confirmation-fys": lambda: confirmation(share=Claim(), kngf=Claim()),
    "confirmation-log-lasts": lambda: confirmation(CareType.LOG, kwaliteitscyclus=Claim(valid_until=day("2025-01-01"))),
    "confirmation-log-ends-early": lambda: confirmation(
        CareType.LOG, kwaliteitscyclus=Claim(valid_until=day("2024-10-10"))
    ),
    "confirmation-log-ended": lambda: confirmation(CareType.LOG, kwaliteitscyclus=Claim(valid_until=day("2024-10-09"))),
    "assessment-every-factor": lambda: (
        assessment("prem", "share", "kngf", "skf", provider=specialists(share=3, of=10), proven=("kngf",))
        .when(AcceptEvidence(evidence_id="kngf-1"), at="2024-10-12")
        .done()
        .when(AssessQuestionnaire(), at="2024-10-14")
    ),
    "assessment-share-too-small": lambda: assessment(
        "share", "prem", provider=specialists(share=2, of=10), bureau="Bureau Onbekend"
    ).when(AssessQuestionnaire(), at="2024-10-14"),
    "assessment-unproven": unproven,
    "assessment-wrong-label": wrong_label,
    "assessment-negative": negative,
    "assessment-certificate-ends-early": lambda: ends_early("2024-12-31"),
    "assessment-certificate-ended": lambda: ends_early("2024-10-09"),
    "assessment-certificate-lasts": lambda: ends_early("2025-01-01"),
    "assessment-by-points": lambda: by_points("prem", "share", "skf"),
    "assessment-by-points-one": lambda: by_points("share"),
    "assessment-by-bands": lambda: assessed_by_bands("100", "8.01"),
    "assessment-by-bands-many": lambda: assessed_by_bands("500", None),
    "assessment-by-bands-few": lambda: assessed_by_bands("99", "9"),
    "assessment-by-bands-low-score": lambda: assessed_by_bands("499", "8"),
    "assessment-by-bands-unknown": lambda: assessed_by_bands("100", None),
    "refusal-not-declared": direct,
    "refusal-declared-unmet": lambda: direct(guidelines=False),
    "offer": lambda: assessed("prem").when(MakeOffer(), at="2024-10-15"),
    "offer-declined": lambda: offered("prem").when(
        DeclineOffer(person_id="p1", certificate_serial="serial-1"), at="2024-11-01"
    ),
    "offer-lapsed": lambda: offered("prem").when(RecordLapse(), at="2024-11-08"),
    "questionnaire-lapsed": lambda: given(SENT).when(RecordLapse(), at="2024-10-21"),
    "signature": lambda: offered("prem").when(sign(offered("prem")), at="2024-11-01"),
    "publication": lambda: signed("prem").when(Publish(), at="2024-11-12"),
    "end-of-publication": lambda: (
        signed("prem").when(Publish(), at="2024-11-12").done().when(Unpublish(), at="2027-01-01")
    ),
    "carried-over": lambda: given(care_type=CareType.VOET).when(
        CarryOver.model_validate(
            {"term": {"start": "2024-01-01", "end": "2025-12-31"}, "external_policy": "caresq-2024"}
        ),
        at="2024-09-01",
    ),
    "evidence-supplied": lambda: given(SENT).when(upload("kngf"), at="2024-10-09"),
    "evidence-rejected": lambda: confirmed("kngf", proven=("kngf",)).when(
        RejectEvidence(evidence_id="kngf-1", ground="unreadable"), at="2024-10-12"
    ),
    "evidence-registered-late": lambda: confirmed("kngf", proven=("kngf",)).when(
        AcceptEvidence(evidence_id="kngf-1", registration=Registration(valid_from=day("2024-11-01"))), at="2024-10-12"
    ),
    "evidence-registration-ends": lambda: confirmed("kngf", proven=("kngf",)).when(
        AcceptEvidence(evidence_id="kngf-1", registration=Registration(valid_to=day("2024-12-31"))), at="2024-10-12"
    ),
    "evidence-not-claimed": lambda: signed("prem").when(upload("kngf"), at="2025-03-15"),
    "approach-goes-elsewhere": lambda: given(
        care_type=CareType.GLI,
        policies=adoptions(asr(), since=("2023-04-01",)),
        contract="asr/90008899/GLI/2024",
    ).when(Approach(), at="2023-09-15"),
    "extension-by-notice": extended,
    "extension-by-notice-in-time": lambda: extended(notice_until="2025-10-31"),
    "review-asked": lambda: signed("share").when(
        RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="share", found="25%"), at="2025-06-30"
    ),
    "review-decided": lambda: (
        signed("share")
        .when(RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="share", found="25%"), at="2025-06-30")
        .done()
        .when(DecideReview(review_id="factor_no_longer_met-1", outcome=ReviewOutcome.DISMISSED), at="2025-07-01")
    ),
    "approach-unmeasured-approved": lambda: (
        at_asr(CareType.FYS, "behandelindex@2022=", "patients@2022=29")
        .when(Approach(), at="2023-09-15")
        .done()
        .when(DecideReview(review_id="condition-1", outcome=ReviewOutcome.APPROVED), at="2023-09-18")
        .done()
        .when(Approach(), at="2023-09-19")
    ),
    "offer-withheld": lambda: assessed(start=given(SENT, policy=caresq())).when(MakeOffer(), at="2024-10-15"),
    "correction-skf": corrected,
    "correction-before-signing": lambda: (
        offered("kngf")
        .when(upload("kngf"), at="2024-10-16")
        .done()
        .when(AcceptEvidence(evidence_id="kngf-1"), at="2024-10-17")
    ),
    "termination": lambda: signed("prem").when(Terminate(last_day=day("2025-06-30")), at="2025-05-01"),
    "application": application,
    "application-granted": lambda: granted(added_value=True),
    "application-no-added-value": lambda: granted(added_value=False),
    "application-integrity": lambda: granted(added_value=True, integrity=False),
    "application-deferred": lambda: given(care_type=CareType.VAL, provider=practice()).when(
        ReceiveApplication(), at="2024-10-01"
    ),
    "application-beside-a-running-contract": lambda: signed("prem").when(ReceiveApplication(), at="2025-03-01"),
    "application-beside-a-questionnaire": lambda: given(SENT).when(ReceiveApplication(), at="2024-10-01"),
    "application-with-a-questionnaire": lambda: (
        application(CareType.FYS, at="2025-03-10")
        .done()
        .when(DecideApplication(verdicts={"added_value": True}), at="2025-03-20")
    ),
    "application-follows-an-insurer": lambda: followed("the agreement"),
    "application-waits-for-documents": followed,
    "application-documents-arrived": lambda: (
        followed()
        .done()
        .when(ReceiveDocuments(documents=("the agreement",)), at="2025-03-05")
        .done()
        .when(DecideApplication(verdicts={"added_value": True}), at="2025-03-10")
    ),
    "application-once": lambda: (
        given(care_type=CareType.ERG, policy=amended(caresq_two_years(), {"application": {"after": ["no_offer"]}}))
        .when(ReceiveApplication(), at="2024-11-15")
        .done()
        .when(DecideApplication(verdicts={"added_value": False}), at="2024-11-20")
        .done()
        .when(ReceiveApplication(), at="2024-12-01")
    ),
    "asr-application-too-late": lambda: at_asr(contracted=()).when(ReceiveApplication(), at="2023-10-01T00:00"),
    "asr-application-new": lambda: at_asr(contracted=()).when(ReceiveApplication(), at="2023-08-01"),
    "asr-application-not-needed": lambda: (
        at_asr(contracted=())
        .when(ReceiveApplication(), at="2023-08-01")
        .done()
        .when(DecideApplication(verdicts={"duty_of_care": False}), at="2023-08-20")
    ),
    "asr-application-in-the-running-year": lambda: at_asr(CareType.FYS, "claims@2024=0", contracted=()).when(
        ReceiveApplication(), at="2024-02-01"
    ),
    "asr-application-claims-filed": lambda: at_asr(CareType.FYS, "claims@2024=5", contracted=()).when(
        ReceiveApplication(), at="2024-02-01"
    ),
    "asr-application-at-once": lambda: at_asr().when(ReceiveApplication(), at="2023-10-05"),
    "asr-application-barred": lambda: at_asr(CareType.FYS, "ubo=onbekend", "ivr=ja", contracted=()).when(
        ReceiveApplication(), at="2023-08-01"
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_decision_is_told_as_its_page_has_it(page: str) -> None:
    telling.assert_told(page, PAGES[page]().decided)


def test_every_page_belongs_to_a_decision() -> None:
    assert {each.stem for each in telling.PAGES.iterdir()} == set(PAGES)
