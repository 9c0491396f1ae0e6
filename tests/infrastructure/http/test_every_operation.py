"""Whatever is sent to any operation, by somebody with every role, is answered as the OpenAPI document says."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from infrastructure.http.access import Operation
from infrastructure.http.identity import Role
from tests.given import at
from tests.infrastructure.http.api import AGB
from tests.infrastructure.http.issuer import Issuer
from tests.infrastructure.http.server import serving_at

NOW = at("2024-11-01")
OWN = {"purchaser": "caresq", "agb": AGB, "code": AGB}
"""What stands in paths, so that the requests come further than the check of access."""


@pytest.fixture(scope="module")
def document(offered_file: Path, tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[OpenApiSchema]:
    file = shutil.copy(offered_file, tmp_path_factory.mktemp("every") / "every.db")
    with serving_at(NOW, f"sqlite:///{file}", issuer.url) as server:
        yield schemathesis.openapi.from_url(f"{server.url}/openapi.json")


@pytest.fixture(scope="module")
def headers(issuer: Issuer) -> dict[str, str]:
    token = issuer.token(
        NOW,
        sub="everybody",
        roles=[role.value for role in Role],
        purchaser="caresq",
        practice_agb=AGB,
        person_id="p1",
        certificate_serial="serial-1",
        exp=int(NOW.timestamp()) + 86_400,
    )
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("name", Operation)
def test_every_answer_conforms_and_none_is_a_fault(
    document: OpenApiSchema, headers: dict[str, str], name: Operation
) -> None:
    @settings(max_examples=15, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=document.find_operation_by_id(name).as_strategy())
    def answered(case: Any) -> None:
        for each in OWN.keys() & case.path_parameters.keys():
            case.path_parameters[each] = OWN[each]
        # what may be asked is narrower than any schema: the future can not be known, and years end
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    answered()
