"""A ward with the extensions of invented parameters, those parameters as a file, and a look at every row of a hub."""

from pathlib import Path
from typing import Any

from sqlalchemy import text

from hub.fhir import json
from hub.parts import Hub
from hub.pipeline import delete, update
from hub.store.engine import write_engine
from hub.upkeep.indexing import Builder, build_indexes, index_progress
from tests.whole.sending import A, client_of, every, file_of, row, send
from tests.whole.ward import Ward, diagnosed, ward_of

CASE = "https://jukung.id/StructureDefinition/case-type"
BED = "https://klinik.test/bed"
OWN = [
    ("case-type", "token", "Condition", f"Condition.extension('{CASE}').value"),
    ("bed", "reference", "Encounter", f"(Encounter.extension('{BED}').value as Reference)"),
    ("note-text", "string", "Condition", "Condition.note.text"),
]
WHOLE = ("resource", "token", "code_form", "counter", "ident", "tag", "compartment", "search_index")


def write_own(place: Path) -> None:
    """The parameters as a file."""
    entries = [
        {"resource": {"resourceType": "SearchParameter", "url": f"https://klinik.test/{code}", "code": code}
         | {"base": [base], "type": type_, "expression": expression, "status": "active"}}
        for code, type_, base, expression in OWN
    ]  # fmt: skip
    place.write_bytes(json.write({"resourceType": "Bundle", "type": "collection", "entry": entries}))


def case(subject: str, code: str, kind: str, day: str = "2026-02-03") -> dict[str, Any]:
    return diagnosed(subject, code, day, extension=[{"url": CASE, "valueCode": kind}], note=[{"text": f"Kasus {kind}"}])


def filled(hub: Hub) -> Ward:
    """A ward with cases and beds, versions before the current ones, deleted ones, and a file's records."""
    w = ward_of(hub, client_of(A))
    for number, kind in enumerate(("new", "existing", "new")):
        w.put(f"k{number}", case(w.ref(("ani", "budi", "baby")[number]), "J06.9", kind))
    w.put("gone", case(w.ref("ani"), "I10", "new"))
    delete(hub, w.who, "Condition", w.id("gone"))
    change(w, "k2", "K30", "existing")
    bed = w.put("bed", {"resourceType": "Location", "name": "Bed 1", "status": "active"})
    visit = {key: value for key, value in w.made["v4"].items() if key != "meta"}
    visit["extension"] = [{"url": BED, "valueReference": {"reference": bed}}]
    update(hub, w.who, "Encounter", w.id("v4"), visit)
    send(hub, A, file_of(row(), row(no_kunjungan="K-2", nik="", no_rm="77", nama_pasien="Rahmat", diagnosis_1="I10")))
    return w


def change(w: Ward, name: str, code: str, kind: str) -> None:
    subject = w.made[name]["subject"]["reference"]
    update(w.hub, w.who, "Condition", w.id(name), case(subject, code, kind) | {"id": w.id(name)})


def cases(w: Ward, hub: Hub, kind: str) -> set[str]:
    ids = {resource["id"] for resource in every(hub, w.who, "Condition", ("case-type", kind))}
    return {name for name, resource in w.made.items() if resource["id"] in ids}


def rows(hub: Hub, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that some tables hold."""
    return {table: sorted(_all(hub, f"SELECT * FROM {table}")) for table in tables or (*WHOLE, "history")}


def _all(hub: Hub, sql: str) -> list[tuple[Any, ...]]:
    with hub.store.reading() as tx:
        return tx.db.rows(sql)


def run_sql(url: str, *statements: str) -> None:
    engine = write_engine(url, pool_size=1)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def finish(builder: Builder) -> None:
    while builder.hub.indexes.lacking:
        assert builder.step()


def built(hub: Hub) -> None:
    assert all(0 <= percent < 100 for percent in build_indexes(hub))
    assert index_progress(hub).lacking == {}
