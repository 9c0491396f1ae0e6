"""The adopted policies, read from the log and kept in memory; each read of a contract brings what is new."""

from collections.abc import Sequence
from threading import Lock

from application.mapper import FactMapper
from application.ports import EventLog
from domain.contract.contract_id import ContractId
from domain.history import Recorded
from domain.policy.adoption import PolicyVersions, policy_stream, versions_of

PREFIX = policy_stream("")


class PolicyLibrary:
    """Which policy governs a contract, and all its adopted versions."""

    def __init__(self, log: EventLog, mapper: FactMapper) -> None:
        self._log = log
        self._mapper = mapper
        self._extending = Lock()
        self._streams: dict[str, PolicyVersions] = {}
        self._last: dict[str, int] = {}
        self._governing: dict[tuple[str, str, str], str] = {}

    def stream_of(self, contract_id: ContractId) -> str | None:
        """The stream of the policy that states this purchaser's period for the care type, if one is adopted."""
        key = (contract_id.purchaser, contract_id.care_type, contract_id.period)
        if key not in self._governing:
            self.refresh()
        return self._governing.get(key)

    def refresh(self) -> None:
        """Read adoptions of all policies that are new in the log."""
        for stream in self._log.stream_ids(PREFIX):
            self.extend(stream, self._mapper.decode_all(self._log.read([(stream, self._last.get(stream, 0))])))

    def extend(self, stream: str, news: Sequence[Recorded]) -> None:
        """Take in further adoptions of one policy; those that another thread has taken in count once."""
        if not news:
            return
        with self._extending:
            further = [each for each in news if each.version > self._last.get(stream, 0)]
            if not further:
                return
            known = self._streams.get(stream, PolicyVersions(()))
            self._streams[stream] = PolicyVersions((*known.versions, *versions_of(further).versions))
            self._last[stream] = further[-1].version
            for version in self._streams[stream].versions:
                document = version.document
                for care_type, rules in document.care_types.items():
                    if rules.period is not None:
                        self._governing[(document.purchaser.id, care_type, rules.period)] = stream

    def last_version(self, stream: str) -> int:
        """The version of the last adoption taken in."""
        return self._last.get(stream, 0)

    def versions(self, stream: str, *, up_to: int | None = None) -> PolicyVersions:
        """The adopted versions of one policy, those recorded up to a position if given."""
        known = self._streams.get(stream, PolicyVersions(()))
        if up_to is None:
            return known
        return PolicyVersions(tuple(version for version in known.versions if version.position <= up_to))

    def streams(self) -> list[str]:
        """The streams of all adopted policies."""
        self.refresh()
        return sorted(self._streams)

    def first_position(self, purchaser: str) -> int | None:
        """The log position at which the purchaser's history begins: its first adoption."""
        positions = [
            version.position
            for versions in self._streams.values()
            for version in versions.versions
            if version.document.purchaser.id == purchaser
        ]
        return min(positions, default=None)
