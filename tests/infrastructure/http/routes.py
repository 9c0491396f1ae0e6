"""Every route of the API, with a path that leads to it."""

import re
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute

from infrastructure.http.access import Operation
from infrastructure.http.calling import Allowed, CheckedRoute
from tests.infrastructure.http.api import AGB

OTHER_PURCHASER, OTHER_AGB = "asr", "04009999"
VALUES = {
    "care_type": "FYS",
    "code": AGB,
    "evidence_id": "kngf-1",
    "factor": "kngf",
    "feed": "vecozo",
    "job": "none",
    "module": "complex",
    "period": "2025-2026",
    "person_id": "p7",
    "plan": "1",
    "policy": "caresq-2025",
    "review_id": "review-1",
    "version": "1",
    "letter": "questionnaire_ready",
}
"""What stands in a path beside the purchaser and the practice; a new name needs a value here."""


class Declared(NamedTuple):
    """A route and its operation."""

    method: str
    path: str
    operation: Operation

    def filled(self, purchaser: str, agb: str) -> str:
        """A path about a purchaser and a practice."""
        values = VALUES | {"purchaser": purchaser, "agb": agb}
        return re.sub(r"\{([a-z_]+)\}", lambda found: values[found[1]], self.path)


def declared(app: FastAPI) -> list[Declared]:
    """The routes that declare an operation."""
    return [
        Declared(method, route.path, allowed.operation)
        for route in _routes(app)
        for allowed in _checks(route)
        for method in sorted(route.methods or ())
    ]


def undeclared(app: FastAPI) -> list[str]:
    """The routes that declare none, or one that is not named by their operation id."""
    return [route.path for route in _routes(app) if [each.operation for each in _checks(route)] != [route.operation_id]]


def _routes(app: FastAPI) -> list[APIRoute]:
    included = [getattr(route, "original_router", None) for route in app.routes]
    found = [*app.routes, *(route for router in included if router is not None for route in router.routes)]
    return [route for route in found if isinstance(route, APIRoute)]


def _checks(route: APIRoute) -> list[Allowed]:
    """What a route looks at before it reads anything else of a request."""
    checked = route.dependencies if isinstance(route, CheckedRoute) else ()
    return [each.dependency for each in checked if isinstance(each.dependency, Allowed)]
