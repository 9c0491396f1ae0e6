"""Each check of `make check`, proven: a violation planted in a copy of the project makes it fail."""

import pytest

from tests.house.planting import House


def refused(house: House, target: str, *, saying: str) -> None:
    outcome = house.make(target)
    assert outcome.returncode != 0, f"make {target} saw nothing wrong:\n{outcome.stdout}"
    assert saying in outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("domain/planted.py", '"""."""\n\nfrom datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n', "TID251"),
        ("application/planted.py", '"""."""\n\nfrom datetime import date\n\nTODAY = date.today()\n', "TID251"),
        ("infrastructure/planted.py", '"""."""\n\nimport time\n\nNOW = time.time()\n', "TID251"),
        ("domain/planted.py", '"""."""\n\nimport random\n\nCHANCE = random.random()\n', "TID251"),
        ("application/planted.py", '"""."""\n\nfrom uuid import uuid4\n\nKEY = uuid4()\n', "TID251"),
        ("infrastructure/planted.py", '"""."""\n\nimport os\n\nHOME = os.environ["HOME"]\n', "TID251"),
        ("scheduler/planted.py", '"""."""\n\nfrom .ticks import tick\n', "TID252"),
        ("domain/planted.py", '"""."""\n\n\ndef rule() -> None:\n    print("met")\n', "T201"),
        ("domain/planted.py", '"""."""\n\n\ndef rule():\n    return 1\n', "D103"),
    ],
)
def test_a_forbidden_line_is_named_with_its_rule(empty_house: House, path: str, text: str, code: str) -> None:
    empty_house.plant(path, text)

    refused(empty_house, "lint", saying=code)


def test_the_clock_may_be_read_where_the_clock_lives(empty_house: House) -> None:
    empty_house.plant(
        "infrastructure/clock.py", '"""."""\n\nfrom datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n'
    )

    assert empty_house.make("lint").returncode == 0


def test_a_file_that_is_not_laid_out_is_refused(empty_house: House) -> None:
    empty_house.plant("domain/planted.py", "VALUES = [ 1,2 ]\n")

    refused(empty_house, "format-check", saying="would be reformatted")


def test_an_untyped_function_is_refused(empty_house: House) -> None:
    empty_house.plant("domain/planted.py", "def double(amount):\n    return amount * 2\n")

    refused(empty_house, "types", saying="[no-untyped-def]")


def test_a_fact_that_a_match_forgets_is_refused(empty_house: House) -> None:
    empty_house.plant(
        "domain/planted.py",
        "from typing import Literal, assert_never\n\n\n"
        'def rank(tier: Literal["A", "B"]) -> int:\n'
        "    match tier:\n"
        '        case "A":\n            return 1\n'
        "        case _:\n            assert_never(tier)\n",
    )

    refused(empty_house, "types", saying="[arg-type]")


@pytest.mark.parametrize(
    ("path", "imported", "contract"),
    [
        ("domain/planted.py", "application.ports", "scheduler -> infrastructure -> application -> domain BROKEN"),
        ("application/planted.py", "infrastructure", "scheduler -> infrastructure -> application -> domain BROKEN"),
        ("infrastructure/planted.py", "scheduler", "scheduler -> infrastructure -> application -> domain BROKEN"),
        (
            "infrastructure/cli/planted.py",
            "infrastructure.persistence",
            "doors meet adapters only through infrastructure.bootstrap BROKEN",
        ),
        (
            "scheduler/planted.py",
            "infrastructure.persistence",
            "doors meet adapters only through infrastructure.bootstrap BROKEN",
        ),
        ("domain/provider/planted.py", "domain.policy", "domain: contract -> policy -> provider -> values BROKEN"),
        (
            "infrastructure/persistence/planted.py",
            "infrastructure.cli",
            "infrastructure: doors -> wiring -> adapters BROKEN",
        ),
        ("application/queries/planted.py", "domain.contract.decide", "nothing is decided anew"),
        ("infrastructure/read_models/planted.py", "domain.contract.tiers", "nothing is decided anew"),
    ],
)
def test_an_import_against_the_layers_is_refused(house: House, path: str, imported: str, contract: str) -> None:
    house.plant(path, f'"""."""\n\nimport {imported}\n')

    refused(house, "layers", saying=contract)


@pytest.mark.parametrize("package", ["domain", "infrastructure"])
def test_a_new_module_must_be_given_its_layer(house: House, package: str) -> None:
    house.plant(f"{package}/planted.py", '"""."""\n')

    refused(house, "layers", saying=f"{package}.planted")


def test_a_dependency_that_nothing_uses_is_refused(house: House) -> None:
    text = (house.root / "pyproject.toml").read_text()
    house.plant("pyproject.toml", text.replace("dependencies = [\n", 'dependencies = [\n  "colorama>=0.4",\n', 1))

    refused(house, "dependencies", saying="DEP002 'colorama'")


def test_an_import_that_is_no_declared_dependency_is_refused(house: House) -> None:
    house.plant("infrastructure/planted.py", '"""."""\n\nimport grimp\n\n__all__ = ["grimp"]\n')

    refused(house, "dependencies", saying="'grimp'")


def test_code_that_nothing_calls_is_refused(house: House) -> None:
    house.plant("domain/planted.py", '"""."""\n\n\ndef never_called() -> None:\n    """Nothing."""\n')

    refused(house, "dead-code", saying="unused function 'never_called'")
