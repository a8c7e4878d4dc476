"""Rows that could not be accepted: kept sealed with their issues, closed when the row comes again in good shape, is
mended here or is given up with a reason. Nothing is lost, nothing is erased."""

from dataclasses import dataclass

import msgspec

from hub.mapping import Adapter, Record
from hub.model import Issue, Origin
from hub.parts import Hub
from hub.store import QuarantineRow, WriteTx


@dataclass(slots=True)
class Held:
    """A refused row: the record, why, and the token its corrected self will carry (empty: it has no key of its own)."""

    record: Record
    issues: list[Issue]
    token: bytes


class Waiting(msgspec.Struct):
    """The sealed body of a quarantined row. `sent`: the cells as they came, once they were changed here; `reason` and
    `by`: why and by whom it was given up."""

    row: int
    raw: dict[str, str]
    file: str
    adapter: str
    issues: list[Issue]
    sent: dict[str, str] | None = None
    reason: str = ""
    by: str = ""


def row_token(hub: Hub, origin: Origin, adapter: Adapter, record: Record) -> bytes:
    """The blind name of a source row: its key (visit number), else its whole content."""
    key = "/".join(" ".join(record.cell(name).split()) for name in adapter.manifest.key)
    if not key.strip("/"):
        key = msgspec.json.encode(record.raw(), order="sorted").decode()
    return hub.blinder.source(origin.facility_number, "_row", f"{adapter.name}|{key}")


def visit_order(hub: Hub, facility: int, key: str | None) -> int:
    """Orders visits of one day among themselves, the same at every arrival (`Mapped.asof_key`); a keyed 31-bit number,
    so that no visit number is readable in the row."""
    return hub.blinder.token(facility, "_asof", key or "") & 0x7FFF_FFFF


def hold(hub: Hub, tx: WriteTx, origin: Origin, filename: str, rows: list[Held]) -> None:
    """Quarantine rows in the part's own transaction."""
    tx.add_quarantine(
        [
            QuarantineRow(
                origin.submission,
                held.record.row,
                origin.facility,
                held.token or None,
                "open",
                origin.received_ms,
                None,
                seal_waiting(
                    hub,
                    origin.submission,
                    Waiting(held.record.row, held.record.raw(), filename, origin.source, held.issues),
                ),
            )
            for held in rows
        ]
    )


def waiting(hub: Hub, facility: str) -> list[tuple[QuarantineRow, Waiting]]:
    """A facility's open quarantine, opened."""
    with hub.store.reading() as tx:
        rows = tx.quarantine(facility)
    return [(row, open_waiting(hub, row)) for row in rows]


def open_waiting(hub: Hub, row: QuarantineRow) -> Waiting:
    """What a quarantined row says."""
    body = hub.boxes.submission.open(row.body, _aad(row.submission, row.row))
    try:
        return msgspec.msgpack.decode(body, type=Waiting)
    except msgspec.ValidationError:
        return _without_odd_issues(body)


def _without_odd_issues(body: bytes) -> Waiting:
    """A row whose issues are not all in our form is still the facility's own: listed, mended or given up."""
    found = msgspec.msgpack.decode(body)
    issues = []
    for each in found["issues"]:
        try:
            issues.append(msgspec.convert(each, Issue))
        except msgspec.ValidationError:
            continue
    return msgspec.convert({**found, "issues": issues}, Waiting)


def seal_waiting(hub: Hub, submission: str, held: Waiting) -> bytes:
    """A quarantined row as it is kept."""
    return hub.boxes.submission.seal(msgspec.msgpack.encode(held), _aad(submission, held.row))


def _aad(submission: str, row: int) -> bytes:
    return f"quarantine/{submission}/{row}".encode()
