"""The letters that a policy promises, as data: which message, on which fact of the log, by which way, about what.

Whoever sends letters reads them from here; the documents name the clause of each.
"""

from enum import StrEnum

from pydantic import Field, model_validator

from domain.policy.values import Bilingual, Clause, Day, Flag, Inconsistency, Ruled, refuse


class Moment(StrEnum):
    """The fact that marks the moment of a letter, by its stored name."""

    QUESTIONNAIRE_SENT = "QuestionnaireSent"
    QUESTIONNAIRE_ASSESSED = "QuestionnaireAssessed"
    EVIDENCE_REJECTED = "EvidenceRejected"
    TIER_ASSIGNED = "TierAssigned"
    CONTRACT_OFFERED = "ContractOffered"
    OFFER_REPLACED = "OfferReplaced"
    DOCUMENTS_REQUESTED = "DocumentsRequested"
    APPLICATION_REFUSED = "ApplicationRefused"
    POLICY_ADOPTED = "PolicyAdopted"


class Channel(StrEnum):
    """By which way it goes: from VECOZO to the address registered there, by e-mail, or onto the website."""

    VECOZO_EMAIL = "vecozo_email"
    EMAIL = "email"
    WEBSITE = "website"


class SubjectPart(StrEnum):
    """What the subject of a message names; the AGB code with all its eight digits."""

    AGB = "agb"
    CARE_TYPE = "care_type"


class LinkTo(StrEnum):
    """Where the link in a message leads, in the portal."""

    QUESTIONNAIRE = "questionnaire"
    CONTRACT = "contract"


class LetterRule(Ruled):
    """A message that the policy promises.

    It goes ``on`` a fact of the log, or a person sends it, ``preferably_before`` a day, which is a target and bars
    nothing.
    """

    label: Bilingual
    on: Moment | None = None
    channel: Channel
    subject: tuple[SubjectPart, ...] = ()
    link: LinkTo | None = None
    link_clause: Clause | None = None
    preferably_before: Day | None = None
    for_person: Flag = False

    @model_validator(mode="after")
    def _has_its_moment(self) -> "LetterRule":
        if (self.on is None) != self.for_person:
            refuse([Inconsistency(("on",), "needs either on, the fact that it follows, or for_person: true")])
        if self.link is None and self.link_clause is not None:
            refuse([Inconsistency(("link_clause",), "is the clause of a link, and there is no link")])
        return self


class MailRules(Ruled):
    """What an e-mail to the purchaser names in its subject, and within how many working days it aims to answer.

    A subject that does not name them is no ground for refusal; the answer is a target. Working days are those from
    Monday to Friday that are no official holiday.
    """

    subject: tuple[SubjectPart, ...] = Field(min_length=1)
    reply_within_working_days: int | None = Field(default=None, ge=1)
    reply_clause: Clause | None = None
