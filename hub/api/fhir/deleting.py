"""delete, by id or on a condition. https://www.hl7.org/fhir/R4/http.html#delete"""

from starlette.requests import Request
from starlette.responses import Response

from hub import pipeline
from hub.api.errors import answer
from hub.api.fhir.address import id_of, type_of, version_headers
from hub.api.fhir.conditions import require_condition
from hub.api.fhir.query import condition_of, query_of
from hub.api.media import if_match, preferred_return
from hub.api.site import Sent, Site, lang_of, require_scope
from hub.model import Issue, Principal


class Deleting:
    """Handlers that put a deleted version on top of a resource of the caller's own facility; 204 either time (200 with
    an OperationOutcome where that is preferred)."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def delete(self, request: Request) -> Response:
        """DELETE /fhir/{type}/{id}"""
        query_of(request)
        type_, id_, expected = type_of(request), id_of(request), if_match(request.headers)
        who = await self._caller(request, type_)
        return self._deleted(request, await self.site.delete(Sent(who, type_, id_, None, expected)))

    async def delete_where(self, request: Request) -> Response:
        """DELETE /fhir/{type}?…: the one that is found; several are refused, and none is fine."""
        type_, query, expected = type_of(request), condition_of(request), if_match(request.headers)
        who = await self._caller(request, type_)
        require_condition(who, type_, query)
        done = await self.site.run(lambda: pipeline.delete_where(self.site.hub, who, type_, query, expected))
        return self._deleted(request, done)

    async def _caller(self, request: Request, type_: str) -> Principal:
        who = await self.site.caller(request)
        require_scope(who, type_, "delete")
        return who

    def _deleted(self, request: Request, done: pipeline.Deletion) -> Response:
        headers = version_headers(done.version, done.updated_ms) if done.version else {}
        if preferred_return(request.headers) == "OperationOutcome":
            told = Issue("HUB-5830", severity="information")
            return answer([told], request.url.path, lang_of(request), 200, headers)
        return Response(status_code=204, headers=headers)
