"""read, vread, instance history. https://www.hl7.org/fhir/R4/http.html#read"""

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import id_of, type_of, version_headers, version_of
from hub.api.fhir.query import query_of
from hub.api.media import if_none_match
from hub.api.site import Site, bearer, require_scope
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import Past, history
from hub.fhir.json import write
from hub.model import Issue

_COUNT, _MOST = 20, 200


class Reading:
    """Handlers that answer with what is stored."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def read(self, request: Request) -> Response:
        """GET /fhir/{type}/{id}"""
        query_of(request)
        type_, id_, token = type_of(request), id_of(request), bearer(request)

        def work() -> access.Answer:
            who = self.site.known(token, request)
            require_scope(who, type_, "read")
            return access.read(self.site.hub, who, type_, id_)

        return _version(request, await self.site.run(work))

    async def vread(self, request: Request) -> Response:
        """GET /fhir/{type}/{id}/_history/{vid}"""
        query_of(request)
        type_, id_, version, token = type_of(request), id_of(request), version_of(request), bearer(request)

        def work() -> access.Answer:
            who = self.site.known(token, request)
            require_scope(who, type_, "vread")
            return access.vread(self.site.hub, who, type_, id_, version)

        return _version(request, await self.site.run(work))

    async def history(self, request: Request) -> Response:
        """GET /fhir/{type}/{id}/_history?_count=: newest first; a page continues below the version it names."""
        params = dict(query_of(request))
        type_, id_, token = type_of(request), id_of(request), bearer(request)
        count = min(_whole("_count", params.get("_count", str(_COUNT))), _MOST)
        below = _whole("_page", params.get("_page", "999999999"))

        def work() -> bytes:
            who = self.site.known(token, request)
            require_scope(who, type_, "history-instance")
            versions = access.history(self.site.hub, who, type_, id_)
            return write(_bundle(f"{self.site.fhir_base}/{type_}/{id_}", versions, count, below))

        return Response(await self.site.run(work), media_type=FHIR_JSON)


def _version(request: Request, found: access.Answer) -> Response:
    headers = version_headers(found.version, found.updated_ms)
    if if_none_match(request.headers, found.version):
        return Response(status_code=304, headers=headers)
    return Response(found.body, headers=headers, media_type=FHIR_JSON)


def _bundle(url: str, versions: Sequence[access.Answer], count: int, below: int) -> dict[str, Any]:
    wanted = [found for found in versions if found.version < below]
    links = {"self": f"{url}/_history"}
    if len(wanted) > count:
        links["next"] = f"{url}/_history?_count={count}&_page={wanted[count - 1].version}"
    return history([_past(url, found) for found in wanted[:count]], len(versions), links)


def _past(url: str, found: access.Answer) -> Past:
    """One version with the request that made it; stored bytes are put in as they are."""
    type_ = url.rsplit("/", 2)[1]
    is_first = found.version == 1
    stamp = instant(found.updated_ms)
    if found.is_deleted:
        named = "/".join(url.rsplit("/", 2)[1:])
        return Past(url, "DELETE", named, "204 No Content", stamp, f'W/"{found.version}"', None)
    return Past(
        full_url=url,
        method="POST" if is_first else "PUT",
        url=type_ if is_first else "/".join(url.rsplit("/", 2)[1:]),
        status="201 Created" if is_first else "200 OK",
        last_modified=stamp,
        etag=f'W/"{found.version}"',
        resource=cast("dict[str, Any]", msgspec.Raw(found.body)),
    )


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise HubError(Category.INCORRECT, Issue("HUB-5819", args={"name": name, "allowed": "1, 2, 3…"}))
    return int(text)
