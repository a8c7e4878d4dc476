"""Bulk export, the delivery: a file's lines are decided again, audited, opened and sent, a slice at a time.

What has been closed, deleted or shredded since the export was made is left out: its line simply is not there.
"""

from collections.abc import Iterator, Sequence

from hub.access.exporting import is_open, own_job
from hub.access.gathering import Line, lines_of, open_file
from hub.access.opening import open_rows
from hub.access.reading import decide_row
from hub.access.trace import audit, looked
from hub.access.yielding import give_way
from hub.errors import Category, HubError
from hub.fhir import json, type_name
from hub.model import Decision, Issue, Key, Principal, Row
from hub.parts import Hub
from hub.store import ExportFile, ReadTx

SLICE = 500
SHIPPED = Decision("PERMIT", "export")


def ship(hub: Hub, who: Principal, id_: str, number: int) -> Iterator[bytes]:
    """The NDJSON of a file of one's own export, in slices of up to SLICE lines; each slice is audited, with every
    patient in it, before it is given out. Before the first slice: NOT_FOUND for any other, FORBIDDEN when the scopes of
    the token it is fetched with do not cover its type (of deletions: those that they cover)."""
    with hub.store.reading() as tx:
        row, _ = own_job(hub, who, tx.export(id_))
        file = tx.export_file(id_, number) if row.state == "ready" else None
    if file is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4453"))
    if file.kind == "output" and not is_open(who, file.type):
        raise HubError(Category.FORBIDDEN, Issue("HUB-4452", args={"types": file.type}))
    if file.kind == "error":
        return iter((open_file(hub, file),))
    return _slices(hub, who, file)


def _slices(hub: Hub, who: Principal, file: ExportFile) -> Iterator[bytes]:
    lines = lines_of(hub, file)
    for start in range(0, len(lines), SLICE):
        part = lines[start : start + SLICE]
        yield _removed(hub, who, part) if file.kind == "deleted" else _output(hub, who, file, part)


def _output(hub: Hub, who: Principal, file: ExportFile, part: Sequence[Line]) -> bytes:
    with hub.store.reading() as tx:
        rows = [row for row in _rows(tx, part) if decide_row(hub, tx, who, row).effect == "PERMIT"]
    patients = tuple(sorted({row.compartment for row in rows}))
    audit(hub, looked(hub, who, "export", SHIPPED, patients, file.type, len(rows)))
    give_way()
    bodies = open_rows(hub, rows)
    found = (bodies.get(Key(row.compartment, row.rid)) for row in rows)
    return b"".join(body + b"\n" for body in found if body is not None)


def _rows(tx: ReadTx, part: Sequence[Line]) -> list[Row]:
    """The versions that were found, in order; of what was deleted since, nothing."""
    now = tx.get([Key(compartment, rid) for compartment, rid, _, _ in part])
    found: list[Row] = []
    for compartment, rid, version, _ in part:
        row = now.get(Key(compartment, rid))
        if row is None or row.is_deleted:
            continue
        was = row if row.version == version else tx.version(Key(compartment, rid), version)
        if was is not None:
            found.append(was)
    return found


def _removed(hub: Hub, who: Principal, part: Sequence[Line]) -> bytes:
    """Deletions as transaction Bundles, for whoever keeps a copy."""
    part = [line for line in part if is_open(who, type_name(line[3]))]
    patients = tuple(sorted({compartment for compartment, _, _, _ in part}))
    audit(hub, looked(hub, who, "export", SHIPPED, patients, "Bundle", len(part)))
    entries = [
        {"request": {"method": "DELETE", "url": f"{type_name(type_)}/{hub.ids.encode(Key(compartment, rid))}"}}
        for compartment, rid, _, type_ in part
    ]
    return json.write({"resourceType": "Bundle", "type": "transaction", "entry": entries}) + b"\n"
