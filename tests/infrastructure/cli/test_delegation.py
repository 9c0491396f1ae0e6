"""Who acts for a practice, at the command line."""

import json

from tests.infrastructure.cli.conftest import CONTRACT, Run

BY = ("--by", "p1", "--certificate", "serial-1")


def test_a_delegate_is_named_shown_and_taken_back(run: Run, year: str) -> None:
    database = ("--database", year)
    named = run("providers", "delegate", "04001234", "p7", "J. Voorbeeld", *BY, "--last-day", "2099-12-31", *database)
    shown = run("providers", "show", "04001234", *database)
    told = json.loads(run("providers", "show", "04001234", "--purchaser", "asr", "--json", *database).stdout)
    revoked = run("providers", "revoke-delegation", "04001234", "p7", *BY, *database)
    again = run("providers", "revoke-delegation", "04001234", "p7", *BY, "--json", *database)

    assert named.stdout == "04001234: p7 fills in and uploads for the practice until 2099-12-31\n"
    assert "  delegate p7 J. Voorbeeld, by p1 until 2099-12-31: fills in and uploads, never signs\n" in shown.stdout
    assert [each["person"]["person_id"] for each in told["delegations"]] == ["p8", "p7"]
    assert revoked.stdout == "04001234: p7 does not act for the practice any more\n"
    assert json.loads(again.stdout)["facts"] == []
    assert "DelegationRevoked" in run("providers", "events", "04001234", *database).stdout
    assert "delegate p7" not in run("providers", "show", "04001234", *database).stdout


def test_the_trail_tells_who_let_whom(run: Run, year: str) -> None:
    trail = run("audit", "trail", "--provider", "04001234", "--purchaser", "asr", "--actor", "p1", "--database", year)
    assert "DelegationGranted" in trail.stdout
    assert CONTRACT not in trail.stdout


def test_another_certificate_is_refused(run: Run, year: str) -> None:
    line = ("providers", "delegate", "04001234", "p7", "J. Voorbeeld", "--by", "p1", "--certificate", "other")
    told = run(*line, "--database", year)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.startswith("refused: CERTIFICATE_NOT_THEIRS: ")
