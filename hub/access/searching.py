"""The way out, many at a time: search with consent inside the query, exact totals and stable pages.

The request: understood, scoped (`scope`), planned and carried out (`finding`), audited, and only then answered.
"""

from collections.abc import Collection
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import msgspec

from hub.access.candidates import Found
from hub.access.explaining import explained
from hub.access.finding import count, page, planned
from hub.access.including import included
from hub.access.opening import open_rows
from hub.access.paging import PAGE_LIFE_MS, UNKNOWN, Cursor, opened_cursor, sealed_cursor
from hub.access.plan import Plan
from hub.access.registered import TYPE, registered
from hub.access.scope import Scope, scope_of
from hub.access.trace import audit, looked
from hub.errors import Category, HubError
from hub.fhir import json, searchset, type_name
from hub.fhir.systems import NIK
from hub.fhir.trimming import trimmed
from hub.model import Decision, Issue, Key, Principal, Reach, Row
from hub.parts import Hub
from hub.search import Query, parse
from hub.store import TooSlow

PERMIT = Decision("PERMIT", "author-facility")
DENY = Decision("DENY", "no-consent")
Compartment = tuple[str, str]
MOST_MS = 5_000
"""What a statement of a search may take (docs: limits)."""
_PLAIN = ("patient", "subject", "status", "date", "encounter")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request: whose, for what, and (of a page link) where to go on."""

    who: Principal
    params: list[tuple[str, str]]
    lenient: bool
    compartment: Compartment | None
    query: Query
    snapshot_ms: int
    cursor: Cursor | None = None


def search(
    hub: Hub,
    who: Principal,
    type_: str,
    params: list[tuple[str, str]],
    lenient: bool,
    base_url: str,
    compartment: Compartment | None = None,
    lang: str = "id",
) -> bytes:
    """FHIR search-type: a searchset Bundle of what the caller may see, total exact over exactly that.

    https://www.hl7.org/fhir/R4/search.html. `compartment`: kind and id of the one to search in. INCORRECT with every
    unknown parameter unless `lenient`; UNPROCESSABLE for what is too costly.
    """
    query = parse(type_, params, lenient, compartment, f"{base_url}/")
    return _answer(hub, _Asked(who, params, lenient, compartment, query, hub.clock()), base_url, lang)


def next_page(hub: Hub, who: Principal, type_: str, token: str, base_url: str, lang: str = "id") -> bytes:
    """The page a link of an earlier answer leads to, authorised anew. INCORRECT when it expired, is another's,
    or belongs to a search of another type (the caller's scopes were checked for this one)."""
    cursor = opened_cursor(hub, who, type_, token)
    query = parse(cursor.type, cursor.params, cursor.lenient, cursor.compartment, f"{base_url}/")
    asked = _Asked(who, cursor.params, cursor.lenient, cursor.compartment, query, cursor.snapshot_ms, cursor)
    return _answer(hub, asked, base_url, lang)


def _answer(hub: Hub, asked: _Asked, base_url: str, lang: str) -> bytes:
    query, since = asked.query, perf_counter()
    if query.includes and query.summary == "text":
        raise HubError(Category.INCORRECT, Issue("HUB-4108"))
    extra: list[Row] = []
    outcomes = []
    try:
        with hub.store.reading(most_ms=MOST_MS) as tx:
            scope = scope_of(hub, tx, asked.who, query)
            plan = planned(scope, query)
            found = _found(plan, asked)
            if query.includes and found.rows:
                extra = included(plan, found.rows, found.bodies)
            if query.is_explain:
                outcomes = [explained(plan, found.total, (perf_counter() - since) * 1000, lang)]
            reaches = scope.of(query)
    except TooSlow as error:
        raise HubError(Category.UNPROCESSABLE, Issue("HUB-4106")) from error
    _tell(hub, asked, scope, reaches, [*found.rows, *extra])
    links = _links(hub, asked, found, base_url)
    if query.is_explain:
        return json.write(searchset([], None, {"self": links["self"]}, outcomes=outcomes))
    return json.write(
        searchset(
            _entries(hub, asked, found.rows, found.bodies, base_url, query.elements),
            found.total,
            links,
            included=_entries(hub, asked, extra, found.bodies, base_url, ()) + _facilities(hub, plan, base_url),
        )
    )


def _found(plan: Plan, asked: _Asked) -> Found:
    if asked.query.summary_count:
        return Found(total=count(plan))
    cursor = asked.cursor
    if cursor is None:
        return page(plan, asked.query.count, None, None, None)
    total = None if cursor.total == UNKNOWN else cursor.total
    return page(plan, asked.query.count, cursor.after, cursor.snapshot_ms, total)


def _links(hub: Hub, asked: _Asked, found: Found, base_url: str) -> dict[str, str]:
    query = asked.query
    shown = [(name, value) for name, value in query.self_params if not _names_nik(value)]
    place = (
        f"{base_url}/{'/'.join(asked.compartment)}/{query.type}" if asked.compartment else f"{base_url}/{query.type}"
    )
    links = {"self": place + (f"?{urlencode(shown)}" if shown else "")}
    if found.after is not None and not query.summary_count:
        total = UNKNOWN if found.total is None else found.total
        expires = hub.clock() + PAGE_LIFE_MS
        search_ = (query.type, asked.params, asked.lenient, asked.compartment)
        cursor = Cursor(asked.who.subject, expires, *search_, asked.snapshot_ms, total, found.after)
        links["next"] = f"{base_url}/{query.type}?_page={sealed_cursor(hub, cursor)}"
    return links


def _entries(
    hub: Hub, asked: _Asked, rows: list[Row], bodies: dict[Key, bytes], base_url: str, elements: Collection[str]
) -> list[tuple[str, Any]]:
    """(full url, content) of the rows: the stored bytes as they are, unless only parts of a resource were asked for."""
    query = asked.query
    is_whole = query.summary == "false" and not elements
    bodies |= open_rows(hub, [row for row in rows if Key(row.compartment, row.rid) not in bodies])
    found: list[tuple[str, Any]] = []
    for row in rows:
        key = Key(row.compartment, row.rid)
        if (body := bodies.get(key)) is not None:
            content = msgspec.Raw(body) if is_whole else trimmed(json.read(body), query.summary, elements)
            found.append((f"{base_url}/{type_name(row.type)}/{hub.ids.encode(key)}", content))
    return found


def _facilities(hub: Hub, plan: Plan, base_url: str) -> list[tuple[str, Any]]:
    """The same of the registry's facilities that are included."""
    return [
        (f"{base_url}/{TYPE}/{name}", trimmed(json.read(registered(hub, name)[0]), plan.query.summary, ()))
        for name in sorted(plan.facilities)
    ]


def _tell(hub: Hub, asked: _Asked, scope: Scope, reaches: list[Reach], rows: list[Row]) -> None:
    """Audit the look at everybody found or asked about (an empty answer and a count tell something too), and apart from
    it the look at those who were asked about and stayed hidden."""
    hidden = {compartment for compartment, author in scope.asked.items() if not _is_open(compartment, author, reaches)}
    shown = {row.compartment for row in rows} | (scope.asked.keys() - hidden)
    who, type_, text = asked.who, asked.query.type, tokenised(hub, asked.params, asked.compartment)
    if shown or not hidden:
        audit(hub, looked(hub, who, "search", PERMIT, tuple(sorted(shown)), type_, len(rows), text))
    if hidden:
        audit(hub, looked(hub, who, "search", DENY, tuple(sorted(hidden)), type_, 0, text))


def _is_open(compartment: int, author: int, reaches: list[Reach]) -> bool:
    return any(
        reach.author == author and (reach.compartments is None or compartment in reach.compartments)
        for reach in reaches
    )


def _names_nik(value: str) -> bool:
    """A NIK never stands in an address, nor in a link that would become one."""
    return NIK in value or any(len(part) == 16 and part.isdecimal() for part in value.replace("|", ",").split(","))


def tokenised(hub: Hub, params: list[tuple[str, str]], compartment: Compartment | None = None) -> str:
    """The query as the audit keeps it: identifiers and names only as keyed tokens (no raw NIK, ever)."""
    shown = [] if compartment is None else [("_compartment", "/".join(compartment))]
    for name, value in params:
        bare = name.partition(":")[0]
        is_plain = "." not in name and bare != "_has" and (name.startswith("_") or bare in _PLAIN)
        shown.append((name, value if is_plain else f"#{hub.blinder.mpi('audit', value).hex()[:16]}"))
    return urlencode(shown)
