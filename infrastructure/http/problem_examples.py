"""One document of every kind of problem, as the OpenAPI document shows it: with a code that is really met."""

from collections.abc import Mapping
from typing import Any

from application.wording.explanations import Language
from application.wording.refusals import in_both
from domain.explanation import Explanation, Outcome
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import Problem, WrongField, document, unauthenticated

_CORRELATION_ID = "portal-2024-118"
_LAPSED = Explanation(
    rule="refused.offer_lapsed",
    clause="CQ25-5-15",
    outcome=Outcome.NOT_MET,
    value="on 2024-11-08",
    threshold="on or before 2024-11-07",
)
_SIGNATORY = Explanation(
    rule="refused.not_a_signatory",
    clause="CQ25-4-24",
    outcome=Outcome.NOT_MET,
    value="no authorised signatory",
    threshold="an authorised signatory on 2024-11-01",
)
_PROBLEMS = (
    unauthenticated("this needs an access token", invalid_token=False),
    Problem(
        Kind.NOT_ALLOWED,
        "NOT_ALLOWED",
        "the roles of this identity (claims_system) do not allow signContract here",
    ),
    Problem(Kind.NOT_FOUND, "PROVIDER_UNKNOWN", "no practice with AGB code 04009999 is registered"),
    Problem(Kind.METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
    Problem(Kind.NOT_KNOWN_YET, "NOT_KNOWN_YET", "no policy of caresq was adopted by then"),
    Problem(
        Kind.REFUSED, "OFFER_LAPSED", "the offer could be signed until 2024-11-07", clause="CQ25-5-15", why=_LAPSED
    ),
    Problem(
        Kind.NOT_THEIRS_TO_DO,
        "NOT_A_SIGNATORY",
        "'p7' is no authorised signatory of the practice on 2024-11-01",
        clause="CQ25-4-24",
        why=_SIGNATORY,
    ),
    Problem(Kind.CONFLICT, "CONFLICT", "caresq/04001234/FYS/2025-2026 was changed by others"),
    Problem(
        Kind.OTHER_VERSION,
        "OTHER_VERSION",
        "caresq/04001234/FYS/2025-2026 is at version 8, the command was meant for version 7",
    ),
    Problem(
        Kind.VERSION_REQUIRED,
        "VERSION_REQUIRED",
        "a decision is about what was read: name its ETag in If-Match",
    ),
    Problem(Kind.KEY_REQUIRED, "KEY_REQUIRED"),
    Problem(Kind.KEY_REUSED, "COMMAND_ID_REUSED", "the command id 'p1:sign' was used for another command"),
    Problem(
        Kind.INVALID,
        "INVALID",
        errors=(WrongField("query.effective_on", in_both('found "2025-02-30", a day that does not exist')),),
    ),
    Problem(Kind.BAD_REQUEST, "NOT_JSON", "the body is no JSON"),
    Problem(Kind.TOO_SLOW, "TOO_SLOW"),
    Problem(Kind.TOO_LARGE, "TOO_LARGE"),
    Problem(Kind.MEDIA_TYPE, "MEDIA_TYPE", "claims come as text/csv or application/jsonl"),
    Problem(Kind.TOO_MANY, "TOO_MANY", "too many requests"),
    Problem(Kind.UNREADABLE, "UNREADABLE"),
    Problem(Kind.FAULT, "FAULT"),
    Problem(Kind.UNAVAILABLE, "STORAGE_UNAVAILABLE"),
    Problem(Kind.BEHIND, "READ_MODEL_BEHIND"),
)


def example_name(kind: Kind) -> str:
    """The name under which the example of a kind stands among the components."""
    return kind.uri.rpartition(":")[2]


def problem_examples() -> Mapping[str, Any]:
    """The example of each kind, by its name; in English, as who names no language is answered."""
    return {
        example_name(each.kind): {
            "summary": each.kind.value.title.en,
            "value": document(each, Language.EN, _CORRELATION_ID),
        }
        for each in _PROBLEMS
    }
