"""The FHIR API's way in, many at a time: transaction (all or nothing) and batch (one by one).

https://www.hl7.org/fhir/R4/http.html#transaction
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from hub.access.reading import absent, read
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, Answer, json, outcome, transaction_response
from hub.model import Issue, Key, Mapped, Principal
from hub.parts import Hub
from hub.pipeline.conditions import condition_from
from hub.pipeline.deletion import Deletion
from hub.pipeline.interactions import (
    Written,
    create,
    delete,
    delete_where,
    examine,
    new_mapped,
    origin_of,
    update,
    update_mapped,
    update_where,
    where_mapped,
    written,
)
from hub.pipeline.part import store_part
from hub.pipeline.place import Placed

ENTRY_LIMIT = 2000
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
_TYPES = frozenset(RESOURCE_TYPES)
_CREATED, _OK, _GONE = "201 Created", "200 OK", "204 No Content"

StatusLine = Callable[[Category], str]
"""The HTTP status line of a refusal ("404 Not Found"): the API's one error table, handed in."""


def bundle(hub: Hub, who: Principal, sent: dict[str, Any], status_line: StatusLine, lang: str = "id") -> bytes:
    """Carry out a transaction or batch and answer with the response Bundle. Raises HubError when a transaction fails:
    its issues name the entry (`Bundle.entry[3].resource.status`) and nothing of it is stored."""
    kind = sent.get("type")
    if sent.get("resourceType") != "Bundle" or kind not in ("transaction", "batch"):
        raise HubError(Category.INCORRECT, Issue("HUB-3108", "Bundle.type", args={"type": str(kind)[:20]}))
    entries = sent.get("entry") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise HubError(Category.INCORRECT, Issue("HUB-3110", "Bundle.entry", args={"method": "?", "url": "?"}))
    if len(entries) > ENTRY_LIMIT:
        args = {"count": str(len(entries)), "limit": str(ENTRY_LIMIT)}
        raise HubError(Category.TOO_LARGE, Issue("HUB-3109", "Bundle.entry", args=args))
    if kind == "transaction":
        return _transaction(hub, who, entries)
    return _batch(hub, who, entries, status_line, lang)


class _Entries:
    """A transaction's entries as one part: what is stored, and what is deleted (always first, whatever the order)."""

    def __init__(self) -> None:
        self.items: list[Mapped] = []
        self.deletions: list[Deletion] = []
        self.places: list[tuple[Mapped | Deletion, int]] = []
        self.expected: dict[int, int | None] = {}
        self.renewed: set[int] = set()

    def add(self, hub: Hub, who: Principal, index: int, entry: dict[str, Any]) -> None:
        """Take one entry in."""
        found, expected = _item(hub, who, index, entry)
        if isinstance(found, Deletion):
            self.places.append((found, len(self.deletions)))
            self.deletions.append(found)
            return
        self.expected[len(self.items)] = expected
        self.places.append((found, len(self.items)))
        self.items.append(found)


def _transaction(hub: Hub, who: Principal, entries: list[dict[str, Any]]) -> bytes:
    part = _Entries()
    for index, entry in enumerate(entries):
        part.add(hub, who, index, entry)
    at_entry = [index for index, (what, _) in enumerate(part.places) if isinstance(what, Mapped)]
    _require_distinct(part.items, part.deletions, at_entry)

    def guard(placed: Placed) -> None:
        part.renewed = set()
        for item, mapped in enumerate(part.items):
            path = f"Bundle.entry[{at_entry[item]}]"
            where = f"{path}.request.ifNoneExist" if mapped.is_condition else path
            if examine(hub, placed, item, mapped, part.expected[item], where):
                part.renewed.add(item)
        _require_apart(placed, part.items, part.deletions, at_entry)

    results = store_part(hub, origin_of(hub, who), part.items, guard=guard, is_atomic=True, deletions=part.deletions)
    issues = [located(issue, at_entry[item]) for item, result in enumerate(results) for issue in result.issues]
    if any(result.is_refused for result in results):
        raise HubError(Category.UNPROCESSABLE, *issues)
    answers = []
    for what, at in part.places:
        if isinstance(what, Deletion):
            answers.append(_deleted(what))
        else:
            done = written(hub, results[at])
            answers.append(_answer(replace(done, outcome="created") if at in part.renewed else done))
    return json.write(transaction_response("transaction", answers))


def _item(
    hub: Hub, who: Principal, index: int, entry: dict[str, Any]
) -> tuple[Mapped, int | None] | tuple[Deletion, None]:
    method, url, resource = _request(index, entry)
    path = f"Bundle.entry[{index}]"
    full_url = entry.get("fullUrl") if isinstance(entry.get("fullUrl"), str) else None
    if method == "POST":
        _check_type(index, url, resource)
        where = f"{path}.request.ifNoneExist"
        return new_mapped(hub, resource, _condition(index, entry), full_url, where), None
    type_, id_, query = _address(url)
    if method not in ("PUT", "DELETE") or not (id_ or query):
        raise _unsupported(index, method, url)
    if method == "DELETE":
        _require_type(index, type_)
        expected = _version(index, entry)
        if query:
            return Deletion(type_, None, condition_from(type_, query, path), expected, path), None
        key = hub.ids.decode(id_)
        if key is None:
            raise absent()
        return Deletion(type_, key, None, expected, path), None
    _check_type(index, type_, resource)
    mapped = where_mapped(hub, type_, query, resource, path) if query else update_mapped(hub, who, type_, id_, resource)
    mapped.full_url = full_url
    return mapped, _version(index, entry)


def _require_distinct(items: list[Mapped], deletions: list[Deletion], at_entry: list[int]) -> None:
    """A transaction fails when two entries change the same resource: their order would decide what is kept.

    https://www.hl7.org/fhir/R4/http.html#trules
    """
    first: dict[Key, str] = {deletion.key: deletion.path for deletion in deletions if deletion.key is not None}
    for item, target in enumerate(mapped.target for mapped in items):
        path = f"Bundle.entry[{at_entry[item]}]"
        if target is not None and first.setdefault(target, path) != path:
            raise HubError(Category.INCORRECT, Issue("HUB-3121", path, args={"other": first[target]}))


def _require_apart(placed: Placed, items: list[Mapped], deletions: list[Deletion], at_entry: list[int]) -> None:
    """The same once conditions have found their places: a conditional update must not meet another entry's resource."""
    first = {deletion.key: deletion.path for deletion in deletions if deletion.key is not None}
    for item, linked in enumerate(placed.linked):
        path = f"Bundle.entry[{at_entry[item]}]"
        if linked is not None and linked.key in first:
            raise HubError(Category.INCORRECT, Issue("HUB-3121", path, args={"other": first[linked.key]}))
        if linked is None and item not in placed.refused and item not in placed.same and not items[item].is_condition:
            raise HubError(Category.INCORRECT, Issue("HUB-3121", path, args={"other": "Bundle"}))


def _batch(hub: Hub, who: Principal, entries: list[dict[str, Any]], status_line: StatusLine, lang: str) -> bytes:
    answers = []
    for index, entry in enumerate(entries):
        try:
            answers.append(_one(hub, who, index, entry))
        except HubError as error:
            issues = [located(issue, index) for issue in error.issues]
            answers.append(Answer(status_line(error.category), outcome=outcome(issues, lang)))
    return json.write(transaction_response("batch", answers))


def _one(hub: Hub, who: Principal, index: int, entry: dict[str, Any]) -> Answer:
    method, url, resource = _request(index, entry)
    type_, id_, query = _address(url)
    expected = _version(index, entry)
    if method == "GET" and id_:
        found = read(hub, who, type_, id_)
        stamp = instant(found.updated_ms)
        return Answer(_OK, None, f'W/"{found.version}"', stamp, resource=msgspec.Raw(found.body))  # type: ignore[arg-type]
    if method == "POST":
        _check_type(index, url, resource)
        return _answer(create(hub, who, resource, _condition(index, entry)))
    if method == "PUT" and id_:
        return _answer(update(hub, who, type_, id_, resource, expected))
    if method == "PUT" and query:
        _check_type(index, type_, resource)
        return _answer(update_where(hub, who, type_, query, resource, expected))
    if method == "DELETE" and (id_ or query):
        _require_type(index, type_)
        is_by_id = bool(id_)
        return _deleted(
            delete(hub, who, type_, id_, expected) if is_by_id else delete_where(hub, who, type_, query, expected)
        )
    raise _unsupported(index, method, url)


def _address(url: str) -> tuple[str, str, str]:
    """Type, id and query of an entry's url: `Type/id` or `Type?query`, blanks where there is none, all blank else."""
    path, mark, query = url.partition("?")
    type_, slash, id_ = path.partition("/")
    if "/" in id_ or (mark and slash) or (mark and not query):
        return "", "", ""
    return type_, id_, query


def _request(index: int, entry: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    request = entry.get("request")
    request = request if isinstance(request, dict) else {}
    method, url = str(request.get("method", "")), str(request.get("url", ""))
    resource = entry.get("resource")
    if method in ("POST", "PUT") and not isinstance(resource, dict):
        raise _unsupported(index, method, url)
    return method, url, resource if isinstance(resource, dict) else {}


def _check_type(index: int, type_: str, resource: dict[str, Any]) -> None:
    if resource.get("resourceType") != type_:
        path = f"Bundle.entry[{index}].resource.resourceType"
        raise HubError(Category.INCORRECT, Issue("HUB-3111", path, args={"expected": type_[:40]}))
    _require_type(index, type_)


def _require_type(index: int, type_: str) -> None:
    if type_ not in _TYPES:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5813", f"Bundle.entry[{index}].request.url"))


def _unsupported(index: int, method: str, url: str) -> HubError:
    args = {"method": method[:10] or "?", "url": url.partition("?")[0][:40] or "?"}
    return HubError(Category.INCORRECT, Issue("HUB-3110", f"Bundle.entry[{index}].request", args=args))


def _condition(index: int, entry: dict[str, Any]) -> str | None:
    """ifNoneExist; one that can't be read is refused: passing over it would store the resource a second time."""
    value = entry["request"].get("ifNoneExist")
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise HubError(Category.PRECONDITION, Issue("HUB-3107", f"Bundle.entry[{index}].request.ifNoneExist"))
    return value


def _version(index: int, entry: dict[str, Any]) -> int | None:
    """ifMatch; one that can't be read is refused: passing over it would overwrite what the sender has not seen."""
    value = entry["request"].get("ifMatch")
    if value is None:
        return None
    found = _ETAG.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        args = {"header": "ifMatch", "form": 'W/"3"'}
        raise HubError(Category.INCORRECT, Issue("HUB-5814", f"Bundle.entry[{index}].request.ifMatch", args=args))
    return int(found[1])


def _answer(done: Written) -> Answer:
    location = f"{done.type}/{done.id}/_history/{done.version}"
    status = _CREATED if done.outcome == "created" else _OK
    warnings = outcome(list(done.warnings), "id") if done.warnings else None
    return Answer(status, location, f'W/"{done.version}"', instant(done.updated_ms), outcome=warnings)


def _deleted(done: Deletion) -> Answer:
    if not done.version:
        return Answer(_GONE)
    return Answer(_GONE, None, f'W/"{done.version}"', instant(done.updated_ms))


def located(issue: Issue, index: int) -> Issue:
    """The issue with its path inside the Bundle."""
    if issue.path.startswith("Bundle."):
        return issue
    _, dot, rest = issue.path.partition(".")
    return replace(issue, path=f"Bundle.entry[{index}].resource{dot}{rest}")
