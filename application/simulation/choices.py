"""What the invented practices and officers choose; every choice is drawn from (seed, contract, question) alone.

No choice depends on the order in which others are made, so that the same seed gives the same log. Shares are those of
this invention; no practice, and no purchaser, is meant.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from domain.calendar import AMSTERDAM, local_day
from domain.contract.contract_id import ContractId
from domain.contract.facts import Registration, ReviewGround, ReviewOutcome
from domain.policy.answers import Answers, Claim
from domain.policy.document import ConditionKind, Factor, PolicyDocument


class Paper(StrEnum):
    """What a file turns out to be when an officer opens it."""

    RIGHT = "right"
    UNREADABLE = "unreadable"
    OTHER_PRACTICE = "other_practice"
    OTHER_LABEL = "other_label"


class Diligence(StrEnum):
    """How a practice deals with its questionnaire."""

    CONFIRMS = "confirms"
    CONFIRMS_TOO_LATE = "confirms_too_late"
    ONLY_SAVES = "only_saves"
    FORGETS = "forgets"


class Reply(StrEnum):
    """What a signatory does with an offer."""

    SIGNS = "signs"
    SIGNS_TOO_LATE = "signs_too_late"
    DECLINES = "declines"
    IGNORES = "ignores"


CLAIMED = {"prem": 0.68, "share": 0.62, "kngf": 0.72, "skf": 0.34, "vvocm": 0.6, "kwaliteitscyclus": 0.58}
"""How often a factor is claimed."""
GROUNDS = {
    Paper.UNREADABLE: "the file can not be read",
    Paper.OTHER_PRACTICE: "the proof names another practice",
}


@dataclass(frozen=True)
class Choices:
    """The choices about one contract, or one practice; ``key`` is its id."""

    seed: int
    key: str

    def draw(self, question: str) -> float:
        """A number from 0 up to, not including, 1; the same for the same question."""
        digest = sha256(f"{self.seed}/{self.key}/{question}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def chance(self, question: str, share: float) -> bool:
        """Whether what happens to this share of all happens here."""
        return self.draw(question) < share

    def between(self, question: str, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int(self.draw(question) * (most - least + 1))

    # ------------------------------------------------------------------------------------------- the practice

    def diligence(self) -> Diligence:
        """Most confirm in time; some save and forget, some are a day late, some never look."""
        drawn = self.draw("diligence")
        if drawn < 0.84:
            return Diligence.CONFIRMS
        if drawn < 0.88:
            return Diligence.ONLY_SAVES
        return Diligence.CONFIRMS_TOO_LATE if drawn < 0.90 else Diligence.FORGETS

    def confirmation(self, sent: datetime, last_day: date) -> datetime:
        """The instant of confirmation: some at once, many in the last week before the deadline."""
        first_day = local_day(sent) + timedelta(days=1)
        days = max(0, (last_day - first_day).days)
        drawn = self.draw("confirmation")
        return self.practice_hours(first_day + timedelta(days=int(days * drawn**0.6)), "confirmation")

    def answers(self, document: PolicyDocument, contract_id: ContractId) -> Answers:
        """Every answer that is asked; few declare that they do not meet a condition."""
        rules = document.care_types[contract_id.care_type]
        asked = {code: document.conditions[code] for code in rules.conditions}
        declared = [code for code, condition in asked.items() if condition.kind is ConditionKind.DECLARED]
        failing = declared[self.between("failing", 0, len(declared) - 1)] if self.chance("fails", 0.025) else None
        return Answers(
            declared={code: code != failing for code in declared},
            chosen={
                code: condition.options[: self.between(f"chosen {code}", condition.at_least, len(condition.options))]
                for code, condition in asked.items()
                if condition.kind is ConditionKind.CHOSEN
            },
            claims={
                code: self._claim(document, code, factor)
                for code, factor in rules.factors.items()
                if self.chance(f"claims {code}", CLAIMED.get(code, 0.5))
            },
        )

    def _claim(self, document: PolicyDocument, code: str, factor: Factor) -> Claim:
        if factor.bureau_list is not None:
            bureaus = document.bureau_lists[factor.bureau_list].bureaus
            if self.chance("unknown bureau", 0.06):
                return Claim(bureau="Meetbureau Onbekend")
            return Claim(bureau=bureaus[self.between("bureau", 0, len(bureaus) - 1)].name)
        if factor.certificate:
            ends_early = self.chance(f"{code} ends early", 0.06)
            return Claim(valid_until=date(2024, 11, 30) if ends_early else date(2027, 6, 30))
        return Claim()

    def supplies(self, factor: str) -> bool:
        """Whether the proof of a claimed factor comes with the questionnaire; else it is missing."""
        return self.chance(f"supplies {factor}", 0.91)

    def paper(self, evidence_id: str, factor: str) -> Paper:
        """What the file is: a first one is wrong now and then, a corrected one seldom."""
        corrected = not evidence_id.endswith("-1")
        drawn = self.draw(f"paper {evidence_id}")
        if drawn < (0.93 if corrected else 0.78):
            return Paper.RIGHT
        if factor == "skf" and self.chance(f"label {evidence_id}", 0.6):
            return Paper.OTHER_LABEL
        return Paper.UNREADABLE if self.chance(f"unreadable {evidence_id}", 0.5) else Paper.OTHER_PRACTICE

    def correction(self, factor: str, number: int, told: datetime) -> datetime | None:
        """When a corrected proof is supplied after it was found wrong or missing: soon, in the next year, or never."""
        question = f"correction {factor} {number}"
        drawn = self.draw(question)
        if drawn < 0.3:
            return self.practice_hours(
                local_day(told) + timedelta(days=self.between(f"{question} days", 1, 9)), question
            )
        if drawn < 0.78:
            first = max(local_day(told) + timedelta(days=1), date(2025, 1, 2))
            return self.practice_hours(first + timedelta(days=self.between(f"{question} days", 0, 270)), question)
        return None

    def reply(self) -> Reply:
        """Most sign; some decline, forget, or are a day late."""
        drawn = self.draw("reply")
        if drawn < 0.9:
            return Reply.SIGNS
        if drawn < 0.93:
            return Reply.DECLINES
        return Reply.SIGNS_TOO_LATE if drawn < 0.95 else Reply.IGNORES

    def reply_at(self, offered: datetime, last_day: date) -> datetime:
        """The instant of a timely reply, after the offer and on or before the last signing day."""
        first_day = local_day(offered) + timedelta(days=1)
        days = max(0, (last_day - first_day).days)
        return self.practice_hours(
            min(first_day + timedelta(days=self.between("reply days", 0, min(days, 16))), last_day), "reply at"
        )

    # -------------------------------------------------------------------------------------------- the officers

    def evidence_check(self, evidence_id: str, known: datetime, *, in_term: bool) -> datetime:
        """When an officer looks at a file: within days in the round, sometimes months later in the year itself."""
        question = f"check {evidence_id}"
        drawn = self.draw(question)
        if in_term and drawn < 0.35:
            days = self.between(f"{question} days", 45, 150)
        elif drawn < 0.88:
            days = self.between(f"{question} days", 1, 3)
        else:
            days = self.between(f"{question} days", 8, 21)
        return self.office_hours(local_day(known) + timedelta(days=days), question)

    def registration(self, paper: Paper, found: dict[str, str]) -> Registration:
        """What the officer reads on a proof; ``found`` is what the policy wants to read."""
        attributes = {name: ("Aspirant" if paper is Paper.OTHER_LABEL else value) for name, value in found.items()}
        return Registration(attributes=attributes, valid_from=date(2019 + self.between("registered", 0, 4), 3, 1))

    def assessment(self, confirmed: datetime) -> datetime:
        """When the questionnaire is assessed: within days, for a few only after the last signing day."""
        days = self.between("assessment days", 4, 7)
        if self.chance("assessed late", 0.015):
            days += 30
        return self.office_hours(local_day(confirmed) + timedelta(days=days), "assessment")

    def verdict(self, review_id: str, ground: ReviewGround) -> ReviewOutcome:
        """What a person decides of a review."""
        shares = {ReviewGround.INTEGRITY: 0.6, ReviewGround.FACTOR_ENDS_BEFORE_START: 0.5}
        approved = self.chance(f"verdict {review_id}", shares.get(ground, 0.85))
        return ReviewOutcome.APPROVED if approved else ReviewOutcome.DISMISSED

    def officer(self, question: str) -> str:
        """The officer who does it."""
        names = ("A. Proef, zorginkoop", "B. Monster, zorginkoop", "C. van der Schets, zorginkoop")
        return names[self.between(f"officer {question}", 0, len(names) - 1)]

    # ----------------------------------------------------------------------------------------------- instants

    def practice_hours(self, day: date, question: str) -> datetime:
        """An instant on a local day between 8 in the morning and 10 in the evening."""
        return _at(day, 8 * 3600 + int(self.draw(f"{question} second") * 14 * 3600))

    def office_hours(self, day: date, question: str) -> datetime:
        """An instant on a working day, that one or the next, between half past eight and five."""
        weekday = day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
        return _at(weekday, 8 * 3600 + 1800 + int(self.draw(f"{question} second") * 8.5 * 3600))


def _at(day: date, second: int) -> datetime:
    return (datetime.combine(day, time.min, tzinfo=AMSTERDAM) + timedelta(seconds=second)).astimezone(UTC)
