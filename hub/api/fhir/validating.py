"""$validate: everything the way in would say about a resource, storing nothing.

https://www.hl7.org/fhir/R4/resource-operation-validate.html: 200 with an OperationOutcome, also when it is not valid.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub import pipeline
from hub.api.body import RESOURCE_LIMIT, read_body
from hub.api.errors import answer
from hub.api.fhir.address import type_of
from hub.api.fhir.query import query_of
from hub.api.media import require_json
from hub.api.site import Site, json_object, lang_of
from hub.fhir.json import read
from hub.model import Issue


class Validating:
    """The handlers of $validate, with or without a type in the address."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def one_type(self, request: Request) -> Response:
        """POST /fhir/{type}/$validate"""
        return await self._validate(request, type_of(request))

    async def any_type(self, request: Request) -> Response:
        """POST /fhir/$validate"""
        return await self._validate(request, None)

    async def _validate(self, request: Request, type_: str | None) -> Response:
        query_of(request)
        require_json(request.headers)
        await self.site.caller(request)
        body = await read_body(request, RESOURCE_LIMIT)

        def work() -> list[Issue]:
            resource = _resource(json_object(read(body)), type_)
            return list(pipeline.validate(resource, type_ or str(resource.get("resourceType", ""))))

        issues = await self.site.run(work) or [Issue("HUB-5822", severity="information")]
        return answer(issues, request.url.path, lang_of(request), 200)


def _resource(body: dict[str, Any], type_: str | None) -> dict[str, Any]:
    """The body itself, or the `resource` parameter of a Parameters body."""
    if body.get("resourceType") != "Parameters" or type_ == "Parameters":
        return body
    parameters = body.get("parameter")
    for parameter in parameters if isinstance(parameters, list) else ():
        if isinstance(parameter, dict) and parameter.get("name") == "resource":
            return json_object(parameter.get("resource"))
    return body
