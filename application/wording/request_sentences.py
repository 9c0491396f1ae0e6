"""What is said of a request that can not be answered, in Dutch, by the English sentence that stands in the code."""

_NEXT_PAGE = "verwacht de next_page van het vorige antwoord, ongewijzigd"

REQUEST_SENTENCES = {
    # who calls
    "this needs an access token": "hiervoor is een toegangstoken nodig",
    "the header Authorization holds no bearer token": "de kop Authorization bevat geen Bearer-token",
    "the roles of this identity ({}) do not allow {} here": "de rollen van deze identiteit ({}) staan {} hier niet toe",
    "none": "geen",
    "too many requests": "er komen te veel aanvragen",
    "the token is too long": "het token is te lang",
    "the token is no signed JWT": "het token is geen ondertekende JWT",
    "the token is signed with {}; RS256 and ES256 are accepted": (
        "het token is ondertekend met {}; RS256 en ES256 worden aangenomen"
    ),
    "the token is no access token: its header's typ is neither JWT nor at+jwt": (
        "het token is geen toegangstoken: typ in zijn kop is JWT noch at+jwt"
    ),
    "the token is signed with a key that its issuer does not publish": (
        "het token is ondertekend met een sleutel die de uitgever niet publiceert"
    ),
    "the token's signature is wrong": "de handtekening van het token klopt niet",
    "the token is of another issuer": "het token is van een andere uitgever",
    "the token is for another audience": "het token is voor een andere dienst (aud) bedoeld",
    "the token never expires: it has no claim exp": "het token verloopt nooit: het veld exp ontbreekt",
    "the token has expired": "het token is verlopen",
    "the token is not valid yet: its claim {} lies in the future": (
        "het token is nog niet geldig: het veld {} ligt in de toekomst"
    ),
    "the token's claim {} is no number of seconds": "het veld {} van het token is geen aantal seconden",
    "the token's claim roles is no list": "het veld roles van het token is geen lijst",
    "the token has no claim sub: who is it?": "het veld sub van het token ontbreekt: wie is het?",
    "the token's claim {} is no text of 1 to 200 characters in one line": (
        "het veld {} van het token is geen tekst van 1 tot en met 200 tekens op een regel"
    ),
    "the token's claim practice_agb is wrong: {}": "het veld practice_agb van het token klopt niet: {}",
    # the version that a command is meant for, and how it is sent
    "the body is no JSON from character {} on": "de inhoud van de aanvraag is vanaf teken {} geen JSON",
    "the body is not UTF-8": "de inhoud van de aanvraag is geen UTF-8",
    "the body is nested too deeply": "de inhoud van de aanvraag is te diep genest",
    "the body has a number of too many digits": "de inhoud van de aanvraag bevat een getal van te veel cijfers",
    "the body names {} more than once": "de inhoud van de aanvraag noemt {} meer dan eens",
    "the body holds {}, which is no number": "de inhoud van de aanvraag bevat {}, en dat is geen getal",
    "the body holds text with U+0000 or with half a character": (
        "de inhoud van de aanvraag bevat tekst met U+0000 of met een half teken"
    ),
    "the body is JSON: name application/json as its Content-Type": (
        "de inhoud van de aanvraag is JSON: noem application/json als Content-Type"
    ),
    "the body is packed as {}; send it as it is": "de inhoud van de aanvraag is ingepakt als {}; stuur die zonder",
    "is given more than once": "komt meer dan eens voor",
    "unknown parameter": "deze naam is hier niet bekend",
    "unknown parameter, did you mean {}?": "deze naam is hier niet bekend; is {} bedoeld?",
    "a decision is about what was read: name its ETag in If-Match": (
        "een besluit gaat over wat is gelezen: noem de ETag daarvan in If-Match"
    ),
    'expected one ETag as it was answered, such as "7"': 'verwacht een ETag zoals die is geantwoord, zoals "7"',
    "only a contract has versions; leave it out": "alleen een contract heeft versies; laat deze kop weg",
    "{} is at version {}, the command was meant for version {}": (
        "van {} geldt versie {}, de opdracht was bedoeld voor versie {}"
    ),
    "a practice applies now; leave it out": "een praktijk vraagt nu aan; laat dit veld weg",
    "a practice supplies now; leave it out": "een praktijk levert nu aan; laat dit veld weg",
    "a practice's own wish is of now: leave it out": "een wens van de praktijk zelf is van nu: laat dit veld weg",
    "the header Content-Type is none of {}": "de kop Content-Type is geen van {}",
    "claims come as {} or {}": "declaraties worden gestuurd als {} of {}",
    # which day is asked about, with whose knowledge
    'found "{}", expected an instant with its zone, such as {}': (
        'gevonden "{}", verwacht een moment met zijn tijdzone, zoals {}'
    ),
    'found "{}": a + in a query is written as %2B': 'gevonden "{}": een + in een vraag wordt geschreven als %2B',
    'found "{}", which does not exist; expected an instant such as {}': (
        'gevonden "{}", dat bestaat niet; verwacht een moment zoals {}'
    ),
    'found "{}" without a zone, expected an instant such as {}': (
        'gevonden "{}" zonder tijdzone, verwacht een moment zoals {}'
    ),
    "{} or {}Z": "{} of {}Z",
    'found "{}", expected a day such as 2025-03-15': 'gevonden "{}", verwacht een dag zoals 2025-03-15',
    'found "{}", a day that does not exist': 'gevonden "{}", een dag die niet bestaat',
    'found "{}", expected a year between {} and {}': 'gevonden "{}", verwacht een jaar van {} tot en met {}',
    "expected an instant with its zone, such as 2025-03-15T09:30:00+01:00": (
        "verwacht een moment met zijn tijdzone, zoals 2025-03-15T09:30:00+01:00"
    ),
    "expected a day that exists, such as 2024-10-20": "verwacht een dag die bestaat, zoals 2024-10-20",
    "position {} is not what was known at {}: the last position recorded up to then is {}; name either known_at or "
    "position, or the pair that an answer gave": (
        "positie {} is niet wat op {} bekend was: de laatste positie tot dan toe is {}; noem known_at of position, of "
        "het paar dat een antwoord gaf"
    ),
    "known_at {} is later than now, {}: what will be recorded is not known yet; name an instant that has passed": (
        "het moment known_at {} is later dan nu, {}: wat nog wordt vastgelegd is niet bekend; noem een moment dat "
        "voorbij is"
    ),
    "the log has no position {}: its positions run from 1 to {}": (
        "het logboek heeft geen positie {}: de posities lopen van 1 tot en met {}"
    ),
    "the log has no position {}: nothing has been recorded yet": (
        "het logboek heeft geen positie {}: er is nog niets vastgelegd"
    ),
    "not known yet: no policy of {} was adopted by then, {}; {}": (
        "nog niet bekend: toen was geen beleid van {} vastgesteld, {}; {}"
    ),
    "those of {} were": "dat van {} wel",
    "nor of anybody else": "en ook niet van een ander",
    "as known at {}, log position {}": "zoals bekend op {}, positie {} in het logboek",
    "no policy of {} was adopted by then": "toen was nog geen beleid van {} vastgesteld",
    "{} was not adopted by then": "toen was beleid {} nog niet vastgesteld",
    "{} was not in force by then": "toen was beleid {} nog niet van kracht",
    "an instant goes with axis=known; name days, such as 2025-03-15": (
        "een moment hoort bij axis=known; noem dagen, zoals 2025-03-15"
    ),
    "an instant belongs to the axis of knowledge; name days, such as 2025-03-15": (
        "een moment hoort bij de as van de kennis; noem dagen, zoals 2025-03-15"
    ),
    "from and to say it already, with axis={}": "from en to zeggen dit al, met axis={}",
    "each line says on which day the treatment was: treated_on": (
        "elke regel zegt zelf op welke dag is behandeld: treated_on"
    ),
    "the period ends ({}) before it begins ({})": "de periode eindigt ({}) voordat zij begint ({})",
    "expected the next_page of the answer before, unchanged": _NEXT_PAGE,
    "it has the day and the knowledge of the page before; leave the others out": (
        "deze pagina heeft de dag en de kennis van de vorige; laat de andere weg"
    ),
    "it goes on with the knowledge of the page before; leave the others out": (
        "deze pagina gaat verder met de kennis van de vorige; laat de andere weg"
    ),
    # who and what is meant
    "{} is not an AGB code: expected eight digits, {}": "{} is geen AGB-code: verwacht acht cijfers, {}",
    "found {}; did a spreadsheet drop the leading zero?": "gevonden {}; heeft een rekenblad de voorloopnul weggelaten?",
    "such as '04001234', found {} characters": "zoals '04001234', gevonden {} teken(s)",
    "{} is not a contract id: expected PURCHASER/AGB/CARE_TYPE/PERIOD, such as caresq/04001234/FYS/2025-2026": (
        "{} is geen overeenkomst: verwacht INKOPER/AGB/ZORGSOORT/PERIODE, zoals caresq/04001234/FYS/2025-2026"
    ),
    "{}: purchaser {} is not a lower-case name such as 'caresq'": (
        "{}: inkoper {} is geen naam in kleine letters zoals 'caresq'"
    ),
    "{}: care type {} is not one of {}": "{}: zorgsoort {} is geen van {}",
    "{}: period {} is not a year or two years such as 2025-2026": (
        "{}: periode {} is geen jaar en geen twee jaren zoals 2025-2026"
    ),
    "it is of another purchaser than {}": "dit is van een andere inkoper dan {}",
    "the log has no event {} that {} may see": "het logboek heeft geen gebeurtenis {} die {} mag zien",
    "there is no fact {}": "het feit {} is er niet",
    "no practice with AGB code {} is registered": "er is geen praktijk met AGB-code {} geregistreerd",
    "no practice with AGB code {} is registered, as known at log position {}": (
        "er was geen praktijk met AGB-code {} geregistreerd, zoals bekend op positie {} in het logboek"
    ),
    "nothing is known of a practice with AGB code {}, at log position {}": (
        "van een praktijk met AGB-code {} is niets bekend, op positie {} in het logboek"
    ),
    "there is no such agreement text, as known then": "deze tekst van een overeenkomst was toen niet bekend",
    "the policy has no English words for this text": "het beleid heeft voor deze tekst geen Engelse woorden",
    "the text made from the log is not the one that was offered": (
        "de tekst die uit het logboek is gemaakt is niet de aangeboden tekst"
    ),
    "{} has no job {}": "van {} is er geen taak {}",
    "no letter {} goes with {}; with it go: {}": "bij {1} hoort geen brief {0}; daarbij horen: {2}",
    "{} has adopted no policy {}": "door {} is geen beleid {} vastgesteld",
    "no policy was adopted at log position {}": "op positie {} in het logboek is geen beleid vastgesteld",
    "{}; adopted at: {}": "{}; vastgesteld op: {}",
    "the term ends on {}, before it starts on {}": "de looptijd eindigt op {}, voordat zij op {} begint",
    "valid_to {} lies before valid_from {}": "valid_to {} ligt voor valid_from {}",
    "read model {} is {}": "leesmodel {} is {}",
    "stopped": "gestopt",
    "outdated": "verouderd",
    "sending is held since another instant; read the outbox again": (
        "de verzending wordt sinds een ander moment tegengehouden; lees de outbox opnieuw"
    ),
    # answers and values
    "not asked: {}": "niet gevraagd: {}",
    "not yet answered": "nog niet beantwoord",
    "expected {}": "verwacht {:rules}",
    "expected true or false": "verwacht true of false",
    "expected an exact fraction such as 30/100": "verwacht een precieze breuk zoals 30/100",
    "expected an exact number such as 2, 1.5, 1/3 or -1": "verwacht een precies getal zoals 2, 1.5, 1/3 of -1",
    # files of claims and of a register
    "a file of evidence has at most {} bytes": "een bewijsstuk heeft ten hoogste {} bytes",
    "the file ended before all of it was there": "het bestand hield op voordat alles er was",
    "the file has {} bytes, the header Content-Length says {}": (
        "het bestand heeft {} bytes, de kop Content-Length zegt {}"
    ),
    "{}: line 1: not UTF-8 text; save the file as CSV in UTF-8": (
        "{}: regel 1: geen tekst in UTF-8; bewaar het bestand als CSV in UTF-8"
    ),
    "{}: line 1: a CR without LF; save the file with lines that end in LF or CR LF": (
        "{}: regel 1: een CR zonder LF; bewaar het bestand met regels die eindigen op LF of CR LF"
    ),
    "{}: line {} is longer than {} bytes; a claim is one line": (
        "{}: regel {} is langer dan {} bytes; een declaratie is een regel"
    ),
    "{}: line 1: found the columns {}, and not {}; a file of claims has {} and perhaps {}": (
        "{}: regel 1: gevonden kolommen {}, en niet {}; een bestand met declaraties heeft {} en misschien {}"
    ),
    "{}: line 1: the column {} stands twice; keep one of them": (
        "{}: regel 1: de kolom {} staat er tweemaal; houd er een"
    ),
}
"""English on the left, Dutch on the right; ``{:rules}`` is a value that the phrase book of the rules knows."""
