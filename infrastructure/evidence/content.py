"""What a file is, told by its content alone: a document or a picture, whole, and nothing else beside it.

A file that two programs would read as two things is refused, as is one that could run.
"""

import zipfile
import zlib
from collections.abc import Callable
from enum import StrEnum
from typing import BinaryIO

from domain.refusal import Refused, RefusedError
from infrastructure.evidence.docx import docx_mistake

TAIL = 1024
"""Within so many bytes of the end a PDF says where it ends, after which some programs write a line or two."""
NOT_CODED = {0xC4, 0xC8, 0xCC}
"""Segments of a JPEG that are numbered like frames and are none."""
CHUNK = 1 << 16
MOST_SEGMENTS = 100_000
"""A picture of more segments is made to keep whoever reads it busy."""


class MediaType(StrEnum):
    """The types that are accepted as evidence."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def media_type(file: BinaryIO, size: int) -> MediaType:
    """The type of a file of so many bytes; raises ``RefusedError`` when it is not accepted or not whole."""
    file.seek(0)
    head = file.read(TAIL)
    for begin, found, mistake_in in KINDS:
        if head.startswith(begin):
            mistake = mistake_in(file, size)
            if mistake is None and found is not MediaType.DOCX and zipfile.is_zipfile(file):
                mistake = "an archive is hidden in it"
            if mistake is not None:
                raise RefusedError(
                    Refused(
                        "EVIDENCE_DAMAGED",
                        f"the file begins as {found.name} and can not be accepted: {mistake}; save it again as "
                        "PDF, PNG, JPEG or DOCX and send that",
                        found=mistake,
                        asked=f"a whole {found.name}",
                    )
                )
            return found
    name = _other(head)
    raise RefusedError(
        Refused(
            "EVIDENCE_TYPE_NOT_ALLOWED",
            f"the content of the file is {name}; evidence is a PDF, PNG, JPEG or DOCX, whatever the file is called",
            found=name,
            asked="PDF, PNG, JPEG or DOCX",
        )
    )


def _other(head: bytes) -> str:
    """What else it seems to be."""
    import puremagic  # noqa: PLC0415 - who supplies what is accepted does not wait for its tables

    try:
        found = puremagic.magic_string(head)
    except puremagic.PureError:
        return "of no known type"
    return next((each.mime_type for each in found if each.mime_type), "of no known type")


def _pdf_mistake(file: BinaryIO, size: int) -> str | None:
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    _, end, after = tail.rpartition(b"%%EOF")
    if not end or b"startxref" not in tail:
        return "its end is missing"
    return "something else follows its end" if after.strip(b"\r\n\t \0") else None


def _png_mistake(file: BinaryIO, size: int) -> str | None:
    """Walks over the chunks, each with a checksum of its own; the first and the last are fixed."""
    file.seek(8)
    place, seen = 8, set()
    for _ in range(MOST_SEGMENTS):
        if place + 12 > size:
            break
        length, kind = int.from_bytes(file.read(4)), file.read(4)
        if place + 12 + length > size:
            break
        if (kind == b"IHDR") != (place == 8):
            return "its header is not where it belongs"
        checksum = zlib.crc32(kind)
        for start in range(0, length, CHUNK):
            checksum = zlib.crc32(file.read(min(CHUNK, length - start)), checksum)
        if checksum != int.from_bytes(file.read(4)):
            return "a checksum in it is wrong"
        place += 12 + length
        seen.add(kind)
        if kind == b"IEND":
            whole = b"IDAT" in seen
            return "something else follows its end" if whole and place < size else None if whole else "it has no image"
    return "its end is missing"


def _jpeg_mistake(file: BinaryIO, size: int) -> str | None:
    """Walks over the segments up to the image, whose end must come; cameras write more after it."""
    place, framed = 2, False
    for _ in range(MOST_SEGMENTS):
        if place + 4 > size:
            break
        file.seek(place)
        mark, kind = file.read(2)
        length = int.from_bytes(file.read(2))
        if mark != 0xFF or length < 2:
            return "a segment in it is broken"
        framed = framed or (0xC0 <= kind <= 0xCF and kind not in NOT_CODED)
        place += 2 + length
        if kind == 0xDA:
            return (None if _ends(file, place) else "its end is missing") if framed else "it has no image"
    return "its end is missing"


def _ends(file: BinaryIO, place: int) -> bool:
    """Whether the mark of the end comes after a place."""
    file.seek(place)
    before = b""
    while chunk := file.read(CHUNK):
        if b"\xff\xd9" in before + chunk:
            return True
        before = chunk[-1:]
    return False


KINDS: tuple[tuple[bytes, MediaType, Callable[[BinaryIO, int], str | None]], ...] = (
    (b"%PDF-1.", MediaType.PDF, _pdf_mistake),
    (b"%PDF-2.", MediaType.PDF, _pdf_mistake),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG, _png_mistake),
    (b"\xff\xd8\xff", MediaType.JPEG, _jpeg_mistake),
    (b"PK\x03\x04", MediaType.DOCX, docx_mistake),
)
"""How each type begins, and what finds a mistake in the rest of it."""
