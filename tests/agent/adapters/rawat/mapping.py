"""Rawat to FHIR R4: one visit with its diagnoses."""

from typing import Any

from hub.mapping import Context, Record
from hub.mapping.build import Source, Visit, condition, encounter, patient, patient_number, vital_sign
from hub.mapping.values import birth_day, clock_time, diagnosis, gender, moment, past_day, person_name, vital


def map_record(record: Record, context: Context) -> list[dict[str, Any]]:
    """Read every field first, those of the group too."""
    number = record.text("no_rawat")
    day = record.take("tgl", past_day(context.today))
    at = record.take("jam", clock_time)
    name = record.take("nama", person_name)
    sex = record.take("jk", gender)
    birth = record.take("lahir", birth_day(context.today))
    temperature = record.take("suhu", vital("temperature"))
    complaint = record.text("keluhan")
    found = []
    for member in record.group("diagnosa"):
        found.append((member.take("kd", diagnosis), member.text("status")))
    if record.refused or number is None or day is None:
        return []
    source = Source(context.facility)
    who = patient_number(None, None, None, name, birth, sex)
    visit = Visit(source, number, who, moment(day, at, context.offset))
    resources = [
        patient(source, who, name=name, gender=sex, birth=birth),
        encounter(visit, service=None, service_code=None, complaint=complaint),
    ]
    if temperature is not None:
        resources.append(vital_sign(visit, "temperature", temperature))
    for part, (code, status) in enumerate(found, 1):
        if code:
            resources.append(condition(visit, str(part), code, "new" if status == "Baru" else None))
    return resources
