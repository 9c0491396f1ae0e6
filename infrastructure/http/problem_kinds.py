"""The kinds of problem that a caller can meet: status, name and words in Dutch and English (RFC 9457)."""

from enum import Enum
from http import HTTPStatus
from typing import NamedTuple

from application.wording.explanations import Words


class Told(NamedTuple):
    """A kind of problem: its status, its title, and what its caller can do."""

    status: HTTPStatus
    title: Words
    advice: Words


class Kind(Enum):
    """Every kind; ``name`` in small letters with hyphens ends the ``type`` of its documents."""

    UNAUTHENTICATED = Told(
        HTTPStatus.UNAUTHORIZED,
        Words("Niet aangemeld", "Not authenticated"),
        Words(
            "Meld u aan bij de identiteitsprovider en stuur het toegangstoken mee als Bearer-token.",
            "Get an access token from the identity provider and send it as a bearer token.",
        ),
    )
    NOT_ALLOWED = Told(
        HTTPStatus.FORBIDDEN,
        Words("Niet toegestaan", "Not allowed"),
        Words(
            "Gebruik een identiteit met een rol die dit mag, voor de eigen organisatie of praktijk.",
            "Use an identity with a role that may do this, for its own purchaser or practice.",
        ),
    )
    NOT_FOUND = Told(
        HTTPStatus.NOT_FOUND,
        Words("Bestaat niet", "Not there"),
        Words("Controleer de naam of de code.", "Check the name or the code."),
    )
    METHOD_NOT_ALLOWED = Told(
        HTTPStatus.METHOD_NOT_ALLOWED,
        Words("Methode niet mogelijk", "Method not possible"),
        Words("Gebruik een methode die de kop Allow noemt.", "Use a method that the header Allow names."),
    )
    NOT_KNOWN_YET = Told(
        HTTPStatus.CONFLICT,
        Words("Nog niet bekend", "Not known yet"),
        Words(
            "Vraag met de kennis van een later moment; dit betekent niet dat er geen contract is.",
            "Ask with the knowledge of a later instant; this does not mean that there is no contract.",
        ),
    )
    REFUSED = Told(
        HTTPStatus.CONFLICT,
        Words("Geweigerd door een regel", "Refused by a rule"),
        Words(
            "Er is niets vastgelegd. Herstel wat de uitleg noemt en stuur de opdracht opnieuw.",
            "Nothing was recorded. Mend what the explanation names and send the command again.",
        ),
    )
    NOT_THEIRS_TO_DO = Told(
        HTTPStatus.FORBIDDEN,
        Words("Niet bevoegd", "Not authorised"),
        Words(
            "Er is niets vastgelegd. Laat een tekenbevoegde met het geregistreerde certificaat dit doen of toestaan.",
            "Nothing was recorded. Have a signatory do it, or grant it, with the certificate that is registered.",
        ),
    )
    CONFLICT = Told(
        HTTPStatus.CONFLICT,
        Words("Tegelijk gewijzigd", "Changed at the same time"),
        Words("Er is niets vastgelegd. Stuur de opdracht opnieuw.", "Nothing was recorded. Send the command again."),
    )
    OTHER_VERSION = Told(
        HTTPStatus.PRECONDITION_FAILED,
        Words("Inmiddels gewijzigd", "Changed in the meantime"),
        Words(
            "Er is niets vastgelegd. Lees opnieuw en stuur de opdracht met de nieuwe ETag.",
            "Nothing was recorded. Read again and send the command with the new ETag.",
        ),
    )
    VERSION_REQUIRED = Told(
        HTTPStatus.PRECONDITION_REQUIRED,
        Words("De kop If-Match ontbreekt", "The header If-Match is missing"),
        Words(
            "Lees eerst, en stuur de ETag van dat antwoord mee als If-Match.",
            "Read first, and send that answer's ETag as If-Match.",
        ),
    )
    KEY_REQUIRED = Told(
        HTTPStatus.BAD_REQUEST,
        Words("De kop Idempotency-Key ontbreekt", "The header Idempotency-Key is missing"),
        Words(
            "Geef elke opdracht een eigen sleutel, en herhaal hem met dezelfde sleutel.",
            "Give each command a key of its own, and repeat it with the same key.",
        ),
    )
    KEY_REUSED = Told(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Words("Sleutel al gebruikt", "Key used before"),
        Words(
            "Herhaal precies dezelfde opdracht, of geef een andere opdracht een nieuwe sleutel.",
            "Repeat exactly the same command, or give another command a new key.",
        ),
    )
    INVALID = Told(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Words("Ongeldige aanvraag", "Invalid request"),
        Words("Herstel de genoemde velden.", "Mend the fields that are named."),
    )
    BAD_REQUEST = Told(
        HTTPStatus.BAD_REQUEST,
        Words("Onleesbare aanvraag", "Unreadable request"),
        Words("Herstel de aanvraag.", "Mend the request."),
    )
    TOO_SLOW = Told(
        HTTPStatus.REQUEST_TIMEOUT,
        Words("De aanvraag kwam te langzaam binnen", "The request arrived too slowly"),
        Words("Stuur de aanvraag opnieuw.", "Send the request again."),
    )
    TOO_LARGE = Told(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        Words("De aanvraag is te groot", "The request is too large"),
        Words("Stuur minder in een keer.", "Send less at once."),
    )
    MEDIA_TYPE = Told(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        Words("Dit soort inhoud wordt niet aangenomen", "This kind of content is not accepted"),
        Words("Stuur een van de genoemde soorten.", "Send one of the kinds that are named."),
    )
    TOO_MANY = Told(
        HTTPStatus.TOO_MANY_REQUESTS,
        Words("Te veel aanvragen", "Too many requests"),
        Words("Wacht zolang als Retry-After noemt.", "Wait for as long as Retry-After says."),
    )
    UNREADABLE = Told(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        Words("Wat is vastgelegd kan niet worden gelezen", "What is recorded can not be read"),
        Words(
            "Noem het correlatie-id bij de beheerder; opnieuw proberen helpt niet.",
            "Tell the operator the correlation id; trying again does not help.",
        ),
    )
    FAULT = Told(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        Words("Fout in het programma", "Fault in the program"),
        Words(
            "Er is niets half vastgelegd. Noem het correlatie-id bij de beheerder.",
            "Nothing was recorded by half. Tell the operator the correlation id.",
        ),
    )
    UNAVAILABLE = Told(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Words("Tijdelijk niet beschikbaar", "Unavailable for now"),
        Words(
            "Probeer het opnieuw na Retry-After; met dezelfde Idempotency-Key gebeurt niets dubbel.",
            "Try again after Retry-After; with the same Idempotency-Key nothing happens twice.",
        ),
    )
    BEHIND = Told(
        HTTPStatus.GATEWAY_TIMEOUT,
        Words("Nog niet bijgewerkt", "Not up to date yet"),
        Words("Vraag het zo dadelijk opnieuw.", "Ask again in a moment."),
    )

    @property
    def uri(self) -> str:
        """The ``type`` of its documents."""
        return f"urn:contractspoor:problem:{self.name.lower().replace('_', '-')}"
