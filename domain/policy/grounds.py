"""Why a policy is adopted or changed, and on which grounds its purchaser reserves the right to."""

from enum import StrEnum

from pydantic import Field

from domain.policy.values import Ruled


class Ground(StrEnum):
    """Why a policy was adopted or changed (CQ25-D-2, CQ25-D-3, ASR24-7-1)."""

    PUBLICATION = "publication"
    LEGISLATION = "legislation"
    POLICY = "policy"
    FINANCIAL = "financial"
    SUPPLEMENT = "supplement"
    CLARIFICATION = "clarification"
    UNFORESEEN = "unforeseen"


class AmendmentRules(Ruled):
    """The grounds on which the purchaser may change the policy; a change on any other is refused."""

    grounds: tuple[Ground, ...] = Field(min_length=1)
