"""search-type by address or by form, and the following pages. https://www.hl7.org/fhir/R4/search.html"""

from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.body import FORM_LIMIT, read_body
from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import type_of
from hub.api.fhir.query import Pairs, pairs_of, query_of, settle_format
from hub.api.media import is_lenient, require_json
from hub.api.site import Site, bearer, require_scope

FORM = "application/x-www-form-urlencoded"


class Searching:
    """Handlers that answer with a searchset."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def by_url(self, request: Request) -> Response:
        """GET /fhir/{type}?…"""
        return await self._search(request, type_of(request), query_of(request))

    async def by_form(self, request: Request) -> Response:
        """POST /fhir/{type}/_search: parameters of the form and of the address together; the only place for a NIK."""
        type_, pairs = type_of(request), query_of(request)
        bearer(request)
        if request.headers.get("content-type"):
            require_json(request.headers, (FORM,))
        form = pairs_of(await read_body(request, FORM_LIMIT))
        return await self._search(request, type_, pairs + settle_format(request, form))

    async def _search(self, request: Request, type_: str, pairs: Pairs) -> Response:
        key, lenient, page = bearer(request), is_lenient(request.headers), _page_token(pairs)

        def work() -> bytes:
            who = self.site.known(key, request)
            require_scope(who, type_, "search")
            if page is not None:
                return access.next_page(self.site.hub, who, type_, page, self.site.fhir_base)
            return access.search(self.site.hub, who, type_, pairs, lenient, self.site.fhir_base)

        return Response(await self.site.run(work), media_type=FHIR_JSON)


def _page_token(pairs: Pairs) -> str | None:
    return next((value for name, value in pairs if name == "_page"), None)
