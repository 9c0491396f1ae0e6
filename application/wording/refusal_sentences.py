"""Refusals that name something, in Dutch, by the English sentence of the rules."""

_ANOTHER_PURCHASER = "{} is van een andere inkoper dan {}"

REFUSAL_SENTENCES = {
    # answers, conditions and verdicts
    "not asked for {}: {}; asked are {}": "niet gevraagd voor {}: {}; gevraagd worden {}",
    "{} and the factors {}": "{} en de factoren {}",
    "{} and the numbers {}": "{} en de getallen {}",
    "{} and the factors {} and the numbers {}": "{} en de factoren {} en de getallen {}",
    "{} (did you mean {}?)": "{} (bedoelt u {}?)",
    "{}: found {}, expected {}": "{}: gevonden {}, verwacht {:rules}",
    "not yet answered: {}; saved answers are kept": "nog niet beantwoord: {}; bewaarde antwoorden blijven staan",
    "the signature must declare: {}": "bij de ondertekening moet worden verklaard: {}",
    "the request must declare: {}": "bij het verzoek moet worden verklaard: {}",
    "not met: {}": "niet voldaan: {}",
    "a person still has to judge: {}": "een medewerker moet nog oordelen over: {}",
    "not judged here: {}; a person judges {}": "hier niet beoordeeld: {}; een medewerker oordeelt over {}",
    "claims for this year: {}": "declaraties over dit jaar: {:rules}",
    # factors, evidence, modules, reviews
    "{} has no factor {}; it has {}": "zorgsoort {} heeft geen factor {}; wel {}",
    "no evidence is asked for {} of {}; it is asked for {}": ("voor {} van {} wordt geen bewijs gevraagd; wel voor {}"),
    "no factor": "geen enkele factor",
    "the policy asks no evidence for {}": "het beleid vraagt geen bewijs voor {}",
    "there is no evidence {}; supplied so far: {}": "bewijsstuk {} is er niet; tot nu toe ingediend: {}",
    "{} has no evidence {}; supplied so far: {}": "bij {} is er geen bewijsstuk {}; tot nu toe ingediend: {}",
    "the file is larger than {}; send a smaller one": "het bestand is groter dan {}; stuur een kleiner bestand",
    "the contract has no module {}": "de overeenkomst heeft geen module {}",
    "{} has no module {}": "beleid {} heeft geen module {}",
    "there is no review {}; known are {}": "de vraag {} aan een medewerker is er niet; wel: {}",
    # corrections
    "{} has no fact {}": "bij {} is er geen feit {}",
    "there is no fact {} {} about this practice": "over deze praktijk is er geen feit {} {}",
    "of the register": "van het register",
    "of {}": "van {}",
    "{} can not be corrected; only {} can": "een {} kan niet worden gecorrigeerd; alleen {}",
    "what first registered the practice can be replaced, not voided": (
        "waarmee de praktijk is geregistreerd kan worden vervangen, niet vernietigd"
    ),
    "the application was refused; enter it anew with the instant at which it came": (
        "de aanvraag is geweigerd; voer haar opnieuw in met het moment waarop zij binnenkwam"
    ),
    "the contract was signed with the start that follows from the application": (
        "de overeenkomst is getekend met de ingangsdatum die uit de aanvraag volgt"
    ),
    "what was decided of an application stays; after a refusal it is entered anew, an offer is declined": (
        "een besluit op een aanvraag blijft staan; na een afwijzing wordt zij opnieuw ingevoerd, een aanbod afgewezen"
    ),
    "the application was granted; when it came can be mended, it can not be voided": (
        "de aanvraag is toegekend; het moment van binnenkomst kan worden gecorrigeerd, zij kan niet worden vernietigd"
    ),
    "{}.factor: {} is not one of {}": "{}.factor: {} is geen van {}",
    "{}: can only be voided; then ask for what is right": (
        "{}: kan alleen worden vernietigd; vraag daarna om wat wel klopt"
    ),
    "{}.{}: stays {}, the fact is known by it": "{}.{}: blijft {}, want daaraan is het feit te herkennen",
    "{}.{}: {}": "{}.{}: {}",
    "no rule reads {} of a year: leave out {}": "geen regel leest {} van een jaar: laat {} weg",
    "text": "tekst",
    "a number": "een getal",
    "a day": "een dag",
    "no rule reads a value {}; read are {}": "geen regel leest een waarde {}; wel: {}",
    # what is known and may be seen
    "the log has no event {}": "het logboek heeft geen gebeurtenis {}",
    "the log has no event {}, as known then": "het logboek had toen geen gebeurtenis {}",
    "{} is of another purchaser than {}": _ANOTHER_PURCHASER,
    "{} is of another practice than {}": "{} is van een andere praktijk dan {}",
    "evidence is read for a purchaser or for a practice; name one": (
        "bewijs wordt gelezen voor een inkoper of voor een praktijk; noem er een"
    ),
    "the command {} was recorded before commands were kept, and its facts do not tell all of it: it can not be decided "
    "again": (
        "de opdracht {} is vastgelegd voordat opdrachten werden bewaard, en de feiten zeggen er niet alles van: "
        "zij kan niet opnieuw worden beslist"
    ),
    "the adoption at log position {}, which decided, was not in force on {}": (
        "de vaststelling op positie {}, die besliste, was niet van kracht op {}"
    ),
    # policies and rounds
    "{} does not cover {}": "beleid {} omvat {} niet",
    "no policy of {} covers {}; covered are {}": "geen beleid van {} omvat {}; wel: {}",
    "no adopted policy of {} has {} for {}": "geen vastgesteld beleid van {} heeft {} voor {}",
    "no adopted policy of {} has {} for {}, {}; adopted by then: {}": (
        "geen vastgesteld beleid van {} heeft {} voor {}, {}; toen was vastgesteld: {}"
    ),
    "the policy {} is not adopted in this log; adopted are: {}": "beleid {} is hier niet vastgesteld; wel: {}",
    "no version of the policy of {} was in force on {}": "op {1} was geen versie van het beleid van {0} van kracht",
    "{} is in force from {}, not on {}": "beleid {} is van kracht vanaf {}, niet op {}",
    "{} has no round for {}; it has one for {}": "beleid {} heeft geen ronde voor {}; wel voor {}",
    "{} lies in the future, today is {}; a future day can only be tried, with a dry run": (
        "{} ligt in de toekomst, vandaag is {}; een dag in de toekomst kan alleen worden geprobeerd"
    ),
    "a round on {}, before today {}, needs a reason": "voor een ronde op {}, voor vandaag {}, is een reden nodig",
    "{} has passed; a round that begins now is held with: round run": "{} is voorbij",
    "another version of {} is adopted; name the ground of the change with --ground: {}": (
        "een andere versie van {} is vastgesteld; noem de grond van de wijziging: {}"
    ),
    "any care type": "enige zorgsoort",
    "{} has no plan {}; see: round plans list": "beleid {} heeft geen geplande ronde {}",
    "{} amends {}, which is not in force then: adopt {} first": (
        "{} wijzigt {}, dat dan niet van kracht is: stel eerst {} vast"
    ),
    "{} is not changed on the ground {}; on {}": "beleid {} wordt niet gewijzigd op de grond {}; wel op {}",
    "a change of policy keeps its id {}": "bij een wijziging houdt het beleid zijn id {}",
    "a change of policy keeps its purchaser {}": "bij een wijziging houdt het beleid zijn inkoper {}",
    "a change of policy keeps the period {} of {}": "bij een wijziging houdt het beleid de periode {} van {}",
    "{} covers {}..{} under the period {}": "beleid {} omvat {}..{} onder de periode {}",
    "{}: {}": "{}: {}",
    "{}; {}": "{}; {}",
}
"""English on the left, Dutch on the right; ``{:rules}`` is a value that the phrase book of the rules knows."""
