"""What a source's database has of what an adapter's queries want. Installations differ: forks add and lack columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.errors import Category, HubError
from hub.mapping.readers.scalar import scalar_text
from hub.mapping.readers.sql import DatabaseSource
from hub.mapping.source import SourceSpec, SourceTable, tables_of
from hub.model import Issue


@dataclass(frozen=True, slots=True)
class Findings:
    """What is not there, as "table" or "table.column". `missing` stops the reading; `absent` is read as NULL."""

    missing: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def examine(source: DatabaseSource, spec: SourceSpec) -> Findings:
    """Compare the tables of `source.toml` with the database."""
    there = source.columns(table.name for table in spec.tables)
    missing: list[str] = []
    absent: list[str] = []
    for table in spec.tables:
        columns = there.get(table.name.casefold())
        if columns is None:
            (absent if table.is_optional else missing).append(table.name)
            continue
        # an optional table without a column it needs is as good as not there
        lacking = [f"{table.name}.{name}" for name in table.columns if name.casefold() not in columns]
        if table.is_optional and lacking:
            absent.append(table.name)
        missing += [] if table.is_optional else lacking
        absent += [f"{table.name}.{name}" for name in table.optional if name.casefold() not in columns]
    return Findings(tuple(missing), tuple(absent))


_WRITES = {
    "mysql": "SELECT privilege_type AS p FROM information_schema.user_privileges "
    "WHERE REPLACE(grantee, CHAR(39), SPACE(0)) = CURRENT_USER() UNION SELECT privilege_type FROM "
    "information_schema.schema_privileges WHERE REPLACE(grantee, CHAR(39), SPACE(0)) = CURRENT_USER() "
    "UNION SELECT privilege_type FROM information_schema.table_privileges "
    "WHERE REPLACE(grantee, CHAR(39), SPACE(0)) = CURRENT_USER()",
    "postgresql": "SELECT privilege_type AS p FROM information_schema.table_privileges "
    "WHERE grantee = current_user AND table_schema = ANY(current_schemas(false))",
}
_HARMLESS = {"SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES"}


def excess_rights(source: DatabaseSource) -> tuple[str, ...]:
    """What the account may do beside reading; nothing is what it should be. A file has no accounts."""
    rows = source.select("schema", _WRITES[source.kind], {}) if source.kind in _WRITES else []
    return tuple(sorted({scalar_text(row["p"]).upper() for row in rows} - _HARMLESS))


def fitted(source: DatabaseSource, spec: SourceSpec) -> SourceSpec:
    """The queries as this database can answer them. HubError HUB-2208 names everything that is missing."""
    found = examine(source, spec)
    if found.missing:
        names = ", ".join(found.missing)
        raise HubError(Category.UNPROCESSABLE, Issue("HUB-2208", severity="fatal", args={"missing": names}))
    gone = {name.casefold() for name in found.absent}
    tables = {table.name.casefold(): table for table in spec.tables}
    visits = replace(spec.visits, sql=_without(spec.visits.sql, tables, gone))
    children = tuple(replace(child, sql=_without(child.sql, tables, gone)) for child in spec.children)
    return replace(spec, visits=visits, children=tuple(child for child in children if child.sql))


def _without(sql: str, tables: Mapping[str, SourceTable], gone: set[str]) -> str:
    """A query with absent columns as NULL; "" when it reads a table that is absent."""
    for alias, table in tables_of(sql).items():
        if table in gone:
            return ""
        for name in tables[table].optional if table in tables else ():
            if f"{table}.{name.casefold()}" in gone:
                sql = re.sub(rf"\b{alias}\.({name})\b", _null, sql, flags=re.IGNORECASE)
    return sql


def _null(hit: "re.Match[str]") -> str:
    """NULL, under the column's name where it stands alone in the select list."""
    before, behind = hit.string[: hit.start()], hit.string[hit.end() :]
    is_top = before.count("(") == before.count(")")
    is_alone = re.search(r"(?:\bSELECT|,)\s*$", before, re.IGNORECASE) and re.match(
        r"\s*(?:,|FROM\b)", behind, re.IGNORECASE
    )
    return f"NULL AS {hit[1]}" if is_top and is_alone else "NULL"
