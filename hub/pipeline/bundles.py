"""The FHIR API's way in, many at a time: transaction (all or nothing) and batch (one by one).

https://www.hl7.org/fhir/R4/http.html#transaction
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from hub.access.reading import read
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, Answer, json, outcome, transaction_response
from hub.model import Issue, Key, Mapped, Principal
from hub.parts import Hub
from hub.pipeline.interactions import (
    Written,
    create,
    new_mapped,
    origin_of,
    update,
    update_mapped,
    written,
)
from hub.pipeline.part import store_part
from hub.pipeline.place import Placed

ENTRY_LIMIT = 2000
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
_TYPES = frozenset(RESOURCE_TYPES)
_CREATED, _OK = "201 Created", "200 OK"

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


def _transaction(hub: Hub, who: Principal, entries: list[dict[str, Any]]) -> bytes:
    items, versions = [], {}
    for index, entry in enumerate(entries):
        mapped, expected = _item(hub, who, index, entry)
        items.append(mapped)
        if expected is not None:
            versions[index] = expected

    _require_distinct(items)

    def guard(placed: Placed) -> None:
        if placed.unclear:
            unclear = (Issue("HUB-3107", f"Bundle.entry[{index}].request.ifNoneExist") for index in placed.unclear)
            raise HubError(Category.PRECONDITION, *unclear)
        for index, expected in versions.items():
            target = items[index].target
            if target is not None and placed.known[target].version != expected:
                raise HubError(Category.PRECONDITION, Issue("HUB-3106", f"Bundle.entry[{index}]"))

    results = store_part(hub, origin_of(hub, who), items, guard=guard, is_atomic=True)
    issues = [located(issue, index) for index, result in enumerate(results) for issue in result.issues]
    if any(result.is_refused for result in results):
        raise HubError(Category.UNPROCESSABLE, *issues)
    answers = [_answer(written(hub, result)) for result in results]
    return json.write(transaction_response("transaction", answers))


def _item(hub: Hub, who: Principal, index: int, entry: dict[str, Any]) -> tuple[Mapped, int | None]:
    method, url, resource = _request(index, entry)
    full_url = entry.get("fullUrl") if isinstance(entry.get("fullUrl"), str) else None
    if method == "POST":
        _check_type(index, url, resource)
        return new_mapped(hub, resource, _condition(index, entry), full_url), None
    type_, _, id_ = url.partition("/")
    if method != "PUT" or not id_ or "/" in id_ or "?" in url:
        raise _unsupported(index, method, url)
    _check_type(index, type_, resource)
    mapped = update_mapped(hub, who, type_, id_, resource)
    mapped.full_url = full_url
    return mapped, _version(index, entry)


def _require_distinct(items: list[Mapped]) -> None:
    """A transaction fails when two entries change the same resource: their order would decide what is kept.

    https://www.hl7.org/fhir/R4/http.html#trules
    """
    first: dict[Key, int] = {}
    for index, target in enumerate(item.target for item in items):
        if target is not None and first.setdefault(target, index) != index:
            issue = Issue("HUB-3121", f"Bundle.entry[{index}]", args={"other": f"Bundle.entry[{first[target]}]"})
            raise HubError(Category.INCORRECT, issue)


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
    type_, _, id_ = url.partition("/")
    if method == "GET" and id_ and "/" not in id_ and "?" not in url:
        found = read(hub, who, type_, id_)
        stamp = instant(found.updated_ms)
        return Answer(_OK, None, f'W/"{found.version}"', stamp, resource=msgspec.Raw(found.body))  # type: ignore[arg-type]
    if method == "POST":
        _check_type(index, url, resource)
        return _answer(create(hub, who, resource, _condition(index, entry)))
    if method == "PUT" and id_ and "/" not in id_ and "?" not in url:
        return _answer(update(hub, who, type_, id_, resource, _version(index, entry)))
    raise _unsupported(index, method, url)


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


def located(issue: Issue, index: int) -> Issue:
    """The issue with its path inside the Bundle."""
    if issue.path.startswith("Bundle."):
        return issue
    _, dot, rest = issue.path.partition(".")
    return replace(issue, path=f"Bundle.entry[{index}].resource{dot}{rest}")
