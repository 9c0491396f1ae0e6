"""Facts of every type with values drawn at random, sensible or not."""

from datetime import UTC, date, datetime
from typing import Any, get_args

from hypothesis import strategies as st

from domain.calendar import Term
from domain.contract import facts as f
from domain.explanation import Outcome
from domain.history import FactCorrected
from domain.policy.answers import Answers, Claim, Finding, Measured
from domain.policy.document import Route
from domain.policy.module_rules import RetestOutcome, RetestRule, ThenEnds
from domain.policy.starts import BY_SIGNATURE
from domain.policy.term_rules import ExtendedBy

TEXT = st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31))
INSTANTS = st.datetimes(timezones=st.just(UTC))
SHA = st.sampled_from(["0" * 64, "f" * 64])
FACTOR = st.sampled_from(["prem", "kngf", "skf", "no such factor"])
EVIDENCE = st.sampled_from(["kngf-1", "kngf-2", "skf-1", ""])
REVIEW = st.sampled_from(["integrity-1", "integrity-2", ""])
REASON = st.builds(f.Reason, code=TEXT, clause=TEXT, found=st.text(max_size=5))
REASONS = st.lists(REASON, max_size=2).map(tuple)
TERM = st.tuples(DAYS, st.none() | DAYS).map(
    lambda ends: Term(start=ends[0] if ends[1] is None else min(ends[0], ends[1]), end=ends[1])
)
ANSWERS = st.builds(
    Answers,
    declared=st.dictionaries(TEXT, st.booleans(), max_size=2),
    chosen=st.dictionaries(TEXT, st.lists(TEXT, max_size=2).map(tuple), max_size=2),
    claims=st.dictionaries(FACTOR, st.builds(Claim, bureau=st.none() | TEXT, valid_until=st.none() | DAYS)),
)
PERSON = st.builds(f.SigningPerson, person_id=TEXT, name=TEXT, certificate_serial=TEXT)
REGISTRATION = st.builds(
    f.Registration,
    attributes=st.dictionaries(TEXT, TEXT, max_size=2),
    valid_from=st.none() | DAYS,
    valid_to=st.none() | DAYS,
)
FINDINGS = st.lists(st.builds(Finding, factor=FACTOR, outcome=st.sampled_from(Outcome)), max_size=2).map(tuple)

RETEST_OUTCOME = st.builds(RetestOutcome, ends=st.sampled_from(ThenEnds), clause=st.just("MD27-3.4-4"))

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "purchaser": st.none() | st.just("caresq"),
    "about": st.sampled_from(f.Reminder),
    "agreement_sha256": SHA,
    "answers": ANSWERS,
    "application": st.sampled_from(f.ApplicationKind),
    "attempt": st.none() | st.integers(min_value=1, max_value=4),
    "consequence": st.sampled_from(f.Consequence),
    "corrects": st.integers(min_value=-1, max_value=12),
    "last_day_fixed": st.booleans(),
    "by": st.sampled_from(ExtendedBy),
    "end": DAYS,
    "declared": st.none() | ANSWERS,
    "documents": st.lists(TEXT, max_size=2).map(tuple),
    "effective_on": DAYS,
    "evidence_id": EVIDENCE,
    "external_policy": TEXT,
    "factor": FACTOR,
    "factors": st.lists(FACTOR, max_size=3).map(tuple),
    "findings": FINDINGS,
    "flags": REASONS,
    "found": st.text(max_size=5),
    "ground": TEXT,
    "last_day": DAYS,
    "last_signing_day": DAYS,
    "clause": TEXT,
    "due_on": DAYS,
    "tested_on": DAYS,
    "module": st.sampled_from(["complex", "no such module"]),
    "passed": st.booleans(),
    "retest": st.none()
    | st.builds(
        RetestRule,
        day=st.sampled_from(["01-01", "02-28", "12-31"]),
        failed=RETEST_OUTCOME,
        missed=RETEST_OUTCOME,
        clause=st.just("MD27-3.4-4"),
    ),
    "measured": st.lists(
        st.builds(Measured, measure=TEXT, number=st.none() | st.decimals(allow_nan=False, allow_infinity=False)),
        max_size=2,
    ).map(tuple),
    "media_type": TEXT,
    "occurred_at": st.none() | INSTANTS,
    "other_insurer": st.none() | TEXT,
    "outcome": st.sampled_from(f.ReviewOutcome),
    "person": PERSON,
    "policy": TEXT,
    "policy_id": TEXT,
    "policy_position": st.integers(min_value=0, max_value=9),
    "positive": st.booleans(),
    "reason": REASON,
    "reasons": REASONS,
    "registration": REGISTRATION,
    "replacement": st.none(),
    "review_id": REVIEW,
    "route": st.sampled_from(Route),
    "sha256": SHA,
    "sign_by": st.none() | DAYS,
    "size": st.integers(min_value=1, max_value=2**40),
    "starts": st.none() | st.sampled_from(sorted(BY_SIGNATURE)),
    "term": TERM,
    "tier": st.sampled_from(["A", "E", "no such tier"]),
    "unmet_conditions": REASONS,
    "verdicts": st.dictionaries(st.sampled_from(["added_value", "no such code"]), st.booleans(), max_size=2),
}
OTHERWISE: dict[tuple[type, str], st.SearchStrategy[Any]] = {
    (f.EvidenceRejected, "evidence_id"): st.none() | EVIDENCE,
    (f.EvidenceAccepted, "effective_on"): st.none() | DAYS,
    (f.TierAssigned, "agreement_sha256"): st.none() | SHA,
    (f.ContractOffered, "tier"): st.none() | st.just("A"),
    (f.OfferReplaced, "term"): st.none() | TERM,
    (f.ModuleRetested, "last_day"): st.none() | DAYS,
    (f.Signed, "term"): st.none() | TERM,
    (f.ContractCarriedOver, "tier"): st.none() | st.just("A"),
    (f.ReviewRequested, "ground"): st.sampled_from(f.ReviewGround),
    (f.ReviewRequested, "factor"): st.none() | FACTOR,
}
FACT_TYPES: tuple[type[Any], ...] = get_args(f.ContractFact)


def facts_of(fact_type: type[Any]) -> st.SearchStrategy[Any]:
    """Any fact of a type."""
    fields = {name: OTHERWISE.get((fact_type, name), FIELDS.get(name)) for name in fact_type.model_fields}
    missing = [name for name, strategy in fields.items() if strategy is None]
    assert not missing, f"say how {fact_type.__name__}.{', '.join(missing)} is drawn"
    return st.builds(fact_type, **{name: strategy for name, strategy in fields.items() if strategy is not None})


ANY_FACT = st.one_of([facts_of(each) for each in FACT_TYPES])
VOIDING = st.builds(FactCorrected, corrects=FIELDS["corrects"])
ANY_INSTANT = st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
