"""SIMRS Khanza to FHIR R4: one row is one visit (no_rawat) with everything that hangs on it."""

import re
from typing import Any

from hub.mapping import Context, Record
from hub.mapping.build import Source, Visit

from .clinical import diagnoses, examinations, procedures, referrals
from .encounter import build_encounter
from .laboratory import orders, results
from .person import read_person
from .pharmacy import dispensing, prescriptions
from .reading import Resource, Staff
from .visit import read_course

_NUMBER = re.compile(r"\d{4}/\d{2}/\d{2}/\d{4,6}")


def map_record(record: Record, context: Context) -> list[dict[str, Any]]:
    """Patient, Practitioners, Locations, Encounter and all the visit found, ordered and gave; [] when refused."""
    source = Source(context.facility)
    staff = Staff(source)
    number = record.text("no_rawat") or ""
    if number and not _NUMBER.fullmatch(number):
        record.refuse("no_rawat", "HUB-2256")
    course = read_course(record, context, source)
    person = read_person(record, context, source, course.is_death)
    if course.start and person.birth and person.birth.isoformat() > course.start[:10]:
        record.warn("tgl_lahir", "HUB-2045")
    doctor = staff.read(record, "kd_dokter", "nm_dokter", "ktp_dokter", "no_ijn_praktek")
    visit = Visit(source, number, person.number, course.start or context.today.isoformat(), doctor)

    found: list[Resource] = [*diagnoses(record, visit), *procedures(record, visit)]
    examined, complaint = examinations(record, context, visit, staff)
    prescribed, handed = prescriptions(record, context, visit, staff)
    asked, answered = orders(record, context, visit, staff)
    found += [*examined, *prescribed, *dispensing(record, context, visit, handed), *asked]
    found += results(record, context, visit, staff, person, answered)
    found += referrals(record, context, visit, staff)
    seen = [
        at
        for each in (*examined, *prescribed, *asked)
        if (at := each.get("effectiveDateTime") or each.get("authoredOn"))
    ]
    encounter = build_encounter(record, visit, course, context, complaint, seen)
    if record.refused or not course.start:
        return []
    return _once([person.resource, *staff.resources(), *course.places, encounter, *found])


def _once(resources: list[Resource]) -> list[Resource]:
    """Each resource once: a store of the pharmacy may be a ward of the patient's too."""
    first: dict[tuple[str, str, str], Resource] = {}
    for resource in resources:
        identifier = resource["identifier"][0]
        first.setdefault((resource["resourceType"], identifier["system"], identifier["value"]), resource)
    return list(first.values())
