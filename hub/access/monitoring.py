"""Opening sealed facts and released tables: numbers, no record (architecture decision 9); and who looked at them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hub.access.trace import audit, looked
from hub.errors import Category, HubError
from hub.fhir import day_text
from hub.model import AuditEntry, Decision, Issue, Principal
from hub.monitor import Fact, decode_fact, decode_items, decode_values, encode_items
from hub.monitor.tables import Table, decode_table
from hub.parts import Hub
from hub.store import FactRow, ReleasedRow

UNKNOWN_MONTH = 0
"""The mark of facts written before there were marks."""
NO_MONTH = -1
"""The mark of a row without facts (what it held was withdrawn, or became sensitive)."""
PUBLIC_VISITS = "public:visits-area"
"""The table of visits that everybody may see."""
_SHARED = b"\xff\xff"
"""How the body of a row of several resources begins; the other kind begins with the size of a fact."""


def month_mark(hub: Hub, day: int) -> int:
    """The keyed mark of the month a day (since 1970-01-01) lies in: positive, 31 bits, the same for ever."""
    return hub.blinder.token(0, "_month", day_text(day)[:7]) & 0x7FFFFFFF or 1


def open_facts(hub: Hub, row: FactRow) -> list[Fact]:
    """All facts of a row. Raises hub.crypto.Tampered."""
    return [fact for found in open_items(hub, row).values() for fact in found]


def open_items(hub: Hub, row: FactRow) -> dict[int, list[Fact]]:
    """What a row holds, by the resource it is about. A row written before resources shared rows has the number of its
    one resource."""
    body = hub.boxes.fact.open(row.body, _place(row.item))
    if body.startswith(_SHARED):
        return decode_items(body[len(_SHARED) :])
    found, at = [], 0
    while at < len(body):
        size = int.from_bytes(body[at : at + 2], "big")
        found.append(decode_fact(body[at + 2 : at + 2 + size]))
        at += 2 + size
    return {row.item: found}


def open_values(hub: Hub, row: FactRow) -> list[list[Any]]:
    """All facts of a row as lists of values: a third of the time of `open_facts`. Raises hub.crypto.Tampered."""
    body = hub.boxes.fact.open(row.body, _place(row.item))
    if body.startswith(_SHARED):
        return decode_values(body[len(_SHARED) :])
    return [list(msgspec.structs.astuple(fact)) for fact in open_facts(hub, row)]


def seal_items(hub: Hub, number: int, items: Mapping[int, Sequence[Fact]]) -> bytes:
    """The body of a row with this number."""
    return hub.boxes.fact.seal(_SHARED + encode_items(items), _place(number))


def _place(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def sum_name(hub: Hub, area: str, month: str, category: str) -> tuple[str, str, str]:
    """Sums are kept under keyed names: a thief of the database does not learn which category is counted where."""
    return area, month, f"{hub.blinder.token(0, '_sum', f'{area}/{month}/{category}') & (1 << 64) - 1:016x}"


def open_released(hub: Hub, row: ReleasedRow) -> bytes:
    """What a released row holds. Raises hub.crypto.Tampered."""
    return hub.boxes.release.open(row.body, released_aad(row.month, row.cube))


def released_table(hub: Hub, cube: str, month: str = "") -> tuple[Table, int] | None:
    """A released table (of a month, or the newest) and when it was made; None when it is not released."""
    with hub.store.reading() as tx:
        row = tx.released(month, cube) if month else next(iter(tx.releases(cube, 1)), None)
    return None if row is None else (decode_table(open_released(hub, row)), row.made_ms)


def released_aad(month: str, cube: str) -> bytes:
    """What binds a sealed table to its place."""
    return f"{month}/{cube}".encode()


def only_auditors(who: Principal) -> None:
    """FORBIDDEN for every other role."""
    if who.role != "auditor":
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))


def own_facility(who: Principal) -> str:
    """The facility that asks for its own. FORBIDDEN for everybody who is of none."""
    if who.facility is None or who.role not in ("clinician", "clinic-client"):
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))
    return who.facility


def tell(hub: Hub, who: Principal, what: str, fixed: dict[str, str], count: int) -> None:
    """One audit entry for one look; numbers are about nobody, so no patient is named."""
    audit(hub, look_of(hub, who, what, fixed, count))


def look_of(hub: Hub, who: Principal, what: str, fixed: dict[str, str], count: int) -> AuditEntry:
    """That entry."""
    asked = " ".join([what, *(f"{name}={value[:60]}" for name, value in sorted(fixed.items()))])
    return looked(hub, who, "city.view", _PERMIT, (), count=count, query=asked)


_PERMIT = Decision("PERMIT", "aggregate-only")
