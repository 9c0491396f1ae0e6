"""Every decision says why: held for each decision that any test of the decider makes."""

from collections.abc import Iterator, Sequence

from domain.contract.facts import (
    ApplicationReceived,
    ContractCarriedOver,
    DocumentsReceived,
    DocumentsRequested,
    EvidenceUploaded,
    QuestionnaireOpened,
    QuestionnaireSaved,
    QuestionnaireSent,
)
from domain.contract.situation import Decided
from domain.explanation import Explanation
from domain.history import FactCorrected
from domain.refusal import Refused

ONLY_TOLD = (
    ApplicationReceived,  # always received; where another attempt runs, the refusal beside it says why
    ContractCarriedOver,
    DocumentsReceived,
    DocumentsRequested,
    EvidenceUploaded,
    FactCorrected,  # the officer's reason stands beside it; what is judged anew says why
    QuestionnaireOpened,
    QuestionnaireSaved,
    QuestionnaireSent,
)
"""Facts that pass on what somebody said or sent, and decide nothing."""

HIDDEN = ("restricted",)
"""What stands in the place of what only the purchaser's reviewers may see."""


def leaves(explanation: Explanation) -> Iterator[Explanation]:
    """What a tree rests on."""
    if not explanation.because:
        yield explanation
    for reason in explanation.because:
        yield from leaves(reason)


def assert_explained(decided: Sequence[Decided] | Refused) -> None:
    """Whatever was decided has a tree, and every leaf of it names clause, value and threshold."""
    if isinstance(decided, Refused):
        trees = [] if decided.why is None else [(decided.code, decided.why)]
    else:
        without = [each.fact for each in decided if each.explanation is None and not isinstance(each.fact, ONLY_TOLD)]
        assert not without, f"decided without an explanation: {without}"
        trees = [(each.fact.stored_name, each.explanation) for each in decided if each.explanation is not None]
    for name, tree in trees:
        told = [each for each in leaves(tree) if each.rule not in HIDDEN]
        bare = [each for each in told if not (each.clause and each.value and each.threshold)]
        assert not bare, f"{name} rests on a leaf without clause, value or threshold: {bare[0]!r}"
