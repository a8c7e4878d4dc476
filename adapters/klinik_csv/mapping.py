"""The clinic template to FHIR R4: one row is one visit."""

from collections.abc import Callable
from functools import partial
from typing import Any

from hub.mapping import Coding, Context, Record
from hub.mapping.build import (
    Visit,
    address,
    blood_pressure_panel,
    condition,
    encounter,
    laboratory_result,
    medication_request,
    patient,
    performed_procedure,
    practitioner,
    vital_sign,
)
from hub.mapping.values import amount, blood_pressure, diagnosis, procedure, result, vital

from .visit import Attendant, Person, read_attendant, read_person, read_visit

Resource = dict[str, Any]
Build = Callable[[Visit], Resource]

VITAL_COLUMNS = {
    "nadi": "pulse",
    "suhu": "temperature",
    "pernapasan": "breathing",
    "spo2": "saturation",
    "tinggi_badan": "height",
    "berat_badan": "weight",
}


def map_record(record: Record, context: Context) -> list[Resource]:
    """Patient, Practitioner, Encounter and what the visit found and did; [] when a field is refused."""
    person = read_person(record, context)
    attendant = read_attendant(record)
    visit = read_visit(record, context, person, attendant)
    service, service_code = _coded(record, context, "poli", "poli")
    complaint = record.text("keluhan")
    builds = _vitals(record) + _diagnoses(record) + _procedures(record)
    builds += _medicines(record, context) + _results(record, context)
    if record.refused or not visit.start or not visit.number:
        return []
    resources = [_patient(visit, person, context)]
    if attendant:
        resources.append(_practitioner(visit, attendant))
    resources.append(encounter(visit, service=service, service_code=service_code, complaint=complaint))
    resources += [build(visit) for build in builds]
    return resources


def _patient(visit: Visit, person: Person, context: Context) -> Resource:
    village = context.codes.find("kelurahan", person.kelurahan) if person.kelurahan else None
    return patient(
        visit.source,
        person.number,
        name=person.name,
        gender=person.gender,
        birth=person.birth,
        mrn=person.mrn,
        nik=person.nik,
        nik_mother=person.nik_mother,
        bpjs=person.bpjs,
        phones=person.phones,
        home=address(person.street, person.kelurahan, village),
    )


def _practitioner(visit: Visit, attendant: Attendant) -> Resource:
    return practitioner(
        visit.source, attendant.number, name=attendant.name, nik=attendant.nik, licence=attendant.licence
    )


def _coded(record: Record, context: Context, column: str, kind: str) -> tuple[str | None, Coding | None]:
    """A field's words and their code; words that have none are kept, with a warning."""
    text = record.text(column)
    code = context.codes.find(kind, text) if text else None
    if text and not code:
        record.warn(column, "HUB-2080", kind=kind)
    return text, code


def _vitals(record: Record) -> list[Build]:
    builds: list[Build] = []
    if pressure := record.take("tekanan_darah", blood_pressure):
        builds.append(partial(blood_pressure_panel, systolic=pressure[0], diastolic=pressure[1]))
    for column, kind in VITAL_COLUMNS.items():
        value = record.take(column, vital(kind))
        if value is not None:
            builds.append(partial(vital_sign, kind=kind, value=value))
    return builds


def _diagnoses(record: Record) -> list[Build]:
    found = {part: record.take(f"diagnosis_{part}", diagnosis) for part in ("1", "2", "3")}
    return [partial(condition, part=part, diagnosis=coded) for part, coded in found.items() if coded]


def _procedures(record: Record) -> list[Build]:
    found = {part: record.take(f"tindakan_{part}", procedure) for part in ("1", "2")}
    return [partial(performed_procedure, part=part, done=coded) for part, coded in found.items() if coded]


def _medicines(record: Record, context: Context) -> list[Build]:
    builds: list[Build] = []
    for part in ("1", "2", "3"):
        text, code = _coded(record, context, f"obat_{part}", "obat")
        dosage = record.text(f"aturan_pakai_{part}")
        dispensed = record.take(f"jumlah_{part}", amount)
        if text is None:
            _orphans(record, f"obat_{part}", f"aturan_pakai_{part}", f"jumlah_{part}")
            continue
        builds.append(partial(medication_request, part=part, text=text, code=code, dosage=dosage, dispensed=dispensed))
    return builds


def _results(record: Record, context: Context) -> list[Build]:
    builds: list[Build] = []
    for part in ("1", "2"):
        text, code = _coded(record, context, f"lab_{part}", "lab")
        value = record.take(f"hasil_{part}", result)
        unit = record.text(f"satuan_{part}")
        if text is None or value is None:
            _orphans(record, f"lab_{part}", f"hasil_{part}", f"satuan_{part}")
            _orphans(record, f"hasil_{part}", f"lab_{part}")
            continue
        column = f"satuan_{part}" if unit else f"hasil_{part}"
        unit = unit or (value.amount.unit if value.amount else None)
        ucum = context.codes.find("satuan", unit) if unit else None
        if unit and not ucum:
            record.warn(column, "HUB-2084")
        builds.append(partial(laboratory_result, part=part, text=text, code=code, value=value, unit=unit, ucum=ucum))
    return builds


def _orphans(record: Record, partner: str, *columns: str) -> None:
    """A dosage without its medicine, or a value without its test, is a fault of the row."""
    if record.is_blank(partner):
        for column in columns:
            if not record.is_blank(column):
                record.refuse(column, "HUB-2083", partner=partner)
