"""What an operation is asked: the parameters of the address, of a form or of a Parameters resource, read as one.

https://www.hl7.org/fhir/R4/operations.html#request
"""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request

from hub.api.body import FORM_LIMIT, read_body
from hub.api.fhir.query import Pairs, pairs_of, query_of, settle_format
from hub.api.media import is_lenient, require_json
from hub.api.site import json_object
from hub.errors import Category, HubError
from hub.fhir.json import read
from hub.model import Issue

FORM = "application/x-www-form-urlencoded"
_BODIES = ("application/fhir+json", "application/json", FORM)
_MOST = 100


class Given:
    """The parameters by name, each with its values in order. Every reader is INCORRECT for what it can't read."""

    def __init__(self, values: Mapping[str, list[Any]]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """The one value of a string, code or uri; "" when it was not given."""
        value = self._one(name, "")
        if not isinstance(value, str):
            raise _unfit(name)
        return value.strip()

    def texts(self, name: str) -> list[str]:
        """All values of a parameter that may repeat."""
        found = self.values.get(name, [])
        if not all(isinstance(each, str) for each in found):
            raise _unfit(name)
        return found

    def required(self, *names: str) -> str:
        """The first of these that was given. INCORRECT for none."""
        found = next((value for name in names if (value := self.text(name))), "")
        if not found:
            raise HubError(Category.INCORRECT, Issue("HUB-4402", args={"names": ", ".join(names)}))
        return found

    def flag(self, name: str) -> bool:
        """A boolean, false when it was not given."""
        value = self._one(name, False)
        value = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        if not isinstance(value, bool):
            raise _unfit(name)
        return value

    def number(self, name: str) -> int | None:
        """A whole number from 0 on, None when it was not given."""
        value = self._one(name, None)
        if isinstance(value, str) and value.isascii() and value.isdecimal():
            value = int(value[:9])
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise _unfit(name)
        return value

    def coding(self, name: str) -> dict[str, str]:
        """A Coding; {} when it was not given."""
        return _coding(name, self._one(name, {}))

    def codings(self, name: str) -> list[dict[str, str]]:
        """The codings of a CodeableConcept; [] when it was not given."""
        value = self._one(name, {})
        listed = value.get("coding", []) if isinstance(value, dict) else None
        if not isinstance(listed, list) or len(listed) > _MOST:
            raise _unfit(name)
        return [_coding(name, each) for each in listed]

    def _one(self, name: str, otherwise: Any) -> Any:
        found = self.values.get(name, [])
        if len(found) > 1:
            raise _unfit(name)
        return found[0] if found else otherwise


async def given(request: Request, names: Iterable[str], limit: int = FORM_LIMIT) -> Given:
    """The parameters of a request. INCORRECT for a name that the operation does not know (passed over where the
    client asks for `handling=lenient`), and for a body that is neither a form nor Parameters."""
    found: list[tuple[str, Any]] = list(query_of(request))
    if request.method == "POST":
        found += await _sent(request, limit)
    known = tuple(names)
    values: dict[str, list[Any]] = {}
    for name, value in found:
        if name in known:
            values.setdefault(name, []).append(value)
        elif not is_lenient(request.headers):
            raise HubError(Category.INCORRECT, Issue("HUB-4400", args={"allowed": ", ".join(known)}))
    return Given(values)


async def _sent(request: Request, limit: int) -> Pairs | list[tuple[str, Any]]:
    """The parameters of a body; a resource that is no Parameters is the parameter `resource`."""
    body = await read_body(request, limit)
    if not body:
        return []
    require_json(request.headers, _BODIES)
    if request.headers["content-type"].partition(";")[0].strip().lower() == FORM:
        return settle_format(request, pairs_of(body))
    found = json_object(read(body))
    if found.get("resourceType") != "Parameters":
        return [("resource", found)]
    listed = found.get("parameter", [])
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise _unfit("parameter")
    return [_pair(each) for each in listed]


def _pair(parameter: Any) -> tuple[str, Any]:
    name = parameter.get("name") if isinstance(parameter, dict) else None
    if not isinstance(name, str):
        raise _unfit("parameter")
    values = [value for key, value in parameter.items() if key.startswith("value") or key == "resource"]
    if len(values) != 1:
        raise _unfit(name)
    return name, values[0]


def _coding(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values() if each is not None):
        raise _unfit(name)
    return value


def _unfit(name: str) -> HubError:
    shown = name if name.isascii() and name.lstrip("_").isalpha() and len(name) < 40 else "?"
    return HubError(Category.INCORRECT, Issue("HUB-4401", args={"name": shown}))
