"""Plain writes that come together are one part where they can be, and end as if each had come alone, in order."""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from hub import access
from hub.audit.entry import decode_entry
from hub.errors import HubError
from hub.model import AuditEntry, Facility, Principal
from hub.parts import Hub
from hub.pipeline import Deletion, Outcome, Write, Written, create, write_many
from hub.upkeep.registering import register_facility

CLINICS = ("satu", "dua")


@pytest.fixture
def people(hub: Hub) -> list[Principal]:
    """A sender of each clinic."""
    ids = [register_facility(hub, Facility(0, f"klinik-{name}", f"Klinik {name}")).id for name in CLINICS]
    return [Principal("clinic-client", f"{id_}-rme", "TREAT", facility=id_) for id_ in ids]


def trail(hub: Hub) -> list[AuditEntry]:
    with hub.store.reading() as tx:
        bodies = [row.body for row in tx.log(0, 100_000)] + [row.body for row in tx.unsequenced(100_000)]
    return [decode_entry(hub.boxes.audit.open(body, b"audit")) for body in bodies]


def staff(text: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Practitioner", "name": [{"text": text}], **more}


def told(outcome: Outcome) -> str:
    """One word, and a version."""
    if isinstance(outcome, HubError):
        return outcome.issues[0].code
    if isinstance(outcome, Exception):
        return repr(outcome)
    return f"deleted {outcome.version}" if isinstance(outcome, Deletion) else f"{outcome.outcome} {outcome.version}"


@dataclass
class Shelf:
    """What should be stored, worked out one write after the other."""

    versions: dict[str, int] = field(default_factory=dict)
    owners: dict[str, Principal] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    content: dict[str, str] = field(default_factory=dict)

    def expected(self, write: Write) -> str:
        """What becomes of the next write; a create's id is put on the shelf by `add`."""
        id_, version = write.id, self.versions.get(write.id, 0)
        if write.resource is not None and "nama" in write.resource:
            return "HUB-1104"
        if not id_:
            return "created 1"
        if self.owners.get(id_) != write.who or write.type != "Practitioner":
            return "HUB-4101"
        if write.expected not in (None, version):
            return "HUB-3106"
        if write.resource is None:
            self.versions[id_] = version + (id_ not in self.gone)
            self.gone.add(id_)
            return f"deleted {self.versions[id_]}"
        text = write.resource["name"][0]["text"]
        if id_ not in self.gone and self.content[id_] == text:
            return f"unchanged {version}"
        outcome = "created" if id_ in self.gone else "corrected"
        self.gone.discard(id_)
        self.versions[id_], self.content[id_] = version + 1, text
        return f"{outcome} {version + 1}"

    def add(self, write: Write, made: Written) -> None:
        assert write.resource is not None
        self.versions[made.id], self.owners[made.id] = 1, write.who
        self.content[made.id] = write.resource["name"][0]["text"]


@pytest.mark.parametrize("seed", range(4))
def test_each_ends_as_if_it_had_come_alone(hub: Hub, people: list[Principal], seed: int) -> None:
    dice, shelf = random.Random(seed), Shelf()
    for who in people:
        for number in range(4):
            write = Write(who, "Practitioner", resource=staff(f"Rekaan {number}"))
            shelf.add(write, create(hub, who, staff(f"Rekaan {number}")))
    for _ in range(12):
        writes = [any_write(dice, shelf, people) for _ in range(dice.randint(1, 9))]
        found = write_many(hub, writes)
        wanted = []
        for write, outcome in zip(writes, found, strict=True):
            wanted.append(shelf.expected(write))
            if wanted[-1] == "created 1" and not write.id and isinstance(outcome, Written):
                shelf.add(write, outcome)
        assert [told(each) for each in found] == wanted
    for id_, version in shelf.versions.items():
        if id_ in shelf.gone:
            with pytest.raises(HubError, match="HUB-4301"):
                access.read(hub, shelf.owners[id_], "Practitioner", id_)
        else:
            answer = access.read(hub, shelf.owners[id_], "Practitioner", id_)
            assert answer.version == version
            assert f'"{shelf.content[id_]}"'.encode() in answer.body


def any_write(dice: random.Random, shelf: Shelf, people: list[Principal]) -> Write:
    who, known = dice.choice(people), sorted(shelf.versions)
    id_ = dice.choice([*known, *known, "0" * 32, "abc"])
    resource = staff(f"Rekaan {dice.randint(0, 3)}")
    kind = dice.choice(["create", "create", "update", "update", "update", "delete", "broken"])
    if kind == "create":
        return Write(who, "Practitioner", resource=resource)
    if kind == "broken":
        return Write(who, "Practitioner", resource={"resourceType": "Practitioner", "nama": "?"})
    expected = dice.choice([None, None, shelf.versions.get(id_, 1), 99])
    type_ = dice.choice(["Practitioner"] * 9 + ["Location"])
    if kind == "delete":
        return Write(who, type_, id_, expected=expected)
    body = resource if type_ == "Practitioner" else {"resourceType": "Location", "name": "Rekaan"}
    return Write(who, type_, id_, body | {"id": id_}, expected)


def test_what_goes_smoothly_is_one_part_for_each_sender(hub: Hub, people: list[Principal]) -> None:
    before = len(trail(hub))
    found = write_many(hub, [Write(who, "Practitioner", resource=staff("Rekaan")) for who in [*people, *people]])
    assert [told(each) for each in found] == ["created 1"] * 4
    entries = trail(hub)[before:]
    assert [(entry.facility, entry.count) for entry in entries] == [(f"klinik-{name}", 2) for name in CLINICS]


def test_a_patient_and_what_points_to_it_do_not_part(hub: Hub, people: list[Principal]) -> None:
    """Deleted and pointed to at one moment: one of the two wins."""
    who = people[0]
    patient = create(hub, who, {"resourceType": "Patient", "name": [{"text": "Rekaan"}]})
    pointing = {"resourceType": "Condition", "subject": {"reference": f"Patient/{patient.id}"}}
    found = write_many(hub, [Write(who, "Patient", patient.id), Write(who, "Condition", resource=pointing)])
    assert [told(each) for each in found] in (["deleted 2", "HUB-3101"], ["HUB-3311", "created 1"])
