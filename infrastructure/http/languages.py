"""The language that a request asks for."""

from application.wording.explanations import Language


def language_asked(accept_language: str) -> Language:
    """Dutch or English, whichever an ``Accept-Language`` header prefers; English where it names neither.

    Never raises: a header that can not be read asks for nothing.
    """
    best, found = 0.0, Language.EN
    for part in accept_language.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language in {"nl", "en"} and weight > best:
            best, found = weight, Language(language)
    return found


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
