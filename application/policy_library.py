"""The adopted policies, read from the log and kept in memory; each read of a contract brings what is new."""

from collections.abc import Mapping, Sequence
from threading import Lock

from application.mapper import FactMapper
from application.ports import EventLog
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.contract.earlier import begins_before
from domain.history import Recorded
from domain.policy.adoption import PolicyVersion, PolicyVersions, policy_stream, versions_of
from domain.policy.approach import WhichCareType
from domain.policy.contract_history import asks_history

PREFIX = policy_stream("")
Key = tuple[str, str, str]
"""A purchaser, a care type and a period: what contracts of several policies may share."""
Period = tuple[CareType, str]
"""A care type and a period of one purchaser."""


class PolicyLibrary:
    """All adopted versions of every policy, by policy and by the periods that they name."""

    def __init__(self, log: EventLog, mapper: FactMapper) -> None:
        self._log = log
        self._mapper = mapper
        self._extending = Lock()
        self._streams: dict[str, PolicyVersions] = {}
        self._last: dict[str, int] = {}
        self._governing: dict[Key, PolicyVersions] = {}
        self._earlier: dict[Key, tuple[Period, ...]] = {}
        self._seen = 0

    @property
    def unread(self) -> tuple[str, int]:
        """What ``EventLog.read`` needs to bring the adoptions that are new, of policies never heard of too."""
        return PREFIX, self._seen

    def governing(self, contract_id: ContractId, *, up_to: int | None = None) -> PolicyVersions:
        """Every adopted version that names this purchaser's period for the care type, of whatever policy.

        Those recorded up to a position if given; none when nothing of it is taken in.
        """
        known = self._governing.get(_key(contract_id), PolicyVersions(()))
        return known if up_to is None else _recorded(known, up_to)

    def periods_before(self, purchaser: str, year: int) -> list[Period]:
        """What adopted policies of a purchaser name as periods that begin before a year, by care type."""
        known = [(CareType(each[1]), each[2]) for each in list(self._governing) if each[0] == purchaser]
        return sorted(each for each in known if begins_before(each[1], year))

    def history_of(self, contract_id: ContractId) -> tuple[Period, ...]:
        """The earlier periods whose contracts are history to the rules of a contract; none where no rule asks.

        Those of any care type where a rule asks for any, else those of the same one.
        """
        key = _key(contract_id)
        found = self._earlier.get(key)
        if found is None:
            documents = [each.document for each in self.governing(contract_id).versions]
            asked = {asks_history(document, contract_id.care_type) for document in documents} - {None}
            periods = self.periods_before(key[0], max((each.year for each in documents), default=0)) if asked else []
            found = tuple(
                each
                for each in periods
                if each != (contract_id.care_type, contract_id.period)
                and (WhichCareType.ANY in asked or each[0] is contract_id.care_type)
            )
            self._earlier[key] = found
        return found

    def refresh(self) -> None:
        """Read adoptions of all policies that are new in the log."""
        news: dict[str, list[Recorded]] = {}
        for recorded in self._mapper.decode_all(self._log.read([], news=self.unread)):
            news.setdefault(recorded.stream_id, []).append(recorded)
        self.extend(news)

    def extend(self, news: Mapping[str, Sequence[Recorded]]) -> None:
        """Take in, by stream, what was read as ``unread`` asks; what another thread has taken in counts once."""
        adoptions = {stream: facts for stream, facts in news.items() if stream.startswith(PREFIX) and facts}
        if not adoptions:
            return
        with self._extending:
            for stream, facts in adoptions.items():
                further = [each for each in facts if each.version > self._last.get(stream, 0)]
                if further:
                    self._take_in(stream, versions_of(further).versions)
                    self._last[stream] = further[-1].version
            self._earlier = {}
            # last: who reads it without the lock must find all that it stands for
            self._seen = max(self._seen, *(facts[-1].position for facts in adoptions.values()))

    def versions(self, stream: str, *, up_to: int | None = None) -> PolicyVersions:
        """The adopted versions of one policy, those recorded up to a position if given."""
        known = self._streams.get(stream, PolicyVersions(()))
        return known if up_to is None else _recorded(known, up_to)

    def streams(self) -> list[str]:
        """The streams of all adopted policies."""
        self.refresh()
        return sorted(self._streams)

    def adopted_by(self, position: int) -> list[PolicyVersion]:
        """Every version of every policy adopted up to a log position, in log order."""
        versions = [each for known in list(self._streams.values()) for each in _recorded(known, position).versions]
        return sorted(versions, key=_position)

    def _take_in(self, stream: str, further: Sequence[PolicyVersion]) -> None:
        self._streams[stream] = _merged(self._streams.get(stream), further)
        for version in further:
            document = version.document
            for care_type, rules in document.care_types.items():
                if rules.period is not None:
                    key = (document.purchaser.id, care_type.value, rules.period)
                    self._governing[key] = _merged(self._governing.get(key), [version])


def _key(contract_id: ContractId) -> Key:
    return contract_id.purchaser, contract_id.care_type.value, contract_id.period


def _merged(known: PolicyVersions | None, further: Sequence[PolicyVersion]) -> PolicyVersions:
    """In log order, whatever the order of reading."""
    return PolicyVersions(tuple(sorted((*(known.versions if known else ()), *further), key=_position)))


def _recorded(known: PolicyVersions, up_to: int) -> PolicyVersions:
    return PolicyVersions(tuple(version for version in known.versions if version.position <= up_to))


def _position(version: PolicyVersion) -> int:
    return version.position
