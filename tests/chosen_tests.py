"""For `make mutants`: hundreds of chosen tests are found and run file by file, which is several times as quick.

First come those that look at the most: decisions told whole, and policy documents with a mistake.
"""

import pytest

MANY = 40
QUICK = 0.97
"""The tests come in the order of their duration: so many of them are quick, the others go last."""
CHOSEN = pytest.StashKey[dict[str, int]]()


def pytest_configure(config: pytest.Config) -> None:
    """Collect the files of the chosen tests where there are many."""
    chosen = [each for each in config.args if "::" in each]
    if len(chosen) > MANY:
        config.stash[CHOSEN] = {each: place for place, each in enumerate(chosen)}
        config.args = sorted({each.partition("::")[0] for each in chosen})


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the chosen tests, the slow ones last."""
    places = config.stash.get(CHOSEN, {})
    if places:
        kept = [each for each in items if each.nodeid in places]
        items[:] = sorted(kept, key=lambda each: (places[each.nodeid] >= QUICK * len(places), not _tells(each.nodeid)))


def _tells(nodeid: str) -> bool:
    return nodeid.startswith(("tests/domain/contract/test_told_whole.py", "tests/policy_mistakes/"))
