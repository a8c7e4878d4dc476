"""history of a type and of everything. https://www.hl7.org/fhir/R4/http.html#history"""

from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import type_of
from hub.api.fhir.query import PastAsked, history_of, query_of
from hub.api.media import is_lenient
from hub.api.site import Site, require_scope
from hub.auth import Interaction, allows
from hub.fhir import RESOURCE_TYPES
from hub.model import Principal


class Histories:
    """Handlers that answer with what was written, newest first, over many resources."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def of_type(self, request: Request) -> Response:
        """GET /fhir/{type}/_history"""
        return await self._answer(request, type_of(request))

    async def of_all(self, request: Request) -> Response:
        """GET /fhir/_history: of the types the token's scopes cover."""
        return await self._answer(request, None)

    async def _answer(self, request: Request, type_: str | None) -> Response:
        asked = history_of(query_of(request), is_lenient=is_lenient(request.headers))

        def work(who: Principal) -> bytes:
            return past(self.site, who, type_, asked)

        return Response(await self.site.serve(request, work), media_type=FHIR_JSON)


def past(site: Site, who: Principal, type_: str | None, asked: PastAsked) -> bytes:
    """The history Bundle of a type or (None) of all types that the caller's scopes cover; FORBIDDEN without any."""
    interaction: Interaction = "history-type" if type_ is not None else "history-system"
    among = RESOURCE_TYPES if type_ is None else (type_,)
    types = tuple(name for name in among if allows(who.scopes, name, interaction))
    if not types:
        require_scope(who, type_ or "*", interaction)
    if asked.page is not None:
        return access.next_histories(site.hub, who, type_, types, asked.page, site.fhir_base)
    wanted = access.AskedHistory(type_, types, asked.since_ms, asked.most, asked.form, asked.query)
    return access.histories(site.hub, who, wanted, site.fhir_base)
