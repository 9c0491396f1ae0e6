"""Questions about the register: a page of it, and one practice on one day."""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from application.contracting import Contracting
from application.ports import Horizon
from application.queries.contract_answer import Knowledge
from application.queries.horizon import Asked, fix_horizon
from application.register.answers import ClaimAnswer, ListedContract, RegisterAnswer
from application.register.claims import CareGiven, Claim, Claims, contract_of
from application.register.reads import (
    LegalRow,
    RegisterFilter,
    RegisterKey,
    RegisterLine,
    RegisterMoment,
    RegisterReads,
)
from domain.calendar import Term, from_microseconds, instant_text, last_instant, to_microseconds
from domain.care_type import CareType
from domain.contract.standing import Status


class Place(NamedTuple):
    """Where a page begins: after a contract, with the knowledge and on the day of the page before."""

    asked: Asked
    after: RegisterKey


class RegisterQuestions:
    """Asks the register's tables; ``ready`` makes sure that they have reached a log position."""

    def __init__(
        self,
        contracting: Contracting,
        reads: RegisterReads,
        ready: Callable[[int], None],
        *,
        tzdata: str,
        model_version: int,
    ) -> None:
        self._contracting = contracting
        self._reads = reads
        self._ready = ready
        self._tzdata = tzdata
        self._model_version = model_version
        self._policies_read_to = 0
        self.claims = Claims(reads, contracting.policies)

    def horizon(self, known_at: datetime | date | None = None, position: int | None = None) -> Horizon:
        """What a file of claims may know; raises the errors of ``EventLog.horizon``."""
        return self._fix(Asked(known_at=known_at, position=position))[1]

    def _fix(self, asked: Asked) -> tuple[date, Horizon]:
        """The day and the knowledge of a question, the tables brought so far; raises the errors of
        ``EventLog.horizon``.
        """
        effective_on, horizon = fix_horizon(self._contracting.log_port, self._contracting.clock, asked)
        self._ready(horizon.position)
        if horizon.position > self._policies_read_to:  # else every adoption that it knows has been read
            self._contracting.policies.refresh()
            self._policies_read_to = horizon.position
        return effective_on, horizon

    def page(
        self, wanted: RegisterFilter, asked: Asked, *, after: RegisterKey | None = None, limit: int = 50
    ) -> RegisterAnswer:
        """A page of a purchaser's contracts in order of AGB code, care type and period."""
        effective_on, horizon = self._fix(asked)
        known = any(
            each.document.purchaser.id == wanted.purchaser
            for each in self._contracting.policies.adopted_by(horizon.position)
        )
        judged_at = min(to_microseconds(last_instant(effective_on)), horizon.known_at)
        moment = RegisterMoment(effective_on, judged_at, horizon.position)
        lines = self._reads.lines(wanted, moment, after=after, limit=limit + 1) if known else ()
        more = len(lines) > limit
        known_at = from_microseconds(horizon.known_at)
        place = "/".join(lines[limit - 1].key[1:]) if more else ""
        return RegisterAnswer(
            tzdata=self._tzdata,
            model_version=self._model_version,
            purchaser=wanted.purchaser,
            effective_on=effective_on,
            known_at=known_at,
            position=horizon.position,
            knowledge=Knowledge.KNOWN if known else Knowledge.NOT_KNOWN_YET,
            contracts=tuple(map(_listed, lines[:limit])),
            next_page=f"{instant_text(known_at)}~{horizon.position}~{effective_on}~{place}" if more else None,
        )

    def lookup(self, purchaser: str, code: str, care_type: CareType, asked: Asked) -> ClaimAnswer:
        """Whether care on a day was contracted, by the AGB code of the practice or of one of its locations."""
        effective_on, horizon = self._fix(asked)
        care = CareGiven(purchaser, code, care_type, effective_on)
        return self.answer(care, horizon, self.claims.judge(care, horizon))

    def lookup_everywhere(self, code: str, care_type: CareType, asked: Asked) -> list[ClaimAnswer]:
        """The same at every purchaser that has adopted a policy, all with the knowledge of one instant."""
        effective_on, horizon = self._fix(asked)
        adopted = self._contracting.policies.adopted_by(horizon.position)
        cares = [
            CareGiven(purchaser, code, care_type, effective_on)
            for purchaser in sorted({each.document.purchaser.id for each in adopted})
        ]
        return [self.answer(care, horizon, self.claims.judge(care, horizon)) for care in cares]

    def answer(self, care: CareGiven, horizon: Horizon, claim: Claim | None) -> ClaimAnswer:
        """A judged claim as it is told."""
        base = {
            "tzdata": self._tzdata,
            "model_version": self._model_version,
            "purchaser": care.purchaser,
            "agb": care.code,
            "care_type": care.care_type,
            "effective_on": care.effective_on,
            "known_at": from_microseconds(horizon.known_at),
            "position": horizon.position,
        }
        if claim is None:
            return ClaimAnswer.model_validate({**base, "knowledge": Knowledge.NOT_KNOWN_YET})
        legal = claim.legal
        found: dict[str, object] = {
            "knowledge": Knowledge.KNOWN,
            "claims": claim.standing,
            "practice": claim.practice,
            "contract_id": contract_of(care, claim),
            "reason": claim.reason,
        }
        if legal is not None:
            found |= {
                "tier": legal.tier,
                "tier_from": legal.tier_from,
                "term": _term(legal),
                "selective": legal.selective,
                "listed": legal.listed,
            }
        return ClaimAnswer.model_validate({**base, **found})


def place_of(text: str) -> Place:
    """Where the page begins that an answer named as its next; raises ``ValueError``."""
    known_at, position, effective_on, contract = text.split("~")
    agb, care_type, period = contract.split("/")
    asked = Asked.model_validate({"known_at": known_at, "position": int(position), "effective_on": effective_on})
    return Place(asked, (agb, care_type, period))


def _term(legal: LegalRow) -> Term | None:
    return None if legal.term_start is None else Term(start=legal.term_start, end=legal.term_end)


def _listed(line: RegisterLine) -> ListedContract:
    procedure, legal = line.procedure, line.legal
    return ListedContract(
        contract_id="/".join(line.key),
        status=Status.NO_PROCEDURE if procedure is None else procedure.status,
        attempt=1 if procedure is None else procedure.attempt,
        entitled_tier=None if procedure is None else procedure.entitled_tier,
        offered_tier=None if procedure is None else procedure.offered_tier,
        due_on=None if procedure is None else procedure.due_on,
        reasons=() if procedure is None else procedure.reasons,
        in_force=legal is not None and legal.in_force,
        term=None if legal is None else _term(legal),
        tier=None if legal is None else legal.tier,
        tier_from=None if legal is None else legal.tier_from,
        selective=() if legal is None else legal.selective,
        listed=legal is not None and legal.listed,
        listed_from=None if legal is None else legal.listed_from,
    )
