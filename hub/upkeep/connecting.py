"""Pulling a licence feed: page by page, each page and the place after it in one transaction, so that a run that was cut
goes on where it stopped and a page taken in twice changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hub.access.papers import details_in, real_facilities
from hub.model import Facility, Issue
from hub.model.details import Details
from hub.parts import Hub
from hub.registry.feeds import Change, Connector, applied
from hub.registry.papers import MOST_PERMITS, check_details
from hub.store import ReadTx, WriteTx
from hub.upkeep.fetching import Link
from hub.upkeep.papering import keep_details, practitioner_name
from hub.upkeep.registering import refresh_facilities

MOST_PAGES = 10_000
_TOLD = 200


class State(msgspec.Struct, frozen=True):
    """How far a feed was taken in. `since`: what to ask from; `cursor`: the next page of a run that was cut; `until`:
    up to when that run tells."""

    since: str = ""
    cursor: str = ""
    until: str = ""


@dataclass(slots=True)
class Report:
    """What a pull did. `changed`: facility to the fields that changed; `unmatched`: names of facilities this hub does
    not know; `refused`: (entry, issue) of entries that could not be taken in."""

    pages: int = 0
    entries: int = 0
    passed: int = 0
    is_resumed: bool = False
    changed: dict[str, set[str]] = field(default_factory=dict)
    unmatched: set[str] = field(default_factory=set)
    refused: list[tuple[str, Issue]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "pages": self.pages,
            "entries": self.entries,
            "passed": self.passed,
            "resumed": self.is_resumed,
            "changed": {name: sorted(found) for name, found in sorted(self.changed.items())},
            "unmatched": sorted(self.unmatched),
            "refused": [{"entry": entry, "code": issue.code, "path": issue.path} for entry, issue in self.refused],
        }


def pull_licences(hub: Hub, link: Link, *, is_whole: bool = False) -> Report:
    """Take in what changed since the last complete pull, or everything (`is_whole`). Raises as `Link.get` does; what
    was taken in by then stays, and the next pull goes on after it."""
    link.require("licences", "licences")
    connector = link.connector
    refresh_facilities(hub)
    known = facility_names(hub, connector)
    with hub.store.reading() as tx:
        state = State() if is_whole else _state(hub, tx, connector)
    report = Report(is_resumed=bool(state.cursor))
    for _ in range(MOST_PAGES):
        asked = {
            connector.text("request", "since"): state.since,
            connector.text("request", "cursor"): state.cursor,
        }
        page = link.get("", asked)
        items, following, until = _read(link, page)
        until = state.until or until  # of the first page: what changes while we read is told again next time
        changes = _changes(connector, items, known, report)
        with hub.store.writing() as tx:
            _take_in(hub, tx, connector, changes, report)
            state = State(state.since, following, until) if following else State(until)
            body = hub.boxes.detail.seal(msgspec.json.encode(state), _place(connector))
            tx.set_connection(connector.name, hub.clock(), body)
        report.pages += 1
        if not following:
            return report
    raise link.unfit(f"> {MOST_PAGES} pages")


def facility_names(hub: Hub, connector: Connector) -> dict[str, Facility]:
    """The other system's names of facilities: what their setting of the connector's name says, else the id here."""
    found = {one.id: one for one in real_facilities(hub)}
    return found | {one.settings[connector.name]: one for one in found.values() if connector.name in one.settings}


def _read(link: Link, page: dict[str, Any]) -> tuple[list[Any], str, str]:
    names = {name: link.connector.text("answer", name) for name in ("items", "next", "until")}
    items, following, until = (page.get(names[name]) for name in ("items", "next", "until"))
    if not isinstance(items, list):
        raise link.unfit(names["items"])
    if not isinstance(following, str | None) or not isinstance(until, str | None):
        raise link.unfit(names["next"])
    return items, following or "", until or ""


def _changes(
    connector: Connector, items: list[Any], known: Mapping[str, Facility], report: Report
) -> dict[int, list[Change]]:
    """What a page changes, checked, by facility: all that can be done before the store is locked."""
    found: dict[int, list[Change]] = {}
    for item in items:
        report.entries += 1
        change = _change(connector, item, report)
        if change is None:
            continue
        facility = known.get(change.facility)
        if facility is None:
            if len(report.unmatched) < _TOLD:
                report.unmatched.add(change.facility[:48])
            continue
        issues = check_details({"facility": facility.id, **change.fields, "permits": list(change.permits)})
        if issues:
            _refuse(report, change.entry, *issues)
        else:
            found.setdefault(facility.number, []).append(change)
    return found


def _take_in(hub: Hub, tx: WriteTx, connector: Connector, changes: Mapping[int, list[Change]], report: Report) -> None:
    before = details_in(hub, tx)
    after = dict(before)
    for number, of_facility in changes.items():
        known = after.get(number) or Details(number)
        after[number], left_out = applied(known, of_facility, lambda name: practitioner_name(hub, name))
        for change in left_out:
            _refuse(report, change.entry, Issue("HUB-4307", path="permits", args={"wanted": f"0-{MOST_PERMITS}"}))
    for changed in keep_details(hub, tx, before, after, connector.name, "system", {"connector": connector.name}):
        if changed.fields:
            report.changed.setdefault(changed.facility, set()).update(changed.fields)


def _refuse(report: Report, entry: str, *issues: Issue) -> None:
    report.refused += [(entry[:40], issue) for issue in issues[: max(0, _TOLD - len(report.refused))]]


def _change(connector: Connector, item: Any, report: Report) -> Change | None:
    try:
        change: Change | None = connector.functions["change"](item)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        entry = str(item.get("no_urut", report.entries))[:40] if isinstance(item, dict) else str(report.entries)
        where = type(error).__name__ + (f" {str(error)[:20]}" if isinstance(error, KeyError) else "")
        _refuse(report, entry, Issue("HUB-4316", args={"name": connector.name, "where": where}))
        return None
    report.passed += change is None
    return change


def _state(hub: Hub, tx: ReadTx, connector: Connector) -> State:
    row = tx.connection(connector.name)
    if row is None:
        return State()
    return msgspec.json.decode(hub.boxes.detail.open(row[1], _place(connector)), type=State)


def _place(connector: Connector) -> bytes:
    return f"connection/{connector.name}".encode()
