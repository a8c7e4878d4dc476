"""The schema keeps the rules that let a distributed engine spread it (architecture, decision 14)."""

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

from hub.store.seeds import seed_metadata
from hub.store.tables import (
    answers,
    auditing,
    case_reviews,
    clinical,
    contacts,
    counting,
    denominators,
    exports,
    facts,
    follow_up,
    indexing,
    intake,
    metadata,
    monitoring,
    papers,
    persons,
    registry,
    releases,
    requests,
    signin,
    surveillance,
    wording,
)

ALL = [*metadata.tables.values(), *seed_metadata.tables.values()]
BY_COMPARTMENT = {
    *{"compartment", "resource", "history", "token", "link", "review", "tag", "consent", "relationship"},
    "civil_check",
}
OTHERWISE = {
    "ident": "token",
    "mpi": "token",
    "counter": "author",
    "code_form": "loose",
    "audit_out": "node",
    "audit_patient": "pseudonym",
    "fact": "pseudonym",
    "fact_change": "month",
    "fact_sum": "area",
}
REFERENCE = {"facility", "client"}


def _column(table: Table) -> str | None:
    dist = table.info["dist"]
    return None if dist in {"local", "reference"} else dist


def test_every_table_says_how_it_is_spread() -> None:
    for table in ALL:
        dist = _column(table)
        assert dist is None or dist in table.c, table.name
        assert dist is None or not table.c[dist].nullable, table.name


def test_what_is_clinical_is_spread_by_compartment() -> None:
    spread = {name: table.info["dist"] for name, table in metadata.tables.items()}
    assert {name for name, dist in spread.items() if dist == "compartment"} == BY_COMPARTMENT
    assert {name: dist for name, dist in spread.items() if name in OTHERWISE} == OTHERWISE
    assert {name for name, dist in spread.items() if dist == "reference"} == REFERENCE
    rest = set(spread) - BY_COMPARTMENT - set(OTHERWISE) - REFERENCE
    assert {spread[name] for name in rest} == {"local"}


def test_every_key_contains_the_distribution_column() -> None:
    for table in ALL:
        dist = _column(table)
        if dist is None:
            continue
        keys = [c for c in table.constraints if isinstance(c, PrimaryKeyConstraint | UniqueConstraint)]
        keys += [c for c in table.constraints if isinstance(c, ForeignKeyConstraint)]  # type: ignore[list-item]
        assert all(dist in constraint.columns for constraint in keys), table.name
        assert all(dist in index.columns for index in table.indexes if index.unique), table.name


def test_compartment_comes_first_where_rows_are_found_by_it() -> None:
    for name in BY_COMPARTMENT - {"token"}:
        assert next(iter(metadata.tables[name].primary_key.columns)).name == "compartment", name
    # The one exception: a search without a patient reads a token's rows in the order of rid.
    assert [column.name for column in clinical.token.primary_key.columns] == ["key", "rid", "compartment"]


def test_every_table_lies_in_one_module() -> None:
    modules = (
        answers,
        auditing,
        case_reviews,
        clinical,
        contacts,
        counting,
        denominators,
        exports,
        facts,
        follow_up,
        indexing,
        intake,
        monitoring,
        papers,
        persons,
        registry,
        releases,
        requests,
        signin,
        surveillance,
        wording,
    )
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Table)]
    assert {table.name for table in found} == set(metadata.tables)
