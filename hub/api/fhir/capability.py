"""CapabilityStatement and SMART configuration: what is really there, from the tables that do the work (the routes, the
operations each module declares, the search parameters with their modifiers)."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import COMPARTMENTS
from hub.api.fhir.operations import operations_of
from hub.api.fhir.query import query_of
from hub.api.media import JSON, PATCH
from hub.api.site import Methods, Site
from hub.clock import instant
from hub.fhir import RESOURCE_TYPES, terminology
from hub.fhir.json import write
from hub.search import Parameter, modifiers, parameters
from hub.validation import known_profiles

_NOT_STORED = frozenset({"Bundle", "Parameters", "OperationOutcome", "CapabilityStatement", "Binary"})
"""Types that travel here but are not kept as records."""
_SMART_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
"""Older clients look for the token endpoint here instead of in the SMART configuration."""
_BULK_DATA = "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"
_COMPARTMENT = "http://hl7.org/fhir/CompartmentDefinition/"

Served = Collection[tuple[str, str]]
"""(method, address) of everything the routes answer."""

OF_TYPE = (
    ("create", "POST", "/fhir/{type}"),
    ("read", "GET", "/fhir/{type}/{id}"),
    ("vread", "GET", "/fhir/{type}/{id}/_history/{vid}"),
    ("update", "PUT", "/fhir/{type}/{id}"),
    ("patch", "PATCH", "/fhir/{type}/{id}"),
    ("delete", "DELETE", "/fhir/{type}/{id}"),
    ("history-instance", "GET", "/fhir/{type}/{id}/_history"),
    ("history-type", "GET", "/fhir/{type}/_history"),
    ("search-type", "GET", "/fhir/{type}"),
)
"""The interactions of R4 and where they are answered. https://www.hl7.org/fhir/R4/http.html"""
OF_SYSTEM = (
    ("transaction", "POST", "/fhir"),
    ("batch", "POST", "/fhir"),
    ("history-system", "GET", "/fhir/_history"),
)
_ON_A_CONDITION = (("conditionalUpdate", "PUT", True), ("conditionalDelete", "DELETE", "single"))


class Capability:
    """The two handlers that need no token."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._statement = b""
        self._smart = write(smart_configuration(site.hub.config.base_url))

    def learn(self, routes: Iterable[Methods]) -> None:
        """Say what these routes answer."""
        served = {(method, each.pattern) for each in routes for method in each.handlers}
        self._statement = write(capability_statement(self.site.hub.config.base_url, self.site.hub.clock(), served))

    async def statement(self, request: Request) -> Response:
        """GET /fhir/metadata; with mode=terminology what code systems are shipped"""
        if ("mode", "terminology") in query_of(request):
            config = self.site.hub.config
            found = terminology.capabilities(instant(self.site.hub.clock()), f"{config.base_url}/fhir")
            return Response(await self.site.run(lambda: write(found)), media_type=FHIR_JSON)
        return Response(self._statement, media_type=FHIR_JSON)

    async def smart(self, _request: Request) -> Response:
        """GET /fhir/.well-known/smart-configuration"""
        return Response(self._smart, media_type="application/json")


def capability_statement(base_url: str, now_ms: int, served: Served) -> dict[str, Any]:
    """https://www.hl7.org/fhir/R4/capabilitystatement.html of this very server."""
    token_url = f"{base_url}/oauth2/token"
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{base_url}/fhir/metadata",
        "name": "Jukung",
        "title": "Jukung",
        "status": "active",
        "date": instant(now_ms),
        "description": "What this hub does of FHIR R4, made from the tables that do the work.",
        "kind": "instance",
        "instantiates": [_BULK_DATA],
        "software": {"name": "Jukung", "version": "0.1.0"},
        "implementation": {"description": "Jukung", "url": f"{base_url}/fhir"},
        "fhirVersion": "4.0.1",
        "format": [JSON[0], "json"],
        "patchFormat": [PATCH],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "extension": [{"url": _OAUTH, "extension": [{"url": "token", "valueUri": token_url}]}],
                    "cors": False,
                    "service": [{"coding": [{"system": _SMART_SERVICE, "code": "SMART-on-FHIR"}]}],
                    "description": "SMART Backend Services: private_key_jwt with RS384 or ES384.",
                },
                "resource": [_resource(name, served) for name in RESOURCE_TYPES if name not in _NOT_STORED],
                "interaction": [{"code": code} for code, method, place in OF_SYSTEM if (method, place) in served],
                "operation": _operations(""),
                "compartment": [_COMPARTMENT + kind.lower() for kind in COMPARTMENTS],
            }
        ],
    }


def smart_configuration(base_url: str) -> dict[str, Any]:
    """https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html; only what is tested is published."""
    return {
        "token_endpoint": f"{base_url}/oauth2/token",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
        "scopes_supported": ["system/*.cruds", "system/*.crus", "system/*.cu", "system/*.rs"],
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }


def _resource(name: str, served: Served) -> dict[str, Any]:
    conditions = {key: value for key, method, value in _ON_A_CONDITION if (method, "/fhir/{type}") in served}
    found = {
        "type": name,
        "supportedProfile": list(known_profiles(name)),
        "interaction": [{"code": code} for code, method, place in OF_TYPE if (method, place) in served],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        **conditions,
        "referencePolicy": ["literal", "local", "enforced"],
        "searchInclude": [f"{name}:{each.name}" for each in parameters(name) if each.type == "reference"],
        "searchRevInclude": _pointing().get(name, []),
        "searchParam": [_parameter(each) for each in parameters(name)],
        "operation": _operations(name),
    }
    return {key: value for key, value in found.items() if value != []}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    taken = [f":{each}" for each in modifiers(parameter) if each not in parameter.targets]
    taken += [":[type]"] if parameter.targets else []
    found = {"name": parameter.name, "definition": parameter.url, "type": parameter.type}
    return found | ({"documentation": "Modifiers: " + ", ".join(taken)} if taken else {})


def _operations(type_: str) -> list[dict[str, Any]]:
    """Each named once, also when it is offered on the type and on its instances."""
    found = {each.code: {"name": each.code, "definition": each.definition} for each in operations_of(type_)}
    return list(found.values())


@cache
def _pointing() -> dict[str, list[str]]:
    """By type, the reference parameters of others that name it; those that may lead anywhere are left out."""
    found: dict[str, list[str]] = {}
    for source in RESOURCE_TYPES:
        for each in parameters(source):
            if each.type == "reference" and len(each.targets) < len(RESOURCE_TYPES):
                for target in each.targets:
                    found.setdefault(target, []).append(f"{source}:{each.name}")
    return found
