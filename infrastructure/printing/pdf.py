"""An agreement text as PDF: the same text gives the same bytes, in a font that has every European name."""

from datetime import UTC, datetime

import fontpkg_noto_sans
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from application.ports import PrintedText

FONT = "Noto Sans"
FILE = fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf"
MARGIN, LINE = 22, 6
"""Millimetres: around the page, and from line to line."""
SIZE, HEADING, SMALL = 10.5, 13, 7.5
"""Points."""
GREY = 90
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""The date inside every file, so that it never differs; what counts stands in the log."""


class PdfPrinter:
    """Lays out a text on A4 with its contract, its SHA-256 and the page number on every page."""

    def pdf(self, text: PrintedText) -> bytes:
        """The file; raises nothing for a character that the font lacks, which prints as an empty box."""
        page = _Page(text)
        heading, _, rest = text.text.partition("\n")
        page.set_font(FONT, size=HEADING)
        page.multi_cell(0, LINE + 1, heading, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.set_font(FONT, size=SIZE)
        for line in rest.rstrip("\n").split("\n"):
            if line.strip():
                _line(page, line)
            else:
                page.ln(LINE)
        return bytes(page.output())


class _Page(FPDF):
    """The head and the foot of every page."""

    def __init__(self, text: PrintedText) -> None:
        super().__init__(format="A4")
        self._about = text
        self.set_creation_date(CREATED)
        self.set_title(text.title)
        self.set_lang(text.language)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.add_font(FONT, fname=FILE)
        self.set_font(FONT, size=SIZE)
        self.add_page()

    def header(self) -> None:
        """The contract, and the fingerprint of the text that was offered."""
        self.set_y(MARGIN / 2)
        self._small(f"{self._about.contract}\n{self._about.fingerprint}")
        self.set_y(MARGIN + LINE)

    def footer(self) -> None:
        """Which page it is, of how many."""
        self.set_y(-MARGIN / 1.5)
        self._small(f"{self.page_no()} / {{nb}}")

    def _small(self, text: str) -> None:
        self.set_font(FONT, size=SMALL)
        self.set_text_color(GREY)
        self.multi_cell(0, LINE / 1.6, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)
        self.set_font(FONT, size=SIZE)


def _line(page: FPDF, line: str) -> None:
    """A line that begins further in stays so where it goes on."""
    indent = (len(line) - len(line.lstrip(" "))) * 2
    page.set_x(MARGIN + indent)
    page.multi_cell(0, LINE, line.strip(), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
