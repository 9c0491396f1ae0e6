"""Files of evidence over HTTP: taken in by their content, handed out so that no browser runs them."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.contract.contract_id import ContractId
from infrastructure.http.identity import Role
from tests.given import at
from tests.infrastructure.evidence.files import DOCX, JPEG, PDF, PNG
from tests.infrastructure.http.api import CONTRACT, Api
from tests.infrastructure.http.test_questionnaire import DELEGATE, as_delegate

EVIDENCE = f"/contracts/{CONTRACT}/evidence"
KNGF = f"{EVIDENCE}/kngf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def stored(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_a_file_is_supplied_and_read_back_as_an_attachment(asked_api: Api) -> None:
    supplied = asked_api.upload(KNGF, PDF)
    read = asked_api.get(f"{EVIDENCE}/kngf-1", Role.REVIEWER)
    mine = asked_api.get(f"{EVIDENCE}/kngf-1", Role.PROVIDER_SIGNATORY)

    assert supplied.json() == {
        "contract_id": CONTRACT,
        "version": 3,
        "position": 7,
        "facts": ["EvidenceUploaded"],
        "evidence_id": "kngf-1",
        "sha256": sha256(PDF).hexdigest(),
        "size": len(PDF),
        "media_type": "application/pdf",
    }
    assert (read.content, mine.content) == (PDF, PDF)
    assert read.headers["Content-Type"] == "application/pdf"
    assert read.headers["Content-Disposition"] == 'attachment; filename="kngf-1.pdf"'
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in read.headers["Content-Security-Policy"]
    assert "default-src 'none'" in read.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [(PNG, "image/png", "kngf-1.png"), (JPEG, "image/jpeg", "kngf-1.jpg"), (DOCX, WORD, "kngf-1.docx")],
)
def test_what_a_file_is_is_told_by_its_content(asked_api: Api, content: bytes, media_type: str, name: str) -> None:
    supplied = asked_api.upload(KNGF, content, as_type="application/octet-stream")
    read = asked_api.get(f"{EVIDENCE}/kngf-1", Role.AUDITOR)

    assert supplied.json()["media_type"] == read.headers["Content-Type"] == media_type
    assert read.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_what_came_by_mail_is_entered_by_an_officer_with_its_instant_and_checked_alike(asked_api: Api) -> None:
    arrived = "2024-09-27T16:00:00+02:00"

    def entered(key: str, content: bytes = PDF, role: Role = Role.OFFICER, **query: str) -> Response:
        headers = asked_api.headers(role) | {"Idempotency-Key": key, "Content-Type": "application/pdf"}
        return asked_api.client.request("POST", KNGF, content=content, headers=headers, params=query)

    unexplained = entered("e1", occurred_at=arrived)
    ahead = entered("e2", occurred_at="2025-01-01T09:00:00+01:00", reason="By mail")
    no_file = entered("e3", b"MZ nothing of the kind", occurred_at=arrived, reason="By mail")
    by_practice = entered("e4", role=Role.PROVIDER_SIGNATORY, occurred_at=arrived, reason="By mail")
    first, again = (entered("e5", occurred_at=arrived, reason="By mail, stamped on arrival") for _ in range(2))

    last = asked_api.system.contracting.load(ContractId.parse(CONTRACT)).history[-1]
    told = [(each.status_code, each.json()["code"]) for each in (unexplained, ahead, no_file)]
    assert told == [(422, "REASON_MISSING"), (422, "OCCURRED_IN_FUTURE"), (415, "EVIDENCE_TYPE_NOT_ALLOWED")]
    assert (by_practice.status_code, by_practice.json()["errors"][0]["path"]) == (422, "query.occurred_at")
    assert (first.json()["facts"], again.json() == first.json()) == (["EvidenceUploaded"], True)
    assert (last.occurred_at, last.envelope().actor, last.envelope().on_behalf_of, last.envelope().reason) == (
        at("2024-09-27T16:00"), "officer-1", "04001234", "By mail, stamped on arrival",
    )  # fmt: skip


def test_who_read_which_file_is_written_down_before_it_goes_out(asked_api: Api) -> None:
    asked_api.upload(KNGF, PDF)
    asked_api.get(f"{EVIDENCE}/kngf-1", Role.REVIEWER)
    [access] = asked_api.system.access.accesses()

    assert (access.reader, access.purchaser) == ("reviewer-1", "caresq")
    assert ("kngf-1" in repr(access), sha256(PDF).hexdigest() in repr(access)) == (True, True)


def test_what_is_not_accepted_is_refused_by_kind_and_leaves_nothing(asked_api: Api, evidence_folder: Path) -> None:
    html = asked_api.upload(KNGF, b"<html><script>alert(1)</script>", "f1")
    sent_as = asked_api.upload(KNGF, PDF, "f2", as_type="text/html")
    without = asked_api.upload(KNGF, PDF, "f3", as_type="")
    empty = asked_api.upload(KNGF, b"", "f4")
    cut_off = asked_api.upload(KNGF, DOCX[:-40], "f5", as_type=WORD)
    other = asked_api.upload(f"{KNGF}?sha256={'0' * 64}", PDF, "f6")
    too_large = asked_api.upload(KNGF, b"%PDF-1.4" + b"\0" * (20 << 20), "f7")
    in_pieces = asked_api.upload(KNGF, PDF, "f8", **{"Content-Length": "99999999"})

    found = [each.status_code for each in (html, sent_as, without, empty, cut_off, other, too_large, in_pieces)]
    assert found == [415, 415, 415, 422, 422, 422, 413, 413]
    codes = [each.json()["code"] for each in (html, empty, cut_off, other, too_large)]
    assert codes == [
        "EVIDENCE_TYPE_NOT_ALLOWED",
        "EVIDENCE_EMPTY",
        "EVIDENCE_DAMAGED",
        "EVIDENCE_CHECKSUM_WRONG",
        "EVIDENCE_TOO_LARGE",
    ]
    assert stored(evidence_folder) == []
    assert asked_api.facts() == 6


def test_a_body_of_another_length_than_announced_is_refused(asked_api: Api) -> None:
    answer = asked_api.upload(KNGF, PDF, **{"Content-Length": str(len(PDF) + 1)})

    assert (answer.status_code, answer.json()["code"], asked_api.facts()) == (400, "BAD_REQUEST", 6)


def test_no_more_is_read_than_may_come_in(asked_api: Api) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"%PDF-1.4" + b"\0" * (1 << 20)

    answer = asked_api.upload(KNGF, endless())

    assert (answer.status_code, answer.json()["code"]) == (413, "EVIDENCE_TOO_LARGE")
    assert sent <= 22


def test_a_factor_without_evidence_and_a_file_that_is_not_there_are_told(asked_api: Api) -> None:
    unasked = asked_api.upload(f"{EVIDENCE}/share", PDF)
    missing = asked_api.get(f"{EVIDENCE}/kngf-7", Role.OFFICER)

    assert (unasked.status_code, unasked.json()["code"]) == (422, "EVIDENCE_NOT_ASKED")
    assert (missing.status_code, missing.json()["code"]) == (404, "EVIDENCE_UNKNOWN")


def test_a_file_that_is_lost_or_damaged_is_never_handed_out_by_half(asked_api: Api, evidence_folder: Path) -> None:
    asked_api.upload(KNGF, PDF)
    [file] = stored(evidence_folder)
    file.write_bytes(PDF[:-1] + b"x")
    damaged = asked_api.get(f"{EVIDENCE}/kngf-1", Role.OFFICER)
    file.unlink()
    lost = asked_api.get(f"{EVIDENCE}/kngf-1", Role.OFFICER)

    assert (damaged.status_code, damaged.json()["code"]) == (500, "EVIDENCE_DAMAGED")
    assert (lost.status_code, lost.json()["code"]) == (500, "EVIDENCE_MISSING")


def test_only_who_may_reads_it(asked_api: Api) -> None:
    asked_api.upload(KNGF, PDF)
    path = f"{EVIDENCE}/kngf-1"
    elsewhere = asked_api.client.request("GET", path, headers=asked_api.headers(Role.OFFICER, purchaser="asr"))
    claims = asked_api.get(path, Role.CLAIMS_SYSTEM)
    undelegated = asked_api.client.request("GET", path, headers=as_delegate(asked_api))

    assert [each.status_code for each in (elsewhere, claims, undelegated)] == [403, 403, 403]
    assert asked_api.get(path, DELEGATE).json()["code"] == "NOT_DELEGATED"


def test_fifty_uploads_at_once_with_one_key_are_one_fact_and_one_file(asked_api: Api, evidence_folder: Path) -> None:
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda _: asked_api.upload(KNGF, PDF), range(50)))

    assert {(each.status_code, each.content) for each in found} == {(200, found[0].content)}
    assert (asked_api.facts(), len(stored(evidence_folder))) == (7, 1)


CORPUS = st.sampled_from([PDF, PNG, JPEG, DOCX])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file cut off, with a piece of it replaced, or with something before or after it."""
    content = draw(CORPUS)
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, len(content)))
    return content[:start] + draw(st.binary(max_size=40)) + content[end:]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=200), damaged()),
    factor=st.one_of(st.just("kngf"), st.text(min_size=1, max_size=12), st.just("../../etc/passwd"), st.just("kngf\0")),
    length=st.one_of(st.none(), st.integers(-1, 1 << 40).map(str), st.text(st.characters(codec="ascii"), max_size=8)),
    sent_as=st.sampled_from(["application/pdf", "image/png", "application/octet-stream", "pdf; name=../../x", ""]),
)
def test_whatever_is_sent_is_taken_in_whole_or_told_why_not_and_nothing_stands_outside_the_store(
    asked_api: Api, evidence_folder: Path, content: bytes, factor: str, length: str | None, sent_as: str
) -> None:
    before = asked_api.facts()
    headers = {} if length is None or not length.isprintable() else {"Content-Length": length.strip()}
    sent_to = f"{EVIDENCE}/{quote(factor, safe='')}"
    answer = asked_api.upload(sent_to, content, f"k{before}-{len(content)}", as_type=sent_as, **headers)

    assert answer.status_code in {200, 400, 404, 413, 415, 422}, answer.text
    if answer.status_code == 200:
        assert answer.json()["sha256"] == sha256(content).hexdigest()
        assert asked_api.get(f"{EVIDENCE}/{answer.json()['evidence_id']}").content == content
    else:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert asked_api.facts() == before
    assert all(each.name == sha256(each.read_bytes()).hexdigest() for each in stored(evidence_folder))
    beside = {each.name for each in evidence_folder.parent.iterdir() if not each.name.startswith("lived.db")}
    assert beside <= {"evidence"}
