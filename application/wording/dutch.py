"""What the rules find and ask, in Dutch: a phrase book from the English that stands in the log.

A phrase has places for what varies; what stands in one is looked up in its turn, and stays as it is where it is a
number, a day, a code or a name.
"""

import re
from functools import cache

BOOK = """
a VECOZO certificate valid on {} = een VECOZO-certificaat dat geldig is op {}
a bureau on the list on {} ({}) = een bureau dat op {} op de lijst staat ({})
a bureau on the list = een bureau op de lijst
a care type that can follow another insurer = een zorgsoort waarvoor het volgbeleid geldt
a care type that is contracted under this policy = een zorgsoort die volgens dit beleid wordt gecontracteerd
a care type with a questionnaire = een zorgsoort met een vragenlijst
a complete questionnaire = een volledige vragenlijst
a confirmed questionnaire = een bevestigde vragenlijst
a contract for any care type in force in {} = een overeenkomst voor enige zorgsoort, van kracht in {}
a contract for {} in force in {} = een overeenkomst voor {}, van kracht in {}
a contract in force in one of {}..{} = een overeenkomst die van kracht was in een van de jaren {}..{}
a contract that has ended = een overeenkomst die is geëindigd
a doubt that an officer signalled = een twijfel die een medewerker heeft gemeld
a granted application = een toegekende aanvraag
a number {} = een getal {}
a policy that extends the term = een beleid dat de looptijd verlengt
a person decided = een medewerker heeft besloten
a person's verdict = het oordeel van een medewerker
a positive assessment = een positieve beoordeling
a profession that the registers do not know = een beroep dat de registers niet kennen
a questionnaire that is not confirmed = een vragenlijst die niet is bevestigd
a questionnaire that was sent = een vragenlijst die is verzonden
a recognised specialisation = een erkende specialisatie
a registered practice = een geregistreerde praktijk
a round that approaches = een ronde die benadert
a signed contract = een getekende overeenkomst
a signed contract, from {} on = een getekende overeenkomst, vanaf {}
a start within the term = een ingangsdatum binnen de looptijd
a term that is decided = een looptijd die is vastgesteld
a valid certificate = een geldig certificaat
a whole number {} = een geheel getal {}
above {n} = boven {}
accepted = goedgekeurd
accepted evidence ({}) = goedgekeurd bewijs ({})
adopted, in force from {d} = vastgesteld, van kracht vanaf {}
all of this care type = alles van deze zorgsoort
an approached practice = een benaderde praktijk
an application whose contract is not signed = een aanvraag waarvan de overeenkomst niet is getekend
an attempt is under way = er loopt al een aanvraag of aanbod
an authorised signatory = een tekenbevoegde
an authorised signatory on {} = een tekenbevoegde op {}
an offer that is not signed = een aanbod dat niet is getekend
an offer that stands = een aanbod dat openstaat
an officer signalled doubt = een medewerker heeft twijfel gemeld
an opt-out in force = een geldende afmelding
an uploaded proof; a corrected one can be sent = een ingediend bewijsstuk; een verbeterd stuk kan worden gestuurd
another certificate = een ander certificaat
another insurer's agreement for {} = de afspraken van een andere verzekeraar voor {}
another text = een andere tekst
application_only = alleen op aanvraag
approached on {} = benaderd op {}
approved by a person = goedgekeurd door een medewerker
asked, never bars = gevraagd, weigert nooit
asked in no way = op geen manier gevraagd
assessed on {} = beoordeeld op {}
assessed on {}, last signing day {} = beoordeeld op {}, uiterste tekendatum {}
at least one {}: {} = ten minste een {}: {}
at least one {} = ten minste een {}
at least {n} factor = ten minste {} factor
at least {n} factors = ten minste {} factoren
at least {n} hours = ten minste {} uur
at least {n} of {} = ten minste {} uit {}
at least {n} point = ten minste {} punt
at least {n} points = ten minste {} punten
{w} at least {n} years before {d} = {} ten minste {} jaar voor {}
at least {n} = ten minste {}
at most {n} = ten hoogste {}
below {n} = onder {}
by notice of the purchaser = door een bericht van de inkoper
by notice of the purchaser on or before {d} = door een bericht van de inkoper, uiterlijk op {}
claimed in the questionnaire = geclaimd in de vragenlijst
closed = gesloten
complete = volledig
confirmed on {} = bevestigd op {}
counts from {} = telt vanaf {}
decided by a person = door een medewerker besloten
decided by person, in the term from {} = door een medewerker besloten, binnen de looptijd vanaf {}
declared = verklaard
declared not to be met = verklaard er niet aan te voldoen
declined on {} = afgewezen op {}
deferred = uitgesteld
direct_offer = rechtstreeks aanbod
dismissed by a person = afgewezen door een medewerker
established on the day of confirmation = vastgesteld op de dag van bevestiging
every {}: {} = iedere {}: {}
due on {d} = te toetsen op {}
ended by a person, last day {d} = beëindigd door een medewerker, laatste dag {}
failed on {d} = niet geslaagd op {}
failed on {d}, ends on {d} = niet geslaagd op {}, eindigt op {}
first of month after application, in the term from {} = eerste van de maand na de aanvraag, binnen de looptijd vanaf {}
first of month after signature, in the term from {} = eerste van de maand na ondertekening, binnen de looptijd vanaf {}
fixed day, in the term from {} = vaste dag, binnen de looptijd vanaf {}
for a person = voor een medewerker
found on {} = geconstateerd op {}
from {}, the end is not decided = vanaf {}, het einde is nog niet vastgesteld
genuine = echt
genuine, and of this practice = echt, en van deze praktijk
given on {d} = gegeven op {}
goes to {} = gaat naar {}
granted on {} = toegekend op {}
implied by {}, counts from {} = volgt uit {}, telt vanaf {}
in force in {} = van kracht in {}
in force on {} = van kracht op {}
in force until {} = van kracht tot en met {}
independent = zelfstandig
institution = instelling
hospital = ziekenhuis
independent, institution, hospital = zelfstandig, instelling, ziekenhuis
missed, in force until {d} = gemist, van kracht tot en met {}
month of signature, in the term from {} = maand van ondertekening, binnen de looptijd vanaf {}
more than {n} in {n} = meer dan {} in {}
next quarter day, in the term from {} = eerste dag van het volgende kwartaal, binnen de looptijd vanaf {}
no accepted evidence = geen goedgekeurd bewijs
no answers = geen antwoorden
no authorised signatory = geen tekenbevoegde
no bureau named = geen bureau genoemd
no claims for the running year, from {} on = geen declaraties over het lopende jaar, vanaf {}
no contract and no attempt that runs = geen lopende overeenkomst of aanvraag
no contract in force on {} = geen overeenkomst van kracht op {}
no doubt on record = geen twijfel vastgelegd
no doubt, or a person's verdict = geen twijfel, of het oordeel van een medewerker
no end before its term = geen einde voor de looptijd
no evidence at all = helemaal geen bewijs
no intervention known = geen interventie bekend
no longer attached: {} = niet meer verbonden: {}
no offer = geen aanbod
no opt-out = geen afmelding
no opt-out in force = geen geldende afmelding
no other tier = geen ander niveau
no registration known = geen registratie bekend
no specialisation = geen specialisatie
no start = geen ingangsdatum
no verdict yet = nog geen oordeel
nobody attached = niemand verbonden
none = geen
none chosen = niets gekozen
none delivered on {} = op {} geen geleverd
none in force = geen van kracht
none in force in {} = geen van kracht in {}
none runs on = geen die doorloopt
none valid on {} = geen geldig op {}
not a member = geen lid
not approached = niet benaderd
not assessed = niet beoordeeld
not before {} = niet voor {}
not claimed = niet geclaimd
not confirmed = niet bevestigd
not declared = niet verklaard
not established = niet vastgesteld
not found to fall short of the conditions up to {} = tot en met {} geen tekortkoming aan de voorwaarden gevonden
not given = niet opgegeven
not granted = niet toegekend
not met: {} = niet voldaan: {}
not named: {} = niet genoemd: {}
not registered = niet geregistreerd
not registered for {} = niet geregistreerd voor {}
not registered in Vektis = niet geregistreerd bij Vektis
not sent = niet verzonden
not signed = niet getekend
not yet answered: {} = nog niet beantwoord: {}
not yet checked = nog niet gecontroleerd
nothing came = er kwam niets
nothing found = niets gevonden
nothing known = niets bekend
nothing known of {} = niets bekend over {}
nothing on record = niets vastgelegd
nothing to transfer = niets over te dragen
nothing was uploaded = er is niets ingediend
offered on {} = aangeboden op {}
on or before {} = uiterlijk op {}
on or before {}, preferably {} = uiterlijk op {}, liefst op {}
on or before {}, the end of the term = uiterlijk op {}, het einde van de looptijd
on {d} = op {}
one of {} = een van {}
passed on or before {d} = geslaagd uiterlijk op {}
passed on {d} = geslaagd op {}
questionnaire = vragenlijst
received on {} = ontvangen op {}
recognised, licence, start instruction = erkend, licentie, startinstructie
registered from {}, confirmed on {} = geregistreerd vanaf {}, bevestigd op {}
registered in Vektis = geregistreerd bij Vektis
registration ends on {}, the contract starts on {} = registratie eindigt op {}, de overeenkomst start op {}
rejected = afgekeurd
signed on {} = getekend op {}
since {} = sinds {}
supplied on {} = ingediend op {}
supplied on {}, not yet checked = ingediend op {}, nog niet gecontroleerd
supplied on {}, rejected = ingediend op {}, afgekeurd
term start, in the term from {} = start van de looptijd, binnen de looptijd vanaf {}
the certificate registered for the signatory = het certificaat dat voor de tekenbevoegde is geregistreerd
the one registered = het geregistreerde
the signature of an authorised signatory = de ondertekening door een tekenbevoegde
the start that a person decides = de ingangsdatum die een medewerker bepaalt
the text offered = de aangeboden tekst
the text signed = de getekende tekst
the tier proven on {} = het niveau dat op {} is bewezen
the tier while a number is not known = het niveau zolang een getal niet bekend is
tier {} = niveau {}
to be signed on or before {} = uiterlijk op {} te tekenen
to be signed on or before {}, preferably {} = uiterlijk op {} te tekenen, liefst op {}
told on {} = doorgegeven op {}
until {d}, was {} = tot en met {}, was {}
until {}, exclusive, or from {} on = tot {}, die dag niet meegerekend, of vanaf {}
until {}, inclusive, or from {} on = tot en met {}, of vanaf {}
valid on {} and not ending before {} = geldig op {} en niet eindigend voor {}
valid until {} = geldig tot en met {}
wants no offer = wil geen aanbod
what is claimed and asks no evidence = wat is geclaimd en geen bewijs vraagt
would count from {}, the contract ends on {} = zou tellen vanaf {}, de overeenkomst eindigt op {}
would start on {} = zou ingaan op {}
yes = ja
no = nee
{n} attached = {} verbonden
{n} attached, {n} by annotation = {} verbonden, {} door aantekening
{n} established on {d} = {} vastgesteld op {}
{n} factor = {} factor
{n} factors = {} factoren
{n} factor from {d} = {} factor vanaf {}
{n} factors from {d} = {} factoren vanaf {}
{n} hours a week for this practice = {} uur per week voor deze praktijk
{n} in {n} = {} in {}
{n} in {n}, nothing known for {} = {} in {}, niets bekend voor {}
{} is {} = {} is {}
{d} lies before {n} = {} ligt voor {}
{} names {} = {} noemt {}
{n} of {n} registered = {} van {} geregistreerd
{w} of {n} below {n} = {} over {} onder {}
{n} point = {} punt
{n} points = {} punten
{n} point from the day on which it is met = {} punt vanaf de dag waarop eraan is voldaan
{n} points from the day on which it is met = {} punten vanaf de dag waarop eraan is voldaan
{n} point from {d} = {} punt vanaf {}
{n} points from {d} = {} punten vanaf {}
{} was not claimed in the questionnaire = {} is niet geclaimd in de vragenlijst
{} with the addendum {} = {} met het addendum {}
{} unknown = {} onbekend
{} unknown from {d} = {} onbekend vanaf {}
{}, for each specialisation = {}, voor iedere specialisatie
{}, for {} calendar year(s) = {}, voor {} kalenderjaar
{}, not judged = {}, niet beoordeeld
{}, over on {} = {}, voorbij op {}
{}, so it does not apply = {}, dus niet van toepassing
{}, which is no day = {}, en dat is geen dag
{}, which is no number = {}, en dat is geen getal
{}, with the addendum {} = {}, met het addendum {}
{d}, not before {d} = {}, niet voor {}
{}, was {} = {}, was {}
{}, asked {} = {}, gevraagd {}
{}, known as {} = {}, bekend als {}
{}, answered in the questionnaire = {}, in de vragenlijst beantwoord
{}: {} = {}: {}
asked is {} = gevraagd is {}
a member of {} = lid van {}
a member attached = een lid verbonden
no member attached = geen lid verbonden
only where {} holds = alleen waar {} geldt
any register = enig register
{} and {n} more = {} en nog {}
{} missing = {} ontbreekt
{d} to {d} = {} tot en met {}
{} from {d} = {} vanaf {}
{}, or {} = {}, of {}
{} or {} = {} of {}
{} and {} = {} en {}
{} with {} = {} met {}
{w} below {n} = {} onder {}
{w} above {n} = {} boven {}
{w} at least {n} = {} ten minste {}
{w} at most {n} = {} ten hoogste {}
{w} of {n} = {} over {}
"""
"""English on the left, Dutch on the right; of two that fit, the one that names more goes first.

What varies is ``{}``; ``{w}`` where it is one word, ``{n}`` a number and ``{d}`` a day.
"""

_PLACES = {"{}": "(.+?)", "{w}": r"(\S+)", "{n}": r"(-?\d[\d/.]*)", "{d}": r"(\d{4}-\d\d-\d\d)"}


def in_dutch(text: str) -> str:
    """A text of the rules in Dutch; what is not in the book stays as it is."""
    fixed, _ = _phrases()
    if text in fixed:
        return fixed[text]
    if "; " in text:
        return "; ".join(in_dutch(each) for each in text.split("; "))
    whole = _whole(text)
    if whole is None and ", " in text:
        return ", ".join(in_dutch(each) for each in text.split(", "))
    return text if whole is None else whole


@cache
def _phrases() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Those that are always the same, and those with places, longest first."""
    fixed: dict[str, str] = {}
    varying: list[tuple[int, re.Pattern[str], str]] = []
    for line in BOOK.strip().splitlines():
        english, _, dutch = line.partition(" = ")
        pattern = re.escape(english)
        for place, meaning in _PLACES.items():
            pattern = pattern.replace(re.escape(place), meaning)
        if pattern == re.escape(english):
            fixed[english] = dutch
        else:
            varying.append((len(re.sub(r"\{.?\}", "", english)), re.compile(pattern), dutch))
    return fixed, [(pattern, dutch) for _, pattern, dutch in sorted(varying, key=lambda each: -each[0])]


def _whole(text: str) -> str | None:
    """The Dutch of a text that fits a phrase with places."""
    for pattern, dutch in _phrases()[1]:
        found = pattern.fullmatch(text)
        if found is not None:
            return dutch.format(*(in_dutch(each) for each in found.groups()))
    return None
