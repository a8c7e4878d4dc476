"""Reading one row of the template: every field is taken here, so that all faults of a row are found at once."""

from dataclasses import dataclass
from datetime import date

from hub.mapping import Context, Record
from hub.mapping.build import Source, Visit, patient_number, practitioner_number
from hub.mapping.values import (
    PersonName,
    birth_day,
    bpjs,
    clock_time,
    gender,
    moment,
    nik,
    nik_fits,
    past_day,
    person_name,
    phones,
    time_in,
)


@dataclass(frozen=True, slots=True)
class Person:
    """The patient as the row states it."""

    number: str
    name: PersonName | None
    gender: str | None
    birth: date | None
    mrn: str | None
    nik: str | None
    nik_mother: str | None
    bpjs: str | None
    phones: tuple[str, ...]
    street: str | None
    kelurahan: str | None


@dataclass(frozen=True, slots=True)
class Attendant:
    """The doctor, nurse or midwife as the row states it."""

    number: str
    name: PersonName | None
    nik: str | None
    licence: str | None


def read_person(record: Record, context: Context) -> Person:
    """The patient's fields."""
    mrn = record.text("no_rm")
    number = record.take("nik", nik)
    mother = record.take("nik_ibu", nik)
    card = record.take("no_bpjs", bpjs)
    name = record.take("nama_pasien", person_name)
    sex = record.take("jenis_kelamin", gender)
    birth = record.take("tanggal_lahir", birth_day(context.today))
    if number and birth and not nik_fits(number, birth, sex):
        record.warn("nik", "HUB-2064")
    return Person(
        number=patient_number(mrn, number, card, name, birth, sex),
        name=name,
        gender=sex,
        birth=birth,
        mrn=mrn,
        nik=number,
        nik_mother=mother,
        bpjs=card,
        phones=record.take("no_hp", phones) or (),
        street=record.text("alamat"),
        kelurahan=record.text("kelurahan"),
    )


def read_attendant(record: Record) -> Attendant | None:
    """The practitioner's fields; None when the row names nobody."""
    name = record.take("nama_nakes", person_name)
    number = record.take("nik_nakes", nik)
    licence = record.text("no_sip")
    known_by = practitioner_number(number, licence, name)
    return Attendant(known_by, name, number, licence) if known_by else None


def read_visit(record: Record, context: Context, person: Person, attendant: Attendant | None) -> Visit:
    """Number and time of the visit; a time in the date's own cell counts when `jam_kunjungan` is empty."""
    day = record.take("tanggal_kunjungan", past_day(context.today))
    at = record.take("jam_kunjungan", clock_time)
    if day and at is None and (clock := time_in(record.cell("tanggal_kunjungan"), context.today)):
        at = record.take("tanggal_kunjungan", lambda _: clock_time(clock))
    if day and person.birth and person.birth > day:
        record.refuse("tanggal_lahir", "HUB-2045")
    return Visit(
        source=Source(context.facility),
        number=record.text("no_kunjungan") or "",
        patient=person.number,
        start=moment(day, at, context.offset) if day else "",
        practitioner=attendant.number if attendant else None,
    )
