"""Letters in words: a template for each kind and language, one layout for text and one for HTML.

A template's first line is the title; paragraphs follow, and lists whose lines begin with a dash.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from application.letters.letter import Language, Letter
from application.wording.explanations import OUTCOMES
from domain.calendar import local_day
from domain.explanation import Outcome
from domain.policy.letters import SubjectPart
from domain.policy.values import Bilingual

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_TEMPLATES = Path(__file__).parent / "templates"
_WORDS = {
    Language.NL: {
        "dear": "Geachte",
        "regards": "Met vriendelijke groet",
        "reference": "Kenmerk",
        "in_portal": "In het portaal",
        "agb": "AGB-code",
    },
    Language.EN: {
        "dear": "Dear",
        "regards": "Kind regards",
        "reference": "Reference",
        "in_portal": "In the portal",
        "agb": "AGB code",
    },
}


class Worded(NamedTuple):
    """A letter as it is sent, in one language; no line is wrapped."""

    subject: str
    text: str
    html: str


def word(letter: Letter, language: Language) -> Worded:
    """The letter in words; the same letter reads the same for ever in one version of the templates."""
    words = _WORDS[language]
    care_type = letter.care_type.dutch if language is Language.NL else letter.care_type.english
    values = {
        "letter": letter,
        "purchaser": letter.purchaser_name,
        "care_type": care_type,
        "language": language.value,
        "words": words,
    }
    found = _environment(language, html=False).get_template(f"{language}/{letter.kind}.j2").render(values).strip()
    title, _, body = found.partition("\n\n")
    if letter.heading is not None:
        title = letter.heading.nl if language is Language.NL else letter.heading.en
    blocks = list(_blocks(body))
    named = {SubjectPart.AGB: f"{words['agb']} {letter.agb}", SubjectPart.CARE_TYPE: care_type}
    return Worded(
        subject=" - ".join((title, *(named[part] for part in letter.subject))),
        text=_environment(language, html=False).get_template("text.j2").render(values, body=_as_text(blocks)),
        html=_environment(language, html=True).get_template("html.j2").render(values, title=title, blocks=blocks),
    )


Block = tuple[str, str | list[str]]


def _blocks(body: str) -> Iterator[Block]:
    for paragraph in body.split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        if lines and all(line.startswith("- ") for line in lines):
            yield "list", [line.removeprefix("- ") for line in lines]
        elif lines:
            yield "paragraph", " ".join(lines)


def _as_text(blocks: list[Block]) -> str:
    return "\n\n".join(
        "\n".join(f"- {line}" for line in content) if isinstance(content, list) else content for _, content in blocks
    )


@cache
def _environment(language: Language, *, html: bool) -> "ImmutableSandboxedEnvironment":
    """What stands in a letter was written by others: nothing of it is ever run, and HTML of it is shown as text."""
    # only who words a letter waits for these
    from babel.dates import format_date  # noqa: PLC0415
    from jinja2 import FileSystemLoader, StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=html, undefined=StrictUndefined, keep_trailing_newline=True
    )

    def told(name: Bilingual) -> str:
        return name.nl if language is Language.NL else name.en

    def day(value: date) -> str:
        return str(format_date(value, format="d MMMM y", locale=language.value))

    def day_of(value: datetime) -> str:
        return day(local_day(value))

    def outcome(value: Outcome) -> str:
        return str(getattr(OUTCOMES[value], language))

    environment.filters.update(told=told, day=day, local_day=day_of, outcome=outcome)
    return environment
