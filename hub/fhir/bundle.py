"""Bundles the hub answers with. https://www.hl7.org/fhir/R4/bundle.html, https://www.hl7.org/fhir/R4/http.html"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

Resource = dict[str, Any]


class Answer(NamedTuple):
    """The result of one entry of a batch or transaction. `status` is an HTTP status line ("201 Created")."""

    status: str
    location: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    outcome: Resource | None = None
    resource: Resource | None = None
    full_url: str | None = None


class Past(NamedTuple):
    """One version in a history; `resource` is None for a deletion."""

    full_url: str
    method: Literal["POST", "PUT", "DELETE"]
    url: str
    status: str
    last_modified: str
    etag: str
    resource: Resource | None


def searchset(
    matches: Iterable[tuple[str, Resource]],
    total: int | None,
    links: Mapping[str, str],
    *,
    included: Iterable[tuple[str, Resource]] = (),
    outcomes: Iterable[Resource] = (),
    **rest: Any,
) -> Resource:
    """Search results: (full url, resource) pairs; `links` by relation (self, next...); `rest`: id, timestamp, meta."""
    entries = [_found(url, resource, "match") for url, resource in matches]
    entries += [_found(url, resource, "include") for url, resource in included]
    entries += [{"resource": each, "search": {"mode": "outcome"}} for each in outcomes]
    return _bundle("searchset", entries, total, links, rest)


def transaction_response(kind: Literal["batch", "transaction"], answers: Iterable[Answer], **rest: Any) -> Resource:
    """The answer to a batch or transaction, one entry for each of the request's, in its order."""
    entries = []
    for answer in answers:
        response: Resource = {"status": answer.status}
        if answer.location:
            response["location"] = answer.location
        if answer.etag:
            response["etag"] = answer.etag
        if answer.last_modified:
            response["lastModified"] = answer.last_modified
        if answer.outcome:
            response["outcome"] = answer.outcome
        entry: Resource = {}
        if answer.full_url:
            entry["fullUrl"] = answer.full_url
        if answer.resource:
            entry["resource"] = answer.resource
        entries.append(entry | {"response": response})
    return _bundle(f"{kind}-response", entries, None, {}, rest)


def history(versions: Iterable[Past], total: int | None, links: Mapping[str, str], **rest: Any) -> Resource:
    """Versions of a resource, newest first, each with the request that made it."""
    entries = []
    for past in versions:
        entry: Resource = {"fullUrl": past.full_url}
        if past.resource is not None:
            entry["resource"] = past.resource
        entry["request"] = {"method": past.method, "url": past.url}
        entry["response"] = {"status": past.status, "etag": past.etag, "lastModified": past.last_modified}
        entries.append(entry)
    return _bundle("history", entries, total, links, rest)


def _found(url: str, resource: Resource, mode: str) -> Resource:
    return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}


def _bundle(
    kind: str, entries: list[Resource], total: int | None, links: Mapping[str, str], rest: Mapping[str, Any]
) -> Resource:
    """Empty lists are left out: FHIR JSON knows no empty array."""
    found: Resource = {"resourceType": "Bundle", **rest, "type": kind}
    if total is not None:
        found["total"] = total
    if links:
        found["link"] = [{"relation": relation, "url": url} for relation, url in links.items()]
    if entries:
        found["entry"] = entries
    return found
