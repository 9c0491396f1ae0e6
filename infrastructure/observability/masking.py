"""Keeps personal data and secrets out of the log of the program.

A field whose name is not known to be harmless is masked; texts are searched for what can be told by its form. A name in
free text can not be told from other words: so no line of this program puts one there.
"""

import re
from datetime import datetime
from typing import Any

from domain.calendar import instant_text
from infrastructure.observability.correlation import LogLine

MASKED = "[masked]"
HARMLESS = frozenset(
    """
    attempts channel code command command_id contract_id contracts correlation_id entered event
    event_id exception exit_code facts failures host job kind level logged_at logger method milliseconds model outcome
    position port purchaser read_model recorded route state status stream_id subject version
    """.split()  # noqa: SIM905 - a list of so many names is read more easily as prose
)
"""Fields that hold no personal data: codes, counts, kinds, ids of contracts, facts and commands."""

_NAMES = (
    r"(?:(?:first|last|full|given|family|sur|sender)_?)?name|initials|actor|on_behalf_of|reader|signatory|recipient"
)
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    # values of a statement, and of a row that a database refused
    (re.compile(r"\[parameters: .*?\](?=\n|$)", re.DOTALL), f"[parameters: {MASKED}]"),
    (re.compile(r"(?m)^DETAIL:.*$"), f"DETAIL: {MASKED}"),
    (re.compile(r"input_value=.*?, input_type=", re.DOTALL), f"input_value={MASKED}, input_type="),
    # user:password@ of an address
    (re.compile(r"(?<=://)[^\s/@]*@"), f"{MASKED}@"),
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]{8,}"), rf"\1 {MASKED}"),
    (re.compile(r"(?i)([\w-]*(?:password|passwd|secret|token|api[_-]?key))([\"']?\s*[=:]\s*)\S+"), rf"\1\2{MASKED}"),
    (re.compile(r"[^\s@<>()\[\],;:\"'=]+@(?:localhost\b|(?:[\w-]+\.)+[^\W\d_]{2,})"), "[e-mail]"),
    (re.compile(r"(?i)\b(\w*serial(?:[ _-]?number)?\b[\"']?\s*[=:]?\s*[\"']?)[\w:.-]*\d[\w:.-]*"), rf"\1{MASKED}"),
    (re.compile(rf"(?i)\b({_NAMES})([\"']?\s*[=:]\s*)([\"']).*?\3"), rf"\1\2{MASKED}"),
)


def masked(text: str) -> str:
    """A text without e-mail addresses, certificate serials, logins, and names that stand in fields."""
    for form, instead in _FORMS:
        text = form.sub(instead, text)
    return text


def mask(_logger: Any, _method: str, line: LogLine) -> LogLine:
    """The line as it may be written; instants become UTC with Z."""
    for name, value in line.items():
        if name.startswith("_"):  # what the library itself keeps there until it writes
            continue
        if isinstance(value, datetime) and value.utcoffset() is not None:
            line[name] = instant_text(value)
        elif name not in HARMLESS and not isinstance(value, bool | int | float | None):
            line[name] = MASKED
        elif isinstance(value, str):
            line[name] = masked(value)
    return line
