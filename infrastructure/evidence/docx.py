"""Whether an archive is a document of Word that nothing in it can make run."""

import re
import struct
import zipfile
import zlib
from typing import BinaryIO

DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES, BODY, SETTINGS = "[Content_Types].xml", "word/document.xml", "settings.xml.rels"
ELSEWHERE = re.compile(rb"""\btarget\s*=\s*["']\s*(https?:|ftp:|\\\\|//|file:(//[^/]|////|\\))""", re.IGNORECASE)
"""A template that is fetched over a network when the document is opened; one on a disk is not."""
MOST_PARTS, MOST_UNPACKED, MOST_TYPES = 2_000, 200 * 1024 * 1024, 1024 * 1024
"""Beyond these it is no letter or certificate but something made to exhaust whoever opens it."""
RUNS = (
    *(".bin", ".exe", ".dll", ".js", ".vbs", ".com", ".bat", ".cmd", ".scr", ".ps1"),
    *(".docm", ".dotm", ".xlsm", ".pptm"),
)
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, OSError, ValueError, RuntimeError, NotImplementedError),
)


def docx_mistake(file: BinaryIO, _size: int) -> str | None:
    """Why it is none that can be accepted, if so."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _names_mistake(archive.infolist()) or _parts_mistake(archive)
    except UNREADABLE:
        return "its parts can not be read"


def _names_mistake(parts: list[zipfile.ZipInfo]) -> str | None:
    names = [each.filename for each in parts]
    lower = [each.lower() for each in names]
    if TYPES not in names or BODY not in names:
        return "it is an archive and no document"
    if min(each.header_offset for each in parts) != 0:
        return "something else comes before it"
    if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > MOST_UNPACKED:
        return "unpacked it is too large"
    if len(set(lower)) != len(lower) or any("\\" in each or ".." in each or each.startswith("/") for each in names):
        return "its parts have names that can not be trusted"
    if any("vba" in each or "activex" in each or each.endswith(RUNS) for each in lower):
        return "it holds a macro or a program"
    return None


def _parts_mistake(archive: zipfile.ZipFile) -> str | None:
    types = _start_of(archive, TYPES)
    # an entity or another encoding could spell a macro's type so that it is not seen here
    if DOCUMENT not in types or b"&" in types or b"\0" in types or len(types) >= MOST_TYPES:
        return "it is no document"
    if b"macroenabled" in types.lower():
        return "it holds a macro or a program"
    for name in archive.namelist():
        if name.endswith(SETTINGS):
            rules = _start_of(archive, name)
            if b"attachedtemplate" in rules.lower() and (b"&#" in rules or ELSEWHERE.search(rules)):
                return "it fetches a template from elsewhere"
    return None if archive.testzip() is None else "a checksum in it is wrong"


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MOST_TYPES)
