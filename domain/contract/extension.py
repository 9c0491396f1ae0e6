"""A longer term without a signature: by the adoption of a policy that says so, or by the purchaser's notice."""

from collections.abc import Iterator

from domain.calendar import last_instant, local_day
from domain.contract.evidence import consequences
from domain.contract.facts import TermExtended
from domain.contract.situation import Decided, Situation
from domain.explanation import Explanation, Outcome
from domain.policy.document import PolicyDocument
from domain.policy.term_rules import ExtendedBy, ExtensionRule
from domain.refusal import Refused


def record_extension(situation: Situation) -> list[Decided]:
    """The extension that the policy in force brings to this contract, from its adoption; none when it brings none.

    A contract that had ended by then, or that somebody has terminated, stays as it is.
    """
    rule = _rule_of(situation.current.document, situation, ExtendedBy.ADOPTION)
    if rule is None or not _lengthens(rule, situation):
        return []
    contract, agreed = situation.contract, situation.contract.agreed_term
    since = max(situation.current.in_force_from, contract.signed_at or situation.current.in_force_from)
    if agreed is None or agreed.end is None or since > last_instant(agreed.end):
        return []
    found = f"adopted, in force from {local_day(situation.current.in_force_from)}"
    extended = _extended(rule, situation, found, "a policy that extends the term")
    return [each._replace(occurred_at=since) for each in extended]


def extend_term(situation: Situation) -> list[Decided] | Refused:
    """Give notice that the contract runs on until the day that the policy names for it."""
    rules = [_rule_of(each.document, situation, ExtendedBy.NOTICE) for each in (situation.current, situation.kept)]
    rule = next(filter(None, rules), None)
    contract, agreed = situation.contract, situation.contract.agreed_term
    if rule is None:
        message, clause = "the policy knows no extension by notice for this care type", situation.rules.clause
        return Refused("NO_EXTENSION", message, clause, found="none", asked="an extension by notice")
    if agreed is None or agreed.end is None:
        message = "only a concluded contract can be extended"
        return Refused("NOT_SIGNED", message, rule.clause, found="not concluded", asked="a concluded contract")
    if contract.last_day is not None:
        message = f"the contract was terminated, its last day is {contract.last_day}"
        return Refused("TERMINATED", message, rule.clause, found=f"until {contract.last_day}", asked="not terminated")
    if not _lengthens(rule, situation):
        return []
    if situation.today > agreed.end:
        found, asked = f"ended on {agreed.end}", "a contract in force, or still to begin"
        return Refused("CONTRACT_ENDED", f"the contract ended on {agreed.end}", rule.clause, found=found, asked=asked)
    last = rule.notice_until
    if last is not None and situation.today > last:
        found, asked = f"on {situation.today}", f"on or before {last}"
        return Refused("NOTICE_TOO_LATE", f"notice could be given until {last}", rule.clause, found=found, asked=asked)
    asked = "by notice of the purchaser" + ("" if last is None else f" on or before {last}")
    return list(_extended(rule, situation, f"given on {situation.today}", asked))


def _rule_of(document: PolicyDocument, situation: Situation, by: ExtendedBy) -> ExtensionRule | None:
    rules = document.care_types.get(situation.contract_id.care_type)
    rule = None if rules is None else rules.extension
    return rule if rule is not None and rule.by is by else None


def _lengthens(rule: ExtensionRule, situation: Situation) -> bool:
    """Whether a running contract would last longer; one that was terminated is left alone."""
    contract, agreed = situation.contract, situation.contract.agreed_term
    if agreed is None or agreed.end is None or contract.last_day is not None:
        return False
    return agreed.end < rule.until


def _extended(rule: ExtensionRule, situation: Situation, found: str, asked: str) -> Iterator[Decided]:
    """The fact, and the tiers of the days that it adds."""
    agreed = situation.contract.agreed_term
    was = None if agreed is None else agreed.end
    why = Explanation(
        rule="extension",
        clause=rule.clause,
        outcome=Outcome.MET,
        value=f"until {rule.until}, was {was}; {found}",
        threshold=asked,
    )
    fact = TermExtended(end=rule.until, by=rule.by)
    yield Decided(fact, why)
    yield from consequences(situation.after([fact]))
