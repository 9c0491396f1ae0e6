"""Small files of every type that is accepted, and parts from which others are put together."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
TEMPLATE = (
    '<Relationships><Relationship Id="rId1" TargetMode="External" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="{}"/>'
    "</Relationships>"
)


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name, (2025, 5, 20, 12, 0, 0)), content)
    return written.getvalue()


def docx(more: Mapping[str, str | bytes] | None = None, types: str = TYPES) -> bytes:
    """A document of Word, with further parts."""
    return archive({"[Content_Types].xml": types, "word/document.xml": "<w:document/>", **(more or {})})


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
IHDR = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
IDAT = chunk(b"IDAT", zlib.compress(b"\0\0"))
PNG = SIGNATURE + IHDR + IDAT + chunk(b"IEND")


def segment(kind: int, content: bytes) -> bytes:
    """A part of a JPEG."""
    return struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content


APP0 = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
FRAME = segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0")
JPEG = b"\xff\xd8" + APP0 + FRAME + SCAN + b"\x12\x34\xff\0\x56\xff\xd9"
DOCX = docx()
