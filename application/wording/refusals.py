"""The sentence of a refusal in Dutch, by its code: true of every refusal with that code, whatever it compared.

What was found and asked stands in the explanation. A refusal that names something is told by its own sentence instead,
which the catalogue of sentences has.
"""

from application.wording.explanations import Language, Words, told_tree
from application.wording.sentences import sentence_in_dutch
from domain.explanation import Explanation

DUTCH = {
    "AGREEMENT_CHANGED": "De ondertekende tekst is niet de aangeboden tekst; lees en teken de aangeboden tekst.",
    "ALREADY_BEGUN": "Over deze overeenkomst is hier al iets vastgelegd; er kan niets worden overgenomen.",
    "ALREADY_CONFIRMED": "De vragenlijst is bevestigd en kan niet meer worden gewijzigd.",
    "ALREADY_OFFERED": "De overeenkomst is al aangeboden, met een andere einddatum.",
    "ALREADY_RETESTED": "Deze toets heeft al een andere uitslag; corrigeer die uitslag.",
    "ALREADY_SIGNED": "De overeenkomst is al getekend.",
    "APPLICATION_UNDECIDED": "Besluit over de aanvraag zelf, elk criterium met zijn code.",
    "ASSESSED_NEGATIVE": "De vragenlijst is negatief beoordeeld.",
    "AWAITING_DOCUMENTS": "De gevraagde documenten zijn nog niet ontvangen.",
    "BEFORE_ITS_CAUSE": "Dit kan niet eerder zijn gebeurd dan waar het op volgt.",
    "BEFORE_PUBLICATION": "Zo vroeg wordt niets gepubliceerd.",
    "CERTIFICATE_NOT_THEIRS": "Het gebruikte certificaat is niet dat van de tekenbevoegde in de registratie.",
    "CLAIMS_ALREADY_FILED": "Er zijn al declaraties ingediend over het lopende jaar.",
    "CLAIMS_UNKNOWN": "Van declaraties over het lopende jaar is niets bekend.",
    "COMMAND_ID_REUSED": "Deze sleutel is al voor een andere opdracht gebruikt; kies een nieuwe.",
    "CONFLICT": "Anderen hebben dit tegelijk gewijzigd.",
    "CONTRACT_ENDED": "De overeenkomst is geëindigd.",
    "DELEGATION_ENDED": "De laatste dag van de machtiging is voorbij; noem een dag die nog niet voorbij is.",
    "EARLIER_ATTEMPT": "Een aanvraag heeft sindsdien een nieuwe poging geopend; wat daarvoor lag blijft zoals het is.",
    "EVIDENCE_ALREADY_JUDGED": "Over dit bewijsstuk is al anders geoordeeld; corrigeer dat oordeel.",
    "EVIDENCE_CHECKSUM_WRONG": "Het bestand dat aankwam heeft een andere SHA-256 dan is opgegeven; stuur het opnieuw.",
    "EVIDENCE_DAMAGED": "Het bestand kan zo niet worden aangenomen; bewaar het opnieuw als PDF, PNG, JPEG of DOCX.",
    "EVIDENCE_EMPTY": "Het bestand is leeg; stuur een bestand met inhoud.",
    "EVIDENCE_INFECTED": "De virusscanner heeft iets in het bestand gevonden; stuur een schoon bestand.",
    "EVIDENCE_TYPE_NOT_ALLOWED": "De inhoud van het bestand is geen PDF, PNG, JPEG of DOCX, hoe het bestand ook heet.",
    "FACTOR_NOT_CLAIMED": "De factor is niet geclaimd in de vragenlijst; eerst moet een medewerker erover oordelen.",
    "GROUND_MISSING": "Er is al een andere versie van het beleid vastgesteld; noem de grond van de wijziging.",
    "JOB_DONE": "De taak is klaar: er is niets om mee verder te gaan.",
    "MODULE_ENDED": "De module is op die dag niet van kracht, of heeft geen toets meer.",
    "NEVER_BACKDATED": "Hiervoor geldt het moment van ontvangst; laat occurred_at weg.",
    "NOTHING_TO_CONFIRM": "Er zijn geen antwoorden gegeven of bewaard.",
    "NOTICE_TOO_LATE": "De laatste dag voor dit bericht is voorbij.",
    "NOT_APPROACHED": "De praktijk is voor deze zorgsoort niet benaderd.",
    "NOT_ASSESSED": "Een aanbod volgt op een positieve beoordeling.",
    "NOT_A_SIGNATORY": "Deze persoon is op die dag geen tekenbevoegde van de praktijk.",
    "NOT_CONFIRMED": "De vragenlijst is nog niet bevestigd.",
    "NOT_DELEGATED": "Deze persoon mag vandaag niet voor de praktijk handelen; een tekenbevoegde kan dat toestaan.",
    "NOT_FOR_A_DELEGATE": "Een gemachtigde vult in en levert bewijs aan; dit is voor de tekenbevoegde of de inkoper.",
    "NOT_GRANTED": "De aanvraag is niet toegekend.",
    "NOT_SENT": "Aan deze praktijk is voor deze zorgsoort geen vragenlijst verzonden.",
    "NOT_SIGNED": "Er is geen gesloten overeenkomst.",
    "NO_APPLICATION": "Er is geen aanvraag waarvoor dit nu kan.",
    "NO_BASE_CONTRACT": "Op de eerste dag van de module is geen overeenkomst van kracht.",
    "NO_CONTRACT": "Over deze overeenkomst is niets bekend.",
    "NO_EXTENSION": "Het beleid kent voor deze zorgsoort geen verlenging door een bericht.",
    "NO_INTEGRITY_SIGNAL": "Er is geen twijfel vastgelegd die kan eindigen.",
    "NO_OFFER": "Er is geen aanbod om te aanvaarden of af te wijzen.",
    "NO_OPT_OUT": "Er is geen afmelding die kan worden ingetrokken.",
    "NO_QUESTIONNAIRE": "Deze zorgsoort wordt zonder vragenlijst gecontracteerd.",
    "NO_RETEST": "Deze module wordt niet opnieuw getoetst.",
    "NO_TERM_LEFT": "De start zou na het einde van de looptijd liggen.",
    "OCCURRED_IN_FUTURE": "Het opgegeven moment ligt in de toekomst.",
    "OFFER_DECLINED": "Het aanbod is afgewezen.",
    "OFFER_LAPSED": "Het aanbod is vervallen: de uiterste tekendatum is voorbij.",
    "OF_ANOTHER_PURCHASER": "Dit is van een andere inkoper.",
    "OUTSIDE_TERM": "De opgegeven dag ligt buiten de looptijd die mogelijk is.",
    "PLANNED_IN_PAST": "Het geplande moment is voorbij.",
    "PLAN_CARRIED_OUT": "De geplande ronde is al gehouden.",
    "POLICY_MISTAKES": "Het document heeft fouten; elke fout is genoemd.",
    "PROVIDER_UNKNOWN": "Er is geen praktijk met deze AGB-code geregistreerd.",
    "QUESTIONNAIRE_CLOSED": "De vragenlijst is gesloten; er wordt niemand meer benaderd.",
    "QUESTIONNAIRE_LAPSED": "De termijn van de vragenlijst is voorbij.",
    "REASON_MISSING": "Hiervoor is een reden nodig.",
    "REPLACEMENT_MISSING": "Bij een gecorrigeerd moment hoort het feit zelf als vervanging.",
    "REVIEW_DECIDED": "Over deze vraag is al anders besloten.",
    "REVIEW_OPEN": "Eerst besluit een medewerker over een vraag die openstaat.",
    "ROUND_CLOSED": "De uiterste tekendatum is voorbij; er wordt niemand meer benaderd.",
    "ROUND_IN_FUTURE": "Een ronde op een dag in de toekomst kan alleen worden geprobeerd, zonder iets vast te leggen.",
    "SIGNING_CLOSED": "De uiterste tekendatum is voorbij.",
    "SIGN_BY_MISSING": "Een aanbod na de uiterste tekendatum heeft een dag nodig tot en met welke kan worden getekend.",
    "SIGN_BY_WRONG": "sign_by is voor een laat aanbod, en ligt niet in het verleden.",
    "START_MISSING": "Een medewerker bepaalt de ingangsdatum; geef die bij het besluit.",
    "STILL_IN_FORCE": "Een overeenkomst die van kracht is blijft in de zorgzoeker staan.",
    "TERMINATED": "De overeenkomst is opgezegd.",
    "TERM_NOT_ASKED": "Het beleid bepaalt de looptijd van deze overeenkomst; geen medewerker besluit erover.",
    "YEAR_MISSING": "Deze waarde geldt voor een jaar; noem welk jaar.",
}


def refusal_told(code: str, message: str, why: Explanation | None, language: Language) -> str:
    """What a refusal says in a sentence.

    A code that only a policy knows is told in Dutch by its explanation, or else as it stands.
    """
    if language is Language.EN:
        return message
    dutch = DUTCH.get(code)
    if dutch is not None:
        return dutch
    told = sentence_in_dutch(message)
    if told is not None:
        return f"{told[:1].upper()}{told[1:]}" + ("" if told.endswith("?") else ".")
    return message if why is None else str(told_tree(why, language, {})["text"])


def in_both(english: str) -> Words:
    """What is wrong in one field, in both languages; English twice where the catalogue has no such sentence."""
    return Words(sentence_in_dutch(english) or english, english)
