"""Agreements on paper: the same text gives the same bytes, and names are printed as they are written."""

import logging
import re
import zlib

import pytest

from application.ports import PrintedText
from infrastructure.bootstrap import agreement_printer

SHA = "651b59c962b8cbec3440f5f1e05442825b0e6cc3fc616b51dc98879e6292a673"
NAMES = "Praktijk Łódź, Ştefan Čermák, Győr, Ďuriš, Øystein, Ωmega, Шевченко, ĳsbreker, Müller & zoon"


def text_of(body: str, contract: str = "caresq/04001234/FYS/2025-2026") -> PrintedText:
    return PrintedText(f"ZORGOVEREENKOMST, {contract}", contract, f"SHA-256 van de aangeboden tekst: {SHA}", "nl", body)


def pages(file: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", file))


def operators(file: bytes) -> bytes:
    """What is drawn, decompressed."""
    found = b""
    for stream in re.findall(rb"stream\n(.*?)\nendstream", file, re.DOTALL):
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            continue
    return found


def test_the_same_text_gives_the_same_bytes() -> None:
    text = text_of("ZORGOVEREENKOMST\nKenmerk\n\n  1. Deel\n")

    assert agreement_printer().pdf(text) == agreement_printer().pdf(text)
    assert agreement_printer().pdf(text) != agreement_printer().pdf(text._replace(text="ZORGOVEREENKOMST\nanders\n"))


def test_names_of_every_european_language_are_printed(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        file = agreement_printer().pdf(text_of(f"ZORGOVEREENKOMST\n{NAMES}\n"))

    assert [each.getMessage() for each in caplog.records if "glyph" in each.getMessage()] == []
    assert b"/ToUnicode" in file, "the text can be searched and copied"
    assert b"NotoSans" in file, "the font is in the file"


def test_a_long_text_goes_on_to_a_next_page_each_with_its_head_and_foot() -> None:
    one = agreement_printer().pdf(text_of("ZORGOVEREENKOMST\nregel\n"))
    long = agreement_printer().pdf(text_of("ZORGOVEREENKOMST\n" + "regel\n" * 90))

    assert pages(one) == 1
    assert pages(long) == 3
    assert operators(long).count(b"0.353 g") == operators(one).count(b"0.353 g") * 3, (
        "a grey head and foot on each page"
    )


def test_a_page_is_a4() -> None:
    assert b"/MediaBox [0 0 595.28 841.89]" in agreement_printer().pdf(text_of("ZORGOVEREENKOMST\n"))


def test_nothing_in_the_file_depends_on_when_it_was_made() -> None:
    assert b"/CreationDate (D:20000101000000Z)" in agreement_printer().pdf(text_of("ZORGOVEREENKOMST\n"))
