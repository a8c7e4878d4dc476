"""The FHIR addresses as OpenAPI paths, from the routes themselves; /fhir/metadata says what they exchange."""

import re
from collections.abc import Iterable
from typing import Any

from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import COMPARTMENTS
from hub.api.fhir.importing import NDJSON
from hub.api.media import PATCH
from hub.api.once import SAID
from hub.api.site import Methods
from hub.fhir import RESOURCE_TYPES

Described = dict[str, Any]

_ONE, _MANY, _PAST = "/fhir/{type}/{id}", "/fhir/{type}", "/fhir/{type}/{id}/_history/{vid}"
_CHANGES = frozenset((method, place) for method in ("PUT", "PATCH", "DELETE") for place in (_ONE, _MANY))
_READS = frozenset({("GET", _ONE), ("GET", _PAST)})
_EXPORTS = ("/fhir/$export", "/fhir/Patient/$export", "/fhir/Group/{id}/$export")
_ONCE = frozenset(("POST", place) for place in (_MANY, "/fhir", "/fhir/$import", *_EXPORTS))
HEADERS: tuple[tuple[str, frozenset[tuple[str, str]] | None, str], ...] = (
    ("If-Match", _CHANGES, 'The version to be changed, such as W/"3"; 412 when it is not the newest.'),
    ("If-None-Match", _READS, "Versions the caller has: 304 when it is one of them."),
    ("If-None-Match", frozenset({("PUT", _ONE), ("PUT", _MANY)}), "`*`: only when there is none yet, else 412."),
    ("If-Modified-Since", _READS, "304 when it did not change since."),
    ("If-None-Exist", frozenset({("POST", _MANY)}), "A search; the one it finds is answered, nothing is stored."),
    ("Idempotency-Key", _ONCE, SAID),
    ("Prefer", None, "return=minimal, representation or OperationOutcome; handling=lenient; respond-async to export."),
    ("Accept-Language", None, "Of texts: id (default) or en."),
)
"""A request header, where it counts (method, address; None: everywhere), and what it does."""

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
        ]
        + [
            {"name": name, "in": "header", "description": said, "schema": {"type": "string"}}
            for name, places, said in HEADERS
            if places is None or (method, place) in places
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
