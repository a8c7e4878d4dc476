"""Patient/$everything: all that is open to the caller of one person, page by page, decided before it is read.

https://www.hl7.org/fhir/R4/patient-operation-everything.html
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass, replace

import msgspec

from hub.access.opening import open_rows
from hub.access.reading import absent, find, gone
from hub.access.sight import RESIDUAL_LIMIT, Sight, code_of, decide_for, reaches, sight_of
from hub.access.trace import audit, looked
from hub.access.yielding import give_way
from hub.consent import is_fine
from hub.errors import Category, HubError
from hub.fhir import json, outcome, searchset, type_name, type_number
from hub.model import PATIENT_RID, After, Decision, Issue, Key, Labels, Principal, Reach
from hub.parts import Hub
from hub.store import ReadTx

PAGE_LIFE_MS = 600_000
_PIECE = 100
"""Resources opened before others' short work is let through."""
PERMIT = Decision("PERMIT", "author-facility")
OWN = Decision("PERMIT", "own-record")
_UNDATED = tuple(type_number(name) for name in ("Patient", "Practitioner", "Provenance", "Consent"))
"""Their day is not one of care: when they were last said, or written down."""


class Asked(msgspec.Struct, frozen=True):
    """What of the record is wanted. `types`: only these (None = all that exist). `since_ms`: changed from then on.
    `days`: care between these days since 1970-01-01; what carries no date of care is always part of it. `query`:
    the parameters as they came, for the self link."""

    types: tuple[str, ...] | None = None
    since_ms: int | None = None
    days: tuple[int, int] | None = None
    count: int = 1000
    query: str = ""


class _Cursor(msgspec.Struct, array_like=True):
    """What a page link carries, sealed: whose it is, of whom, what was asked, the snapshot and where to go on."""

    subject: str
    expires_ms: int
    patient: str
    asked: Asked
    snapshot_ms: int
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Whom:
    """The person a call is about: the named Patient's place, and all compartments joined to it."""

    key: Key
    person: set[int]
    sight: Sight


def everything(hub: Hub, who: Principal, id_: str | None, asked: Asked, base_url: str, lang: str = "id") -> bytes:
    """A searchset Bundle of the person's record as far as it is open to the caller; total exact over exactly that.

    Without `id_` the own record of a patient who signed in (FORBIDDEN for others). NOT_FOUND for a Patient that is
    hidden or absent, GONE for a deleted one. What is hidden leaves no trace: the notice that the answer may be
    incomplete is always there.
    """
    return _page(hub, who, id_, asked, base_url, lang, hub.clock(), None)


def next_part(
    hub: Hub, who: Principal, id_: str | None, token: str, types: Collection[str], base_url: str, lang: str = "id"
) -> bytes:
    """The page a link leads to, authorised anew and never wider than `types`, which the caller's scopes cover now.
    INCORRECT when the link expired or is another's."""
    try:
        cursor = msgspec.msgpack.decode(hub.boxes.page.open(urlsafe_b64decode(token), b"everything"), type=_Cursor)
    except Exception as error:  # whatever is wrong with a token, the answer is the same
        raise HubError(Category.INCORRECT, Issue("HUB-4104")) from error
    if cursor.subject != who.subject or cursor.patient != (id_ or "") or cursor.expires_ms < hub.clock():
        raise HubError(Category.INCORRECT, Issue("HUB-4104"))
    wanted = cursor.asked.types if cursor.asked.types is not None else tuple(types)
    asked = msgspec.structs.replace(cursor.asked, types=tuple(name for name in wanted if name in types))
    return _page(hub, who, id_, asked, base_url, lang, cursor.snapshot_ms, cursor.after)


def _page(
    hub: Hub,
    who: Principal,
    id_: str | None,
    asked: Asked,
    base_url: str,
    lang: str,
    snapshot_ms: int,
    after: tuple[int, int] | None,
) -> bytes:
    with hub.store.reading() as tx:
        whom = own(hub, tx, who) if id_ is None else named(hub, tx, who, id_)
        found = tx.record_page(
            _open(hub, tx, who, whom.sight),
            types=None if asked.types is None else [type_number(name) for name in asked.types],
            since_ms=asked.since_ms,
            not_after_ms=snapshot_ms,
            days=asked.days,
            undated=_UNDATED,
            after=After(0, *after) if after is not None else None,
            limit=asked.count,
        )
    shown = {row.compartment for row in found.rows} | {whom.key.compartment}
    name = hub.ids.encode(whom.key)
    decision = OWN if who.role == "patient" else PERMIT
    audit(hub, looked(hub, who, "everything", decision, tuple(sorted(shown)), f"Patient/{name}", len(found.rows)))
    bodies: dict[Key, bytes] = {}
    for start in range(0, len(found.rows), _PIECE):
        give_way()
        bodies |= open_rows(hub, found.rows[start : start + _PIECE])
    matches = []
    for row in found.rows:
        key = Key(row.compartment, row.rid)
        if key in bodies:
            matches.append((f"{base_url}/{type_name(row.type)}/{hub.ids.encode(key)}", msgspec.Raw(bodies[key])))
    address = f"{base_url}/Patient/{name}/$everything" if id_ is not None else f"{base_url}/Patient/$everything"
    links = {"self": address + (f"?{asked.query}" if asked.query else "")}
    if found.after is not None:
        place = (found.after.compartment, found.after.rid)
        cursor = _Cursor(who.subject, hub.clock() + PAGE_LIFE_MS, id_ or "", asked, snapshot_ms, place)
        token = urlsafe_b64encode(hub.boxes.page.seal(msgspec.msgpack.encode(cursor), b"everything")).decode()
        links["next"] = f"{address}?_page={token}"
    notices = [] if who.role == "patient" else [outcome([Issue("HUB-4303", severity="information")], lang)]
    return json.write(searchset(matches, found.total, links, outcomes=notices))  # type: ignore[arg-type]


def named(hub: Hub, tx: ReadTx, who: Principal, id_: str) -> Whom:
    """The person behind a Patient that is itself open to the caller. NOT_FOUND, audited, or GONE."""
    row, decision = find(hub, tx, who, "Patient", id_)
    if row is None or decision.effect != "PERMIT":
        compartments = (row.compartment,) if row is not None else ()
        audit(hub, looked(hub, who, "everything", replace(decision, effect="DENY"), compartments, f"Patient/{id_}"))
        raise absent()
    if row.is_deleted:
        raise gone()
    person = tx.person([row.compartment])
    return Whom(Key(row.compartment, row.rid), person, sight_of(hub, tx, who, person))


def own(hub: Hub, tx: ReadTx, who: Principal) -> Whom:
    """The person of a patient who signed in. FORBIDDEN for others."""
    if who.role != "patient" or who.compartment is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-4302"))
    person = tx.person([who.compartment])
    return Whom(Key(who.compartment, PATIENT_RID), person, sight_of(hub, tx, who, person))


def _open(hub: Hub, tx: ReadTx, who: Principal, sight: Sight) -> list[Reach]:
    """The permitted part of one person, of every type: by access tags, or by keys where a consent is finer."""
    if not any(is_fine(rule) for rule in sight.rules):
        return reaches(hub, tx, who, sight, "Patient")
    rows = tx.everything(sight.authors)
    if len(rows) > RESIDUAL_LIMIT:
        raise HubError(Category.INCORRECT, Issue("HUB-4103"))
    permitted: dict[int, list[Key]] = {}
    for row in rows:
        labels = sight.labels.get((row.compartment, row.tag), Labels(None))
        if decide_for(hub, who, sight, row.author, labels, row, code_of(hub, row)).effect == "PERMIT":
            permitted.setdefault(row.author, []).append(Key(row.compartment, row.rid))
    return [
        Reach(author, tuple({key.compartment for key in keys}), None, permitted=tuple(keys))
        for author, keys in sorted(permitted.items())
    ]
