"""One entry of a batch or transaction: what it asks for, read strictly (what can't be honoured is refused).

https://www.hl7.org/fhir/R4/bundle.html#Bundle, https://www.hl7.org/fhir/R4/http.html#transaction
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.auth import Interaction
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, parse_reference, references
from hub.fhir.patch import read_patch
from hub.model import Issue

PATCH_TYPE = "application/json-patch+json"
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
_TYPES = frozenset(RESOURCE_TYPES)
_READING = ("GET", "HEAD")
_BY_METHOD: dict[str, Interaction] = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


@dataclass(slots=True)
class Entry:
    """An entry that changes something: `type` with `id` or `query` (both blank for a create). `operations` of a patch.
    `condition` is ifNoneExist, `expected` the version of ifMatch."""

    index: int
    method: str
    type: str
    id: str
    query: str
    resource: dict[str, Any]
    full_url: str | None
    condition: str | None
    expected: int | None
    operations: tuple[dict[str, Any], ...] = ()

    @property
    def path(self) -> str:
        """Where it stands in the Bundle."""
        return f"Bundle.entry[{self.index}]"

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """What the caller's scopes must cover: a patch tests and answers what is stored, so it reads too."""
        asked = _BY_METHOD[self.method]
        if self.method == "PATCH":
            return asked, "read"
        return (asked, "create") if self.method == "PUT" and self.query else (asked,)


def is_reading(entry: dict[str, Any]) -> bool:
    """Whether an entry only reads; one that does not say what is none that can be understood."""
    request = entry.get("request")
    return isinstance(request, dict) and request.get("method") in _READING and bool(request.get("url"))


def entry_of(index: int, raw: dict[str, Any], base: str = "") -> Entry:
    """An entry that changes something; its url may begin with the hub's own `base`. HubError naming its place when it
    can't be read."""
    request = raw.get("request")
    if not isinstance(request, dict) or not request.get("method") or not request.get("url"):
        raise HubError(Category.INCORRECT, Issue("HUB-3124", f"Bundle.entry[{index}]"))
    method, url = str(request.get("method", "")), str(request.get("url", ""))
    resource = raw.get("resource")
    type_, id_, query = _address(url.removeprefix(base))
    if method == "POST" and query and not id_:
        named = query.partition("=")[0]
        name = named if named.replace("-", "").isalpha() and len(named) < 40 else "?"
        raise HubError(Category.INCORRECT, Issue("HUB-5823", f"Bundle.entry[{index}].request.url", args={"name": name}))
    is_create = method == "POST" and not id_ and not query
    has_body = isinstance(resource, dict)
    if not (is_create or (method in ("PUT", "PATCH", "DELETE") and (id_ or query))) or (
        method != "DELETE" and not has_body
    ):
        raise unsupported(index, method, url)
    if "ifNoneMatch" in request:
        raise _unreadable(index, "ifNoneMatch", "GET")
    body: dict[str, Any] = resource if isinstance(resource, dict) else {}
    if method in ("POST", "PUT") and body.get("resourceType") != type_:
        path = f"Bundle.entry[{index}].resource.resourceType"
        raise HubError(Category.INCORRECT, Issue("HUB-3111", path, args={"expected": type_[:40]}))
    if type_ not in _TYPES:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5813", f"Bundle.entry[{index}].request.url"))
    return Entry(
        index,
        method,
        type_,
        id_,
        query,
        body,
        raw.get("fullUrl") if isinstance(raw.get("fullUrl"), str) else None,
        _condition(index, request) if method == "POST" else None,
        _version(index, request),
        tuple(_operations(index, body)) if method == "PATCH" else (),
    )


def complete_references(entries: Sequence[Entry]) -> None:
    """Write a relative reference out, in place, where the entry's own fullUrl makes it the address of another entry.

    https://www.hl7.org/fhir/R4/bundle.html#references
    """
    urls = {entry.full_url for entry in entries}
    for entry in entries:
        root = _root(entry.full_url or "")
        for holder, text in references(entry.resource) if root else ():
            if parse_reference(text) is not None and root + text in urls:
                holder["reference"] = root + text


def _root(full_url: str) -> str:
    """The address of the server that a RESTful fullUrl names, with its last slash; "" for any other."""
    root, *named = full_url.rsplit("/", 2)
    is_one = full_url.startswith(("http://", "https://")) and parse_reference("/".join(named)) is not None
    return f"{root}/" if is_one else ""


def _address(url: str) -> tuple[str, str, str]:
    """Type, id and query of an entry's url: `Type/id` or `Type?query`, blanks where there is none, all blank else."""
    path, mark, query = url.partition("?")
    type_, slash, id_ = path.partition("/")
    if "/" in id_ or (mark and slash) or (mark and not query):
        return "", "", ""
    return type_, id_, query


def _operations(index: int, binary: dict[str, Any]) -> list[dict[str, Any]]:
    """A patch travels as a Binary: its media type and the document in base64."""
    data = binary.get("data")
    path = f"Bundle.entry[{index}].resource"
    if binary.get("resourceType") != "Binary" or binary.get("contentType") != PATCH_TYPE or not isinstance(data, str):
        raise HubError(Category.INCORRECT, Issue("HUB-3319", path))
    try:
        document = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise HubError(Category.INCORRECT, Issue("HUB-3319", f"{path}.data")) from None
    try:
        return read_patch(document)
    except HubError as error:
        raise located(error, index) from None


def unsupported(index: int, method: str, url: str) -> HubError:
    """The refusal of an entry that asks for what no entry can."""
    args = {"method": method[:10] or "?", "url": url.partition("?")[0][:40] or "?"}
    return HubError(Category.INCORRECT, Issue("HUB-3110", f"Bundle.entry[{index}].request", args=args))


def _unreadable(index: int, name: str, form: str) -> HubError:
    args = {"header": name, "form": form}
    return HubError(Category.INCORRECT, Issue("HUB-5814", f"Bundle.entry[{index}].request.{name}", args=args))


def _condition(index: int, request: dict[str, Any]) -> str | None:
    """ifNoneExist; one that can't be read is refused: passing over it would store the resource a second time."""
    value = request.get("ifNoneExist")
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise HubError(Category.PRECONDITION, Issue("HUB-3107", f"Bundle.entry[{index}].request.ifNoneExist"))
    return value


def _version(index: int, request: dict[str, Any]) -> int | None:
    """ifMatch; one that can't be read is refused: passing over it would overwrite what the sender has not seen."""
    value = request.get("ifMatch")
    if value is None:
        return None
    found = _ETAG.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _unreadable(index, "ifMatch", 'W/"3"')
    return int(found[1])


def located(error: HubError, index: int) -> HubError:
    """A refusal with its issues' places inside the Bundle."""
    return HubError(error.category, *(at_entry(issue, index) for issue in error.issues))


def at_entry(issue: Issue, index: int) -> Issue:
    """The issue with its path inside the Bundle."""
    if issue.path.startswith("Bundle."):
        return issue
    _, dot, rest = issue.path.partition(".")
    return replace(issue, path=f"Bundle.entry[{index}].resource{dot}{rest}")
