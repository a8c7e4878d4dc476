"""Patient/$summary by GET or POST. http://hl7.org/fhir/uv/ips/OperationDefinition/summary"""

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import id_of
from hub.api.fhir.parameters import given
from hub.api.fhir.query import names_nik
from hub.api.site import Site, bearer, lang_of, require_scope
from hub.auth import allows
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES
from hub.model import Issue, Principal

_IPS = "http://hl7.org/fhir/uv/ips/"
OPERATIONS = (
    ("type", "Patient", "summary", f"{_IPS}OperationDefinition/summary", "of_somebody"),
    ("instance", "Patient", "summary", f"{_IPS}OperationDefinition/summary", "of_one"),
)
"""(level, type, code, definition, handler); both by GET and POST."""

_PROFILES = ("", f"{_IPS}StructureDefinition/Composition-uv-ips", f"{_IPS}StructureDefinition/Bundle-uv-ips")


class Summary:
    """Handlers that answer with a person's summary, as far as it is open."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def of_one(self, request: Request) -> Response:
        """GET, POST /fhir/Patient/{id}/$summary"""
        return await self._answer(request, id_of(request), ("profile",))

    async def of_somebody(self, request: Request) -> Response:
        """GET, POST /fhir/Patient/$summary: of an identifier (a NIK by POST only), or the patient's own."""
        return await self._answer(request, None, ("identifier", "profile"))

    async def _answer(self, request: Request, id_: str | None, names: tuple[str, ...]) -> Response:
        bearer(request)
        asked = await given(request, names)
        identifier = asked.text("identifier")
        if asked.text("profile").partition("|")[0] not in _PROFILES:
            raise HubError(Category.UNPROCESSABLE, Issue("HUB-4431"))
        lang: Literal["id", "en"] = "en" if lang_of(request) == "en" else "id"

        def work(who: Principal) -> bytes:
            require_scope(who, "Patient", "read")
            readable = frozenset(name for name in RESOURCE_TYPES if allows(who.scopes, name, "read"))
            if id_ is None and not identifier and who.role != "patient":
                raise HubError(Category.INCORRECT, Issue("HUB-4402", args={"names": "identifier"}))
            self.site.count_niks(who, int(names_nik(identifier)))
            return access.summary(self.site.hub, who, id_, identifier, readable, lang)

        return Response(await self.site.serve(request, work), media_type=FHIR_JSON)
