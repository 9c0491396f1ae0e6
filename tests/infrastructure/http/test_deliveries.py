"""What leaves the system, over HTTP: a purchaser's own, with masked addresses and without secrets."""

from pathlib import Path

import pytest

from infrastructure.bootstrap import open_system
from infrastructure.http.identity import Role
from tests.infrastructure.http.api import Api
from tests.infrastructure.http.conftest import api_on

PATH = "/deliveries/caresq"


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
