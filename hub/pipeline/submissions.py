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
from hub.mapping import Adapter, Asked, Record, Table, annotate, map_record, read_file, read_json
from hub.mapping.readers import Suggestion, Unreadable
from hub.model import Facility, Issue, Mapped, Origin, Principal
from hub.parts import Hub
from hub.pipeline.part import Stored, store_part
from hub.pipeline.quarantine import Held, hold, row_token, visit_order
from hub.pipeline.receipts import Kept, Receipt, open_kept, own_submission, receipt_of, seal_kept
from hub.pipeline.withdrawal import withdrawn_items
from hub.pipeline.wording import Words, note_words
from hub.store import Submission, WriteTx

PART_ROWS = 50
"""Rows of a part: a hospital's 50 visits are 1,450 resources, which a process holds all at once."""
FILE_LIMIT = 10 * 1024 * 1024
AT_WORK_MS = 120_000
"""So long a submission in state "received" may be at work; then its process has ended in the middle."""
UNKNOWN_HEADERS = frozenset({"HUB-2006", "HUB-2007", "HUB-2011"})
"""What is said of a file when a header is not known."""
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
    return _run_draft(hub, who, id_, "store")


def resume(hub: Hub, who: Principal, id_: str) -> Receipt:
    """Run a submission that was interrupted again, from its kept file; what was stored is found unchanged. CONFLICT
    while it may still be at work, and when it is done."""
    with hub.store.reading() as tx:
        row = own_submission(tx, who, id_)
    if row.state != "received" or hub.clock() - row.updated_ms < AT_WORK_MS:
        raise HubError(Category.CONFLICT, Issue("HUB-3326"))
    found = receipt_of(hub, row)
    found.issues = []
    return _run(hub, who, hub.adapters[row.adapter], found, open_kept(hub, row).data, "store", None)


def check_draft(hub: Hub, who: Principal, id_: str) -> Receipt:
    """Check a waiting draft again, after the facility's settings have changed; one that was sent stays as it is."""
    return _run_draft(hub, who, id_, "draft")


def _run_draft(hub: Hub, who: Principal, id_: str, mode: Mode) -> Receipt:
    with hub.store.reading() as tx:
        row = own_submission(tx, who, id_)
    found = receipt_of(hub, row)
    if row.state != "draft":
        return found
    data = open_kept(hub, row).data
    found.counts = dict.fromkeys(found.counts, 0)
    found.issues = []
    return _run(hub, who, hub.adapters[row.adapter], found, data, mode, None)


def draft_headers(hub: Hub, who: Principal, id_: str) -> tuple[tuple[Suggestion, ...], frozenset[str]]:
    """What the headers of a waiting draft that nobody knows may mean, and the columns its other headers fill; nothing
    for a draft without such headers, and once it is sent."""
    with hub.store.reading() as tx:
        row = own_submission(tx, who, id_)
    if row.state != "draft":
        return (), frozenset()
    kept = open_kept(hub, row)
    if not {issue.code for issue in kept.issues} & UNKNOWN_HEADERS:
        return (), frozenset()
    table = _read(hub.adapters[row.adapter], kept.data, kept.filename, hub.facilities[row.facility])
    return table.suggestions, frozenset(table.names)


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
    table = _read(adapter, data, run.filename, facility)
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
            run.waiting = tx.waiting(run.facility).get(run.id, 0)
    return run


def _read(adapter: Adapter, data: bytes, filename: str, facility: Facility) -> Table:
    if filename.lower().endswith(".json"):
        return read_json(adapter, data, facility)
    return read_file(adapter, data, filename, facility)


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
    words: Words = {}
    items, held, warnings, repeated = mapped_part(hub, origin, adapter, run.filename, records, seen, words)
    by_row = {record.row: record for record in records}
    refused: dict[int, Held] = {}

    def also(tx: WriteTx, results: list[Stored]) -> None:
        refused.clear()
        refused.update(held)
        for row, issues in refused_of(results).items():
            refused[row] = Held(by_row[row], issues, row_token(hub, origin, adapter, by_row[row]))
        settled = {item.row for item in items} | {record.row for record in records if record.is_removed}
        good = [by_row[row] for row in settled - refused.keys() if row is not None]
        hold(hub, tx, origin, run.filename, list(refused.values()))
        note_words(
            hub, tx, origin, words, {row for row, outcome in outcomes_of(results).items() if outcome != "unchanged"}
        )
        tx.resolve_quarantine(
            origin.facility, [row_token(hub, origin, adapter, record) for record in good], resolved_ms=hub.clock()
        )

    if mode == "store":
        results = store_part(hub, origin, items, also=also)
    else:
        results = store_part(hub, origin, items, is_check=True)
        refused.update(held)
        for row, issues in refused_of(results).items():
            refused[row] = Held(by_row[row], issues, b"")
    for row_held in refused.values():
        run.issues += row_held.issues
    run.issues += [issue for issue in warnings if issue.row not in refused]
    run.counts["quarantined"] += len(refused)
    run.counts["unchanged"] += repeated
    for row, outcome in outcomes_of(results).items():
        is_gone = by_row[row].is_removed and outcome != "unchanged"
        run.counts["withdrawn" if is_gone else outcome] += 1


def mapped_part(
    hub: Hub,
    origin: Origin,
    adapter: Adapter,
    filename: str,
    records: list[Record],
    seen: dict[str, tuple[int, str]],
    words: Words,
) -> tuple[list[Mapped], dict[int, Held], list[Issue], int]:
    """Map records: the items to store, the rows refused by the mapping, warnings, and how many rows say nothing new:
    they repeat an earlier row of the file word for word, or withdraw what the hub does not have. A visit number used
    twice with different content is refused."""
    asked: list[Asked] = []
    context = adapter.context(hub.facilities[origin.facility], filename, origin.received_ms, asked)
    items: list[Mapped] = []
    held: dict[int, Held] = {}
    warnings: list[Issue] = []
    repeated = 0
    removed: list[tuple[int, str]] = []
    for record in records:
        outcome = map_record(adapter, record, context)
        words[record.row], asked[:] = list(asked), []
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
        if record.is_removed and outcome.key is not None:
            removed.append((record.row, outcome.key))
            continue
        order = visit_order(hub, origin.facility_number, outcome.key)
        for item in outcome.mapped:
            item.asof_key = order
        items += outcome.mapped
    if removed:
        withdrawn, notes = withdrawn_items(hub, origin, adapter, removed)
        items += withdrawn
        warnings += notes
        repeated += len({row for row, _ in removed} - {item.row for item in withdrawn})
    return items, held, warnings, repeated


def refused_of(results: list[Stored]) -> dict[int, list[Issue]]:
    found: dict[int, list[Issue]] = {}
    for result in results:
        if result.is_refused and result.mapped.row is not None:
            issues = [replace(issue, row=result.mapped.row) for issue in result.issues]
            found.setdefault(result.mapped.row, []).extend(issues)
    return found


def outcomes_of(results: list[Stored]) -> dict[int, str]:
    """What became of each source row: its Provenance says it (new row, corrected row, nothing new)."""
    names = {"created": "accepted", "corrected": "corrected", "unchanged": "unchanged"}
    return {
        result.mapped.row: names[result.linked.outcome]
        for result in results
        if result.mapped.type == "Provenance" and result.linked is not None and result.mapped.row is not None
    }
