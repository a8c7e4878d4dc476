"""A facility's file on its way in: check, draft, store; part by part, each part its own transaction.

Re-sending is harmless (what is there is found unchanged), so a run that was interrupted is simply run again.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import msgspec

from hub.errors import Category, HubError
from hub.mapping import Adapter, Record, Table, annotate, map_record, read_file, read_json
from hub.mapping.readers import Unreadable
from hub.model import Issue, Mapped, Origin, Principal
from hub.parts import Hub
from hub.pipeline.part import Stored, store_part
from hub.pipeline.quarantine import Held, hold, row_token, visit_order
from hub.pipeline.receipts import Kept, Receipt, open_kept, own_submission, receipt_of, seal_kept
from hub.store import Submission, WriteTx

PART_ROWS = 500
FILE_LIMIT = 10 * 1024 * 1024
Mode = Literal["check", "draft", "store"]
Progress = Callable[[int, int, dict[str, int]], None]
"""Told (rows done, rows in all, counts so far) after each part."""


def submit(
    hub: Hub,
    who: Principal,
    adapter: str,
    data: bytes,
    filename: str,
    mode: Mode = "store",
    progress: Progress | None = None,
) -> Receipt:
    """Take a file in. `check` finds everything out and stores nothing; `draft` keeps the sealed file until it is sent
    with `send_draft`; `store` stores the good rows and quarantines the others. HubError for an unknown adapter or size.
    """
    known = hub.adapters.get(adapter)
    if known is None:
        names = ", ".join(hub.adapters)
        raise HubError(Category.NOT_FOUND, Issue("HUB-3104", args={"adapter": adapter[:40], "known": names}))
    if len(data) > FILE_LIMIT:
        raise HubError(Category.TOO_LARGE, Issue("HUB-3118", args={"limit": "10 MiB"}))
    if who.facility is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-3105"))
    id_ = "KJ-" + secrets.token_hex(8)
    run = Receipt(id_, adapter, who.facility, "received", hashlib.sha256(data).hexdigest(), hub.clock(), filename)
    if mode != "check":
        kept = Kept(filename, run.sha256, data, [])
        with hub.store.writing() as tx:
            row = Submission(
                id_, who.facility, adapter, "received", run.created_ms, run.created_ms, {}, 0, seal_kept(hub, id_, kept)
            )
            tx.add_submission(row)
    return _run(hub, who, known, run, data, mode, progress)


def send_draft(hub: Hub, who: Principal, id_: str) -> Receipt:
    """Store a checked draft. Sending it twice is harmless: the second answer is the first one's receipt."""
    with hub.store.reading() as tx:
        row = own_submission(tx, who, id_)
    found = receipt_of(hub, row)
    if row.state != "draft":
        return found
    data = open_kept(hub, row).data
    found.counts = dict.fromkeys(found.counts, 0)
    found.issues = []
    return _run(hub, who, hub.adapters[row.adapter], found, data, "store", None)


def errors_file(hub: Hub, who: Principal, id_: str, lang: str = "id") -> bytes:
    """The sender's own file back as XLSX with the column CATATAN_KESALAHAN."""
    with hub.store.reading() as tx:
        row = own_submission(tx, who, id_)
    kept = open_kept(hub, row)
    try:
        return annotate(kept.data, kept.filename, kept.issues, lang)
    except Unreadable:
        raise HubError(Category.UNPROCESSABLE, *kept.issues) from None  # no table: the receipt says why


def _run(
    hub: Hub, who: Principal, adapter: Adapter, run: Receipt, data: bytes, mode: Mode, progress: Progress | None
) -> Receipt:
    facility = hub.facilities[run.facility]
    table: Table = (
        read_json(adapter, data, facility)
        if run.filename.lower().endswith(".json")
        else read_file(adapter, data, run.filename, facility)
    )
    run.issues += table.issues
    origin = Origin(facility.id, facility.number, adapter.name, run.id, run.created_ms, who.subject)
    done = 0
    seen: dict[str, tuple[int, str]] = {}
    for records in _parts(table.records):
        _part(hub, origin, adapter, run, records, seen, mode)
        done += len(records)
        if progress is not None:
            progress(done, len(table.records), run.counts)
    run.issues.sort(key=lambda issue: issue.row or 0)
    run.state = {"check": "checked", "draft": "draft"}.get(mode, "stored" if table.records else "refused")
    if mode != "check":
        kept = Kept(run.filename, run.sha256, data, run.issues)
        with hub.store.writing() as tx:
            tx.update_submission(
                run.id,
                updated_ms=hub.clock(),
                state=run.state,
                counts=run.counts,
                rows_done=done,
                body=seal_kept(hub, run.id, kept),
            )
    return run


def _parts(records: list[Record]) -> Iterator[list[Record]]:
    for start in range(0, len(records), PART_ROWS):
        yield records[start : start + PART_ROWS]


def _part(
    hub: Hub,
    origin: Origin,
    adapter: Adapter,
    run: Receipt,
    records: list[Record],
    seen: dict[str, tuple[int, str]],
    mode: Mode,
) -> None:
    """Map and store one part; rows that can't be accepted go to quarantine in the same transaction."""
    items, held, warnings, repeated = mapped_part(hub, origin, adapter, run.filename, records, seen)
    by_row = {record.row: record for record in records}
    refused: dict[int, Held] = {}

    def also(tx: WriteTx, results: list[Stored]) -> None:
        refused.clear()
        refused.update(held)
        for row, issues in _refused(results).items():
            refused[row] = Held(by_row[row], issues, row_token(hub, origin, adapter, by_row[row]))
        good = [by_row[row] for row in {item.row for item in items} - refused.keys() if row is not None]
        hold(hub, tx, origin, run.filename, list(refused.values()))
        tx.resolve_quarantine(
            origin.facility, [row_token(hub, origin, adapter, record) for record in good], resolved_ms=hub.clock()
        )

    if mode == "store":
        results = store_part(hub, origin, items, also=also)
    else:
        results = store_part(hub, origin, items, is_check=True)
        refused.update(held)
        for row, issues in _refused(results).items():
            refused[row] = Held(by_row[row], issues, b"")
    for row_held in refused.values():
        run.issues += row_held.issues
    run.issues += [issue for issue in warnings if issue.row not in refused]
    run.counts["quarantined"] += len(refused)
    run.counts["unchanged"] += repeated
    for outcome in _outcomes(results).values():
        run.counts[outcome] += 1


def mapped_part(
    hub: Hub,
    origin: Origin,
    adapter: Adapter,
    filename: str,
    records: list[Record],
    seen: dict[str, tuple[int, str]],
) -> tuple[list[Mapped], dict[int, Held], list[Issue], int]:
    """Map records: the items to store, the rows refused by the mapping, warnings, and how many rows only repeat an
    earlier row of the file word for word. A visit number used twice with different content is refused."""
    context = adapter.context(hub.facilities[origin.facility], filename, origin.received_ms)
    items: list[Mapped] = []
    held: dict[int, Held] = {}
    warnings: list[Issue] = []
    repeated = 0
    for record in records:
        outcome = map_record(adapter, record, context)
        token = row_token(hub, origin, adapter, record)
        if outcome.key is not None:
            content = hashlib.sha256(msgspec.json.encode(record.raw(), order="sorted")).hexdigest()
            first = seen.setdefault(outcome.key, (record.row, content))
            if first[0] != record.row and first[1] == content:
                repeated += 1
                continue
            if first[0] != record.row:
                issue = Issue("HUB-3103", row=record.row, args={"first": str(first[0])})
                held[record.row] = Held(record, [issue], b"")
                continue
        if any(issue.severity in ("error", "fatal") for issue in outcome.issues):
            held[record.row] = Held(record, outcome.issues, token)
            continue
        warnings += outcome.issues
        order = visit_order(hub, origin.facility_number, outcome.key)
        for item in outcome.mapped:
            item.asof_key = order
        items += outcome.mapped
    return items, held, warnings, repeated


def _refused(results: list[Stored]) -> dict[int, list[Issue]]:
    found: dict[int, list[Issue]] = {}
    for result in results:
        if result.is_refused and result.mapped.row is not None:
            issues = [replace(issue, row=result.mapped.row) for issue in result.issues]
            found.setdefault(result.mapped.row, []).extend(issues)
    return found


def _outcomes(results: list[Stored]) -> dict[int, str]:
    """What became of each source row: its Provenance says it (new row, corrected row, nothing new)."""
    names = {"created": "accepted", "corrected": "corrected", "unchanged": "unchanged"}
    return {
        result.mapped.row: names[result.linked.outcome]
        for result in results
        if result.mapped.type == "Provenance" and result.linked is not None and result.mapped.row is not None
    }
