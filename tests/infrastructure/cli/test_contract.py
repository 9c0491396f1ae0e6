"""Questions about one contract, and acts on it, from the command line."""

import hashlib
import json
import shlex
from pathlib import Path

import pytest

from infrastructure.cli.bodies import COMMANDS
from tests.infrastructure.cli.conftest import CONTRACT, Run
from tests.infrastructure.evidence.files import PDF

JUNE = ("--effective-on", "2025-06-15")
JULY = ("--known-at", "2025-07-20")
AUGUST = ("--known-at", "2025-08-31")


def pasted(told: str) -> list[str]:
    """The command with which an answer ends, as a shell reads it."""
    _, _, command = told.rpartition("The same answer, for ever\n")
    assert max(map(len, command.splitlines())) <= 80 or "--database" in command
    return shlex.split(command.replace("\\\n", ""))


def test_the_same_day_has_two_right_answers(run: Run, year: str) -> None:
    before = run("contract", "show", CONTRACT, *JUNE, *JULY, "--database", year)
    after = run("contract", "show", CONTRACT, *JUNE, *AUGUST, "--database", year)

    assert "  tier                D, from 2025-01-01\n" in before.stdout
    assert "  tier                C, from 2025-06-01\n" in after.stdout
    assert (before.exit_code, after.exit_code) == (0, 0)


def test_an_answer_says_what_was_asked_and_what_it_rests_on(run: Run, year: str) -> None:
    told = run("contract", "show", CONTRACT, *JUNE, *JULY, "--database", year).stdout.splitlines()

    assert told[0] == f"{CONTRACT}  fysiotherapie, Praktijk De Brug"
    assert told[1].split(maxsplit=2)[2] == "2025-06-15 (Sunday)"
    assert "2025-07-20 23:59:59 CEST (Europe/Amsterdam), log position 19" in told[2]


def test_an_answer_explains_the_tier_with_clauses_and_the_way_up(run: Run, year: str) -> None:
    told = run("contract", "show", CONTRACT, *JUNE, *JULY, "--database", year).stdout

    assert "  met      tier.D: 1 factor from 2025-01-01: prem (asked: at least 1 factor) [CQ25-3.2-9]\n" in told
    assert "      not met  factor.kngf" in told
    assert "  To C by correct evidence of kngf [CQ25-3.2-8]\n" in told


def test_the_command_that_an_answer_ends_with_gives_the_same_answer(run: Run, year: str) -> None:
    told = run("contract", "show", CONTRACT, "--database", year).stdout
    repeat = pasted(told)

    assert repeat[0] == "contractspoor"
    assert run(*repeat[1:]).stdout == told


def test_a_repeated_question_gives_the_same_bytes(run: Run, year: str) -> None:
    first = run("contract", "show", CONTRACT, "--database", year, "--json").stdout
    asked = json.loads(first)
    run("contract", "act", CONTRACT, "Terminate", "--body", '{"last_day": "2025-12-01"}', "--actor", "officer",
        "--reason", "asked for", "--database", year)  # fmt: skip
    again = run("contract", "show", CONTRACT, "--known-at", asked["known_at"], "--position", str(asked["position"]),
                "--effective-on", asked["effective_on"], "--database", year, "--json").stdout  # fmt: skip

    assert first == again
    assert first.endswith("}\n")


def test_a_log_that_can_not_answer_yet_is_no_contract_that_is_not_there(run: Run, year: str) -> None:
    asked = ("contract", "show", CONTRACT, "--known-at", "2024-03-01", "--database", year)
    told, data = run(*asked), run(*asked, "--json")

    assert (told.exit_code, told.stdout) == (3, "")
    assert told.stderr.startswith(
        "not known yet: no policy of caresq was adopted by then, nor of anybody else; as known at 2024-03-01 23:59:59"
    )
    assert (data.exit_code, json.loads(data.stdout)["knowledge"]) == (3, "not_known_yet")
    assert json.loads(data.stderr)["error"]["code"] == "NOT_KNOWN_YET"


def test_that_there_is_no_procedure_is_an_answer(run: Run, year: str) -> None:
    told = run("contract", "show", "caresq/04001234/OEF/2025-2026", "--database", year)

    assert told.exit_code == 0
    assert "  status              no procedure\n" in told.stdout
    assert "  in force            no\n" in told.stdout


def test_a_purchaser_of_whom_nothing_was_adopted_by_then_is_told_with_those_there_were(run: Run, year: str) -> None:
    for command in ("show", "why", "events", "agreement"):
        told = run("contract", command, "asr/04001234/FYS/2025", "--database", year)

        assert (told.exit_code, told.stdout) == (3, "")
        assert "no policy of asr was adopted by then, those of caresq were; as known at 20" in told.stderr


def test_a_period_that_no_policy_of_the_purchaser_names_is_refused_with_those_it_names(run: Run, year: str) -> None:
    for command in ("show", "why", "events", "agreement"):
        asked = ("contract", command, "caresq/04001234/FYS/2025", "--position", "9", "--database", year)
        told, data = run(*asked), run(*asked, "--json")

        assert (told.exit_code, told.stdout, data.exit_code, data.stdout) == (4, "", 4, "")
        assert "no adopted policy of caresq has FYS for 2025, as known at " in told.stderr
        assert "log position 9; adopted by then: " in told.stderr
        assert "INST ZKH (2025)" in told.stderr
        assert len(told.stderr.splitlines()) == 1
        assert json.loads(data.stderr)["error"]["code"] == "POLICY_NOT_ADOPTED"


def test_the_answers_of_a_questionnaire_stand_one_to_a_line(run: Run, year: str) -> None:
    told = run("contract", "events", CONTRACT, *JULY, "--database", year).stdout
    _, _, confirmed = told.partition("QuestionnaireConfirmed\n")
    lines = confirmed.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  answers  "))
    answer = [line[22:] for line in lines[first : first + 30]]

    assert answer[0] == "declared"
    assert "  guidelines: yes" in answer
    assert answer[answer.index("claims") + 1 :][:3] == ["  kngf", "  prem", "    bureau: Meetbureau Alfa"]
    assert [line for line in told.splitlines() if "guidelines: yes, " in line] == []


def test_why_tells_every_decision_of_a_day_with_the_tier_that_counts_on_it(run: Run, year: str) -> None:
    told = run("contract", "why", CONTRACT, *JUNE, *AUGUST, "--database", year).stdout
    data = json.loads(run("contract", "why", CONTRACT, *JUNE, *AUGUST, "--database", year, "--json").stdout)
    about = [each["about"] for each in data["decisions"]]
    [tier] = [each for each in data["decisions"] if each["about"] == "tier"]

    assert about == ["approach", "factors", "conditions", "evidence", "offer", "signature", "publication", "tier"]
    assert (tier["explanation"]["rule"], tier["event_id"]) == ("tier.C", f"{CONTRACT}@12"), (
        "decided in August, for June"
    )
    assert f"Tier (TierAssigned, decided on 2025-08-20 by officer, {CONTRACT}@12)\n  met      tier C: 2 factors" in told
    [verdict] = [each for each in data["decisions"] if each["about"] == "evidence"]
    assert verdict["explanation"]["value"] == "nothing was uploaded", "what came was judged after that day"


def test_evidence_is_explained_by_its_own_verdict(run: Run, year: str) -> None:
    told = run("contract", "why", CONTRACT, *AUGUST, "--database", year).stdout

    assert (
        f"Evidence (EvidenceAccepted, decided on 2025-08-20 by officer, {CONTRACT}@11)\n  met      evidence kngf-1: "
        in told
    )


def test_why_speaks_dutch_when_asked(run: Run, year: str) -> None:
    told = run("contract", "why", CONTRACT, *AUGUST, "--lang", "nl", "--database", year).stdout

    assert "Ondertekening (Signed, besloten op" in told
    assert "  voldaan       bewijsstuk kngf-1: ingediend op 2025-05-20 (gevraagd: echt) [CQ25-3.2-23]" in told
    assert "Basisregister" in told
    assert "  voldaan       niveau C: 2 factoren vanaf 2025-06-01: kngf, prem (gevraagd: ten minste 2 factoren)" in told


def test_a_refusal_says_why_below_its_message(run: Run, year: str) -> None:
    asked = ("contract", "act", CONTRACT, "Approach", "--actor", "officer", "--database", year)
    offer = ("contract", "act", "caresq/04001234/OEF/2025-2026", "MakeOffer", "--actor", "officer", "--database", year)
    refused = run(*offer)

    assert run(*asked).exit_code == 0, "it has happened already"
    assert refused.exit_code == 1
    assert "  not met  refusal NOT_ASSESSED: not assessed (asked: a positive assessment) [CQ25-4-21]" in refused.stderr
    error = json.loads(run(*offer, "--json").stderr.splitlines()[-1])["error"]
    assert error["explanation"]["rule"] == "refused.not_assessed"
    assert (error["explanation"]["value"], error["explanation"]["threshold"]) == (
        "not assessed",
        "a positive assessment",
    )


def test_events_tell_both_instants_who_for_whom_and_why(run: Run, year: str) -> None:
    told = run("contract", "events", CONTRACT, *JULY, "--database", year).stdout

    assert told.startswith(
        f"{CONTRACT}: 10 facts as known at 2025-07-20 23:59:59 CEST (Europe/Amsterdam), log position"
    )
    events, _, again = told.rpartition("\nThe same again with ")
    assert again == "--known-at 2025-07-20T21:59:59.999999Z --position 19\n"
    assert events.endswith(
        "10. EvidenceUploaded\n"
        "  happened            2025-05-20 12:00:00 CEST\n"
        "  recorded            2025-05-20 12:00:00 CEST, log position 19\n"
        "  evidence id         kngf-1\n"
        "  factor              kngf\n"
        f"  sha256              {hashlib.sha256(PDF).hexdigest()}\n"
        f"  size                {len(PDF)}\n"
        "  media type          application/pdf\n"
        "  by                  p1 on behalf of Praktijk De Brug\n"
        "  command             year/2025-05-20/UploadEvidence\n"
    )


def test_events_come_as_one_object_or_as_lines(run: Run, year: str) -> None:
    whole = json.loads(run("contract", "events", CONTRACT, "--database", year, "--json").stdout)
    lines = run("contract", "events", CONTRACT, "--database", year, "--jsonl").stdout.splitlines()

    assert [json.loads(line) for line in lines] == whole["events"]
    assert len(lines) == 12


def test_the_agreement_text_is_that_whose_sha_was_offered(run: Run, year: str) -> None:
    told = run("contract", "agreement", CONTRACT, "--database", year)
    offer = json.loads(run("contract", "show", CONTRACT, "--database", year, "--json").stdout)["procedure"]["offer"]

    assert hashlib.sha256(told.stdout.encode()).hexdigest() == offer["agreement_sha256"]
    assert "Looptijd: 01-01-2025 tot en met 31-12-2025." in told.stdout
    assert told.stderr.startswith(f"Verified: SHA-256 {offer['agreement_sha256']}, ContractOffered of 2024-10-16")


def test_a_new_tier_brings_a_text_that_can_be_printed_too(run: Run, year: str) -> None:
    events = json.loads(run("contract", "events", CONTRACT, "--database", year, "--json").stdout)["events"]
    sha256 = events[-1]["fact"]["agreement_sha256"]
    told = run("contract", "agreement", CONTRACT, "--sha256", sha256, "--database", year)

    assert hashlib.sha256(told.stdout.encode()).hexdigest() == sha256
    assert "Overeenkomst C (CQ25-3.2-8) geldt vanaf 01-06-2025." in told.stdout


def test_a_text_that_does_not_exist_is_told_with_those_that_do(run: Run, year: str) -> None:
    told = run("contract", "agreement", CONTRACT, "--sha256", "f" * 64, "--database", year)

    assert told.exit_code == 4
    assert f"no text with SHA-256 {'f' * 64}; there is " in told.stderr


def test_an_act_prints_its_facts_the_version_and_the_position(run: Run, year: str) -> None:
    body = '{"factor": "skf", "sha256": "' + "1" * 64 + '", "size": 7, "media_type": "application/pdf"}'
    told = run("contract", "act", CONTRACT, "RequestReview", "--actor", "officer", "--reason", "a letter", "--body",
               '{"ground": "factor_no_longer_met", "factor": "prem"}', "--database", year)  # fmt: skip
    refused = run("contract", "act", CONTRACT, "UploadEvidence", "--actor", "p1", "--body", body, "--database", year)

    assert told.stdout.splitlines()[0].startswith("ReviewRequested  review_id: factor_no_longer_met-1")
    assert told.stdout.splitlines()[-1] == f"{CONTRACT} is at version 13, log position 23."
    assert refused.exit_code == 1
    assert refused.stderr.startswith("refused: ")


def test_an_act_under_one_command_id_is_carried_out_once(run: Run, year: str) -> None:
    act = ("contract", "act", CONTRACT, "RequestReview", "--actor", "officer", "--reason", "a letter",
           "--command-id", "mine-1", "--body", '{"ground": "integrity"}', "--database", year, "--json")  # fmt: skip
    first, second = json.loads(run(*act).stdout), json.loads(run(*act).stdout)

    assert (first.pop("repeated"), second.pop("repeated")) == (False, True)
    assert first == second
    assert first["command_id"] == "mine-1"


def test_what_has_happened_already_is_not_recorded_again(run: Run, year: str) -> None:
    told = run("contract", "act", CONTRACT, "MakeOffer", "--actor", "officer", "--database", year)

    assert told.stdout.splitlines()[0] == "Nothing was recorded: it has happened already."


def test_a_body_comes_from_a_file_too(run: Run, year: str, tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_text('{"last_day": "2025-12-01"}')
    told = run("contract", "act", CONTRACT, "Terminate", "--actor", "officer", "--on-behalf-of", "the board",
               "--reason", "asked for", "--body", f"@{body}", "--database", year)  # fmt: skip
    last = json.loads(run("contract", "events", CONTRACT, "--database", year, "--json").stdout)["events"][-1]

    assert told.stdout.startswith("ContractTerminated  last_day: 2025-12-01")
    assert last["context"]["on_behalf_of"] == "the board"
    assert last["context"]["reason"] == "asked for"


def test_commands_lists_every_command_with_its_fields(run: Run) -> None:
    told = run("contract", "commands").stdout

    assert [line for line in told.splitlines() if not line.startswith(" ")] == list(COMMANDS)
    assert "  person_id*          text\n" in told
    assert "  sign_by             day\n" in told


def test_commands_gives_the_schema_of_their_bodies(run: Run) -> None:
    schema = json.loads(run("contract", "commands", "--json").stdout)

    assert set(schema["discriminator"]["mapping"]) == set(COMMANDS)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"person": "p1"}', "person: unknown field, did you mean 'person_id'?"),
        ("{}", "person_id is missing; certificate_serial is missing; agreement_sha256 is missing"),
        (
            '{"person_id": 7, "certificate_serial": "s", "agreement_sha256": "x"}',
            "person_id: found 7, should be a valid",
        ),
        ("[]", "is no JSON object"),
        ('{"person_id": "p1", "person_id": "p2"}', 'the field "person_id" stands in it twice'),
        ('{"kind": "MakeOffer"}', "kind is 'MakeOffer', but the command asked for is Sign"),
        ("{", "is no JSON: "),
        ("[" * 10_000, "is no JSON: "),
        ('{"person_id": NaN}', "NaN is no number"),
    ],
)
def test_a_bad_field_is_told_by_name(run: Run, year: str, body: str, message: str) -> None:
    told = run("contract", "act", CONTRACT, "Sign", "--actor", "p1", "--body", body, "--database", year)

    assert told.exit_code == 2
    assert message in told.stderr
    assert told.stderr.count("\n") == 1


def test_a_field_deep_inside_is_told_with_its_path(run: Run, year: str) -> None:
    body = '{"answers": {"claims": {"prem": {"burea": "x", "valid_until": "2025-02-30"}}}}'
    told = run("contract", "act", CONTRACT, "SaveQuestionnaire", "--actor", "p1", "--body", body, "--database", year)

    assert "answers.claims.prem.burea: unknown field, did you mean 'bureau'?" in told.stderr
    assert 'answers.claims.prem.valid_until: found "2025-02-30", expected a day that exists' in told.stderr


def test_an_unknown_command_is_told_with_the_nearest(run: Run, year: str) -> None:
    told = run("contract", "act", CONTRACT, "makeofer", "--actor", "officer", "--database", year)

    assert told.exit_code == 2
    assert told.stderr.startswith("there is no command 'makeofer', did you mean 'MakeOffer'?")


def test_an_agreement_is_written_as_pdf_with_the_hash_of_what_was_offered(run: Run, year: str) -> None:
    asked = ("contract", "agreement", CONTRACT, "--database", year)
    told = run(*asked, "--pdf", "agreement.pdf")
    again = run(*asked, "--pdf", "again.pdf")
    english = run(*asked, "--lang", "en", "--pdf", "english.pdf")

    assert (told.exit_code, again.exit_code, english.exit_code) == (0, 0, 0)
    assert told.stdout == ""
    assert " Written to agreement.pdf. The same again with --known-at " in told.stderr
    assert Path("agreement.pdf").read_bytes() == Path("again.pdf").read_bytes() != Path("english.pdf").read_bytes()
    assert Path("agreement.pdf").read_bytes().startswith(b"%PDF-")
    assert run(*asked, "--lang", "en").stdout.startswith("AGREEMENT FOR CARE: PHYSIOTHERAPY")
    assert run(*asked, "--pdf", "no/such/folder.pdf").exit_code == 1
