"""What a file is, is told by its content; what is broken, hides something or could run is refused."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusal import RefusedError
from infrastructure.evidence.content import MediaType, media_type
from tests.infrastructure.evidence.files import (
    APP0,
    DOCX,
    FRAME,
    IDAT,
    IHDR,
    JPEG,
    PDF,
    PNG,
    SCAN,
    SIGNATURE,
    TEMPLATE,
    TYPES,
    archive,
    chunk,
    docx,
)

WHOLE = {MediaType.PDF: PDF, MediaType.PNG: PNG, MediaType.JPEG: JPEG, MediaType.DOCX: DOCX}
ZIP = archive({"a.txt": "hidden"})
RELS = "word/_rels/settings.xml.rels"


def refusal(content: bytes) -> tuple[str, str]:
    with pytest.raises(RefusedError) as refused:
        media_type(io.BytesIO(content), len(content))
    assert str(refused.value).isprintable()
    return refused.value.refused.code, refused.value.refused.found


@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.name)
def test_each_type_that_is_accepted_is_known_by_its_content(kind: MediaType) -> None:
    assert media_type(io.BytesIO(WHOLE[kind]), len(WHOLE[kind])) is kind


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"MZ\x90\0" + b"\0" * 60, "application/"),
        (b"<html><script>alert(1)</script></html>", ""),
        (b"GIF89a" + b"\0" * 20, "image/gif"),
        (b"just a letter", "of no known type"),
        (b"\n" + PDF, ""),
        (b"<?php ?>" + JPEG, ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ""),
    ],
    ids=["program", "page", "gif", "text", "pdf-behind-a-line", "jpeg-behind-a-script", "old-word"],
)
def test_another_type_is_refused_by_its_name(content: bytes, found: str) -> None:
    code, named = refusal(content)
    assert code == "EVIDENCE_TYPE_NOT_ALLOWED"
    assert found in named


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF[:-6], "its end is missing"),
        (PDF + b"<script>", "something else follows its end"),
        (PDF[:-6] + archive({"x": "y"})[:-2] + b"\x06\0%%EOF\n", "an archive is hidden in it"),
        (PNG[:-4], "its end is missing"),
        (PNG + ZIP, "something else follows its end"),
        (SIGNATURE + IHDR + chunk(b"IEND"), "it has no image"),
        (SIGNATURE + IDAT + IHDR + chunk(b"IEND"), "its header is not where it belongs"),
        (PNG.replace(IDAT, IDAT[:-1] + b"\xff"), "a checksum in it is wrong"),
        (SIGNATURE + IHDR + b"\xff\xff\xff\xff" + PNG, "its end is missing"),
        (JPEG[:-2], "its end is missing"),
        (b"\xff\xd8\xff", "its end is missing"),
        (JPEG + ZIP, "an archive is hidden in it"),
        (b"\xff\xd8" + APP0 + SCAN + b"\xff\xd9", "it has no image"),
        (b"\xff\xd8" + APP0 + b"\0" + FRAME, "a segment in it is broken"),
        (ZIP, "it is an archive and no document"),
        (DOCX[:-30], "its parts can not be read"),
        (DOCX[:60] + bytes([DOCX[60] ^ 0x55]) + DOCX[61:], "its parts can not be read"),
        (docx({"word/vbaProject.bin": b"x"}), "it holds a macro or a program"),
        (docx({"word/embeddings/oleObject1.bin": b"x"}), "it holds a macro or a program"),
        (docx({"word/embeddings/Sheet.xlsm": b"x"}), "it holds a macro or a program"),
        (docx({"word/activeX/activeX1.xml": b"x"}), "it holds a macro or a program"),
        (docx(types=TYPES + "<!-- macroEnabled -->"), "it holds a macro or a program"),
        (docx(types=TYPES + "<!-- &#109; -->"), "it is no document"),
        (docx(types=TYPES.replace("wordprocessingml.document", "presentationml.slideshow")), "it is no document"),
        (docx({"../../etc/passwd": b"x"}), "its parts have names that can not be trusted"),
        (docx({"WORD/document.xml": b"x"}), "its parts have names that can not be trusted"),
        (docx({RELS: TEMPLATE.format("https://example.org/t.dotm")}), "it fetches a template from elsewhere"),
        (docx({RELS: TEMPLATE.format(r"\\server\t.dotx")}), "it fetches a template from elsewhere"),
        (docx({RELS: TEMPLATE.format("&#104;ttps://example.org")}), "it fetches a template from elsewhere"),
        (docx({f"word/{number}.xml": "" for number in range(2_000)}), "unpacked it is too large"),
        (docx({"word/bomb.xml": bytes(201 * 1024 * 1024)}), "unpacked it is too large"),
    ],
)
def test_what_is_broken_hides_something_or_could_run_is_refused(content: bytes, found: str) -> None:
    assert refusal(content) == ("EVIDENCE_DAMAGED", found)


def test_a_template_on_a_disk_and_what_a_camera_writes_after_a_picture_are_accepted() -> None:
    for content in (docx({RELS: TEMPLATE.format(r"file:///C:\Sjablonen\brief.dotx")}), JPEG + b"SEFT" * 20):
        assert media_type(io.BytesIO(content), len(content)) in WHOLE


@given(kind=st.sampled_from(list(WHOLE)), data=st.data())
def test_a_damaged_file_is_accepted_or_refused_and_never_fails_otherwise(kind: MediaType, data: st.DataObject) -> None:
    content = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    try:
        assert media_type(io.BytesIO(content), len(content)) in WHOLE
    except RefusedError as refused:
        assert refused.refused.code in {"EVIDENCE_DAMAGED", "EVIDENCE_TYPE_NOT_ALLOWED"}  # noqa: PT017
