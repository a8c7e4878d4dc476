"""$validate: everything the way in would say about a resource, storing nothing.

https://www.hl7.org/fhir/R4/resource-operation-validate.html: 200 with an OperationOutcome, also when it is not valid.
Parameters `profile` and `mode` come in the address or, with the resource, in a Parameters body.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub import pipeline
from hub.api.body import RESOURCE_LIMIT, read_body
from hub.api.errors import answer
from hub.api.fhir.address import type_of
from hub.api.fhir.conditions import require_references
from hub.api.fhir.parameters import Given
from hub.api.fhir.query import Pairs, query_of
from hub.api.media import is_lenient, require_json
from hub.api.site import Site, json_object, lang_of, require_scope
from hub.errors import Category, HubError
from hub.fhir.json import read
from hub.model import Issue, Principal
from hub.validation import checked_against, unchecked_issues

_DEFINED = "http://hl7.org/fhir/OperationDefinition/Resource-validate"
OPERATIONS = (
    ("system", "", "validate", _DEFINED, "any_type"),
    ("type", "", "validate", _DEFINED, "one_type"),
)
"""(level, type ("" for every one), code, definition, handler); both by POST."""

_NAMES = ("resource", "profile", "mode")
_MODES = ("create", "update", "profile")
_MOST_PROFILES = 10


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
        query = query_of(request)
        if any(name not in _NAMES for name, _ in query) and not is_lenient(request.headers):
            raise HubError(Category.INCORRECT, Issue("HUB-4400", args={"allowed": ", ".join(_NAMES)}))
        require_json(request.headers)
        who = await self.site.caller(request)
        raw = await read_body(request, RESOURCE_LIMIT)
        issues = await self.site.run(lambda: self._issues(who, json_object(read(raw)), type_, query))
        return answer(issues, request.url.path, lang_of(request), 200)

    def _issues(self, who: Principal, body: dict[str, Any], type_: str | None, query: Pairs) -> list[Issue]:
        resource, asked = _asked(body, type_, query)
        mode, profiles = asked.text("mode"), asked.texts("profile")
        if (mode and mode not in _MODES) or len(profiles) > _MOST_PROFILES:
            args = {"modes": ", ".join(_MODES), "profiles": str(_MOST_PROFILES)}
            raise HubError(Category.INCORRECT, Issue("HUB-1205", args=args))
        kind = type_ or str(resource.get("resourceType", ""))
        issues = pipeline.validate(resource, kind, profiles)
        if mode in ("create", "update") and not any(issue.severity in ("fatal", "error") for issue in issues):
            require_scope(who, kind, "create" if mode == "create" else "update")
            require_references(who, resource)
            issues += [each for each in pipeline.rehearse(self.site.hub, who, resource, mode) if each not in issues]
        if not issues:
            issues.append(Issue("HUB-5822", severity="information"))
        issues += unchecked_issues(resource)
        checked = ", ".join(checked_against(resource, profiles))
        return [*issues, Issue("HUB-1207", severity="information", args={"profiles": checked})]


def _asked(body: dict[str, Any], type_: str | None, query: Pairs) -> tuple[dict[str, Any], Given]:
    """The resource (the body itself, or the parameter of a Parameters body) and the other parameters."""
    values: dict[str, list[Any]] = {}
    for name, value in query:
        values.setdefault(name, []).append(value)
    if body.get("resourceType") != "Parameters" or type_ == "Parameters":
        return body, Given(values)
    listed = body.get("parameter")
    for parameter in listed if isinstance(listed, list) else ():
        if isinstance(parameter, dict) and parameter.get("name") in _NAMES:
            given = [value for key, value in parameter.items() if key == "resource" or key.startswith("value")]
            values.setdefault(parameter["name"], []).extend(given)
    resources = values.get("resource", [])
    return json_object(resources[0]) if resources else body, Given(values)
