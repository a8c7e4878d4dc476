"""`source.toml`: how an adapter's rows are read from a database. Queries are data; a reviewer sees all of them.

```toml
[visits]                       # one row per visit, walked by its key, so that no query ever reads the whole table
sql = '''SELECT r.no_rawat, … FROM reg_periksa r JOIN …
  WHERE r.no_rawat > :after AND r.no_rawat >= :since ORDER BY r.no_rawat LIMIT :batch'''
key = "no_rawat"               # the column of the answer that :after continues from
since = "%Y/%m/%d"             # how the first day of the window is written for :since
day = "no_rawat"               # the column whose text begins with the day in that form; default: key
kind = "text"                  # or "number": what the key is
[[children]]                   # what a visit has many of; becomes the group of this name
name = "diagnosa"
sql = "SELECT d.no_rawat, … FROM diagnosa_pasien d WHERE d.no_rawat BETWEEN :first AND :last ORDER BY …"
parent = "no_rawat"            # the column of the answer that names the visit; not handed to the mapping
[[tables]]                     # what `hub source check` looks for
name = "pasien"
columns = ["no_rkm_medis"]     # must be there
optional = ["email"]           # NULL where an installation lacks it; always written alias.column
is_optional = false            # true: the children that read this table are left out where it is missing
```
"""

import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from hub.mapping.manifest import Incomplete, Manifest
from hub.mapping.toml_values import flag, only, part, read_toml, tables, text, texts

_BIND = re.compile(r"(?<![:\w\\]):([a-z]+)(?!:)")
_NO_ALIAS = r"(?!(?:ON|WHERE|JOIN|LEFT|INNER|CROSS|ORDER|GROUP|LIMIT|USING|UNION|FORCE|USE)\b)"
_TABLE = re.compile(rf"\b(?:FROM|JOIN)\s+([A-Za-z_]\w*)(?:\s+(?:AS\s+)?{_NO_ALIAS}([A-Za-z_]\w*))?", re.I)
_FORBIDDEN = re.compile(
    r";|/\*|\b(?:insert|update|delete|drop|alter|create|grant|into|outfile|dumpfile|lock\s+in)\b"
    r"|\b(?:sleep|pg_sleep\w*|benchmark|(?:get|release)_lock|load_file|load_extension|pg_read_\w+|lo_\w+|dblink\w*"
    r"|set_config)[\"`]?\s*\(",
    re.I,
)
"""What no query of a source needs: a second statement, a write, a file, a wait; and comments that could hide one."""
_SINCE = re.compile(r"(?:[^%\0]|%[YmdHMS])+")


@dataclass(frozen=True, slots=True)
class Visits:
    """The query that walks over the visits. `since` is a strftime form, `day` the column it is compared with."""

    sql: str
    key: str
    since: str = "%Y-%m-%d"
    day: str = ""
    kind: Literal["text", "number"] = "text"


@dataclass(frozen=True, slots=True)
class Children:
    """The query of one group for the visits from :first to :last."""

    name: str
    sql: str
    parent: str


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table the queries read. A column outside both lists is not looked for."""

    name: str
    columns: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A read `source.toml`."""

    visits: Visits
    children: tuple[Children, ...] = ()
    tables: tuple[SourceTable, ...] = field(default=())


def tables_of(sql: str) -> dict[str, str]:
    """Alias (or name) to table, for every table that a query reads, lower case."""
    return {(alias or name).casefold(): name.casefold() for name, alias in _TABLE.findall(sql)}


def binds_of(sql: str) -> set[str]:
    """The parameters of a query."""
    return set(_BIND.findall(sql))


def read_source(path: Path, manifest: Manifest) -> SourceSpec | None:
    """The source of an adapter; None when it has no source.toml. Raises `Incomplete` naming every fault found."""
    if not path.is_file():
        return None
    try:
        spec = _build(read_toml(path))
    except ValueError as error:
        raise Incomplete(f"{path.parent.name}/source.toml: {error}") from error
    if faults := _faults(spec, manifest):
        raise Incomplete(f"{path.parent.name}/source.toml: " + "; ".join(faults))
    return spec


def _build(raw: dict[str, Any]) -> SourceSpec:
    if unknown := set(raw) - {"visits", "children", "tables"}:
        raise ValueError(f"unknown part {', '.join(sorted(unknown))}")
    return SourceSpec(
        visits=_visits(part(raw, "visits")),
        children=tuple(_children(each) for each in tables(raw, "", "children")),
        tables=tuple(_table(each) for each in tables(raw, "", "tables")),
    )


def _visits(raw: dict[str, Any]) -> Visits:
    only(raw, "visits", (each.name for each in fields(Visits)))
    kind = text(raw, "visits", "kind", "text")
    if kind not in ("text", "number"):
        raise ValueError("visits: kind is text or number")
    key = text(raw, "visits", "key")
    return Visits(
        sql=text(raw, "visits", "sql"),
        key=key,
        since=text(raw, "visits", "since", "%Y-%m-%d"),
        day=text(raw, "visits", "day", "") or key,
        kind="number" if kind == "number" else "text",
    )


def _children(raw: dict[str, Any]) -> Children:
    name = text(raw, "children", "name")
    only(raw, f"children {name}", (each.name for each in fields(Children)))
    return Children(name, text(raw, f"children {name}", "sql"), text(raw, f"children {name}", "parent"))


def _table(raw: dict[str, Any]) -> SourceTable:
    name = text(raw, "tables", "name")
    place = f"tables {name}"
    only(raw, place, (each.name for each in fields(SourceTable)))
    return SourceTable(
        name, texts(raw, place, "columns"), texts(raw, place, "optional"), flag(raw, place, "is_optional")
    )


def _faults(spec: SourceSpec, manifest: Manifest) -> list[str]:
    faults = _sql_faults("visits", spec.visits.sql, {"after", "since", "batch"})
    for child in spec.children:
        faults += _sql_faults(f"children {child.name}", child.sql, {"first", "last"})
    groups = {group.name for group in manifest.groups}
    names = [child.name for child in spec.children]
    faults += [f"children {name}: no group of this name in adapter.toml" for name in names if name not in groups]
    faults += [f"children {name} is listed twice" for name in sorted({n for n in names if names.count(n) > 1})]
    since = spec.visits.since
    if not _SINCE.fullmatch(since) or not all(each in since for each in ("%Y", "%m", "%d")):
        faults.append("visits: since is a form of day with %Y, %m and %d (and %H, %M, %S), such as %Y-%m-%d")
    if spec.visits.kind == "number" and spec.visits.day == spec.visits.key:
        faults.append("visits: a number does not tell its day; name the column with the date as day")
    columns = {column.name for column in (*manifest.columns, *manifest.ignored)}
    if spec.visits.key not in columns:
        faults.append(f"visits: the key {spec.visits.key} is no column of adapter.toml")
    known = {table.name.casefold(): table for table in spec.tables}
    for place, sql in (
        ("visits", spec.visits.sql),
        *((f"children {child.name}", child.sql) for child in spec.children),
    ):
        for table in sorted(set(tables_of(sql).values())):
            if table not in known:
                faults.append(f"{place}: table {table} is not listed under [[tables]]")
            elif known[table].is_optional and place == "visits":
                faults.append(f"visits: table {table} may be missing, so only children may read it")
    return faults


def _sql_faults(place: str, sql: str, binds: set[str]) -> list[str]:
    """A query must be one bounded SELECT: a label for reviewers; the lock is the account, then the session."""
    faults = []
    if not sql.lstrip().upper().startswith("SELECT") or _FORBIDDEN.search(sql):
        faults.append(f"{place}: sql must be one SELECT")
    if found := binds ^ binds_of(sql):
        faults.append(
            f"{place}: sql needs exactly the parameters {', '.join(sorted(binds))} ({', '.join(sorted(found))})"
        )
    if place == "visits" and "order by" not in sql.casefold():
        faults.append("visits: sql needs ORDER BY its key")
    return faults
