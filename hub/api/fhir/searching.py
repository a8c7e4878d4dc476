"""search-type by address or by form, in a compartment, and the following pages.

https://www.hl7.org/fhir/R4/search.html
"""

from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.body import FORM_LIMIT, read_body
from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import compartment_of, type_of
from hub.api.fhir.query import Pairs, count_niks, pairs_of, query_of, settle_format
from hub.api.media import is_lenient, require_json
from hub.api.site import Site, bearer, lang_of, require_scope
from hub.errors import Category, HubError
from hub.model import Issue, Principal

FORM = "application/x-www-form-urlencoded"


class Searching:
    """Handlers that answer with a searchset."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def by_url(self, request: Request) -> Response:
        """GET /fhir/{type}?…, /fhir/{compartment}/{id}/{type}?…"""
        return await self._search(request, type_of(request), query_of(request))

    async def by_form(self, request: Request) -> Response:
        """POST …/_search: parameters of the form and of the address together; the only place for a NIK."""
        type_, pairs = type_of(request), query_of(request)
        bearer(request)
        if request.headers.get("content-type"):
            require_json(request.headers, (FORM,))
        form = pairs_of(await read_body(request, FORM_LIMIT))
        return await self._search(request, type_, pairs + settle_format(request, form))

    async def _search(self, request: Request, type_: str, pairs: Pairs) -> Response:
        lenient, lang, compartment = is_lenient(request.headers), lang_of(request), compartment_of(request)

        def work(who: Principal) -> bytes:
            require_scope(who, type_, "search")
            self.site.count_niks(who, count_niks(pairs))
            return found(self.site, who, type_, pairs, lenient, lang, compartment)

        return Response(await self.site.serve(request, work), media_type=FHIR_JSON)


def found(
    site: Site,
    who: Principal,
    type_: str,
    pairs: Pairs,
    lenient: bool,
    lang: str,
    compartment: tuple[str, str] | None = None,
) -> bytes:
    """The searchset of a search, or the page a link of an earlier one leads to."""
    page = next((value for name, value in pairs if name == "_page"), None)
    if page is not None:
        if len(pairs) > 1 and not lenient:
            raise HubError(Category.INCORRECT, Issue("HUB-4109"))
        return access.next_page(site.hub, who, type_, page, site.fhir_base, lang)
    return access.search(site.hub, who, type_, pairs, lenient, site.fhir_base, compartment, lang)
