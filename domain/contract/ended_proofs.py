"""Proofs that a tier rests on and whose own validity has ended: a person is asked, the tier stays (OD07).

A registration that was found on accepted evidence, or a certificate by the day that the practice named, ends by its
date alone; no register says so.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.contract.contract import Contract


class EndedProof(NamedTuple):
    """A factor of the tier whose last valid proof has ended; ``evidence_id`` is absent where it was declared."""

    factor: str
    last_day: date
    evidence_id: str | None


def ended_proofs(contract: Contract, day: date) -> Iterator[EndedProof]:
    """The factors that the tier on a local day counts, and whose proof was valid for the last time before it.

    A factor that another one implies rests on the proof of that one.
    """
    term = contract.settled_term
    assignment = contract.tier_on(day if term is None else max(day, term.start))
    for factor in () if assignment is None else assignment.factors:
        proof = _last_proof(contract, factor)
        if proof is not None and proof.last_day < day:
            yield proof


def proofs_end(contract: Contract) -> Iterator[date]:
    """The last days of all proofs of an attempt that have one, whether or not its tier counts them."""
    for each in contract.evidence.values():
        if each.accepted is not None and each.accepted.valid_to is not None:
            yield each.accepted.valid_to
    for claim in () if contract.answers is None else contract.answers.claims.values():
        if claim.valid_until is not None:
            yield claim.valid_until


def _last_proof(contract: Contract, factor: str) -> EndedProof | None:
    """The proof of a factor that is valid longest; nothing when there is none, or one without an end."""
    accepted = [each for each in contract.evidence.values() if each.factor == factor and each.accepted is not None]
    found = [
        EndedProof(factor, each.accepted.valid_to or date.max, each.evidence_id)
        for each in accepted
        if each.accepted is not None
    ]
    claim = None if contract.answers is None else contract.answers.claims.get(factor)
    if not accepted and claim is not None and claim.valid_until is not None:
        found.append(EndedProof(factor, claim.valid_until, None))
    longest = max(found, key=lambda each: each.last_day, default=None)
    return None if longest is None or longest.last_day == date.max else longest
