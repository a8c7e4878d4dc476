"""Patient/$everything by GET or POST. https://www.hl7.org/fhir/R4/patient-operation-everything.html"""

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from hub import access
from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import id_of
from hub.api.fhir.parameters import Given, given
from hub.api.site import Site, bearer, lang_of, require_scope
from hub.auth import allows
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, date_range, instant_range
from hub.model import Issue, Principal

_DEFINED = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
OPERATIONS = (
    ("type", "Patient", "everything", _DEFINED, "own"),
    ("instance", "Patient", "everything", _DEFINED, "of_one"),
)
"""(level, type, code, definition, handler); both by GET and POST."""

MOST = 1000
_FIRST_DAY, _LAST_DAY = -(2**31), 2**31 - 1
_TYPES = frozenset(RESOURCE_TYPES)
_NAMES = ("start", "end", "_since", "_type", "_count", "_page")


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
        bearer(request)
        lang = lang_of(request)
        told = await given(request, _NAMES)

        def work(who: Principal) -> bytes:
            require_scope(who, "Patient", "read")
            readable = tuple(name for name in RESOURCE_TYPES if allows(who.scopes, name, "read"))
            hub, base = self.site.hub, self.site.fhir_base
            if page := told.text("_page"):
                return access.next_part(hub, who, id_, page, readable, base, lang)
            return access.everything(hub, who, id_, asked(who, told, readable), base, lang)

        return Response(await self.site.serve(request, work), media_type=FHIR_JSON)


def asked(who: Principal, told: Given, readable: tuple[str, ...]) -> access.Asked:
    """The parameters as a request. INCORRECT for what can't be read, FORBIDDEN for a type that was named and is beyond
    the token's scopes; types that were not named and are beyond them are left out."""
    types = [each for listed in told.texts("_type") for each in listed.split(",") if each]
    if not set(types) <= _TYPES or bool(types) != ("_type" in told.values):
        raise _unfit("_type")
    for type_ in types:
        require_scope(who, type_, "read")
    count = told.number("_count")
    if count == 0:
        raise _unfit("_count")
    since = _range(told, "_since", instant_range)
    start, end = _range(told, "start", date_range), _range(told, "end", date_range)
    days = (start[0] if start else _FIRST_DAY, end[1] if end else _LAST_DAY) if start or end else None
    chosen = tuple(dict.fromkeys(types)) if types else readable
    is_all = len(chosen) == len(RESOURCE_TYPES)
    query = urlencode([(name, value) for name, values in told.values.items() for value in values])
    return access.Asked(None if is_all else chosen, since[0] if since else None, days, min(count or MOST, MOST), query)


def _range(told: Given, name: str, read: Callable[[str], tuple[int, int]]) -> tuple[int, int] | None:
    value = told.text(name)
    try:
        return read(value) if value else None
    except (ValueError, OverflowError):
        raise _unfit(name) from None


def _unfit(name: str) -> HubError:
    return HubError(Category.INCORRECT, Issue("HUB-4304", args={"name": name}))
