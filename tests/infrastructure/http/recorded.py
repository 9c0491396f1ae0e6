"""The answers that the OpenAPI document shows, recorded: one practice from its offer to the care finder."""

from itertools import count
from typing import Any, NamedTuple

from infrastructure.http.access import Operation
from infrastructure.http.identity import Role
from tests.given import at
from tests.infrastructure.http.api import AGB, CONTRACT, Api

POLICY, ROUND = "/policies/caresq/caresq-2025", "/rounds/caresq/caresq-2025"
MOST_SHOWN = 2
"""How many items of a list are shown."""
LONG = {"care_types", "conditions", "statements"}
"""The long tables of a policy, of which as many entries are shown."""
KNOWN: dict[str, Any] = {"X-Correlation-Id": "portal-2024-118"}


class Asked(NamedTuple):
    """A question, and who asks it."""

    operation: Operation
    path: str
    role: Role = Role.OFFICER
    query: dict[str, Any] = {}  # noqa: RUF012 - never changed


OFFERED = (
    Asked(Operation.HEALTH, "/healthz", Role.PUBLIC),
    Asked(Operation.READINESS, "/readyz", Role.PUBLIC),
    Asked(Operation.READ_READ_MODELS, "/operations/read-models", Role.OPERATOR),
    Asked(Operation.READ_CONTRACT, f"/contracts/{CONTRACT}"),
    Asked(Operation.LIST_CONTRACTS, "/contracts/caresq"),
    Asked(Operation.LIST_CONTRACTS_OF_PRACTICE, f"/practices/{AGB}/contracts/caresq"),
    Asked(Operation.READ_QUESTIONNAIRE, f"/contracts/{CONTRACT}/questionnaire"),
    Asked(Operation.LIST_DELEGATIONS, f"/practices/{AGB}/delegations", Role.PROVIDER_SIGNATORY),
    Asked(Operation.EXPLAIN_CONTRACT, f"/contracts/{CONTRACT}/why"),
    Asked(Operation.COMPARE_CONTRACT, f"/contracts/{CONTRACT}/diff", query={"from": "2024-10-01", "to": "2024-11-01"}),
    Asked(Operation.LIST_CONTRACT_EVENTS, f"/contracts/{CONTRACT}/events"),
    Asked(Operation.FOLLOW_CONTRACT, f"/contracts/{CONTRACT}/trail"),
    Asked(Operation.LIST_AGREEMENTS, f"/contracts/{CONTRACT}/agreements"),
    Asked(Operation.LIST_LETTERS, f"/contracts/{CONTRACT}/letters"),
    Asked(Operation.LIST_POLICIES, "/policies/caresq"),
    Asked(Operation.READ_POLICY, POLICY),
    Asked(Operation.READ_SCHEDULE, f"{POLICY}/schedule"),
    Asked(Operation.COMPARE_POLICY_VERSIONS, f"{POLICY}/differences"),
    Asked(Operation.PLAN_ROUND, f"{ROUND}/plan", query={"on": "2024-09-16"}),
    Asked(Operation.READ_ROUND, ROUND),
    Asked(Operation.LIST_ROUND_PLANS, f"{ROUND}/plans"),
    Asked(Operation.READ_PROVIDER, f"/providers/caresq/{AGB}"),
    Asked(Operation.LIST_PROVIDER_EVENTS, f"/providers/caresq/{AGB}/events"),
    Asked(Operation.LIST_DELIVERIES, "/deliveries/caresq"),
    Asked(Operation.LIST_ALL_DELIVERIES, "/operations/outbox/deliveries", Role.OPERATOR),
    Asked(Operation.LIST_RECEIVERS, "/webhooks/caresq"),
    Asked(Operation.READ_TRAIL, "/audit/caresq/trail", Role.AUDITOR),
    Asked(Operation.READ_CAUSES, "/audit/caresq/why", Role.AUDITOR, {"event": f"{CONTRACT}@1"}),
    Asked(Operation.REPRODUCE_DECISION, "/audit/caresq/reproduction", Role.AUDITOR, {"event": f"{CONTRACT}@7"}),
    Asked(Operation.LIST_ACCESSES, "/audit/caresq/accesses", Role.AUDITOR),
    Asked(Operation.READ_WORKLIST, "/worklist/caresq"),
    Asked(Operation.LIST_DEADLINES, "/deadlines/caresq"),
)
"""Asked while an offer waits for its signature."""
PUBLISHED = (
    Asked(Operation.LIST_REGISTER, "/register/caresq"),
    Asked(Operation.LOOK_UP_REGISTER, f"/register/caresq/{AGB}/FYS", Role.CLAIMS_SYSTEM),
    Asked(Operation.FIND_CARE, "/care-finder/caresq/FYS", Role.PUBLIC),
    Asked(Operation.PREVIEW_LISTING, "/listings/caresq/FYS"),
)
"""Asked when the contract is in force."""


def recorded(api: Api) -> dict[str, Any]:
    """The answer of each operation, long lists shown by their first items."""
    found: dict[str, Any] = {}
    keys = count(1)

    def ask(*questions: Asked) -> None:
        for each in questions:
            headers = api.headers(each.role) | KNOWN
            answer = api.client.request("GET", each.path, params=each.query, headers=headers)
            assert answer.status_code == 200, (each.operation, answer.text)
            found[each.operation] = shown(answer.json())

    def command(path: str, body: Any, role: Role, operation: Operation | None = None) -> Any:
        answer = api.post(path, body, role, f"recorded-{next(keys)}", **KNOWN)
        assert answer.status_code in {200, 202}, (path, answer.text)
        if operation is not None:
            found[operation] = shown(answer.json())
        return answer.json()

    api.system.outbox.fill()
    command(f"/practices/{AGB}/delegations", {"person_id": "p7", "name": "R. Voorbeeld"}, Role.PROVIDER_SIGNATORY)
    api.get("/audit/caresq/export", Role.AUDITOR, contract=CONTRACT)
    plan = {"care_types": ["FYS"], "planned_for": "2024-11-08T08:00:00+01:00"}
    command(f"{ROUND}/plans", plan, Role.OFFICER, Operation.SET_ROUND_PLAN)
    job = command(f"{ROUND}/runs", {"care_types": ["OEF"], "dry_run": True}, Role.OFFICER)["job_id"]
    ask(Asked(Operation.READ_JOB, f"/jobs/caresq/{job}"), Asked(Operation.LIST_JOBS, "/jobs/caresq"), *OFFERED)
    command(f"/jobs/caresq/{job}/stop", None, Role.OFFICER, Operation.STOP_JOB)
    command(f"/jobs/caresq/{job}/resume", None, Role.OFFICER, Operation.RESUME_JOB)
    outbox = "/operations/outbox"
    held = command(f"{outbox}/hold", {"reason": "The mail server moves."}, Role.OPERATOR, Operation.HOLD_OUTBOX)
    ask(Asked(Operation.READ_OUTBOX, outbox, Role.OPERATOR))
    goes_on = {"held_since": held["held_since"], "from_position": api.facts() + 1}
    command(f"{outbox}/resume", goes_on, Role.OPERATOR, Operation.RESUME_OUTBOX)
    one = found[Operation.LIST_DELIVERIES]["deliveries"][0]["delivery_id"]
    command(f"{outbox}/resend", {"deliveries": [one]}, Role.OPERATOR, Operation.RESEND_ALL_DELIVERIES)
    taken_back = {"reason": "The board decides later"}
    command(f"{ROUND}/plans/1/cancellation", taken_back, Role.OFFICER, Operation.CANCEL_ROUND_PLAN)
    command("/feeds/caresq/vecozo/items", {"items": _acts(api)}, Role.FEED, Operation.HAND_OVER)
    api.clock.set(at("2025-03-01"))
    ask(*PUBLISHED)
    return dict(sorted(found.items()))


def shown(answer: Any) -> Any:
    """An answer with the first items of each list."""
    if isinstance(answer, list):
        return [shown(each) for each in answer[:MOST_SHOWN]]
    if isinstance(answer, dict):
        return {name: shown(_some(each) if name in LONG else each) for name, each in answer.items()}
    return answer


def _some(entries: Any) -> Any:
    return dict(list(entries.items())[:MOST_SHOWN]) if isinstance(entries, dict) else entries


def _acts(api: Api) -> list[dict[str, Any]]:
    """A signature of another portal, and one with its AGB code as a spreadsheet left it."""
    signed = {
        "id": "V-2024-118",
        "kind": "Signed",
        "agb": AGB,
        "care_type": "FYS",
        "period": "2025-2026",
        "person_id": "p1",
        "certificate_serial": "serial-1",
        "agreement_sha256": api.offered_text(),
        "occurred_at": "2024-11-01T10:03:00+01:00",
    }
    return [signed, {**signed, "id": "V-2024-119", "agb": AGB.removeprefix("0")}]
