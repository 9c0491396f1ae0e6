"""The purchaser's template of an agreement text: its own words, with names in braces for what differs by contract."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator

from domain.model import Frozen

NAMES = {
    "heading": "the care in capitals, with the tier",
    "contract": "the id of the contract",
    "insurers": "for whom is bought",
    "purchaser": "who buys",
    "practice": "the practice's name",
    "agb": "its AGB code",
    "start": "the first day, or by what the signature makes it",
    "end": "the last day",
    "tier": "the tier, where there is one",
    "tier_clause": "its clause",
    "tier_from": "from when it holds",
    "number": "the number of a part",
    "part": "a part of the agreement; its line comes once for each",
    "clause": "the clause of the agreement",
    "template": "the name of the template",
    "policy": "the id of the policy",
    "title": "its title",
}
"""What a template can name."""
NEEDED = ("contract", "insurers", "purchaser", "practice", "agb", "start", "end", "policy")
"""What an agreement can not do without."""
OF_A_TIER = ("tier", "tier_clause", "tier_from")
_NAME = re.compile(r"\{([^{}]*)\}")


def _checked(text: str) -> str:
    named = set(_NAME.findall(text))
    strange = sorted(named - NAMES.keys())
    if strange:
        raise ValueError(f"names {{{strange[0]}}}, expected one of {', '.join(NAMES)}")
    if "{" in _NAME.sub("", text) or "}" in _NAME.sub("", text):
        raise ValueError("has a brace that stands alone, expected braces around a name only")
    if any("number" in found and "part" not in found for found in map(_NAME.findall, text.split("\n"))):
        raise ValueError("names {number} on a line without {part}, expected the two on one line")
    missing = [name for name in NEEDED if name not in named]
    if missing:
        raise ValueError(f"does not name {', '.join(f'{{{name}}}' for name in missing)}")
    return text


Template = Annotated[str, AfterValidator(_checked)]
"""A text of several lines with names in braces; a line about a tier is left out where there is none."""


class AgreementTexts(Frozen):
    """The template in both languages; the Dutch text is what is offered and signed, the English one translates it."""

    nl: Template
    en: Template


def filled(template: str, values: Mapping[str, str], parts: Iterable[str]) -> str:
    """The text that a template comes to, with UNIX line ends."""
    numbered = [(str(number), part) for number, part in enumerate(parts, start=1)]
    return "".join(f"{line}\n" for line in _lines(template.rstrip("\n").split("\n"), values, numbered))


def _lines(lines: Iterable[str], values: Mapping[str, str], parts: list[tuple[str, str]]) -> Iterator[str]:
    for line in lines:
        named = _NAME.findall(line)
        if "part" in named:
            for number, part in parts:
                yield line.format_map({**values, "number": number, "part": part})
        elif all(values[name] for name in named if name in OF_A_TIER):
            yield line.format_map(values)


_UNIFORM_NL = """\
ZORGOVEREENKOMST {heading}
Kenmerk {contract}

Partijen: {insurers}, vertegenwoordigd door {purchaser},
en {practice}, AGB-code {agb}.

Looptijd: {start} tot en met {end}.
Overeenkomst {tier} ({tier_clause}) geldt vanaf {tier_from}.

Onderdelen (sjabloon {template}, {clause}):
  {number}. {part}
Inkoopbeleid: {policy}, {title}.
"""
_UNIFORM_EN = """\
AGREEMENT FOR CARE: {heading}
Reference {contract}

Parties: {insurers}, represented by {purchaser},
and {practice}, AGB code {agb}.

Term: {start} up to and including {end}.
Agreement {tier} ({tier_clause}) holds from {tier_from}.

Parts (template {template}, {clause}):
  {number}. {part}
Procurement policy: {policy}, {title}.
"""
UNIFORM = AgreementTexts(nl=_UNIFORM_NL, en=_UNIFORM_EN)
"""The words of policies that name the template and state no text of their own; they stand behind stored hashes."""
