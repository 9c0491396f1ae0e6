"""Each document beside this file is ``valid.yaml`` with one mistake; its last lines are the messages it deserves."""

import re
from pathlib import Path

import pytest

from application.policies import check
from infrastructure.policies.library import PolicyFiles

HERE = Path(__file__).parent
DOCUMENTS = sorted((HERE / "documents").glob("*.yaml"))
EXPECTED = re.compile(rb"^# mistake: (.*)$", re.MULTILINE)


def test_the_document_without_a_mistake_is_good() -> None:
    assert check(PolicyFiles(), [str(HERE / "valid.yaml")])[0].mistakes == ()


@pytest.mark.parametrize("document", DOCUMENTS, ids=[document.stem for document in DOCUMENTS])
def test_a_broken_document_gets_exactly_its_messages(document: Path) -> None:
    expected = [f"{document}:{line.decode()}" for line in EXPECTED.findall(document.read_bytes())]
    told = [str(mistake) for mistake in check(PolicyFiles(), [str(document)])[0].mistakes]
    assert expected
    assert told == expected


def test_there_are_enough_broken_documents() -> None:
    assert len(DOCUMENTS) >= 30
