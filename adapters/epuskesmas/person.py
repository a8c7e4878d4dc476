"""Who: the patient and the staff of one row. Every field is taken here, so that all faults are found at once."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.mapping import Context, Record
from hub.mapping.build import Source, address, patient, practitioner_number
from hub.mapping.values import (
    Doubtful,
    PersonName,
    birth_day,
    bpjs,
    gender,
    nik,
    nik_fits,
    person_name,
    phones,
)

_BPJS = re.compile(r"\b(bpjs|jkn|kis|pbi|askes)\b", re.I)
_AGE = re.compile(r"(\d{1,3})\s*(?:tahun|thn|th|bulan|bln|bl|hari|hr)?\.?", re.I)
_MOTHERS = range(12, 60)
"""Ages at which a woman may have given birth: how a mother's NIK in a newborn's row is told from a wrong one."""


@dataclass(frozen=True, slots=True)
class Person:
    """The patient as the row states it."""

    number: str
    name: PersonName | None
    gender: str | None
    birth: date | None
    nik: str | None
    nik_mother: str | None
    family: str | None
    old_number: str | None
    bpjs: str | None
    phones: tuple[str, ...]
    street: str | None
    rt: str | None
    rw: str | None
    kelurahan: str | None
    birth_place: str | None
    mother: PersonName | None


@dataclass(frozen=True, slots=True)
class Attendant:
    """A doctor, nurse or midwife; the report knows only the name."""

    number: str
    name: PersonName


def read_person(record: Record, context: Context) -> Person:
    """The patient's fields."""
    name = record.take("nama_pasien", person_name)
    sex = record.take("jenis_kelamin", gender)
    birth = record.take("tgl_lahir", birth_day(context.today))
    own, mothers, family = _numbers(record, name, sex, birth)
    is_bpjs = _BPJS.search(record.text("asuransi") or "") is not None
    card = record.take("no_asuransi", bpjs if is_bpjs else lambda _: None)
    return Person(
        number=record.text("no_erm") or "",
        name=name,
        gender=sex,
        birth=birth,
        nik=own,
        nik_mother=mothers,
        family=family,
        old_number=record.text("no_rm_lama"),
        bpjs=card,
        phones=record.take("no_telp", phones) or (),
        street=record.text("alamat"),
        rt=record.text("rt"),
        rw=record.text("rw"),
        kelurahan=record.text("kelurahan"),
        birth_place=record.text("tempat_lahir"),
        mother=record.take("nama_ibu", person_name),
    )


def _numbers(
    record: Record, name: PersonName | None, sex: str | None, birth: date | None
) -> tuple[str | None, str | None, str | None]:
    """NIK, mother's NIK, family card number: the latter two often stand in the NIK's column."""
    family = record.take("no_kk", _family_card)
    if family and _digits(record.cell("nik")) == family:
        record.text("nik")
        record.warn("nik", "HUB-2276")
        return None, None, family
    number = record.take("nik", nik)
    if number is None or birth is None or nik_fits(number, birth, sex):
        return number, None, family
    if name and name.is_newborn and _is_mothers(number, birth):
        record.warn("nik", "HUB-2279")
        return None, number, family
    record.warn("nik", "HUB-2064")
    return number, None, family


def _is_mothers(number: str, birth: date) -> bool:
    """A woman's NIK whose year makes her of an age to have borne the child."""
    year = birth.year - birth.year % 100 + int(number[10:12])
    year -= 100 if year > birth.year else 0
    return int(number[6:8]) > 40 and birth.year - year in _MOTHERS


def _family_card(text: str) -> str | Doubtful[str] | None:
    """16 digits, else nothing with a warning: a family's number is not worth refusing a visit for."""
    digits = _digits(text)
    if not digits.strip("0"):
        return None
    return digits if len(digits) == 16 and not digits.endswith("00") else Doubtful(None, "HUB-2288")


def _digits(text: str) -> str:
    digits = re.sub(r"[\s.\-'’`]", "", text)
    return digits if digits.isdecimal() else ""


def read_attendant(record: Record, column: str) -> Attendant | None:
    """The member of staff named in a column."""
    name = record.take(column, person_name)
    number = practitioner_number(None, None, name)
    return Attendant(number, name) if number and name else None


def check_age(record: Record, birth: date | None, day: date | None) -> None:
    """A warning when the report's own age disagrees with the birth date by more than a year (under one year: a month);
    the days are only noted as seen."""
    years, months = _age(record, "umur_tahun"), _age(record, "umur_bulan")
    record.ignore("umur_hari")
    if birth is None or day is None or birth > day:
        return
    lived = (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)
    if years is not None and abs(years - lived // 12) > 1:
        record.warn("umur_tahun", "HUB-2277")
    elif years == 0 and months is not None and abs(months - lived) > 1:
        record.warn("umur_bulan", "HUB-2277")


def _age(record: Record, column: str) -> int | None:
    found = _AGE.fullmatch(record.text(column) or "")
    return int(found[1]) if found else None


def build_patient(source: Source, person: Person, context: Context) -> dict[str, Any]:
    """The Patient, with what only this report knows: family card, earlier number, birth place, mother."""
    village = context.codes.find("kelurahan", person.kelurahan) if person.kelurahan else None
    built = patient(
        source,
        person.number,
        name=person.name,
        gender=person.gender,
        birth=person.birth,
        mrn=person.number,
        nik=person.nik,
        nik_mother=person.nik_mother,
        bpjs=person.bpjs,
        phones=person.phones,
        home=address(person.street, person.kelurahan, village, rt=person.rt, rw=person.rw),
    )
    if person.family:
        built["identifier"].append({"system": "https://fhir.kemkes.go.id/id/kk", "value": person.family})
    if person.old_number:
        built["identifier"].append(source.identifier("pasien-lama", person.old_number) | {"use": "old"})
    if person.birth_place:
        place = {"text": person.birth_place}
        built["extension"] = [
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": place}
        ]
    if person.mother:
        mother = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]}
        built["contact"] = [{"relationship": [mother], "name": {"text": person.mother.text}}]
    return built
