"""The fictional world of the sample register: professions, places, names, and how often each occurs."""

from typing import NamedTuple

from infrastructure.providers.chance import Weights


class Sector(NamedTuple):
    """One profession: its care type, its AGB prefix, how a practice is called, and its specialisations."""

    care_type: str
    profession: str
    prefix: str
    title: str
    specialisations: Weights[str]
    most_professionals: int


PHYSIOTHERAPY = Sector(
    "FYS",
    "fysiotherapeut",
    "04",
    "Fysiotherapie",
    (
        ("manueel", 30),
        ("sport", 14),
        ("kinder", 12),
        ("geriatrie", 11),
        ("bekken", 9),
        ("oedeem", 8),
        ("psychosomatisch", 5),
        ("oncologie", 5),
        ("orofaciaal", 3),
        ("arbeid", 3),
        ("dry_needling", 8),
    ),
    12,
)
EXERCISE_THERAPY = Sector(
    "OEF",
    "oefentherapeut",
    "07",
    "Oefentherapie",
    (("kinder", 5), ("psychosomatisch", 4), ("bekken", 2)),
    5,
)
SPEECH_THERAPY = Sector(
    "LOG",
    "logopedist",
    "05",
    "Logopedie",
    (("stotteren", 4), ("afasie", 3), ("prelogopedie", 3)),
    7,
)
DIETETICS = Sector(
    "DIE",
    "dietist",
    "24",
    "Diëtetiek",
    (("sportdietetiek", 2), ("oncologie", 2)),
    4,
)
OCCUPATIONAL_THERAPY = Sector(
    "ERG",
    "ergotherapeut",
    "88",
    "Ergotherapie",
    (("handtherapie", 4), ("kinder", 4)),
    6,
)
SKIN_THERAPY = Sector(
    "HUI",
    "huidtherapeut",
    "90",
    "Huidtherapie",
    (("oedeem", 4), ("acnetherapie", 3)),
    4,
)
PODIATRY = Sector("VOET", "podotherapeut", "26", "Podotherapie", (), 4)
PEDICURE = Sector("VOET", "pedicure", "26", "Voetzorg", (("diabetes", 5),), 2)
LIFESTYLE = Sector("GLI", "leefstijlcoach", "90", "Leefstijl", (), 3)

SECTORS = (
    (PHYSIOTHERAPY, 56),
    (SPEECH_THERAPY, 12),
    (EXERCISE_THERAPY, 8),
    (DIETETICS, 8),
    (OCCUPATIONAL_THERAPY, 5),
    (SKIN_THERAPY, 4),
    (PODIATRY, 3),
    (PEDICURE, 2),
    (LIFESTYLE, 2),
)
REGIONS = (
    (("Groningen", ("Groningen", "Delfzijl", "Stadskanaal", "Winschoten")), 3),
    (("Fryslân", ("Leeuwarden", "Sneek", "Drachten", "Heerenveen")), 4),
    (("Drenthe", ("Assen", "Emmen", "Hoogeveen", "Meppel")), 3),
    (("Overijssel", ("Zwolle", "Enschede", "Deventer", "Almelo", "Hengelo")), 7),
    (("Flevoland", ("Almere", "Lelystad", "Dronten")), 2),
    (("Gelderland", ("Arnhem", "Nijmegen", "Apeldoorn", "Ede", "Doetinchem", "Tiel")), 12),
    (("Utrecht", ("Utrecht", "Amersfoort", "Zeist", "Veenendaal", "Woerden")), 8),
    (("Noord-Holland", ("Amsterdam", "Haarlem", "Alkmaar", "Hilversum", "Hoorn", "Zaandam")), 16),
    (("Zuid-Holland", ("Rotterdam", "’s-Gravenhage", "Leiden", "Dordrecht", "Gouda", "Delft", "Zoetermeer")), 20),
    (("Zeeland", ("Middelburg", "Goes", "Terneuzen", "Vlissingen")), 2),
    (("Noord-Brabant", ("Eindhoven", "Tilburg", "Breda", "’s-Hertogenbosch", "Helmond", "Oss")), 15),
    (("Limburg", ("Maastricht", "Venlo", "Roermond", "Heerlen", "Sittard")), 7),
)
PLACES = (
    "De Linde", "Het Plein", "Aan de Vaart", "De Brug", "Zuiderpark", "De Esdoorn", "Molenwijk", "Het Kompas",
    "De Spil", "Oosterhof", "De Beuk", "Stationskwartier", "De Haven", "Kastanjelaan", "Het Anker", "De Wending",
    "Parkzicht", "De Meent", "Westerkade", "De Terp",
)  # fmt: skip
INITIALS = "ABCDEFGHIJKLMNPRSTVW"
SURNAMES = (
    "Voorbeeld", "van Voorbeeld", "de Proef", "Monster", "van der Schets", "Verzonnen", "van den Denkbeeld", "Fictie",
    "ter Illustratie", "Modelman",
)  # fmt: skip
NETWORKED = {"FYS": 0.06, "OEF": 0.06, "LOG": 0.05, "DIE": 0.03, "ERG": 0.06}
CLAUDICATION = {"FYS": 0.09, "OEF": 0.06}
HOURS = (
    ("40", 8),
    ("36", 26),
    ("32", 24),
    ("28", 10),
    ("24", 16),
    ("20", 7),
    ("16.5", 5),
    ("12", 3),
    ("8", 1),
)
CONTRACTED_YEARS: Weights[tuple[str, ...]] = (
    (("2021", "2022", "2023", "2024"), 66),
    (("2022", "2023", "2024"), 10),
    (("2023", "2024"), 7),
    (("2024",), 4),
    (("2022", "2023"), 2),
    (("2021",), 4),
    ((), 7),
)
PREFIXES_WITHOUT_RULE = ("41", "70", "84", "96")
