"""Bulk load: POST /fhir/$import with NDJSON, one resource a line; the answer counts, and names what was refused."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub import pipeline
from hub.api.body import BUNDLE_LIMIT, read_body
from hub.api.errors import FHIR_JSON
from hub.api.fhir.query import query_of
from hub.api.media import require_json
from hub.api.site import Site, lang_of
from hub.auth import allows
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, outcome
from hub.fhir.json import write
from hub.model import Issue
from hub.pipeline import Loaded

NDJSON = ("application/fhir+ndjson", "application/ndjson", "application/x-ndjson")
OPERATIONS = (("system", "", "import", "https://jukung.id/fhir/OperationDefinition/import", "load"),)


class Importing:
    """The handler of bulk load."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def load(self, request: Request) -> Response:
        """POST /fhir/$import: each line is stored or refused by itself; the same lines again change nothing."""
        query_of(request)
        require_json(request.headers, NDJSON)
        who, lang = await self.site.caller(request), lang_of(request)
        types = frozenset(name for name in RESOURCE_TYPES if allows(who.scopes, name, "create"))
        if not types:
            raise HubError(Category.FORBIDDEN, Issue("HUB-5003", args={"interaction": "create", "type": "*"}))
        body = await read_body(request, BUNDLE_LIMIT)

        def work() -> bytes:
            return write(_told(pipeline.load(self.site.hub, who, enumerate(body.split(b"\n"), 1), types), lang))

        return Response(await self.site.run(work), media_type=FHIR_JSON)


def _told(done: Loaded, lang: str) -> dict[str, Any]:
    """The counts, and an OperationOutcome when there is something to say."""
    parameter: list[dict[str, Any]] = [{"name": name, "valueInteger": n} for name, n in done.counts.items()]
    if done.issues:
        parameter.append({"name": "issues", "resource": outcome(done.issues, lang)})
    return {"resourceType": "Parameters", "parameter": parameter}
