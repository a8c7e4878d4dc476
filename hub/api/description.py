"""openapi.json: what FastAPI knows of the routes, corrected to what the hub really answers, and the FHIR addresses."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import Route

from hub.api.errors import FHIR_JSON, is_fhir
from hub.api.fhir.described import SCHEMA, fhir_paths
from hub.api.site import Methods

_OUTCOME: dict[str, Any] = {
    "type": "object",
    "required": ["resourceType", "issue"],
    "properties": {
        "resourceType": {"const": "OperationOutcome"},
        "issue": {"type": "array", "minItems": 1, "items": {"type": "object"}},
    },
}
_OAUTH_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}
_BEARER = {"type": "http", "scheme": "bearer", "description": "A token of /oauth2/token, in the header only."}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: every refusal is an OperationOutcome, the token endpoint's also an OAuth error."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = found.setdefault("components", {})
        components["securitySchemes"] = {"bearer": _BEARER}
        components["schemas"] = {"OperationOutcome": _OUTCOME, "OAuthError": _OAUTH_ERROR, "Resource": SCHEMA}
        for path, methods in found["paths"].items():
            for operation in methods.values():
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = _refusals(path)
        routes = [route.endpoint for route in app.routes if isinstance(route, Route)]
        found["paths"] |= fhir_paths(each for each in routes if isinstance(each, Methods))
        app.openapi_schema = found
    return app.openapi_schema


def _refusals(path: str) -> dict[str, Any]:
    outcome = {"$ref": "#/components/schemas/OperationOutcome"}
    schema = {"anyOf": [outcome, {"$ref": "#/components/schemas/OAuthError"}]} if path == "/oauth2/token" else outcome
    media = FHIR_JSON if is_fhir(path) else "application/json"
    return {"description": "Refused: what is wrong and what to do", "content": {media: {"schema": schema}}}
