"""The lived log again and again at other practices, as one log: positions and instants of recording anew, in order.

The first copy is the lived log itself. Every commit of it is followed by the same commit at the practices of the other
copies, some microseconds later. A copied practice has its own AGB code, locations, name and agreement texts, so that
every SHA-256 that stands in a copied fact is that of the copied text; its professionals are those of the first.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from application.queries.agreement import contract_agreement
from application.queries.horizon import Asked
from domain.contract.contract_id import ContractId, is_contract
from infrastructure.bootstrap import open_system

LogRow = tuple[int, str, int, str, bytes, int, int, bytes, bytes | None]
"""Position, stream, version, topic, state, occurred at, recorded at, context, explanation."""

WITH_A_SHA256 = frozenset({"ContractOffered.v1", "OfferReplaced.v1", "TierAssigned.v1", "Signed.v1"})
_POLICY_POSITION = re.compile(rb'"policy_position":(\d+)')
_AGB = re.compile(rb'"agb":"(\d{8})"')
_LOCATIONS = re.compile(rb'"locations":\[(.*?)\]')
_NAME = b"(voorbeeld "
FREE_CODES = 1_000_000


class Kept(NamedTuple):
    """One row of the lived log; ``agb`` is absent where it belongs to no practice."""

    agb: str | None
    stream_id: str
    version: int
    topic: str
    state: bytes
    occurred_at: int
    context: bytes
    explanation: bytes | None


@dataclass
class Lived:
    """The lived log in memory: its commits, the codes of each practice, and the agreement texts by their SHA-256."""

    commits: list[tuple[int, list[Kept]]]
    positions: list[int]
    codes: dict[str, tuple[bytes, ...]]
    taken: set[bytes]
    texts: dict[tuple[str, bytes], bytes] = field(default_factory=dict)

    @property
    def contracts(self) -> int:
        """How many contracts it tells of."""
        return len({row.stream_id for _, rows in self.commits for row in rows if is_contract(row.stream_id)})

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.positions)


def read_lived(path: str, *, with_texts: bool) -> Lived:
    """The log of the SQLite file at ``path``; the agreement texts are needed for copies only."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as file:
        rows = file.execute(
            "SELECT recorded_at, position, stream_id, version, topic, state, occurred_at, context, explanation "
            "FROM log ORDER BY position"
        ).fetchall()
    commits = [
        (recorded_at, [Kept(_agb(row[2]), *row[2:]) for row in of_commit])
        for recorded_at, of_commit in groupby(rows, key=itemgetter(0))
    ]
    codes: dict[str, tuple[bytes, ...]] = {}
    taken: set[bytes] = set()
    for _, of_commit in commits:
        for row in of_commit:
            if row.stream_id.startswith("provider/") and row.agb is not None:
                taken.update(_AGB.findall(row.state))
                codes[row.agb] = tuple({*codes.get(row.agb, ()), row.agb.encode(), *_locations(row.state)})
    lived = Lived(commits, [row[1] for row in rows], codes, taken)
    if with_texts:
        lived.texts = _texts(path, lived)
    return lived


def copied(lived: Lived, copies: int) -> Iterator[list[LogRow]]:
    """The commits of the larger log, in order."""
    codes, log = _Codes(lived), _Numbered()
    others: list[dict[str, _Copy]] = [{} for _ in range(copies - 1)]
    read = 0
    for earliest, as_lived in lived.commits:
        rows = log.with_new_policy_positions(lived.positions[read], as_lived)
        read += len(rows)
        if any(row.agb is None for row in rows):
            yield log.commit(earliest, [row._replace(state=_multiplied(row, copies)) for row in rows])
            continue
        yield log.commit(earliest, rows)
        for number, practices in enumerate(others, start=1):
            again = []
            for row in rows:
                agb = str(row.agb)
                if agb not in practices:
                    practices[agb] = _Copy(number, codes.others_for(agb), lived)
                again.append(practices[agb].row(row))
            yield log.commit(earliest, again)


class _Numbered:
    """Gives commits their place and instant, and knows where the adoptions of policies have come to stand."""

    def __init__(self) -> None:
        self._position = 0
        self._recorded_at = 0
        self._adoptions: dict[bytes, bytes] = {}

    def commit(self, earliest: int, rows: list[Kept]) -> list[LogRow]:
        """The next commit, recorded at ``earliest``, or right after the one before."""
        self._recorded_at = recorded_at = max(earliest, self._recorded_at + 1)
        first, self._position = self._position + 1, self._position + len(rows)
        return [
            (position, stream_id, version, topic, state, occurred_at, recorded_at, context, explanation)
            for position, (_, stream_id, version, topic, state, occurred_at, context, explanation) in enumerate(
                rows, first
            )
        ]

    def with_new_policy_positions(self, first: int, rows: list[Kept]) -> list[Kept]:
        """The rows of the next commit, which began at ``first`` in the lived log."""
        for number, row in enumerate(rows):
            if row.stream_id.startswith("policy/"):
                self._adoptions[b"%d" % (first + number)] = b"%d" % (self._position + 1 + number)
        return [
            row._replace(
                state=_POLICY_POSITION.sub(self._moved, row.state),
                context=_POLICY_POSITION.sub(self._moved, row.context),
            )
            for row in rows
        ]

    def _moved(self, found: re.Match[bytes]) -> bytes:
        return b'"policy_position":' + self._adoptions[found[1]]


class _Codes:
    """Gives out AGB codes that nobody in the lived log has, with the same prefix."""

    def __init__(self, lived: Lived) -> None:
        self._lived = lived
        self._next: dict[bytes, Iterator[bytes]] = {}

    def others_for(self, agb: str) -> list[tuple[bytes, bytes]]:
        """Each code of a practice with the one that takes its place."""
        return [(code, self._free(code[:2])) for code in self._lived.codes[agb]]

    def _free(self, prefix: bytes) -> bytes:
        if prefix not in self._next:
            taken = self._lived.taken
            every = (b"%s%06d" % (prefix, number) for number in range(FREE_CODES))
            self._next[prefix] = (code for code in every if code not in taken)
        return next(self._next[prefix])


class _Copy:
    """One practice of one copy."""

    def __init__(self, number: int, codes: list[tuple[bytes, bytes]], lived: Lived) -> None:
        self._codes = [*codes, (_NAME, _NAME + b"%d-" % number)]
        self._texts = lived.texts
        self._hashes: dict[tuple[str, bytes], bytes] = {}

    def row(self, row: Kept) -> Kept:
        """The same fact at the copied practice."""
        state = self._moved(row.state)
        if row.topic in WITH_A_SHA256:
            state = self._with_its_own_texts(row.stream_id, state)
        return Kept(
            None,
            self._moved(row.stream_id.encode()).decode(),
            row.version,
            row.topic,
            state,
            row.occurred_at,
            self._moved(row.context),
            None if row.explanation is None else self._moved(row.explanation),
        )

    def _moved(self, told: bytes) -> bytes:
        for old, new in self._codes:
            told = told.replace(old, new)
        return told

    def _with_its_own_texts(self, stream_id: str, state: bytes) -> bytes:
        begins = state.find(b'"agreement_sha256":"')
        if begins < 0:
            return state
        begins += len(b'"agreement_sha256":"')
        old = state[begins : begins + 64]
        key = stream_id, old
        if key not in self._hashes:
            self._hashes[key] = sha256(self._moved(self._texts[key])).hexdigest().encode()
        return state.replace(old, self._hashes[key])


def _multiplied(row: Kept, copies: int) -> bytes:
    """A round's counts are those of all copies."""
    if row.topic != "RoundFinished.v1":
        return row.state
    told = json.loads(row.state)
    told["counts"] = {care_type: _times(counts, copies) for care_type, counts in told["counts"].items()}
    return json.dumps(told, separators=(",", ":")).encode()


def _times(counted: Any, copies: int) -> Any:
    if isinstance(counted, dict):
        return {key: _times(each, copies) for key, each in counted.items()}
    return counted * copies


def _texts(path: str, lived: Lived) -> dict[tuple[str, bytes], bytes]:
    texts: dict[tuple[str, bytes], bytes] = {}
    wanted = {
        row.stream_id for _, rows in lived.commits for row in rows if row.topic in WITH_A_SHA256 and row.agb is not None
    }
    with open_system(f"sqlite:///{path}") as system:
        for stream_id in sorted(wanted):
            for each in contract_agreement(system.contracting, ContractId.parse(stream_id), Asked()).texts:
                assert each.verified, each.event_id
                texts[stream_id, each.sha256.encode()] = each.text.encode()
    return texts


def _agb(stream_id: str) -> str | None:
    if stream_id.startswith("provider/"):
        return stream_id.removeprefix("provider/")
    return stream_id.split("/")[1] if is_contract(stream_id) else None


def _locations(state: bytes) -> list[bytes]:
    return [code for found in _LOCATIONS.findall(state) for code in _AGB.findall(found)]
