"""One run of the agent: walk over the source, compare with what is remembered, send the difference, remember.

A visit is remembered only after the hub gave a receipt for it; so a run cut anywhere and started again sends what is
missing, and the worst that can happen twice is one part, which the hub then finds unchanged.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from hub.agent.report import PullReport
from hub.agent.state import Run, State, Visit
from hub.clock import city_zone, system_clock
from hub.crypto import Tampered
from hub.errors import Category, HubError
from hub.mapping import Adapter
from hub.mapping.readers.schema import fitted
from hub.mapping.readers.sql import DatabaseSource, open_source, read_batch
from hub.mapping.source import SourceSpec, Visits
from hub.model import Issue

Sink = Callable[[bytes, str], dict[str, Any]]
"""Takes (JSON rows, file name), answers with the receipt: id, state, counts, issues. Raises when it has none."""

Progress = Callable[[PullReport], None]

PART_ROWS = 500
PART_BYTES = 8 * 1024 * 1024
SUSPICIOUS_SHARE, SUSPICIOUS_NUMBER = 0.20, 20
"""More visits gone than both of these: a wrong or empty database rather than deletions."""


def pull(
    adapter: Adapter,
    source_url: str,
    state_path: Path,
    sink: Sink,
    *,
    facility: str = "",
    since_days: int | None = 30,
    batch: int = 200,
    load: float = 0.25,
    now: int | None = None,
    accept_removals: bool = False,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> PullReport:
    """Read the visits of the last `since_days` days (None: all), send what is new, changed or gone, report.

    `load`: the largest share of the time that is spent in the source's database, 0 < load <= 1. `now`: epoch ms.
    HubError HUB-22xx when the source, the state or the hub stands in the way; whatever `sink` raises goes through.
    """
    if adapter.source is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-2209", severity="fatal", args={"adapter": adapter.name}))
    started = time.monotonic()
    now = system_clock() if now is None else now
    with ExitStack() as held:
        state = held.enter_context(closing(State(state_path, f"{facility}|{adapter.name}")))
        source = held.enter_context(closing(open_source(source_url)))
        walk = _Walk(
            adapter, fitted(source, adapter.source), source, state, sink, now, max(0.01, min(load, 1.0)), sleep
        )
        try:
            walk.over(since_days, max(1, min(batch, PART_ROWS)), progress)
            walk.send_removals(accept_removals)
            if progress:
                progress(walk.report)  # what was sent after the last query counts too
        except Tampered:
            args = {"file": f"{state_path.name}.key"}
            raise HubError(Category.UNAVAILABLE, Issue("HUB-2210", severity="fatal", args=args)) from None
        finally:
            walk.report.seconds = time.monotonic() - started
            walk.count_cost()
        return walk.report


class _Walk:
    """The run in progress: the rows that wait to be sent, and how far everything before is settled."""

    def __init__(
        self,
        adapter: Adapter,
        spec: SourceSpec,
        source: DatabaseSource,
        state: State,
        sink: Sink,
        now_ms: int,
        load: float,
        sleep: Callable[[float], None],
    ) -> None:
        self.adapter = adapter
        self.spec = spec
        self.source = source
        self.state = state
        self.sink = sink
        self.now_ms = now_ms
        self.load = load
        self.sleep = sleep
        self.report = PullReport()
        self.run = Run(0, None)
        self.waiting: list[tuple[Visit, bytes]] = []
        self.bytes = 0
        self.oversized = 0
        self.version = adapter.manifest.version.encode()
        moment = datetime.fromtimestamp(now_ms / 1000, UTC)
        self.stem = f"{adapter.name}-{moment:%Y%m%dT%H%M%S}"

    def over(self, since_days: int | None, batch: int, progress: Progress | None) -> None:
        """Walk over the visits in the order of their key."""
        today = datetime.fromtimestamp(self.now_ms / 1000, city_zone()).date()
        first = None if since_days is None else (today - timedelta(days=since_days)).toordinal()
        self.run, self.report.is_resumed = self.state.begin(first, self.now_ms)
        since, after = since_text(self.spec.visits, self.run.since), self.run.after
        while True:
            started, spent = time.monotonic(), self.source.seconds
            try:
                rows = read_batch(self.source, self.spec, after, since, batch)
            except HubError:
                self.flush(after)  # what was read is good: the next run starts behind it
                raise
            if not rows:
                break
            unchanged = self._sort(rows)
            if rows[-1][self.spec.visits.key] == after:  # a key that can't be asked for again: it would never end
                raise HubError(Category.UNPROCESSABLE, Issue("HUB-2230", severity="fatal"))
            after = rows[-1][self.spec.visits.key]
            self.state.remember(self.run, (), unchanged, None if self.waiting else after)
            if len(self.waiting) > PART_ROWS - batch:
                self.flush(after)
            if progress:
                progress(self.report)
            self._rest(self.source.seconds - spent, time.monotonic() - started)
        self.flush(after)
        if self.oversized:
            issue = Issue("HUB-2214", severity="warning", args={"number": str(self.oversized)})
            self.report.issues.append(issue)

    def _sort(self, rows: list[dict[str, Any]]) -> list[Visit]:
        """New and changed visits wait to be sent; the unchanged ones are returned."""
        contents = [msgspec.json.encode(row) for row in rows]
        visits = [
            self.state.visit(
                [row.get(name, "") for name in self.adapter.manifest.key], self._day(row), self._canonical(row)
            )
            for row in rows
        ]
        known = self.state.digests(visits)
        unchanged = []
        for visit, content in zip(visits, contents, strict=True):
            self.report.read += 1
            if known.get(visit.name) == visit.digest:
                self.report.unchanged += 1
                unchanged.append(visit)
            elif len(content) > PART_BYTES - 2:
                self.oversized += 1
                unchanged += [visit] if visit.name in known else []
            else:
                self._wait(visit, content)
                self.report.changed += visit.name in known
                self.report.new += visit.name not in known
        return unchanged

    def _day(self, row: Mapping[str, Any]) -> int | None:
        """The day of a visit (ordinal), when its text begins with one; others are never missed in a window."""
        visits = self.spec.visits
        return _ordinal(row.get(visits.day, "")[: _width(visits.since)], visits.since)

    def _canonical(self, row: Mapping[str, Any]) -> bytes:
        """The content that counts as the same: whatever the order of columns and of the rows in a group. The adapter's
        version belongs to it, so that a better mapping is given every visit again."""
        ordered = {
            name: sorted(msgspec.json.encode(member, order="sorted") for member in value)
            if isinstance(value, list)
            else value
            for name, value in row.items()
        }
        return self.version + b"\0" + msgspec.json.encode(ordered, order="sorted")

    def _wait(self, visit: Visit, content: bytes) -> None:
        if len(self.waiting) >= PART_ROWS or self.bytes + len(content) + 1 > PART_BYTES - 2:
            self.flush()
        self.waiting.append((visit, content))
        self.bytes += len(content) + 1

    def flush(self, after: str | None = None) -> None:
        """Send what waits and remember it; `after`: everything up to this key is settled then."""
        if self.waiting:
            self._send([content for _, content in self.waiting])
        if self.waiting or after:
            self.state.remember(self.run, [visit for visit, _ in self.waiting], (), after or None)
        self.waiting, self.bytes = [], 0

    def send_removals(self, is_accepted: bool) -> None:
        """Tell the hub which visits are gone; refuse when that looks like a wrong database. Ends the run."""
        gone, known = self.state.vanished(self.run)
        if len(gone) > max(SUSPICIOUS_NUMBER, SUSPICIOUS_SHARE * known) and not is_accepted:
            self.state.finish(self.run, self.now_ms)
            counts = {"gone": str(len(gone)), "known": str(known)}
            raise HubError(Category.CONFLICT, Issue("HUB-2212", severity="fatal", args=counts))
        for start in range(0, len(gone), PART_ROWS):
            part = gone[start : start + PART_ROWS]
            columns = self.adapter.manifest.key
            self._send(
                [
                    msgspec.json.encode({**dict(zip(columns, visit.key, strict=True)), "_removed": True})
                    for visit in part
                ]
            )
            self.state.forget(part)
            self.report.removed += len(part)
        self.state.finish(self.run, self.now_ms)

    def _send(self, rows: list[bytes]) -> None:
        name = f"{self.stem}-{len(self.report.receipts) + 1:03}.json"
        receipt = self.sink(b"[" + b",".join(rows) + b"]", name)
        if receipt.get("state") != "stored":
            codes = sorted({str(issue.get("code")) for issue in receipt.get("issues", ())})
            args = {"codes": ", ".join(codes[:5]) or "-", "receipt": str(receipt.get("id", "-"))}
            raise HubError(Category.UNPROCESSABLE, Issue("HUB-2213", severity="fatal", args=args))
        self.report.take(receipt)
        self.report.sent += len(rows)

    def _rest(self, in_database: float, elapsed: float) -> None:
        """Leave the database to the hospital until queries were at most `load` of the time since the batch began."""
        pause = in_database / self.load - elapsed
        if pause > 0:
            self.sleep(pause)

    def count_cost(self) -> None:
        """What the run cost the source, so far."""
        report, source = self.report, self.source
        report.cost = {name: (each.calls, each.rows, round(each.seconds, 4)) for name, each in source.cost.items()}
        report.queries, report.database_seconds = source.queries, source.seconds
        report.rows = sum(each.rows for each in source.cost.values())
        report.repeated = source.repeated


def since_text(visits: Visits, first: int | None) -> str:
    """The window's first day as the queries compare it; for everything a value that comes before all."""
    if first is not None:
        return datetime.fromordinal(first).strftime(visits.since)
    return "" if visits.day == visits.key else datetime(1000, 1, 1).strftime(visits.since)


@lru_cache(maxsize=8)
def _width(form: str) -> int:
    return len(datetime(2000, 1, 1).strftime(form))


@lru_cache(maxsize=4096)
def _ordinal(text: str, form: str) -> int | None:
    try:
        return datetime.strptime(text, form).toordinal()
    except ValueError:
        return None
