"""The language that a request asks for."""

from application.wording.explanations import Language


def language_asked(accept_language: str) -> Language:
    """Dutch or English, whichever an ``Accept-Language`` header prefers; English where it names neither.

    ``*`` speaks of those that are not named. Never raises: a header that can not be read asks for nothing.
    """
    weights: dict[str, float] = {}
    for part in accept_language.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        weights[language] = max(weights.get(language, 0.0), _weight(parameters))
    others = weights.get("*", 0.0)
    named = [each for each in weights if each in set(Language)] + list(Language)[::-1]
    best = max(named, key=lambda each: weights.get(each, others))
    return Language(best) if weights.get(best, others) > 0 else Language.EN


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
