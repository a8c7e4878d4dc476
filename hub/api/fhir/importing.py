"""Bulk load: POST /fhir/$import with NDJSON, one resource a line; the answer counts, and names what was refused.

With `Prefer: return=representation` it also lists the new id of each line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub import pipeline
from hub.api.body import BUNDLE_LIMIT, read_body
from hub.api.errors import FHIR_JSON
from hub.api.fhir.query import query_of
from hub.api.media import preferred_return, require_json
from hub.api.once import told
from hub.api.site import Site, lang_of, scope_issue
from hub.auth import allows
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, outcome
from hub.fhir.json import write
from hub.model import Issue

NDJSON = ("application/fhir+ndjson", "application/ndjson", "application/x-ndjson")
MOST_IDS = 20_000
"""New ids that one answer lists; the others are counted, and found with the same lines sent again in smaller parts."""
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
            raise HubError(Category.FORBIDDEN, scope_issue("*", "create"))
        body = await read_body(request, BUNDLE_LIMIT)

        wants_ids = preferred_return(request.headers) == "representation"

        def work(_: pipeline.Note) -> pipeline.Done:
            ids: dict[str, str] = {}
            tell = ids.__setitem__ if wants_ids else None
            found = pipeline.load(self.site.hub, who, enumerate(body.split(b"\n"), 1), types, tell)
            shown = {"counts": found.counts, "ids": dict(islice(ids.items(), MOST_IDS)), "all": len(ids)}
            issues = tuple(replace(issue, value=None) for issue in found.issues)
            return pipeline.Done(issues=issues, told=msgspec.json.encode(shown))

        done = await told(self.site, request, who, body, work)
        return Response(write(_answer(msgspec.json.decode(done.told), done.issues, lang)), media_type=FHIR_JSON)


def _answer(done: Mapping[str, Any], issues: Sequence[Issue], lang: str) -> dict[str, Any]:
    """The counts, an OperationOutcome when there is something to say, and the ids that were asked for."""
    parameter: list[dict[str, Any]] = [{"name": name, "valueInteger": n} for name, n in done["counts"].items()]
    if issues:
        parameter.append({"name": "issues", "resource": outcome(issues, lang)})
    for old, new in done["ids"].items():
        part = [{"name": "old", "valueString": old}, {"name": "new", "valueReference": {"reference": new}}]
        parameter.append({"name": "id", "part": part})
    if done["all"] > MOST_IDS:
        parameter.append({"name": "ids-left-out", "valueInteger": done["all"] - MOST_IDS})
    return {"resourceType": "Parameters", "parameter": parameter}
