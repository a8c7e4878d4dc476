"""`adapter.toml`: what a source sends, column by column, in both languages. What a reviewer must judge is data.

```toml
title = "…"          version = "1.0"      owner = "…"          unit = "satu kunjungan"
key = ["no_kunjungan"]                    # columns that together name a row for good: re-sending finds it again
as_of = "tanggal_kunjungan"               # the day of the row; orders shared resources such as Patient
identity = [["nik"], ["nama", "lahir"]]   # a row needs at least one of these groups complete
[expect]                                  # resources a row yields: minimum and maximum
Patient = [1, 1]
[[column]]
name = "nik"  type = "nik"  required = false  aliases = ["No. KTP"]  example = "…"  allowed = []
id = "…"  en = "…"
[[ignore]]
name = "catatan"  reason = "…"            # the hub does not take it; a reason is compulsory
[[group]]                                 # what a row has many of; in JSON a list of objects under this name
name = "diagnosa"  id = "…"  en = "…"
[[group.column]]                          # as [[column]]; [[group.ignore]] as [[ignore]]
name = "kd_penyakit"  type = "code"  required = true  example = "J06.9"  id = "…"  en = "…"
```
"""

import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

TYPES = frozenset({"text", "date", "time", "number", "nik", "code", "choice", "phone"})
_GROUP_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Incomplete(ValueError):
    """An adapter's folder does not hold what the port needs; the message names the file and what is missing."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the source. `reason` is set for a column ignored on purpose."""

    name: str
    type: str = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    id: str = ""
    en: str = ""
    example: str = ""
    allowed: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What a row has many of. `columns` are those taken of each, `ignored` those left out on purpose."""

    name: str
    id: str
    en: str
    columns: tuple[Column, ...]
    ignored: tuple[Column, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that each row of the group must have filled."""
        return tuple(column.name for column in self.columns if column.required)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A read `adapter.toml`. `columns` are those taken, in template order; `ignored` those left out on purpose."""

    title: str
    version: str
    owner: str
    unit: str
    key: tuple[str, ...]
    as_of: str | None
    identity: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    ignored: tuple[Column, ...]
    expect: dict[str, tuple[int, int]] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that must be there and filled."""
        return tuple(column.name for column in self.columns if column.required)

    def of_type(self, kind: str) -> tuple[str, ...]:
        """Names of the columns of one type."""
        return tuple(column.name for column in self.columns if column.type == kind)


def read_manifest(path: Path) -> Manifest:
    """The manifest of an adapter. Raises `Incomplete` naming every fault found."""
    if not path.is_file():
        raise Incomplete(f"{path.parent.name}: adapter.toml is missing")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        manifest = _build(raw)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Incomplete(f"{path.parent.name}/adapter.toml: {error}") from error
    if faults := _faults(manifest):
        raise Incomplete(f"{path.parent.name}/adapter.toml: " + "; ".join(faults))
    return manifest


def _build(raw: dict[str, Any]) -> Manifest:
    return Manifest(
        title=raw["title"],
        version=raw["version"],
        owner=raw["owner"],
        unit=raw["unit"],
        key=tuple(raw["key"]),
        as_of=raw.get("as_of"),
        identity=tuple(tuple(group) for group in raw.get("identity", ())),
        columns=tuple(_column(column) for column in raw["column"]),
        ignored=_ignored(raw),
        expect={type_: (int(least), int(most)) for type_, (least, most) in raw["expect"].items()},
        groups=tuple(_group(group) for group in raw.get("group", ())),
    )


def _ignored(raw: dict[str, Any]) -> tuple[Column, ...]:
    return tuple(
        Column(name=column["name"], reason=column["reason"], aliases=tuple(column.get("aliases", ())))
        for column in raw.get("ignore", ())
    )


def _group(raw: dict[str, Any]) -> Group:
    if unknown := set(raw) - {"name", "id", "en", "column", "ignore"}:
        raise ValueError(f"group {raw.get('name')}: unknown entry {', '.join(sorted(unknown))}")
    columns = tuple(_column(column) for column in raw["column"])
    return Group(raw["name"], raw.get("id", ""), raw.get("en", ""), columns, _ignored(raw))


def _column(raw: dict[str, Any]) -> Column:
    if unknown := set(raw) - {field.name for field in fields(Column)}:
        raise ValueError(f"column {raw.get('name')}: unknown entry {', '.join(sorted(unknown))}")
    return Column(
        name=raw["name"],
        type=raw.get("type", "text"),
        required=raw.get("required", False),
        aliases=tuple(raw.get("aliases", ())),
        id=raw.get("id", ""),
        en=raw.get("en", ""),
        example=raw.get("example", ""),
        allowed=tuple(raw.get("allowed", ())),
    )


def _faults(manifest: Manifest) -> list[str]:
    known = {column.name for column in (*manifest.columns, *manifest.ignored)}
    faults = _column_faults("", manifest.columns, manifest.ignored)
    names = [group.name for group in manifest.groups]
    for group in manifest.groups:
        faults += _column_faults(f"{group.name}.", group.columns, group.ignored)
        if not _GROUP_NAME.fullmatch(group.name) or group.name in known or names.count(group.name) > 1:
            faults.append(f"group {group.name} needs a name of letters, digits and _ that nothing else has")
        if not (group.id and group.en):
            faults.append(f"group {group.name} needs a description in both languages (id, en)")
    mentioned = {
        *manifest.key,
        *([manifest.as_of] if manifest.as_of else []),
        *(n for g in manifest.identity for n in g),
    }
    faults += [f"{name} is mentioned but is no column" for name in sorted(mentioned - known)]
    if not manifest.key:
        faults.append("key names no column")
    if not manifest.expect:
        faults.append("expect is empty")
    return faults


def _column_faults(where: str, columns: tuple[Column, ...], ignored: tuple[Column, ...]) -> list[str]:
    """Faults of a list of columns; `where` is "group." inside a group."""
    names = [column.name for column in (*columns, *ignored)]
    twice = sorted({name for name in names if names.count(name) > 1})
    faults = [f"column {where}{name} is listed twice" for name in twice]
    for column in columns:
        if column.type not in TYPES:
            faults.append(f"column {where}{column.name} has the unknown type {column.type}")
        if not (column.id and column.en):
            faults.append(f"column {where}{column.name} needs a description in both languages (id, en)")
        if column.required and not column.example:
            faults.append(f"column {where}{column.name} is required and needs an example")
    faults += [f"ignored column {where}{column.name} needs a reason" for column in ignored if not column.reason.strip()]
    return faults
