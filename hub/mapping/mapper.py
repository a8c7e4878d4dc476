"""From a record to resources, or to the reasons why not. Deterministic: same record and context, same result."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.mapping.adapter import Adapter
from hub.mapping.build.provenance import provenance
from hub.mapping.build.source import Source
from hub.mapping.context import Context
from hub.mapping.kfa import add_kfa
from hub.mapping.record import Record
from hub.mapping.values.dates import read_day
from hub.mapping.values.unfit import Unfit
from hub.model import Issue, Mapped

_EPOCH = date(1970, 1, 1).toordinal()
_SHARED = frozenset({"Patient", "Practitioner", "PractitionerRole", "Organization", "Location"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row became. An error among `issues` means nothing of it is mapped. `key` names the row for replay."""

    mapped: list[Mapped]
    issues: list[Issue]
    key: str | None
    leftovers: tuple[str, ...] = ()


def map_record(adapter: Adapter, record: Record, context: Context) -> Outcome:
    """Map one record: Patient first, Provenance last, references between them as `Type?identifier=system|value`."""
    manifest = adapter.manifest
    record = record.fresh()
    if record.is_removed:
        return _removed(adapter, record)
    try:
        resources = adapter.map(record, context)
        if context.codes.has_kfa:
            add_kfa(resources, context.codes)
    except Exception as error:  # an adapter's bug costs its row, which is kept in quarantine, and not the submission
        resources = []
        record.issues.append(Issue("HUB-2091", row=record.row, args={"error": type(error).__name__}))
    record.ignore(*(column.name for column in manifest.ignored))
    _check_groups(adapter, record)
    missing = {name for name in manifest.required if name in record.blank or record.is_blank(name)}
    for name in manifest.required:
        if name in missing:
            record.refuse(name, "HUB-2030")
    if manifest.identity and not any(_is_complete(record, group, missing) for group in manifest.identity):
        groups = " / ".join(" + ".join(group) for group in manifest.identity)
        record.refuse(manifest.identity[0][0], "HUB-2069", groups=groups)
    key = row_key(manifest.key, record)
    issues = _in_column_order(adapter, record)
    if not record.refused:
        issues += _unexpected(adapter, resources, record)
    if any(issue.severity in ("error", "fatal") for issue in issues):
        return Outcome([], issues, key, record.leftovers)
    day = _as_of(adapter, record, context)
    mapped = [
        Mapped(
            type=resource["resourceType"],
            resource=resource,
            source=_source(resource),
            row=record.row,
            asof_day=day if resource["resourceType"] in _SHARED else 0,
        )
        for resource in resources
    ]
    mapped.sort(key=lambda item: item.type != "Patient")
    source = Source(context.facility)
    targets = [f"{item.type}?identifier={item.source}" for item in mapped]
    mapped.append(
        Mapped(
            type="Provenance",
            resource=provenance(source, targets, context.file, record.row, context.received_ms),
            source=f"{source.system('asal')}|{key}",
            row=record.row,
        )
    )
    return Outcome(mapped, issues, key, record.leftovers)


def _removed(adapter: Adapter, record: Record) -> Outcome:
    """A row the source no longer has becomes nothing; it must only say which row is meant."""
    for name in adapter.manifest.key:
        if record.is_blank(name):
            record.refuse(name, "HUB-2030")
    return Outcome([], list(record.issues), row_key(adapter.manifest.key, record))


def _check_groups(adapter: Adapter, record: Record) -> None:
    """What is ignored on purpose, and required columns, in every row of every group."""
    for group in adapter.manifest.groups:
        for member in record.group(group.name):
            member.ignore(*(column.name for column in group.ignored))
            for name in group.required:
                if member.full_name(name) in record.blank or member.is_blank(name):
                    member.refuse(name, "HUB-2030")


def row_key(columns: Sequence[str], record: Record) -> str | None:
    """The values of the key columns, joined; None when one of them is blank."""
    values = ["_".join(record.cell(name).split()) for name in columns]
    return "/".join(values) if all(values) else None


def _is_complete(record: Record, group: Sequence[str], named: set[str]) -> bool:
    """True when a group of identifying fields is filled, but for those whose absence is named already."""
    return all(name in named or not (record.is_blank(name) or name in record.blank) for name in group)


def _source(resource: dict[str, Any]) -> str | None:
    first = next(iter(resource.get("identifier") or ()), None)
    return f"{first['system']}|{first['value']}" if first else None


def _as_of(adapter: Adapter, record: Record, context: Context) -> int:
    if adapter.manifest.as_of is None:
        return context.today.toordinal() - _EPOCH
    try:
        found = read_day(record.cell(adapter.manifest.as_of), context.today.year)
    except Unfit:
        found = None
    return found.day.toordinal() - _EPOCH if found else 0


def _in_column_order(adapter: Adapter, record: Record) -> list[Issue]:
    if len(record.issues) < 2:
        return list(record.issues)
    order = {record.header(column.name): number for number, column in enumerate(adapter.manifest.columns)}
    for group in adapter.manifest.groups:
        for member in record.group(group.name):
            for column in group.columns:
                order[member.header(column.name)] = len(order)
    return sorted(record.issues, key=lambda issue: order.get(issue.column or "", -1))


def _unexpected(adapter: Adapter, resources: Sequence[dict[str, Any]], record: Record) -> list[Issue]:
    """A mapping that breaks its own promise is an error of the adapter: nothing of the row is stored."""
    counts = Counter(resource["resourceType"] for resource in resources)
    faults = [
        (type_, f"{least}-{most}", str(counts.get(type_, 0)))
        for type_, (least, most) in adapter.manifest.expect.items()
        if not least <= counts.get(type_, 0) <= most
    ]
    faults += [(type_, "0", str(number)) for type_, number in counts.items() if type_ not in adapter.manifest.expect]
    nameless = [resource["resourceType"] for resource in resources if _source(resource) is None]
    faults += [(type_, "identifier", "-") for type_ in nameless]
    return [
        Issue("HUB-2090", row=record.row, args={"type": type_, "expected": expected, "found": found})
        for type_, expected, found in faults
    ]
