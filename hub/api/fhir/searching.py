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
from hub.auth import parse_scope
from hub.errors import Category, HubError
from hub.model import Issue, Principal

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

    async def page(self, request: Request) -> Response:
        """GET /fhir?_page=…: the following page of a search."""
        pairs = query_of(request)
        token = _page_token(pairs)
        if token is None:
            raise HubError(Category.NOT_ALLOWED, Issue("HUB-5802", args={"method": "GET", "allowed": "POST"}))
        return await self._next(request, token, None)

    async def _search(self, request: Request, type_: str, pairs: Pairs) -> Response:
        if (token := _page_token(pairs)) is not None:
            return await self._next(request, token, type_)
        key, lenient = bearer(request), is_lenient(request.headers)

        def work() -> bytes:
            who = self.site.known(key, request)
            require_scope(who, type_, "search")
            return access.search(self.site.hub, who, type_, pairs, lenient, self.site.fhir_base)

        return Response(await self.site.run(work), media_type=FHIR_JSON)

    async def _next(self, request: Request, token: str, type_: str | None) -> Response:
        key = bearer(request)

        def work() -> bytes:
            who = self.site.known(key, request)
            require_scope(who, type_ or _searchable(who), "search")
            return access.next_page(self.site.hub, who, token, self.site.fhir_base)

        return Response(await self.site.run(work), media_type=FHIR_JSON)


def _page_token(pairs: Pairs) -> str | None:
    return next((value for name, value in pairs if name == "_page"), None)


def _searchable(who: Principal) -> str:
    """Some type the caller may search: a page without a type in its address belongs to a search already allowed."""
    scopes = [scope for scope in map(parse_scope, who.scopes) if scope is not None and "s" in scope.letters]
    return scopes[0].type if scopes else "*"
