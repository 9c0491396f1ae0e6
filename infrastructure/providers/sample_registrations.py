"""Quality registers of the professionals of the sample, and the lifestyle interventions that practices deliver.

The codes are those that the packaged policies ask for.
"""

from collections.abc import Iterator, Sequence

from infrastructure.providers.chance import Chance, Weights

Cells = dict[str, str]

LIFESTYLE_COACHING = "leefstijlcoaching"
_COACHES = {"fysiotherapeut": "krf_nl", "oefentherapeut": "kp", "dietist": "kp"}
"""In which register a profession has its annotation for lifestyle coaching."""

_PEDICURES: Weights[tuple[str, str]] = (
    (("krp", "medisch_pedicure"), 60),
    (("krp", "diabetes"), 15),
    (("krp", "reuma"), 5),
    (("kmv_nmmv", ""), 10),
    (("rpv_stipezo", ""), 7),
    (("krp", ""), 3),
)
_INTERVENTIONS = (
    ("CooL", 40),
    ("BeweegKuur", 18),
    ("SLIMMER", 16),
    ("X-fitt", 10),
    ("Samen Sportief in Beweging", 6),
    ("Keer diabetes 2 om regulier", 4),
    ("Keer diabetes 2 om online", 3),
    ("Fit voor later (voorbeeld)", 3),
)


def registrations(
    chance: Chance, profession: str, specialisations: Sequence[str], since: str, *, in_skf: bool
) -> Iterator[Cells]:
    """The registrations of one professional; a few miss one, and very few have none at all."""
    if not chance.happens(0.998):
        return
    for register, annotation in _entries(chance, profession, specialisations, in_skf=in_skf):
        if chance.happens(0.995):
            yield {"record": "registration", "register": register, "annotation": annotation, "valid_from": since}


def _entries(
    chance: Chance, profession: str, specialisations: Sequence[str], *, in_skf: bool
) -> Iterator[tuple[str, str]]:
    match profession:
        case "fysiotherapeut":
            yield "big", ""
            yield ("skf", "") if in_skf else ("irf_kngf", "")
        case "pedicure":
            yield chance.weighted(_PEDICURES)
        case "leefstijlcoach":
            if chance.happens(0.94):
                yield "kabiz", ""
        case _:
            yield "kp", ""
            yield from (("kp_deelregister", code) for code in specialisations)
    if profession in _COACHES and chance.happens(0.02):
        yield _COACHES[profession], LIFESTYLE_COACHING


def interventions(chance: Chance, since: str) -> Iterator[Cells]:
    """One lifestyle intervention, seldom two; of some the licence or the start instruction is missing."""
    delivered = {chance.weighted(_INTERVENTIONS)}
    if chance.happens(0.15):
        delivered.add(chance.weighted(_INTERVENTIONS))
    for intervention in sorted(delivered):
        yield {
            "record": "gli",
            "intervention": intervention,
            "licence": "yes" if chance.happens(0.95) else "no",
            "start_instruction": "yes" if chance.happens(0.96) else "no",
            "valid_from": since,
        }
