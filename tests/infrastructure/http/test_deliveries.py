"""What leaves the system, over HTTP: a purchaser's own, with masked addresses and without secrets."""

from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from infrastructure.bootstrap import open_system
from infrastructure.http.identity import Role
from tests.given import at
from tests.infrastructure.http.api import Api
from tests.infrastructure.http.conftest import api_on

PATH, OUTBOX = "/deliveries/caresq", "/operations/outbox"


def test_deliveries_are_paged_with_masked_addresses_and_another_purchaser_has_none(api: Api) -> None:
    api.system.outbox.fill()
    everything = api.get(PATH).json()["deliveries"]
    first = api.get(PATH, limit=1).json()
    second = api.get(PATH, limit=1, cursor=first["next_page"]).json()
    of_asr = api.client.request("GET", "/deliveries/asr", headers=api.headers(Role.OFFICER, purchaser="asr")).json()

    assert len(everything) >= 2
    assert first["deliveries"] + second["deliveries"] == everything[:2]
    assert {each["channel"] for each in everything} == {"mail"}
    assert all(each["recipient"] == "" or "…@" in each["recipient"] for each in everything)
    assert of_asr == {"deliveries": [], "next_page": None}


def test_a_purchaser_has_its_own_deliveries_tried_anew_and_not_those_of_others(api: Api) -> None:
    api.system.outbox.fill()
    api.system.outbox.resume(10**6)
    [one, *_] = [each["delivery_id"] for each in api.get(PATH, state="skipped").json()["deliveries"]]
    headers = api.headers(Role.OFFICER, purchaser="asr") | {"Idempotency-Key": "key-1"}
    others = api.client.request("POST", "/deliveries/asr/resend", json={"deliveries": [one]}, headers=headers).json()
    again = api.post(f"{PATH}/resend", {"deliveries": [one, "1/nothing"]}, Role.OFFICER).json()

    assert others == {"waiting": [], "stranded": [], "others": [one]}
    assert again["others"] == ["1/nothing"]
    assert again["waiting"] + again["stranded"] == [one]


def test_an_operator_sees_of_every_purchaser_what_failed_and_has_it_tried_anew(api: Api) -> None:
    api.system.outbox.fill()
    api.system.outbox.resume(10**6)
    found = api.get(f"{OUTBOX}/deliveries", Role.OPERATOR, state="skipped").json()["deliveries"]
    purchasers = api.get(PATH, state="skipped").json()["deliveries"]
    one = found[0]["delivery_id"]
    again = api.post(f"{OUTBOX}/resend", {"deliveries": [one]}, Role.OPERATOR).json()

    assert found == purchasers
    assert again["waiting"] + again["stranded"] == [one]
    assert api.get(f"{OUTBOX}/deliveries").status_code == api.get(OUTBOX).status_code == 403


def test_an_operator_holds_sending_and_lets_it_go_on_from_a_position_once(api: Api) -> None:
    def command(what: str, key: str, **body: Any) -> Response:
        return api.post(f"{OUTBOX}/{what}", body, Role.OPERATOR, key)

    held = command("hold", "h1", reason="The mail server moves.").json()
    api.clock.set(at("2024-11-02"))
    still = command("hold", "h2", reason="Another reason.").json()
    unread = command("resume", "r0", held_since="2024-10-01T00:00:00Z")
    goes_on = {"held_since": held["held_since"], "from_position": api.facts() + 1}
    on = command("resume", "r1", **goes_on).json()
    [one, *_] = api.get(f"{OUTBOX}/deliveries", Role.OPERATOR, state="skipped").json()["deliveries"]
    command("resend", "s1", deliveries=[one["delivery_id"]])
    resent = api.get(OUTBOX, Role.OPERATOR).json()
    repeated = command("resume", "r1", **goes_on).json()
    held_again = command("hold", "h3", reason="Once more.").json()
    late = command("resume", "r1", **goes_on)

    assert (held["held_because"], still["held_because"]) == ("The mail server moves.", "The mail server moves.")
    assert [(each.status_code, each.json()["code"]) for each in (unread, late)] == [(409, "OTHER_HOLD")] * 2
    assert (on["held_since"], on["behind"], list(on["deliveries"])) == (None, 0, ["skipped"])
    assert repeated == resent != on
    assert held_again == api.get(OUTBOX, Role.OPERATOR).json()


def test_who_is_told_by_webhook_is_shown_without_anything_secret(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.secret").write_text("s" * 24)
    (tmp_path / "hooks.yaml").write_text(
        'receivers:\n- {name: aevitae, purchaser: caresq, url: "https://u:pw@claims.example/in?key=k", '
        "secret_file: a.secret}\n"
        '- {name: other, purchaser: asr, url: "https://other.example/", secret_file: a.secret}\n'
    )
    monkeypatch.setenv("CONTRACTSPOOR_WEBHOOKS_FILE", str(tmp_path / "hooks.yaml"))
    url = api.system.log.database.engine.url.render_as_string(hide_password=False)
    with open_system(url, clock=api.clock) as system, api_on(system, api.clock, api.issuer) as hooked:
        answer = hooked.get("/webhooks/caresq")

    assert answer.json() == {"receivers": [{"name": "aevitae", "url": "https://claims.example/in"}]}
