"""The puskesmas' daily service report to FHIR R4: one row is one service of one patient in one poli."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hub.mapping import Context, Record
from hub.mapping.build import Source, Visit, encounter, practitioner
from hub.mapping.values import clock_time, moment, past_day, time_in

from .care import diagnosed, measured
from .person import Attendant, build_patient, check_age, read_attendant, read_person
from .story import habits, note, pregnant
from .treatment import allergies, done, medicines

Resource = dict[str, Any]
_SPENT = re.compile(r"(?:(\d+)\s*hari)?\s*(?:(\d+)\s*jam)?\s*(?:(\d+)\s*menit)?", re.I)


def map_record(record: Record, context: Context) -> list[Resource]:
    """Patient, staff, Encounter and what the visit found and did; [] when a field is refused."""
    person = read_person(record, context)
    staff = [found for column in ("dokter", "perawat") if (found := read_attendant(record, column))]
    day, at = _when(record, context, person.birth)
    check_age(record, person.birth, day)
    poli = record.text("poli") or ""
    complaint = record.text("keluhan_utama")
    details = _details(record)
    builds = measured(record, context) + habits(record) + allergies(record, context)
    builds += done(record, context) + pregnant(record, person.gender) + medicines(record, context)
    diagnoses = diagnosed(record)
    soap = note(record, list(diagnoses))
    service = context.codes.find("poli", poli) if poli else None
    if poli and service is None:
        record.warn("poli", "HUB-2080", kind="poli")
    if record.refused or day is None or not poli or not person.number:
        return []
    source = Source(context.facility)
    visit = Visit(
        source=source,
        number=_number(person.number, day, at, poli),
        patient=person.number,
        start=moment(day, at, context.offset),
        practitioner=staff[0].number if staff else None,
    )
    resources = [build_patient(source, person, context)]
    resources += [practitioner(source, each.number, name=each.name) for each in _distinct(staff)]
    end = _end(visit.start, details, context.today)
    met = encounter(visit, service=poli, service_code=service, complaint=complaint, end=end)
    resources.append(_with_staff(met, visit, staff[1:]) | details)
    resources += [build(visit) for build in (*diagnoses.values(), *builds)]
    written = soap(visit)
    return [*resources, written] if written else resources


def _when(record: Record, context: Context, birth: date | None) -> tuple[date | None, time | None]:
    """Day and, where the cell holds one, time of the examination."""
    day = record.take("tgl_periksa", past_day(context.today))
    at = None
    if day and (clock := time_in(record.cell("tgl_periksa"), context.today)):
        at = record.take("tgl_periksa", lambda _: clock_time(clock))
    registered = record.take("tanggal", past_day(context.today))
    if day and registered and day != registered:
        record.warn("tanggal", "HUB-2275")
    if day and birth and birth > day:
        record.refuse("tgl_lahir", "HUB-2045")
    return day, at


def _number(patient: str, day: date, at: time | None, poli: str) -> str:
    """The report has no visit number: record number, day (and time) of examination and poli name a service."""
    moment_ = f"{day:%Y%m%d}" + (f"T{at:%H%M}" if at else "")
    return f"{patient}/{moment_}/{re.sub(r'[^a-z0-9]+', '-', poli.casefold()).strip('-')}"


def _details(record: Record) -> Resource:
    """What the report says of the visit itself: first or repeated, triage, length of the examination."""
    found: Resource = {}
    if kind := record.text("jenis_kunjungan"):
        found["type"] = [{"text": f"Kunjungan {kind.casefold()}"}]
    if triage := record.text("triage"):
        found["priority"] = {"text": triage}
    if minutes := record.take("lama_pemeriksaan", _minutes):
        unit = {"unit": "menit", "system": "http://unitsofmeasure.org", "code": "min"}
        found["length"] = {"value": minutes, **unit}
    return found


def _minutes(text: str) -> Decimal | None:
    """ "0 hari 1 jam 10 menit" as 70; None for nothing or a form that says no length."""
    parts = _SPENT.fullmatch(" ".join(text.split()))
    days, hours, minutes = (int(part or 0) for part in parts.groups()) if parts else (0, 0, 0)
    return Decimal(days * 1440 + hours * 60 + minutes) or None


def _end(start: str, details: Resource, today: date) -> str | None:
    """Start and length of the examination together; None where one of them is not known or they lead past today."""
    if "T" not in start or "length" not in details:
        return None
    end = datetime.fromisoformat(start) + timedelta(minutes=int(details["length"]["value"]))
    return end.isoformat(timespec="seconds") if end.date() <= today else None


def _distinct(staff: list[Attendant]) -> list[Attendant]:
    known: Mapping[str, Attendant] = {each.number: each for each in staff}
    return list(known.values())


def _with_staff(met: Resource, visit: Visit, others: list[Attendant]) -> Resource:
    """The nurse or midwife beside the doctor."""
    for each in others:
        if each.number != visit.practitioner:
            met["participant"].append({"individual": visit.source.reference("Practitioner", "nakes", each.number)})
    return met
