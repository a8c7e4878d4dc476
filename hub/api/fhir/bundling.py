"""batch and transaction. https://www.hl7.org/fhir/R4/http.html#transaction"""

from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from hub import pipeline
from hub.api.body import BUNDLE_LIMIT, read_body
from hub.api.errors import FHIR_JSON, status_line
from hub.api.fhir.conditions import may_ask, require_condition, require_references
from hub.api.fhir.fetching import Fetching
from hub.api.fhir.query import query_of
from hub.api.media import is_lenient, preferred_return, require_json
from hub.api.once import once
from hub.api.site import Site, json_object, lang_of, scope_issue
from hub.auth import Interaction, allows
from hub.errors import Category, HubError
from hub.fhir import Answer
from hub.fhir.json import read
from hub.model import Issue, Principal
from hub.pipeline.entries import Entry


class Bundling:
    """The handlers of POST and GET /fhir."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def process(self, request: Request) -> Response:
        """POST /fhir: process the Bundle and answer with its response Bundle."""
        query_of(request)
        require_json(request.headers)
        who = await self.site.caller(request)
        body = await read_body(request, BUNDLE_LIMIT)

        def work(key: pipeline.Once | None) -> bytes:
            bundle = json_object(read(body))
            if bundle.get("resourceType") != "Bundle":
                raise HubError(Category.INCORRECT, Issue("HUB-3111", "resourceType", args={"expected": "Bundle"}))
            return pipeline.bundle(self.site.hub, who, bundle, _Door(self.site, who, request, may_ask(who, body)), key)

        return Response(await once(self.site, request, who, body, work), media_type=FHIR_JSON)

    async def search(self, request: Request) -> Response:
        """GET /fhir, POST /fhir/_search: searching all types at once is refused in plain words."""
        await self.site.caller(request)
        raise HubError(Category.INCORRECT, Issue("HUB-5828"))


class _Door:
    """What the pipeline leaves to the API, for one Bundle (hub.pipeline.responses.Door)."""

    def __init__(self, site: Site, who: Principal, request: Request, is_asking: bool) -> None:
        self.who, self._is_asking = who, is_asking
        self.wanted: Literal["minimal", "representation", "OperationOutcome"] | None = preferred_return(request.headers)
        self.lang = lang_of(request)
        self._fetching = Fetching(site, who, self.lang, is_lenient=is_lenient(request.headers))
        self._allowed: dict[tuple[str, Interaction], bool] = {}

    def status_line(self, category: Category) -> str:
        """ "404 Not Found" """
        return status_line(category)

    def require(self, type_: str, interaction: Interaction, path: str = "") -> None:
        """FORBIDDEN unless the caller's scopes cover it; found out once per type."""
        asked = (type_, interaction)
        if asked not in self._allowed:
            self._allowed[asked] = allows(self.who.scopes, type_, interaction)
        if not self._allowed[asked]:
            raise HubError(Category.FORBIDDEN, scope_issue(type_, interaction, path=path))

    def require_conditions(self, entry: Entry) -> None:
        """FORBIDDEN unless they cover what the entry's conditions look through, those in its references too."""
        for query in filter(None, (entry.query, entry.condition)):
            require_condition(self.who, entry.type, query, f"{entry.path}.request")
        if self._is_asking or entry.operations:
            require_references(self.who, entry.resource, entry.operations, f"{entry.path}.resource")

    def fetch(self, request: dict[str, Any]) -> Answer:
        """The answer to an entry that reads."""
        return self._fetching.fetch(request)
