"""batch and transaction: one Bundle, each entry within the token's scopes or nothing at all."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub import pipeline
from hub.api.body import BUNDLE_LIMIT, read_body
from hub.api.errors import FHIR_JSON, status_line
from hub.api.fhir.query import query_of
from hub.api.media import require_json
from hub.api.site import Site, json_object, lang_of, scope_issue
from hub.auth import Interaction, allows
from hub.errors import Category, HubError
from hub.fhir.json import read
from hub.model import Issue, Principal

_SHOWN = 200


class Bundling:
    """The handler of POST /fhir."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def process(self, request: Request) -> Response:
        """POST /fhir: process the Bundle and answer with its response Bundle."""
        query_of(request)
        require_json(request.headers)
        who, lang = await self.site.caller(request), lang_of(request)
        body = await read_body(request, BUNDLE_LIMIT)

        def work() -> bytes:
            bundle = json_object(read(body))
            if bundle.get("resourceType") != "Bundle":
                raise HubError(Category.INCORRECT, Issue("HUB-3111", "resourceType", args={"expected": "Bundle"}))
            require_entry_scopes(who, bundle)
            return pipeline.bundle(self.site.hub, who, bundle, status_line, lang)

        return Response(await self.site.run(work), media_type=FHIR_JSON)


def require_entry_scopes(who: Principal, bundle: dict[str, Any]) -> None:
    """FORBIDDEN naming every entry the scopes do not cover; what is no request at all is left to the pipeline."""
    entries = bundle.get("entry")
    seen: dict[tuple[str, Interaction], bool] = {}
    issues: list[Issue] = []
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        asked = _asked(entry)
        if asked is None:
            continue
        if asked not in seen:
            seen[asked] = allows(who.scopes, *asked)
        if not seen[asked] and len(issues) < _SHOWN:
            issues.append(scope_issue(*asked, path=f"Bundle.entry[{index}].request"))
    if issues:
        raise HubError(Category.FORBIDDEN, *issues)


def _asked(entry: Any) -> tuple[str, Interaction] | None:
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict):
        return None
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or not isinstance(url, str):
        return None
    path = url.partition("?")[0]
    type_, slash, _ = path.strip("/").partition("/")
    if method in ("GET", "HEAD"):
        return type_, "read" if slash else "search"
    by_method: dict[str, Interaction] = {"POST": "create", "PUT": "update", "DELETE": "delete"}
    return (type_, by_method[method]) if method in by_method else None
