"""A small ward, made by hand: three patients of one clinic, their visits, measurements, diagnoses, doctor and place."""

from typing import Any

from hub.fhir import json
from hub.model import Principal
from hub.parts import Hub
from hub.pipeline import create
from tests.whole.sending import found

LOINC, UCUM, ICD = "http://loinc.org", "http://unitsofmeasure.org", "http://hl7.org/fhir/sid/icd-10"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


class Ward:
    """Resources of one clinic by a name; `put` stores one and remembers it."""

    def __init__(self, hub: Hub, who: Principal) -> None:
        self.hub, self.who = hub, who
        self.made: dict[str, dict[str, Any]] = {}

    def put(self, name: str, resource: dict[str, Any]) -> str:
        """Stores a resource; returns its reference."""
        done = create(self.hub, self.who, resource)
        self.made[name] = json.read(done.body)
        return f"{done.type}/{done.id}"

    def id(self, name: str) -> str:
        """The logical id of a named resource."""
        return str(self.made[name]["id"])

    def ref(self, name: str) -> str:
        """The reference to a named resource."""
        return f"{self.made[name]['resourceType']}/{self.id(name)}"

    def names(self, bundle: dict[str, Any], mode: str = "match") -> list[str]:
        """Which of the named resources a Bundle holds, in its order."""
        by_id = {resource["id"]: name for name, resource in self.made.items()}
        return [by_id[e["resource"]["id"]] for e in bundle.get("entry", ()) if e["search"]["mode"] == mode]


def coded(system: str, code: str, **more: str) -> dict[str, Any]:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code, **more}]}


def patient(name: str, gender: str, birth: str, number: str, nik: str | None = None) -> dict[str, Any]:
    """A Patient with the clinic's own number, and a NIK if given."""
    numbers = [{"system": "https://klinik.test/id", "value": number}]
    if nik:
        numbers.append({"system": "https://fhir.kemkes.go.id/id/nik", "value": nik})
    family = name.split()[-1]
    human = {"text": name, "family": family, "given": name.split()[:-1]}
    return {"resourceType": "Patient", "identifier": numbers, "name": [human], "gender": gender, "birthDate": birth}


def visit(subject: str, day: str, status: str = "finished", class_: str = "AMB", **more: Any) -> dict[str, Any]:
    """An Encounter of one hour."""
    period = {"start": f"{day}T08:00:00+08:00", "end": f"{day}T09:00:00+08:00"}
    found = {"resourceType": "Encounter", "status": status, "class": {"system": ACT, "code": class_}}
    return found | {"subject": {"reference": subject}, "period": period} | more


def measured(subject: str, code: str, value: str, unit: str, day: str, **more: Any) -> dict[str, Any]:
    """A final Observation with a quantity; the value keeps its digits."""
    quantity = {"value": json.read(value.encode()), "unit": unit, "system": UCUM, "code": unit}
    found = {"resourceType": "Observation", "status": "final", "code": coded(LOINC, code), "valueQuantity": quantity}
    when = {"effectiveDateTime": f"{day}T08:30:00+08:00"}
    return found | {"category": [coded(CATEGORY, "vital-signs")], "subject": {"reference": subject}} | when | more


def diagnosed(subject: str, code: str, day: str, **more: Any) -> dict[str, Any]:
    """A confirmed Condition."""
    status = coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active")
    found = {"resourceType": "Condition", "clinicalStatus": status, "code": coded(ICD, code), "recordedDate": day}
    return found | {"subject": {"reference": subject}} | more


def ward_of(hub: Hub, who: Principal, *, suffix: str = "", nik: str | None = None) -> Ward:
    """Ani with two visits and Budi with one, a doctor, a place, and Ani's newborn whose visit is part of hers."""
    w = Ward(hub, who)
    doctor = w.put("doctor", {"resourceType": "Practitioner", "name": [{"text": "dr. Rahmawati"}]})
    place = w.put("place", {"resourceType": "Location", "name": "Poli Umum", "status": "active"})
    ani = w.put("ani", patient("Ani Wulandari", "female", "1990-09-05", f"P-1{suffix}", nik))
    budi = w.put("budi", patient("Budi Santoso", "male", "1985-12-20", f"P-2{suffix}"))
    baby = w.put("baby", patient("Citra Wulandari", "female", "2026-03-01", f"P-3{suffix}"))
    seen_by = {"participant": [{"individual": {"reference": doctor}}], "location": [{"location": {"reference": place}}]}
    v1 = w.put("v1", visit(ani, "2026-02-03", **seen_by))
    v2 = w.put("v2", visit(ani, "2026-03-01", class_="IMP", status="in-progress"))
    v3 = w.put("v3", visit(budi, "2026-02-10", **seen_by))
    w.put("v4", visit(baby, "2026-03-01", class_="IMP", partOf={"reference": v2}))
    w.put("o1", measured(ani, "8310-5", "37.20", "Cel", "2026-02-03", encounter={"reference": v1}))
    o2 = w.put("o2", measured(ani, "8867-4", "88", "/min", "2026-02-03", encounter={"reference": v1}))
    w.put("o3", measured(ani, "8310-5", "38.9", "Cel", "2026-03-01", encounter={"reference": v2}))
    w.put("o4", measured(budi, "8310-5", "36.5", "Cel", "2026-02-10", encounter={"reference": v3}, status="amended"))
    w.put("o5", measured(baby, "8867-4", "140", "/min", "2026-03-01", encounter={"reference": v2}))
    w.put(
        "c1",
        diagnosed(ani, "J06.9", "2026-02-03", encounter={"reference": v1}, evidence=[{"detail": [{"reference": o2}]}]),
    )
    w.put("c2", diagnosed(budi, "I10", "2026-02-10", encounter={"reference": v3}))
    w.put("c3", diagnosed(ani, "O80", "2026-03-01", encounter={"reference": v2}))
    return w


def asked(ward: Ward, text: str) -> tuple[str, list[tuple[str, str]]]:
    """`Type?a=b&c={name}` with references and ids put in."""
    type_, _, query = text.partition("?")
    pairs = [tuple(part.split("=", 1)) for part in query.split("&") if part]
    refs = {name: ward.ref(name) for name in ward.made} | {f"id_{name}": ward.id(name) for name in ward.made}
    return type_, [(name, value.format(**refs)) for name, value in pairs]  # type: ignore[misc]


def names(ward: Ward, text: str, mode: str = "match") -> list[str]:
    """Which named resources a search finds; its total must be just that."""
    type_, pairs = asked(ward, text)
    bundle = found(ward.hub, ward.who, type_, *pairs)
    shown = ward.names(bundle, mode)
    if mode == "match":
        assert bundle["total"] == len(shown), text
    return shown
