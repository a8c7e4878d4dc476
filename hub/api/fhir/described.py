"""The FHIR addresses as OpenAPI paths, from the routes themselves; /fhir/metadata says what they exchange."""

import re
from collections.abc import Iterable
from typing import Any

from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import COMPARTMENTS
from hub.api.fhir.importing import NDJSON
from hub.api.media import PATCH
from hub.api.site import Methods
from hub.fhir import RESOURCE_TYPES

Described = dict[str, Any]

_NAME = re.compile(r"\{(\w+)\}")
_OPEN = ("/fhir/metadata", "/fhir/.well-known/smart-configuration")
"""Addresses that need no token."""
_PARAMETERS: dict[str, Described] = {
    "type": {"type": "string", "enum": list(RESOURCE_TYPES)},
    "compartment": {"type": "string", "enum": list(COMPARTMENTS)},
    "id": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
    "vid": {"type": "string", "pattern": "^[1-9][0-9]{0,8}$"},
}
_RESOURCE: Described = {"$ref": "#/components/schemas/Resource"}
_OUTCOME: Described = {"$ref": "#/components/schemas/OperationOutcome"}
_ANY: Described = {"type": "object", "additionalProperties": {"type": "string"}}
SCHEMA: Described = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}
"""Any resource; its rules are R4's."""


def fhir_paths(routes: Iterable[Methods]) -> dict[str, Described]:
    """One path item per address."""
    return {
        each.pattern: {method.lower(): _operation(each, method) for method in each.handlers}
        for each in routes
        if each.handlers and not each.pattern.endswith("/")
    }


def _operation(route: Methods, method: str) -> Described:
    place = route.pattern
    summary = (route.handlers[method].__doc__ or "").strip().partition("\n")[0]
    found: Described = {
        "tags": ["FHIR"],
        "summary": summary.partition(": ")[2].rstrip(".") or f"{method} {place}",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _PARAMETERS.get(name, {"type": "string"})}
            for name in _NAME.findall(place)
        ],
        "responses": {
            "200": {"description": "Done", "content": {_answered(place): {"schema": _said(place)}}},
            "default": {
                "description": "Refused: what is wrong and what to do",
                "content": {FHIR_JSON: {"schema": _OUTCOME}},
            },
        },
    }
    if method in ("PUT", "POST") and "$" not in place:
        found["responses"]["201"] = {"description": "Created", "content": {FHIR_JSON: {"schema": _RESOURCE}}}
    if method == "DELETE":
        found["responses"] |= {"204": {"description": "Deleted"}, "202": {"description": "Called off"}}
    if method == "GET":
        question = {"name": "query", "in": "query", "style": "form", "explode": True, "schema": _ANY}
        found["parameters"].append(question)
    if place not in _OPEN:
        found["security"] = [{"bearer": []}]
    if method in ("POST", "PUT", "PATCH"):
        found["requestBody"] = {"required": True, "content": _body(place, method)}
    return found


def _answered(place: str) -> str:
    if "$export-file" in place:
        return NDJSON[0]
    return "application/json" if place == _OPEN[1] or "$export-status" in place else FHIR_JSON


def _said(place: str) -> Described:
    return _RESOURCE if _answered(place) == FHIR_JSON else {}


def _body(place: str, method: str) -> Described:
    if method == "PATCH":
        return {PATCH: {"schema": {"type": "array", "items": {"type": "object"}}}}
    if place.endswith("/_search"):
        return {"application/x-www-form-urlencoded": {"schema": _ANY}}
    if place == "/fhir/$import":
        return {NDJSON[0]: {"schema": {"type": "string"}}}
    return {FHIR_JSON: {"schema": _RESOURCE}}
