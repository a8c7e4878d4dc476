"""Patient/$everything by GET or POST. https://www.hl7.org/fhir/R4/patient-operation-everything.html"""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.body import FORM_LIMIT, read_body
from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import id_of
from hub.api.fhir.query import Pairs, pairs_of, query_of, settle_format
from hub.api.fhir.searching import FORM
from hub.api.media import is_lenient, require_json
from hub.api.site import Site, bearer, json_object, lang_of, require_scope
from hub.auth import allows
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, date_range, instant_range
from hub.fhir.json import read
from hub.model import Issue, Principal

MOST = 1000
_FIRST_DAY, _LAST_DAY = -(2**31), 2**31 - 1
_TYPES = frozenset(RESOURCE_TYPES)
_NAMES = ("start", "end", "_since", "_type", "_count", "_page")
_JSON = ("application/fhir+json", "application/json", FORM)


class Everything:
    """Handlers that answer with a person's whole record, as far as it is open."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def of_one(self, request: Request) -> Response:
        """GET, POST /fhir/Patient/{id}/$everything"""
        return await self._answer(request, id_of(request))

    async def own(self, request: Request) -> Response:
        """GET, POST /fhir/Patient/$everything: the patient's own, with the patient's own token."""
        return await self._answer(request, None)

    async def _answer(self, request: Request, id_: str | None) -> Response:
        pairs, token, lang = query_of(request), bearer(request), lang_of(request)
        if request.method == "POST":
            pairs += await _sent(request)
        lenient = is_lenient(request.headers)

        def work() -> bytes:
            who = self.site.known(token, request)
            require_scope(who, "Patient", "read")
            readable = tuple(name for name in RESOURCE_TYPES if allows(who.scopes, name, "read"))
            hub, base = self.site.hub, self.site.fhir_base
            if page := next((value for name, value in pairs if name == "_page"), None):
                return access.next_part(hub, who, id_, page, readable, base, lang)
            return access.everything(hub, who, id_, asked(who, pairs, readable, is_lenient=lenient), base, lang)

        return Response(await self.site.run(work), media_type=FHIR_JSON)


def asked(who: Principal, pairs: Pairs, readable: tuple[str, ...], *, is_lenient: bool) -> access.Asked:
    """The parameters as a request. INCORRECT for what is unknown or can't be read, FORBIDDEN for a type that was named
    and is beyond the token's scopes; types that were not named and are beyond them are left out."""
    types: list[str] = []
    since, count = None, MOST
    first, last = _FIRST_DAY, _LAST_DAY
    for name, value in pairs:
        if name not in _NAMES and is_lenient:
            continue
        try:
            if name == "_type":
                types += [each for each in value.split(",") if each]
                if not set(types) <= _TYPES:
                    raise ValueError(name)
            elif name == "_since":
                since = instant_range(value).first
            elif name == "start":
                first = date_range(value).first
            elif name == "end":
                last = date_range(value).last
            elif name == "_count" and value.isascii() and value.isdecimal() and int(value[:9]) > 0:
                count = min(int(value[:9]), MOST)
            else:
                raise ValueError(name)
        except (ValueError, OverflowError):
            raise _unfit(name) from None
    for type_ in types:
        require_scope(who, type_, "read")
    chosen = tuple(dict.fromkeys(types)) if types else readable
    is_all = len(chosen) == len(RESOURCE_TYPES)
    days = (first, last) if (first, last) != (_FIRST_DAY, _LAST_DAY) else None
    understood = [(name, value) for name, value in pairs if name in _NAMES]
    return access.Asked(None if is_all else chosen, since, days, count, urlencode(understood))


async def _sent(request: Request) -> Pairs:
    """The parameters of a POST: a form, a Parameters resource, or nothing."""
    body = await read_body(request, FORM_LIMIT)
    if not body:
        return []
    require_json(request.headers, _JSON)
    if request.headers["content-type"].partition(";")[0].strip().lower() == FORM:
        return settle_format(request, pairs_of(body))
    found = json_object(read(body))
    listed = found.get("parameter", [])
    if found.get("resourceType") != "Parameters" or not isinstance(listed, list):
        raise HubError(Category.INCORRECT, Issue("HUB-3111", "resourceType", args={"expected": "Parameters"}))
    return [_pair(each) for each in listed]


def _pair(parameter: Any) -> tuple[str, str]:
    name = parameter.get("name") if isinstance(parameter, dict) else None
    values = [value for key, value in parameter.items() if key.startswith("value")] if isinstance(name, str) else []
    if len(values) != 1 or isinstance(values[0], dict | list | bool):
        raise _unfit(str(name))
    return str(name), str(values[0])


def _unfit(name: str) -> HubError:
    shown = name if name in _NAMES else "?"
    return HubError(Category.INCORRECT, Issue("HUB-4304", args={"name": shown}))
