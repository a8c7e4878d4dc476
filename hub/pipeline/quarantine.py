"""Rows that could not be accepted: kept sealed with their issues, closed when the row comes again in good shape, and
replayed when what stood in the way (a mapping, a code list) was mended on our side. Nothing is lost."""

from dataclasses import dataclass, replace

import msgspec

from hub.mapping import Adapter, Record, map_record
from hub.model import Issue, Origin
from hub.parts import Hub
from hub.pipeline.part import Stored, store_part
from hub.store import QuarantineRow, WriteTx


@dataclass(slots=True)
class Held:
    """A refused row: the record, why, and the token its corrected self will carry (empty: it has no key of its own)."""

    record: Record
    issues: list[Issue]
    token: bytes


class Waiting(msgspec.Struct):
    """The sealed body of a quarantined row."""

    row: int
    raw: dict[str, str]
    file: str
    adapter: str
    issues: list[Issue]


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
                hub.boxes.submission.seal(
                    msgspec.msgpack.encode(
                        Waiting(held.record.row, held.record.raw(), filename, origin.source, held.issues)
                    ),
                    _aad(origin.submission, held.record.row),
                ),
            )
            for held in rows
        ]
    )


def waiting(hub: Hub, facility: str) -> list[tuple[QuarantineRow, Waiting]]:
    """A facility's open quarantine, opened."""
    with hub.store.reading() as tx:
        rows = tx.quarantine(facility)
    return [
        (
            row,
            msgspec.msgpack.decode(hub.boxes.submission.open(row.body, _aad(row.submission, row.row)), type=Waiting),
        )
        for row in rows
    ]


def replay(hub: Hub, facility: str, subject: str) -> tuple[int, int]:
    """Send every open row of a facility through the pipeline again: (accepted, still waiting)."""
    known = hub.facilities[facility]
    accepted = 0
    rows = waiting(hub, facility)
    for row, held in rows:
        adapter = hub.adapters.get(held.adapter)
        if adapter is None:
            continue
        origin = Origin(facility, known.number, adapter.name, row.submission, hub.clock(), subject)
        outcome = map_record(
            adapter, Record.from_raw(held.row, held.raw), adapter.context(known, held.file, origin.received_ms)
        )
        if any(issue.severity in ("error", "fatal") for issue in outcome.issues):
            continue
        order = visit_order(hub, known.number, outcome.key)
        items = [replace(item, asof_key=order) for item in outcome.mapped]

        def close(tx: WriteTx, results: list[Stored], row: QuarantineRow = row) -> None:
            if not any(result.is_refused for result in results):
                tx.close_quarantine(row.submission, row.row, state="replayed", resolved_ms=hub.clock())

        results = store_part(hub, origin, items, also=close)
        accepted += not any(result.is_refused for result in results)
    return accepted, len(rows) - accepted


def _aad(submission: str, row: int) -> bytes:
    return f"quarantine/{submission}/{row}".encode()
