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
```
"""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

TYPES = frozenset({"text", "date", "time", "number", "nik", "code", "choice", "phone"})


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
        ignored=tuple(
            Column(name=column["name"], reason=column["reason"], aliases=tuple(column.get("aliases", ())))
            for column in raw.get("ignore", ())
        ),
        expect={type_: (int(least), int(most)) for type_, (least, most) in raw["expect"].items()},
    )


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
    names = [column.name for column in (*manifest.columns, *manifest.ignored)]
    known = set(names)
    faults = [f"column {name} is listed twice" for name in sorted({name for name in names if names.count(name) > 1})]
    for column in manifest.columns:
        if column.type not in TYPES:
            faults.append(f"column {column.name} has the unknown type {column.type}")
        if not (column.id and column.en):
            faults.append(f"column {column.name} needs a description in both languages (id, en)")
        if column.required and not column.example:
            faults.append(f"column {column.name} is required and needs an example")
    faults += [
        f"ignored column {column.name} needs a reason" for column in manifest.ignored if not column.reason.strip()
    ]
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
