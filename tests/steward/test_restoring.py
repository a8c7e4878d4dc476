"""Joining and parting again restores everything, byte for byte: only link and audit rows are added."""

import pytest

from hub.access import choices, own_record, search
from hub.access.persons import pair
from hub.access.sight import decide_for, sight_of
from hub.admission import mint_login_link, new_presence_code, presence
from hub.fhir import json
from hub.model import Labels, Principal
from hub.parts import Hub
from hub.pipeline import choose, create
from hub.pipeline.stewarding import link, undo, unlink
from hub.store.tables import metadata
from tests.steward.conftest import CLINICS, NIK_OTHER, NIK_SITI, STEWARD, client, compartment

A, B, C = CLINICS
WHY = "Dicocokkan dengan KTP di loket"
ADDED = {"link", "audit_out", "audit_patient"}
"""The tables that only ever grow by what a steward does."""
CODES = {A: "J06.9", B: "I10", C: "E11.9"}


@pytest.fixture
def two(hub: Hub, known_at) -> tuple[str, str]:
    """Two people: one known at A and C, who opened the record to B and was there; one known at B."""
    one = known_at(A, "1", nik=NIK_SITI)
    third = known_at(C, "3", nik=NIK_SITI)
    other = known_at(B, "2", nik=NIK_OTHER, name="Rahmawati", birth="1972-01-30", phone="081277777777")
    for facility, id_ in ((A, one), (B, other), (C, third)):
        subject = {"reference": f"Patient/{id_}"}
        visit = create(
            hub,
            client(facility),
            {
                "resourceType": "Encounter",
                "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
                "subject": subject,
                "period": {"start": "2026-11-02T09:00:00+08:00", "end": "2026-11-02T09:20:00+08:00"},
            },
        )
        create(
            hub,
            client(facility),
            {
                "resourceType": "Condition",
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": CODES[facility]}]},
                "subject": subject,
                "encounter": {"reference": f"Encounter/{visit.id}"},
                "recordedDate": "2026-11-02",
            },
        )
    who = patient_of(hub, one)
    choose(hub, who, "optin")
    presence(hub, client(B), new_presence_code(hub, who)[0])
    choose(hub, patient_of(hub, other), "facility-deny", facility=A)
    mint_login_link(hub, "patient", compartment=compartment(hub, other))
    return one, other


def patient_of(hub: Hub, id_: str) -> Principal:
    """The signed-in patient of a record."""
    return Principal("patient", f"patient:{id_}", "PATRQT", person=id_, compartment=compartment(hub, id_))


def rows(hub: Hub) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with hub.store.reading() as tx:
        return {
            name: sorted(tuple(map(repr, row)) for row in tx.db.rows(f"SELECT * FROM {name}"))
            for name in metadata.tables
        }


def seen_by_all(hub: Hub, ids: tuple[str, str]) -> dict[str, object]:
    """What everybody sees: each patient's own record and choices, each facility's searches, each decision."""
    found: dict[str, object] = {}
    for id_ in ids:
        who = patient_of(hub, id_)
        found[f"own {id_}"] = json.write(own_record(hub, who))  # type: ignore[arg-type]
        found[f"choices {id_}"] = choices(hub, who)
        for facility in CLINICS:
            for type_ in ("Patient", "Encounter", "Condition"):
                asked = [("patient" if type_ != "Patient" else "_id", id_), ("_count", "50")]
                found[f"{facility} {type_} {id_}"] = search(hub, client(facility), type_, asked, False, "https://x")
            with hub.store.reading() as tx:
                person = tx.person([compartment(hub, id_)])
                sight = sight_of(hub, tx, client(facility), person)
                for author in sorted(set(sight.authors.values())):
                    decision = decide_for(hub, client(facility), sight, author, Labels("N"))
                    found[f"{facility} {author} {id_}"] = (decision, sorted(person), sight.is_related)
    return found


def test_joining_and_parting_restores_everything(hub: Hub, two: tuple[str, str]) -> None:
    seen, stored = seen_by_all(hub, two), rows(hub)
    link(hub, STEWARD, *two, WHY)
    joined = seen_by_all(hub, two)
    assert joined != seen
    assert b"E11.9" in joined[f"own {two[1]}"]
    assert unlink(hub, STEWARD, *two, WHY) is False
    assert seen_by_all(hub, two) == seen
    assert b"E11.9" not in seen[f"own {two[1]}"]
    after = rows(hub)
    assert {name for name in stored if after[name] != stored[name]} == ADDED
    assert all(set(stored[name]) <= set(after[name]) for name in ADDED)


def test_joining_after_a_doubt_and_taking_it_back_restores_everything(hub: Hub, known_at) -> None:
    ids = known_at(A, "1", phone="081200000001"), known_at(B, "2", phone="081200000002")
    seen, stored = seen_by_all(hub, ids), rows(hub)
    link(hub, STEWARD, *ids, WHY)
    assert seen_by_all(hub, ids) != seen
    undo(hub, STEWARD, *ids, pair(hub, STEWARD, *ids).history[0].number, WHY)
    assert seen_by_all(hub, ids) == seen
    after = rows(hub)
    assert {name for name in stored if after[name] != stored[name]} == ADDED
