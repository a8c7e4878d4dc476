"""CapabilityStatement and SMART configuration: what is really there, compiled from the code that does it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.api.errors import FHIR_JSON
from hub.api.fhir.query import query_of
from hub.api.site import Site
from hub.clock import instant
from hub.fhir import RESOURCE_TYPES
from hub.fhir.json import write
from hub.search import parameters

_NOT_STORED = frozenset({"Bundle", "Parameters", "OperationOutcome", "CapabilityStatement", "Binary"})
"""Types that travel here but are not kept as records."""
_SMART_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
"""Older clients look for the token endpoint here instead of in the SMART configuration."""
_EVERYTHING = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
_VALIDATE = "http://hl7.org/fhir/OperationDefinition/Resource-validate"


class Capability:
    """The two handlers that need no token."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._statement = write(capability_statement(site.hub.config.base_url, site.hub.clock()))
        self._smart = write(smart_configuration(site.hub.config.base_url))

    async def statement(self, request: Request) -> Response:
        """GET /fhir/metadata"""
        query_of(request)
        return Response(self._statement, media_type=FHIR_JSON)

    async def smart(self, _request: Request) -> Response:
        """GET /fhir/.well-known/smart-configuration"""
        return Response(self._smart, media_type="application/json")


def capability_statement(base_url: str, now_ms: int) -> dict[str, Any]:
    """https://www.hl7.org/fhir/R4/capabilitystatement.html of this very server."""
    token_url = f"{base_url}/oauth2/token"
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(now_ms),
        "kind": "instance",
        "software": {"name": "Jukung", "version": "0.1.0"},
        "implementation": {"description": "Jukung", "url": f"{base_url}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "extension": [{"url": _OAUTH, "extension": [{"url": "token", "valueUri": token_url}]}],
                    "cors": False,
                    "service": [{"coding": [{"system": _SMART_SERVICE, "code": "SMART-on-FHIR"}]}],
                    "description": "SMART Backend Services: private_key_jwt with RS384 or ES384.",
                },
                "resource": [_resource(name) for name in RESOURCE_TYPES if name not in _NOT_STORED],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
                "operation": [{"name": "validate", "definition": _VALIDATE}],
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


def _resource(name: str) -> dict[str, Any]:
    return {
        "type": name,
        "interaction": [
            {"code": code}
            for code in ("create", "read", "vread", "update", "delete", "history-instance", "search-type")
        ],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "searchParam": [{"name": p.name, "type": p.type} for p in parameters(name)],
        "operation": [
            {"name": "validate", "definition": _VALIDATE},
            *([{"name": "everything", "definition": _EVERYTHING}] if name == "Patient" else []),
        ],
    }
