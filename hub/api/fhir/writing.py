"""create, update and patch, also on a condition. https://www.hl7.org/fhir/R4/http.html#create"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub import access, pipeline
from hub.api.body import RESOURCE_LIMIT, read_body
from hub.api.errors import FHIR_JSON, answer
from hub.api.fhir.address import id_of, type_of, version_headers
from hub.api.fhir.conditions import may_ask, require_condition, require_references
from hub.api.fhir.query import condition_of, query_of
from hub.api.media import JSON, PATCH, for_update, if_match, if_none_exist, preferred_return, require_json
from hub.api.once import key_of, once
from hub.api.site import Sent, Site, lang_of, require_scope, resource_of
from hub.auth import Interaction, allows
from hub.errors import Category, HubError
from hub.fhir.patch import read_patch
from hub.model import Issue, Principal


class Writing:
    """Handlers that store one resource; its author is the token's facility, whatever the body says."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def create(self, request: Request) -> Response:
        """POST /fhir/{type}: 201, or 200 when the hub already had it (If-None-Exist); that one is then read, not sent
        back: its content may differ, and a client that may only write learns no more than where it is."""
        type_ = type_of(request)
        condition = if_none_exist(request.headers)
        if others := [name for name, _ in query_of(request) if not name.startswith("_")]:
            # Some clients write a condition here. Passing over it would store the resource a second time.
            name = others[0] if others[0].replace("-", "").isalpha() and len(others[0]) < 40 else "?"
            raise HubError(Category.INCORRECT, Issue("HUB-5823", args={"name": name}))
        who, body = await self._received(request, type_, ("create",))
        if condition is None and key_of(request) is None:
            return self._stored(request, await self._sent(Sent(who, type_, "", body, None)))
        if condition is not None:
            require_condition(who, type_, condition)

        def work(key: pipeline.Once | None) -> pipeline.Written:
            stored = pipeline.create(self.site.hub, who, _resource(who, body, type_), condition, key)
            if stored.outcome == "created":
                return stored
            if not allows(who.scopes, type_, "read"):
                return replace(stored, body=b"")
            return replace(stored, body=access.vread(self.site.hub, who, type_, stored.id, stored.version).body)

        return self._stored(request, await once(self.site, request, who, body, work))

    async def update(self, request: Request) -> Response:
        """PUT /fhir/{type}/{id}, with If-Match when the caller wants to be sure of the version it changes."""
        type_, id_, expected = type_of(request), id_of(request), for_update(request.headers)
        who, body = await self._received(request, type_, ("update",))
        return self._stored(request, await self._sent(Sent(who, type_, id_, body, expected)))

    async def update_where(self, request: Request) -> Response:
        """PUT /fhir/{type}?…: update the one that is found, or create it when none is."""
        type_, query, expected = type_of(request), condition_of(request), for_update(request.headers)

        def store(who: Principal, body: bytes) -> pipeline.Written:
            require_condition(who, type_, query)
            return pipeline.update_where(self.site.hub, who, type_, query, _resource(who, body, type_), expected)

        return await self._changed(request, type_, ("update", "create"), store)

    async def patch(self, request: Request) -> Response:
        """PATCH /fhir/{type}/{id}: JSON Patch. Its tests and its answer tell what is stored, so it reads too."""
        type_, id_, expected = type_of(request), id_of(request), if_match(request.headers)

        def store(who: Principal, body: bytes) -> pipeline.Written:
            return pipeline.patch(self.site.hub, who, type_, id_, _operations(who, body), expected)

        return await self._changed(request, type_, ("update", "read"), store, (PATCH,))

    async def patch_where(self, request: Request) -> Response:
        """PATCH /fhir/{type}?…: the one that is found; none is 404."""
        type_, query, expected = type_of(request), condition_of(request), if_match(request.headers)

        def store(who: Principal, body: bytes) -> pipeline.Written:
            require_condition(who, type_, query)
            return pipeline.patch_where(self.site.hub, who, type_, query, _operations(who, body), expected)

        return await self._changed(request, type_, ("update", "read"), store, (PATCH,))

    async def _sent(self, sent: Sent) -> pipeline.Written:
        """Stored together with what arrives at the same time."""
        if may_ask(sent.who, sent.body or b""):
            await self.site.run(lambda: _resource(sent.who, sent.body or b"", sent.type))
        return await self.site.write(sent)

    async def _changed(
        self,
        request: Request,
        type_: str,
        interactions: Sequence[Interaction],
        store: Callable[[Principal, bytes], pipeline.Written],
        accepted: Sequence[str] = JSON,
    ) -> Response:
        who, body = await self._received(request, type_, interactions, accepted)
        return self._stored(request, await self.site.run(lambda: store(who, body)))

    async def _received(
        self, request: Request, type_: str, interactions: Sequence[Interaction], accepted: Sequence[str] = JSON
    ) -> tuple[Principal, bytes]:
        query_of(request)
        require_json(request.headers, accepted)
        who = await self.site.caller(request)
        for interaction in interactions:
            require_scope(who, type_, interaction)
        return who, await read_body(request, RESOURCE_LIMIT)

    def _stored(self, request: Request, stored: pipeline.Written) -> Response:
        status = 201 if stored.outcome == "created" else 200
        place = f"{self.site.fhir_base}/{stored.type}/{stored.id}/_history/{stored.version}"
        headers = {**version_headers(stored.version, stored.updated_ms), "Location": place}
        wanted = preferred_return(request.headers)
        if wanted == "minimal" or not stored.body:
            return Response(status_code=status, headers=headers)
        if wanted == "OperationOutcome":
            issues = stored.warnings or (Issue("HUB-5821", severity="information"),)
            return answer(issues, request.url.path, lang_of(request), status, headers)
        return Response(stored.body, status, headers, FHIR_JSON)


def _resource(who: Principal, body: bytes, type_: str) -> dict[str, Any]:
    """The resource sent, whose conditional references search nothing that the caller may not."""
    resource = resource_of(body, type_)
    require_references(who, resource)
    return resource


def _operations(who: Principal, body: bytes) -> list[dict[str, Any]]:
    """The patch sent, likewise."""
    operations = read_patch(body)
    require_references(who, {}, operations)
    return operations
