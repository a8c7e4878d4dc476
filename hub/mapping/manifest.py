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
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hub.mapping.record import unknown_name
from hub.mapping.toml_values import flag, list_of_texts, only, part, read_toml, tables, text, texts

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
        manifest = _build(read_toml(path))
    except ValueError as error:
        raise Incomplete(f"{path.parent.name}/adapter.toml: {error}") from error
    if faults := _faults(manifest):
        raise Incomplete(f"{path.parent.name}/adapter.toml: " + "; ".join(faults))
    return manifest


def _build(raw: dict[str, Any]) -> Manifest:
    here = "the manifest"
    identity = raw.get("identity", [])
    if not isinstance(identity, list):
        raise ValueError("identity must be a list of lists of texts")
    return Manifest(
        title=text(raw, here, "title"),
        version=text(raw, here, "version"),
        owner=text(raw, here, "owner"),
        unit=text(raw, here, "unit"),
        key=texts(raw, here, "key"),
        as_of=text(raw, here, "as_of") if "as_of" in raw else None,
        identity=tuple(list_of_texts(group, "each group of identity") for group in identity),
        columns=tuple(_column(column) for column in tables(raw, "", "column")),
        ignored=_ignored(raw),
        expect={type_: _bounds(type_, each) for type_, each in part(raw, "expect").items()},
        groups=tuple(_group(group) for group in tables(raw, "", "group")),
    )


def _bounds(type_: str, value: Any) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value):
        return value[0], value[1]
    raise ValueError(f"expect {type_} must be two whole numbers: least and most")


def _ignored(raw: dict[str, Any]) -> tuple[Column, ...]:
    return tuple(
        Column(
            name=text(column, "ignore", "name"),
            reason=text(column, f"ignore {column['name']}", "reason"),
            aliases=texts(column, f"ignore {column['name']}", "aliases"),
        )
        for column in tables(raw, "", "ignore")
    )


def _group(raw: dict[str, Any]) -> Group:
    name = text(raw, "group", "name")
    place = f"group {name}"
    only(raw, place, ("name", "id", "en", "column", "ignore"))
    columns = tuple(_column(column) for column in tables(raw, place, "column"))
    return Group(name, text(raw, place, "id", ""), text(raw, place, "en", ""), columns, _ignored(raw))


def _column(raw: dict[str, Any]) -> Column:
    name = text(raw, "column", "name")
    place = f"column {name}"
    only(raw, place, (field.name for field in fields(Column)))
    return Column(
        name=name,
        type=text(raw, place, "type", "text"),
        required=flag(raw, place, "required"),
        aliases=texts(raw, place, "aliases"),
        id=text(raw, place, "id", ""),
        en=text(raw, place, "en", ""),
        example=text(raw, place, "example", ""),
        allowed=texts(raw, place, "allowed"),
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
    odd = [name for name in names if name != unknown_name(name)]
    faults += [f"column {where}{name} has a name that the hub keeps for itself" for name in odd]
    for column in columns:
        if column.type not in TYPES:
            faults.append(f"column {where}{column.name} has the unknown type {column.type}")
        if not (column.id and column.en):
            faults.append(f"column {where}{column.name} needs a description in both languages (id, en)")
        if column.required and not column.example:
            faults.append(f"column {where}{column.name} is required and needs an example")
    faults += [f"ignored column {where}{column.name} needs a reason" for column in ignored if not column.reason.strip()]
    return faults
