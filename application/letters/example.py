"""An example of each kind of letter, about a practice that does not exist: to read its words before any is sent."""

from datetime import UTC, date, datetime

from application.letters.letter import Judgement, Letter, LetterKind, LetterReason, NewTier
from domain.agb import AgbCode
from domain.calendar import Term
from domain.care_type import CareType
from domain.explanation import Outcome
from domain.policy.values import Bilingual

_PREM = Bilingual(nl="cliëntervaringen (PREM) gemeten", en="patients' experience (PREM) measured")
_MARK = Bilingual(nl="keurmerk", en="quality mark")
_TIER = NewTier(
    tier="B",
    effective_on=date(2025, 6, 1),
    factors=(_PREM, _MARK),
    because=(
        Judgement(name=_PREM, outcome=Outcome.MET, clause="CQ25-3.2-11"),
        Judgement(name=_MARK, outcome=Outcome.MET, clause="CQ25-3.2-21"),
        Judgement(
            name=Bilingual(nl="niveau A", en="tier A"),
            outcome=Outcome.NOT_MET,
            clause="CQ25-3.2-6",
            asked=Bilingual(nl="ten minste 4 factoren", en="at least 4 factors"),
        ),
    ),
    agreement_sha256="0" * 64,
)


def example(kind: LetterKind, *, missing: bool = False) -> Letter:
    """A letter of a kind with something in every place that its template may print.

    ``missing`` is the other form of kinds that have two: evidence that never came, a questionnaire that lapsed.
    """
    return Letter(
        kind=kind,
        event_id="caresq/04001234/FYS/2025-2026@7",
        position=7,
        occurred_at=datetime(2025, 5, 19, 22, 30, tzinfo=UTC),
        correlation_id="example",
        contract_id="caresq/04001234/FYS/2025-2026",
        purchaser="caresq",
        purchaser_name="Caresq",
        reply_to="zorginkoop@caresq.nl",
        practice="Praktijk De Brug",
        agb=AgbCode("04001234"),
        care_type=CareType.FYS,
        recipient="post@debrug.example",
        deadline=date(2024, 10, 20),
        term=Term(start=date(2025, 1, 1), end=date(2026, 12, 31)),
        tier="C",
        tiers=(_TIER,),
        factor=_PREM,
        ground="de bladzijde met de datum ontbreekt",
        missing=missing,
        reasons=(
            LetterReason(
                code="NO_ADDED_VALUE", clause="CQ25-4-33", name=Bilingual(nl="toegevoegde waarde", en="added value")
            ),
        ),
        documents=("het jaarverslag",),
        agreement_sha256="0" * 64,
        may_apply=True,
        apply_at="www.caresq.nl",
    )
