"""Who may do what: the one table of roles and operations.

The purchaser and the practice that a request is about stand in its path, as ``{purchaser}`` and ``{agb}``; nothing
else decides whose they are. A route names its operation; one that is not in the table can not be made.
"""

from collections.abc import Mapping
from enum import StrEnum

from infrastructure.http.identity import Identity, Role


class Reach(StrEnum):
    """How far a role reaches with an operation."""

    ALL = "all"
    OWN_PURCHASER = "own purchaser"
    OWN_PRACTICE = "own practice"


class Operation(StrEnum):
    """What a route does; the value is its operation id in the OpenAPI document, and never changes."""

    HEALTH = "health"
    READINESS = "readiness"
    READ_CONTRACT = "readContract"
    SIGN_CONTRACT = "signContract"
    DECLINE_OFFER = "declineOffer"
    LOOK_UP_REGISTER = "lookUpRegister"

    LIST_POLICIES = "listPolicies"
    READ_POLICY = "readPolicy"
    READ_SCHEDULE = "readSchedule"
    COMPARE_POLICY_VERSIONS = "comparePolicyVersions"
    CHECK_POLICY = "checkPolicy"
    ADOPT_POLICY = "adoptPolicy"

    READ_QUESTIONNAIRE = "readQuestionnaire"
    SAVE_QUESTIONNAIRE = "saveQuestionnaire"
    CONFIRM_QUESTIONNAIRE = "confirmQuestionnaire"
    UPLOAD_EVIDENCE = "uploadEvidence"
    DOWNLOAD_EVIDENCE = "downloadEvidence"

    ACCEPT_EVIDENCE = "acceptEvidence"
    REJECT_EVIDENCE = "rejectEvidence"
    ASSESS_QUESTIONNAIRE = "assessQuestionnaire"
    MAKE_OFFER = "makeOffer"
    REQUEST_REVIEW = "requestReview"
    DECIDE_REVIEW = "decideReview"
    DECIDE_TERM = "decideTerm"
    TERMINATE_CONTRACT = "terminateContract"
    EXTEND_TERM = "extendTerm"
    REQUEST_MODULE = "requestModule"
    RETEST_MODULE = "retestModule"
    END_MODULE = "endModule"
    CORRECT_FACT = "correctFact"
    APPLY = "apply"
    SUPPLY_DOCUMENTS = "supplyDocuments"
    REQUEST_DOCUMENTS = "requestDocuments"
    DECIDE_APPLICATION = "decideApplication"

    HAND_OVER = "handOver"
    HAND_OVER_FILE = "handOverFile"

    LIST_DELEGATIONS = "listDelegations"
    GRANT_DELEGATION = "grantDelegation"
    REVOKE_DELEGATION = "revokeDelegation"
    LIST_CONTRACTS = "listContracts"
    LIST_CONTRACTS_OF_PRACTICE = "listContractsOfPractice"
    EXPLAIN_CONTRACT = "explainContract"
    COMPARE_CONTRACT = "compareContract"
    LIST_CONTRACT_EVENTS = "listContractEvents"
    FOLLOW_CONTRACT = "followContract"
    LIST_AGREEMENTS = "listAgreements"
    READ_AGREEMENT_TEXT = "readAgreementText"
    PRINT_AGREEMENT = "printAgreement"

    READ_TRAIL = "readTrail"
    EXPORT_TRAIL = "exportTrail"
    READ_CAUSES = "readCauses"
    REPRODUCE_DECISION = "reproduceDecision"
    LIST_ACCESSES = "listAccesses"

    LIST_REGISTER = "listRegister"
    CHECK_CLAIMS = "checkClaims"
    FIND_CARE = "findCare"
    PREVIEW_LISTING = "previewListing"
    READ_WORKLIST = "readWorklist"
    LIST_DEADLINES = "listDeadlines"
    READ_CALENDAR = "readCalendar"
    READ_CALENDAR_OF_PRACTICE = "readCalendarOfPractice"
    LIST_LETTERS = "listLetters"
    READ_LETTER = "readLetter"

    READ_METRICS = "readMetrics"
    READ_READ_MODELS = "readReadModels"
    READ_OUTBOX = "readOutbox"
    LIST_ALL_DELIVERIES = "listAllDeliveries"
    RESEND_ALL_DELIVERIES = "resendAllDeliveries"
    HOLD_OUTBOX = "holdOutbox"
    RESUME_OUTBOX = "resumeOutbox"

    PLAN_ROUND = "planRound"
    READ_ROUND = "readRound"
    START_ROUND = "startRound"
    EXPORT_ROUND_REPORT = "exportRoundReport"
    LIST_ROUND_PLANS = "listRoundPlans"
    SET_ROUND_PLAN = "setRoundPlan"
    CANCEL_ROUND_PLAN = "cancelRoundPlan"
    IMPORT_REGISTER = "importRegister"
    LIST_JOBS = "listJobs"
    READ_JOB = "readJob"
    FOLLOW_JOB = "followJob"
    STOP_JOB = "stopJob"
    RESUME_JOB = "resumeJob"
    EXPORT_BAD_ROWS = "exportBadRows"

    LIST_DELIVERIES = "listDeliveries"
    RESEND_DELIVERIES = "resendDeliveries"
    LIST_RECEIVERS = "listReceivers"

    READ_PROVIDER = "readProvider"
    LIST_PROVIDER_EVENTS = "listProviderEvents"
    OPT_OUT = "optOut"
    WITHDRAW_OPT_OUT = "withdrawOptOut"
    SIGNAL_INTEGRITY = "signalIntegrity"
    END_INTEGRITY_SIGNAL = "endIntegritySignal"
    RECORD_VALUE = "recordValue"
    CORRECT_PROVIDER_FACT = "correctProviderFact"


_ALL, _PURCHASER, _PRACTICE = Reach.ALL, Reach.OWN_PURCHASER, Reach.OWN_PRACTICE
_PURCHASERS_PEOPLE = {Role.OFFICER: _PURCHASER, Role.REVIEWER: _PURCHASER, Role.AUDITOR: _PURCHASER}
_WHO_EXPORTS = {Role.OFFICER: _PURCHASER, Role.AUDITOR: _PURCHASER}

_THE_PRACTICE = {Role.PROVIDER_DELEGATE: _PRACTICE, Role.PROVIDER_SIGNATORY: _PRACTICE}
_WHO_READ_A_CONTRACT = {
    Role.OFFICER: _PURCHASER,
    Role.REVIEWER: _PURCHASER,
    Role.AUDITOR: _PURCHASER,
    **_THE_PRACTICE,
}
_WHO_REVIEW = {Role.OFFICER: _PURCHASER, Role.REVIEWER: _PURCHASER}

ACCESS: Mapping[Operation, Mapping[Role, Reach]] = {
    Operation.HEALTH: dict.fromkeys(Role, _ALL),
    Operation.READINESS: dict.fromkeys(Role, _ALL),
    Operation.READ_CONTRACT: _WHO_READ_A_CONTRACT,
    Operation.SIGN_CONTRACT: {Role.PROVIDER_SIGNATORY: _PRACTICE},
    Operation.DECLINE_OFFER: {Role.PROVIDER_SIGNATORY: _PRACTICE},
    Operation.LOOK_UP_REGISTER: {
        Role.OFFICER: _PURCHASER,
        Role.AUDITOR: _PURCHASER,
        Role.CLAIMS_SYSTEM: _PURCHASER,
    },
    Operation.LIST_POLICIES: _PURCHASERS_PEOPLE,
    Operation.READ_POLICY: _PURCHASERS_PEOPLE,
    Operation.READ_SCHEDULE: {**_PURCHASERS_PEOPLE, Role.PROVIDER_DELEGATE: _ALL, Role.PROVIDER_SIGNATORY: _ALL},
    Operation.COMPARE_POLICY_VERSIONS: _PURCHASERS_PEOPLE,
    Operation.CHECK_POLICY: {Role.OFFICER: _PURCHASER},
    Operation.ADOPT_POLICY: {Role.OFFICER: _PURCHASER},
    Operation.READ_QUESTIONNAIRE: _WHO_READ_A_CONTRACT,
    Operation.SAVE_QUESTIONNAIRE: _THE_PRACTICE,
    Operation.CONFIRM_QUESTIONNAIRE: _THE_PRACTICE,
    Operation.UPLOAD_EVIDENCE: {**_THE_PRACTICE, Role.OFFICER: _PURCHASER},
    Operation.DOWNLOAD_EVIDENCE: _WHO_READ_A_CONTRACT,
    Operation.ACCEPT_EVIDENCE: _WHO_REVIEW,
    Operation.REJECT_EVIDENCE: _WHO_REVIEW,
    Operation.ASSESS_QUESTIONNAIRE: _WHO_REVIEW,
    Operation.MAKE_OFFER: {Role.OFFICER: _PURCHASER},
    Operation.REQUEST_REVIEW: _WHO_REVIEW,
    Operation.DECIDE_REVIEW: _WHO_REVIEW,
    Operation.DECIDE_TERM: {Role.OFFICER: _PURCHASER},
    Operation.TERMINATE_CONTRACT: {Role.OFFICER: _PURCHASER},
    Operation.EXTEND_TERM: {Role.OFFICER: _PURCHASER},
    Operation.REQUEST_MODULE: {Role.PROVIDER_SIGNATORY: _PRACTICE, Role.OFFICER: _PURCHASER},
    Operation.RETEST_MODULE: _WHO_REVIEW,
    Operation.END_MODULE: {Role.OFFICER: _PURCHASER},
    Operation.CORRECT_FACT: {Role.OFFICER: _PURCHASER},
    Operation.APPLY: {Role.PROVIDER_SIGNATORY: _PRACTICE, Role.OFFICER: _PURCHASER},
    Operation.SUPPLY_DOCUMENTS: {**_THE_PRACTICE, Role.OFFICER: _PURCHASER},
    Operation.REQUEST_DOCUMENTS: _WHO_REVIEW,
    Operation.DECIDE_APPLICATION: _WHO_REVIEW,
    Operation.HAND_OVER: {Role.FEED: _PURCHASER},
    Operation.HAND_OVER_FILE: {Role.FEED: _PURCHASER},
    Operation.LIST_DELEGATIONS: _THE_PRACTICE,
    Operation.GRANT_DELEGATION: {Role.PROVIDER_SIGNATORY: _PRACTICE},
    Operation.REVOKE_DELEGATION: {Role.PROVIDER_SIGNATORY: _PRACTICE},
    Operation.PLAN_ROUND: _PURCHASERS_PEOPLE,
    Operation.READ_ROUND: _PURCHASERS_PEOPLE,
    Operation.START_ROUND: {Role.OFFICER: _PURCHASER},
    Operation.EXPORT_ROUND_REPORT: _PURCHASERS_PEOPLE,
    Operation.LIST_ROUND_PLANS: _PURCHASERS_PEOPLE,
    Operation.SET_ROUND_PLAN: {Role.OFFICER: _PURCHASER},
    Operation.CANCEL_ROUND_PLAN: {Role.OFFICER: _PURCHASER},
    Operation.IMPORT_REGISTER: {Role.OFFICER: _PURCHASER},
    Operation.LIST_JOBS: _PURCHASERS_PEOPLE,
    Operation.READ_JOB: _PURCHASERS_PEOPLE,
    Operation.FOLLOW_JOB: _PURCHASERS_PEOPLE,
    Operation.STOP_JOB: {Role.OFFICER: _PURCHASER},
    Operation.RESUME_JOB: {Role.OFFICER: _PURCHASER},
    Operation.EXPORT_BAD_ROWS: {Role.OFFICER: _PURCHASER, Role.AUDITOR: _PURCHASER},
    Operation.LIST_DELIVERIES: {Role.OFFICER: _PURCHASER, Role.AUDITOR: _PURCHASER},
    Operation.RESEND_DELIVERIES: {Role.OFFICER: _PURCHASER},
    Operation.LIST_RECEIVERS: {Role.OFFICER: _PURCHASER, Role.AUDITOR: _PURCHASER},
    Operation.READ_PROVIDER: _PURCHASERS_PEOPLE,
    Operation.LIST_PROVIDER_EVENTS: _PURCHASERS_PEOPLE,
    Operation.OPT_OUT: {Role.OFFICER: _PURCHASER, Role.PROVIDER_SIGNATORY: _PRACTICE},
    Operation.WITHDRAW_OPT_OUT: {Role.OFFICER: _PURCHASER, Role.PROVIDER_SIGNATORY: _PRACTICE},
    Operation.SIGNAL_INTEGRITY: {Role.OFFICER: _PURCHASER, Role.REVIEWER: _PURCHASER},
    Operation.END_INTEGRITY_SIGNAL: {Role.OFFICER: _PURCHASER, Role.REVIEWER: _PURCHASER},
    Operation.RECORD_VALUE: {Role.OFFICER: _PURCHASER},
    Operation.CORRECT_PROVIDER_FACT: {Role.OFFICER: _PURCHASER},
    Operation.LIST_CONTRACTS: _PURCHASERS_PEOPLE,
    Operation.LIST_CONTRACTS_OF_PRACTICE: _WHO_READ_A_CONTRACT,
    Operation.EXPLAIN_CONTRACT: _WHO_READ_A_CONTRACT,
    Operation.COMPARE_CONTRACT: _WHO_READ_A_CONTRACT,
    Operation.LIST_CONTRACT_EVENTS: _WHO_READ_A_CONTRACT,
    Operation.FOLLOW_CONTRACT: _PURCHASERS_PEOPLE,
    Operation.LIST_AGREEMENTS: _WHO_READ_A_CONTRACT,
    Operation.READ_AGREEMENT_TEXT: _WHO_READ_A_CONTRACT,
    Operation.PRINT_AGREEMENT: _WHO_READ_A_CONTRACT,
    Operation.READ_TRAIL: _PURCHASERS_PEOPLE,
    Operation.EXPORT_TRAIL: _WHO_EXPORTS,
    Operation.READ_CAUSES: _PURCHASERS_PEOPLE,
    Operation.REPRODUCE_DECISION: _PURCHASERS_PEOPLE,
    Operation.LIST_ACCESSES: {Role.AUDITOR: _PURCHASER},
    Operation.LIST_REGISTER: {**_PURCHASERS_PEOPLE, Role.CLAIMS_SYSTEM: _PURCHASER},
    Operation.CHECK_CLAIMS: {**_WHO_EXPORTS, Role.CLAIMS_SYSTEM: _PURCHASER},
    Operation.FIND_CARE: dict.fromkeys(Role, _ALL),
    Operation.PREVIEW_LISTING: _PURCHASERS_PEOPLE,
    Operation.READ_WORKLIST: _PURCHASERS_PEOPLE,
    Operation.LIST_DEADLINES: _PURCHASERS_PEOPLE,
    Operation.READ_CALENDAR: _PURCHASERS_PEOPLE,
    Operation.READ_CALENDAR_OF_PRACTICE: _THE_PRACTICE,
    Operation.LIST_LETTERS: _WHO_READ_A_CONTRACT,
    Operation.READ_LETTER: _WHO_READ_A_CONTRACT,
    Operation.READ_METRICS: {Role.OPERATOR: _ALL},
    Operation.READ_READ_MODELS: {Role.OPERATOR: _ALL},
    Operation.READ_OUTBOX: {Role.OPERATOR: _ALL},
    Operation.LIST_ALL_DELIVERIES: {Role.OPERATOR: _ALL},
    Operation.RESEND_ALL_DELIVERIES: {Role.OPERATOR: _ALL},
    Operation.HOLD_OUTBOX: {Role.OPERATOR: _ALL},
    Operation.RESUME_OUTBOX: {Role.OPERATOR: _ALL},
}
"""Absent is refused."""

BEFORE_A_DELEGATION = frozenset({Operation.LIST_DELEGATIONS})
"""What a delegate may do about the practice of the token before a signatory granted it: see whether one did."""


def allowing(
    identity: Identity, operation: Operation, *, purchaser: str | None, agb: str | None
) -> Mapping[Role, Reach]:
    """By which roles a caller may do this, and how far each reaches: none, and it is refused.

    The purchaser and the practice are absent where the path names none.
    """
    row = ACCESS[operation]
    return {
        role: row[role]
        for role in (*identity.roles, Role.PUBLIC)
        if role in row and reaches(row[role], identity, purchaser=purchaser, agb=agb)
    }


def needs_delegation(operation: Operation, by: Mapping[Role, Reach]) -> bool:
    """Whether nothing but the word of a signatory lets a caller do this, who is allowed it by these roles."""
    return by == {Role.PROVIDER_DELEGATE: Reach.OWN_PRACTICE} and operation not in BEFORE_A_DELEGATION


def reaches(reach: Reach, identity: Identity, *, purchaser: str | None, agb: str | None) -> bool:
    """Whether a reach covers what a request is about."""
    match reach:
        case Reach.ALL:
            return True
        case Reach.OWN_PURCHASER:
            return purchaser is not None and purchaser == identity.purchaser
        case Reach.OWN_PRACTICE:
            return agb is not None and agb == identity.practice
