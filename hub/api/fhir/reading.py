"""read, vread, and history of an instance. https://www.hl7.org/fhir/R4/http.html#read"""

from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import id_of, type_of, version_headers, version_of
from hub.api.fhir.query import PastAsked, form_of, history_of, query_of
from hub.api.media import is_lenient, is_unchanged
from hub.api.site import Ask, Site, bearer, request_id, require_scope
from hub.clock import instant
from hub.fhir import Past, history
from hub.fhir.json import write
from hub.model import Principal


class Reading:
    """Handlers that answer with what is stored."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def read(self, request: Request) -> Response:
        """GET /fhir/{type}/{id}"""
        form = form_of(query_of(request))
        type_, id_, token = type_of(request), id_of(request), bearer(request)
        found = await self.site.read(Ask(token, type_, id_), request_id(request.scope))
        return _version(request, found, form)

    async def vread(self, request: Request) -> Response:
        """GET /fhir/{type}/{id}/_history/{vid}"""
        form = form_of(query_of(request))
        type_, id_, version = type_of(request), id_of(request), version_of(request)

        def work(who: Principal) -> access.Answer:
            require_scope(who, type_, "vread")
            return access.vread(self.site.hub, who, type_, id_, version)

        return _version(request, await self.site.serve(request, work), form)

    async def history(self, request: Request) -> Response:
        """GET /fhir/{type}/{id}/_history: newest first; a page continues below the version it names."""
        asked = history_of(query_of(request), is_lenient=is_lenient(request.headers), is_instance=True)
        type_, id_ = type_of(request), id_of(request)

        def work(who: Principal) -> bytes:
            require_scope(who, type_, "history-instance")
            return instance_history(self.site, who, type_, id_, asked)

        return Response(await self.site.serve(request, work), media_type=FHIR_JSON)


def instance_history(site: Site, who: Principal, type_: str, id_: str, asked: PastAsked) -> bytes:
    """The history Bundle of one resource, as far as it is open to the caller."""
    found = access.history(site.hub, who, type_, id_)
    versions = [each for each in found if each.updated_ms >= asked.since_ms]
    url = f"{site.fhir_base}/{type_}/{id_}"
    wanted = [each for each in versions if each.version < int(asked.page or 1 << 31)]
    links = {"self": f"{url}/_history" + (f"?{asked.query}" if asked.query else "")}
    if len(wanted) > asked.most:
        rest = "&".join(filter(None, (asked.query, f"_page={wanted[asked.most - 1].version}")))
        links["next"] = f"{url}/_history?{rest}"
    entries = [_past(url, each, asked.form) for each in wanted[: asked.most]]
    return write(history(entries, len(versions), links))


def shown(body: bytes, form: access.Form) -> bytes:
    """A stored body as it was asked for."""
    return body if form.is_whole else write(access.shaped(body, form))


def _version(request: Request, found: access.Answer, form: access.Form) -> Response:
    headers = version_headers(found.version, found.updated_ms)
    if is_unchanged(request.headers, found.version, found.updated_ms):
        return Response(status_code=304, headers=headers)
    return Response(shown(found.body, form), headers=headers, media_type=FHIR_JSON)


def _past(url: str, found: access.Answer, form: access.Form) -> Past:
    """One version with the request that made it; stored bytes are put in as they are."""
    named = "/".join(url.rsplit("/", 2)[1:])
    stamp, etag = instant(found.updated_ms), f'W/"{found.version}"'
    if found.is_deleted:
        return Past(url, "DELETE", named, "204 No Content", stamp, etag, None)
    body = access.shaped(found.body, form)
    if found.version == 1:
        return Past(url, "POST", named.partition("/")[0], "201 Created", stamp, etag, body)
    return Past(url, "PUT", named, "200 OK", stamp, etag, body)
