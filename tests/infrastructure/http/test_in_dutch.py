"""Who asks for Dutch is answered in Dutch, whatever it is that went wrong."""

from typing import Any

from httpx import Response

from infrastructure.http.identity import Role
from tests.infrastructure.http.api import AGB, CONTRACT, Api

DUTCH: dict[str, Any] = {"Accept-Language": "nl"}
SIGNATURE = f"/contracts/{CONTRACT}/signature"
TO_SIGN = {"agreement_sha256": "0" * 64}


def ask(api: Api, path: str, role: Role = Role.OFFICER, **query: Any) -> Response:
    return api.client.request("GET", path, params=query, headers=api.headers(role) | DUTCH)


def send(api: Api, path: str, content: bytes, media_type: str, role: Role = Role.PROVIDER_SIGNATORY) -> Response:
    headers = api.headers(role) | DUTCH | {"Content-Type": media_type, "Idempotency-Key": "sent"}
    return api.client.request("POST", path, content=content, headers=headers)


def told(answer: Response) -> tuple[str, str]:
    """The code, and what was wrong: of the whole request, or of its first field."""
    found = answer.json()
    assert (answer.headers["Content-Language"], found["language"]) == ("nl", "nl"), found
    if "errors" in found:
        assert found["detail"] == "Ongeldige aanvraag." or found["code"] != "INVALID", found
        return found["code"], found["errors"][0]["message"]
    return found["code"], found["detail"]


def test_the_fields_of_a_request_are_told_of_in_dutch(api: Api) -> None:
    def field(**query: Any) -> str:
        return told(ask(api, f"/contracts/{CONTRACT}", **query))[1]

    def body(**fields: Any) -> list[str]:
        answer = api.post(SIGNATURE, fields, **DUTCH)
        return [each["message"] for each in answer.json()["errors"]]

    assert field(effective_on="2025-02-30") == 'gevonden "2025-02-30", een dag die niet bestaat'
    assert field(known_at="2024-10-01T10:00") == (
        'gevonden "2024-10-01T10:00" zonder tijdzone, verwacht een moment zoals 2025-03-15T09:30:00+01:00 of '
        "2025-03-15T08:30:00Z"
    )
    assert field(**{"min-position": "0"}) == "verwacht ten minste 1"
    assert field(position="first") == "verwacht een geheel getal"
    assert body() == ["dit veld ontbreekt"]
    assert body(agreement_sha256="short", signed_by="me") == [
        "verwacht tekst volgens het patroon '^[0-9a-f]{64}$'",
        "dit veld is hier niet bekend",
    ]
    assert body(agreement_sha256=7) == ["verwacht tekst"]
    assert told(ask(api, f"/register/{CONTRACT.partition('/')[0]}", cursor="strange")) == (
        "INVALID",
        "verwacht de next_page van het vorige antwoord, ongewijzigd",
    )
    assert told(ask(api, "/contracts/caresq/04001234/LASER/2025-2026"))[1].startswith("verwacht 'FYS', 'OEF', ")
    feed = api.post("/feeds/caresq/vecozo/items", {"items": {}}, Role.FEED, "f", **DUTCH)
    assert told(feed) == ("INVALID", "verwacht een lijst")


def test_what_is_wrong_with_a_whole_request_is_told_in_dutch(api: Api) -> None:
    contract = f"/contracts/{CONTRACT}"
    token = api.headers()["Authorization"]

    def called_with(authorization: str) -> tuple[str, str]:
        return told(api.client.request("GET", contract, headers=DUTCH | {"Authorization": authorization}))

    assert told(ask(api, contract, Role.PUBLIC)) == ("TOKEN_MISSING", "Hiervoor is een toegangstoken nodig.")
    assert called_with("Basic x") == ("TOKEN_MISSING", "De kop Authorization bevat geen Bearer-token.")
    assert called_with("Bearer x") == ("TOKEN_REFUSED", "Het token is geen ondertekende JWT.")
    assert called_with(token[:-6] + "AAAAAA") == ("TOKEN_REFUSED", "De handtekening van het token klopt niet.")
    assert told(ask(api, "/audit/caresq/trail", Role.CLAIMS_SYSTEM)) == (
        "NOT_ALLOWED",
        "De rollen van deze identiteit (claims_system) staan readTrail hier niet toe.",
    )
    assert told(ask(api, contract, position="999")) == (
        "POSITION_UNKNOWN",
        "Het logboek heeft geen positie 999: de posities lopen van 1 tot en met 11.",
    )
    code, detail = told(ask(api, contract, known_at="2024-11-02"))
    assert code == "KNOWN_AT_IN_FUTURE"
    assert detail.startswith("Het moment known_at 2024-11-02T22:59:59.999999Z is later dan nu, 2024-11-01T11:00:00")
    assert detail.endswith(": wat nog wordt vastgelegd is niet bekend; noem een moment dat voorbij is.")
    assert told(ask(api, contract, known_at="2024-10-01", position="11"))[0] == "HORIZON_MISMATCH"
    assert told(ask(api, contract, known_at="2024-03-01"))[1].startswith("Nog niet bekend: toen was geen beleid van")
    assert told(send(api, SIGNATURE, b"{", "application/json")) == (
        "NOT_JSON",
        "De inhoud van de aanvraag is vanaf teken 2 geen JSON.",
    )
    assert told(api.post(SIGNATURE, TO_SIGN, **DUTCH | {"If-Match": '"3"'})) == (
        "OTHER_VERSION",
        f"Van {CONTRACT} geldt versie 7, de opdracht was bedoeld voor versie 3.",
    )
    assert told(api.post(f"/contracts/{CONTRACT}/termination", {}, Role.OFFICER, **DUTCH)) == (
        "VERSION_REQUIRED",
        "Een besluit gaat over wat is gelezen: noem de ETag daarvan in If-Match.",
    )
    assert told(send(api, "/register/caresq/checks", b"x", "text/plain", Role.CLAIMS_SYSTEM)) == (
        "MEDIA_TYPE",
        "Declaraties worden gestuurd als text/csv of application/jsonl.",
    )
    assert told(send(api, "/register/caresq/checks", b"agb\n", "text/csv", Role.CLAIMS_SYSTEM))[1].startswith(
        "het bestand: regel 1: gevonden kolommen agb, en niet care_type, treated_on;"
    )
    assert told(send(api, "/imports/caresq", b"", "text/csv", Role.OFFICER))[1].startswith(
        "het bestand: is leeg; de eerste regel noemt de kolommen record, agb,"
    )
    draft = {"document": "amends: caresq-2025", "ground": "clarification", "reason": "Asked."}
    adoption = api.post("/policies/caresq/adoptions", draft, Role.OFFICER, "adopt", **DUTCH).json()
    assert adoption["detail"] == "Het document heeft fouten; elke fout is genoemd."
    assert adoption["errors"][0]["message"] == "document:1: ground: missing (in het Engels)"
    assert told(ask(api, "/jobs/caresq/a1")) == ("JOB_UNKNOWN", "Van caresq is er geen taak a1.")
    assert told(ask(api, "/policies/caresq/caresq-2031"))[1] == "Door caresq is geen beleid caresq-2031 vastgesteld."
    assert told(ask(api, f"/providers/caresq/{AGB[:-1]}9"))[0] == "PROVIDER_UNKNOWN"
    assert told(ask(api, f"/contracts/{CONTRACT}/evidence/kngf-9"))[1] == (
        f"Bij {CONTRACT} is er geen bewijsstuk 'kngf-9'; tot nu toe ingediend: geen."
    )
