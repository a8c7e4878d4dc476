"""The way out, many at a time: search with consent inside the query, exact totals and stable pages.

A search names a patient (then it reaches over all compartments of the person that are open to the caller) or it
covers what the caller's own facility authored (architecture decisions 5 and 6).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterable
from dataclasses import replace
from urllib.parse import urlencode

import msgspec

from hub.access.opening import open_rows
from hub.access.sight import PERSON, reaches, sight_of
from hub.access.trace import audit, looked
from hub.clock import city_time
from hub.consent import decide
from hub.errors import Category, HubError
from hub.fhir import json, searchset, type_number
from hub.fhir.systems import NIK
from hub.model import (
    PATIENT_RID,
    After,
    Decision,
    Issue,
    Key,
    Labels,
    Page,
    Principal,
    Reach,
    Request,
    Selection,
    Subject,
)
from hub.parts import Hub
from hub.search import Query, parse
from hub.store import ReadTx

PAGE_LIFE_MS = 600_000
PERMIT = Decision("PERMIT", "author-facility")
DENY = Decision("DENY", "no-consent")


class _Cursor(msgspec.Struct, array_like=True):
    """What a page link carries, sealed: whose it is, the search, the snapshot and where to go on."""

    subject: str
    expires_ms: int
    type: str
    params: list[tuple[str, str]]
    lenient: bool
    snapshot_ms: int
    after: tuple[int, int, int]


def search(hub: Hub, who: Principal, type_: str, params: list[tuple[str, str]], lenient: bool, base_url: str) -> bytes:
    """FHIR search-type: a searchset Bundle of what the caller may see, total exact over exactly that.

    https://www.hl7.org/fhir/R4/search.html. INCORRECT with every unknown parameter unless `lenient`.
    """
    query = parse(type_, params, lenient)
    return _page(hub, who, type_, params, query, lenient, base_url, hub.clock(), None)


def next_page(hub: Hub, who: Principal, type_: str, token: str, base_url: str) -> bytes:
    """The page a link of an earlier answer leads to, authorised anew. INCORRECT when it expired, is another's,
    or belongs to a search of another type (the caller's scopes were checked for this one)."""
    try:
        cursor = msgspec.msgpack.decode(hub.boxes.page.open(urlsafe_b64decode(token), b"page"), type=_Cursor)
    except Exception as error:  # whatever is wrong with a token, the answer is the same
        raise HubError(Category.INCORRECT, Issue("HUB-4104")) from error
    if cursor.subject != who.subject or cursor.type != type_ or cursor.expires_ms < hub.clock():
        raise HubError(Category.INCORRECT, Issue("HUB-4104"))
    query = parse(cursor.type, cursor.params, cursor.lenient)
    after = After(*cursor.after)
    return _page(hub, who, cursor.type, cursor.params, query, cursor.lenient, base_url, cursor.snapshot_ms, after)


def _page(
    hub: Hub,
    who: Principal,
    type_: str,
    params: list[tuple[str, str]],
    query: Query,
    lenient: bool,
    base_url: str,
    snapshot_ms: int,
    after: After | None,
) -> bytes:
    with hub.store.reading() as tx:
        asked = _asked(hub, tx, type_, query)
        scope = _scope(hub, tx, who, type_, query, asked)
        found = _select(hub, tx, type_, query, scope, snapshot_ms, after)
    _tell(hub, who, type_, tokenised(hub, params), asked, scope, found)
    shown = [(name, value) for name, value in query.self_params if not _names_nik(value)]
    links = {"self": f"{base_url}/{type_}" + (f"?{urlencode(shown)}" if shown else "")}
    if found.after is not None and not query.summary_count:
        place = (found.after.value, found.after.compartment, found.after.rid)
        cursor = _Cursor(who.subject, hub.clock() + PAGE_LIFE_MS, type_, params, lenient, snapshot_ms, place)
        token = urlsafe_b64encode(hub.boxes.page.seal(msgspec.msgpack.encode(cursor), b"page")).decode()
        links["next"] = f"{base_url}/{type_}?_page={token}"
    bodies = open_rows(hub, found.rows)
    matches = []
    for row in found.rows:
        key = Key(row.compartment, row.rid)
        if key in bodies:
            matches.append((f"{base_url}/{type_}/{hub.ids.encode(key)}", msgspec.Raw(bodies[key])))
    return json.write(searchset(matches, found.total, links))  # type: ignore[arg-type]


def _tell(
    hub: Hub, who: Principal, type_: str, text: str, asked: dict[int, int], scope: list[Reach], found: Page
) -> None:
    """Audit the look at everybody found or asked about (an empty answer and a count tell something too), and apart from
    it the look at those who were asked about and stayed hidden."""
    hidden = {compartment for compartment, author in asked.items() if not _is_open(compartment, author, scope)}
    shown = {row.compartment for row in found.rows} | (asked.keys() - hidden)
    if shown or not hidden:
        audit(hub, looked(hub, who, "search", PERMIT, tuple(sorted(shown)), type_, len(found.rows), text))
    if hidden:
        audit(hub, looked(hub, who, "search", DENY, tuple(sorted(hidden)), type_, 0, text))


def _is_open(compartment: int, author: int, scope: list[Reach]) -> bool:
    return any(
        reach.author == author and (reach.compartments is None or compartment in reach.compartments) for reach in scope
    )


def _select(
    hub: Hub, tx: ReadTx, type_: str, query: Query, scope: list[Reach], snapshot_ms: int, after: After | None
) -> Page:
    selection = Selection(
        type=type_number(type_),
        reaches=tuple(_with_tokens(hub, reach, query) for reach in scope),
        days=query.days,
        updated=query.updated,
        ids=_ids(hub, query),
        order=query.order,
        after=after,
        limit=query.count,
        not_after_ms=snapshot_ms,
    )
    if query.summary_count:
        return Page(total=tx.count(selection))
    return tx.select(selection)


def _asked(hub: Hub, tx: ReadTx, type_: str, query: Query) -> dict[int, int]:
    """The patients' compartments that the search names by patient, id or NIK, with their author facility."""
    named = _named(hub, query.patient or ()) | {key.compartment for key in _ids(hub, query) or ()}
    if type_ == "Patient" and (niks := _niks(query)):
        for compartments in tx.mpi([hub.blinder.mpi("nik", nik) for nik in niks]).values():
            named |= set(compartments)
    return {compartment: row.author for compartment, row in tx.compartments(named).items() if row.kind == 0}


def _scope(hub: Hub, tx: ReadTx, who: Principal, type_: str, query: Query, asked: Collection[int]) -> list[Reach]:
    """What the search may reach at all, before its own conditions."""
    if who.role == "patient" and who.compartment is not None:
        person = tx.person([who.compartment])
        if query.patient is not None and not _named(hub, query.patient) & person:
            return []
        return reaches(hub, tx, who, sight_of(hub, tx, who, person), type_)
    if query.patient is not None:
        return _of_patients(hub, tx, who, type_, _named(hub, query.patient))
    return _own(hub, who) + _foreign(hub, tx, who, type_, asked)


def _own(hub: Hub, who: Principal) -> list[Reach]:
    """Everything the caller's facility authored: `decide` permits it whatever consents say, once for all of it.

    A person's own search must name a patient: a patient may have closed the record to that one person.
    """
    if who.facility is None or who.person is not None:
        return []
    number = hub.facilities[who.facility].number
    request = Request(city_time(hub.clock()), who.purpose, org=who.facility, role=who.role, rel=True)
    subject = Subject(PERSON, who.facility, Labels("N"))
    if decide(request, subject, (), hub.policy).effect != "PERMIT":
        return []
    return [Reach(number, None, None)]


def _of_patients(hub: Hub, tx: ReadTx, who: Principal, type_: str, named: set[int]) -> list[Reach]:
    """The persons behind these Patients, where the named Patient itself is open to the caller; else nothing: asking by
    a hidden Patient must not show that the caller's own patient is the same person."""
    found: list[Reach] = []
    for compartment in sorted(named):
        person = tx.person([compartment])
        sight = sight_of(hub, tx, who, person)
        open_patients = reaches(hub, tx, who, sight, "Patient")
        patient = Selection(type_number("Patient"), tuple(open_patients), ids=(Key(compartment, PATIENT_RID),))
        if tx.count(patient):
            found += reaches(hub, tx, who, sight, type_)
    return found


def _foreign(hub: Hub, tx: ReadTx, who: Principal, type_: str, compartments: Collection[int]) -> list[Reach]:
    """What other facilities hold in these compartments' persons and is open to the caller."""
    found: list[Reach] = []
    seen: set[int] = set()
    own = hub.facilities[who.facility].number if who.facility else -1
    for compartment in sorted(compartments):
        if compartment in seen:
            continue
        person = tx.person([compartment])
        seen |= person
        opened = reaches(hub, tx, who, sight_of(hub, tx, who, person), type_)
        found += [reach for reach in opened if reach.author != own]
    return found


def _with_tokens(hub: Hub, reach: Reach, query: Query) -> Reach:
    """The query's values as tokens of this author: the same value has other tokens at every facility."""
    token = hub.blinder.token
    tokens = tuple(tuple(token(reach.author, param, value) for param, value in group) for group in query.tokens)
    return replace(reach, tokens=tokens, indexed=query.indexed)


def _names_nik(value: str) -> bool:
    """A NIK never stands in an address, nor in a link that would become one."""
    return NIK in value or any(len(part) == 16 and part.isdecimal() for part in value.replace("|", ",").split(","))


def _niks(query: Query) -> set[str]:
    """The NIKs asked for: the one identifier by which a patient of other facilities is found."""
    return {value for group in query.identifiers for system, value in group if system in (NIK, None)}


def _named(hub: Hub, ids: Iterable[str]) -> set[int]:
    """The compartments of Patients with these logical ids; ids that mean nothing are left out."""
    keys = (hub.ids.decode(text) for text in ids)
    return {key.compartment for key in keys if key is not None and key.rid == PATIENT_RID}


def _ids(hub: Hub, query: Query) -> tuple[Key, ...] | None:
    if query.ids is None:
        return None
    return tuple(key for text in query.ids if (key := hub.ids.decode(text)) is not None)


def tokenised(hub: Hub, params: list[tuple[str, str]]) -> str:
    """The query as the audit keeps it: identifiers and names only as keyed tokens (no raw NIK, ever)."""
    shown = []
    for name, value in params:
        is_plain = name.startswith("_") or name.partition(":")[0] in (
            "patient",
            "subject",
            "status",
            "date",
            "encounter",
        )
        shown.append((name, value if is_plain else f"#{hub.blinder.mpi('audit', value).hex()[:16]}"))
    return urlencode(shown)
