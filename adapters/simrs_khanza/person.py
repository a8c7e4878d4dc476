"""The patient: whose NIK it really is, BPJS card, address, twins, death."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.mapping import Coding, Context, Record
from hub.mapping.build import Source, address, patient, registered
from hub.mapping.values import PersonName, birth_day, bpjs, gender, nik, nik_fits, person_name, phones

from .reading import lenient, time_of, words

_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,8}")
_ORDER = re.compile(r"\b(?:I{1,3}|[1-3])$")
_TWIN = re.compile(r"\b(?:kembar|gemell?i|twin)", re.I)
_HEAD = re.compile(r"^(?:kelurahan|kel|desa|kecamatan|kec|kota|kabupaten|kab)\b[.\s]*", re.I)
_CHILD_YEARS, _MOTHER_YEARS = 18, (12, 55)


@dataclass(frozen=True, slots=True)
class Person:
    """The patient as the row states it."""

    number: str
    birth: date | None
    gender: str | None
    resource: dict[str, Any]


def read_person(record: Record, context: Context, source: Source, is_dead: bool) -> Person:
    """The patient's fields. `is_dead`: this very visit ended in death."""
    number = record.text("no_rkm_medis") or ""
    name = record.take("nm_pasien", person_name)
    sex = record.take("jk", gender)
    birth = record.take("tgl_lahir", lenient(birth_day(context.today)))
    own, mother, passport = _numbers(record, name, birth, sex, context.today)
    marital = record.text("stts_nikah")
    died = time_of(record, "tgl_meninggal", "jam_meninggal", context)
    names = [_bare(words(record, column)) for column in ("nm_kel", "nm_kec", "nm_kab")]
    found = patient(
        source,
        number,
        name=name,
        gender=sex,
        birth=birth,
        mrn=number,
        nik=own,
        nik_mother=mother,
        bpjs=_card(record),
        phones=record.take("no_tlp", lenient(phones)) or (),
        home=address(words(record, "alamat"), names[0], _village(context, *names)),
    )
    order, is_multiple = _twin(record, name)
    found = registered(
        found,
        passport=passport,
        marital=marital,
        marital_code=context.codes.find("nikah", marital) if marital else None,
        birth_order=order,
        is_multiple=is_multiple,
        deceased=died or is_dead or None,
        district=names[1],
        city=names[2],
    )
    return Person(number, birth, sex, found)


def _numbers(
    record: Record, name: PersonName | None, birth: date | None, sex: str | None, today: date
) -> tuple[str | None, str | None, str | None]:
    """NIK, mother's NIK and passport from the one column `no_ktp`, which holds whatever number was at hand."""
    written = (words(record, "no_ktp") or "").replace(" ", "").upper()
    if _PASSPORT.fullmatch(written):
        return None, None, written
    found = record.take("no_ktp", lenient(nik))
    if found is None or birth is None or nik_fits(found, birth, sex):
        return found, None, None
    is_newborn = bool(name and name.is_newborn) or not record.is_blank("bayi")
    if (today - birth).days < _CHILD_YEARS * 365 and _is_mother(found, birth):
        if not is_newborn:
            record.warn("no_ktp", "HUB-2250")
        return None, found, None
    record.warn("no_ktp", "HUB-2251" if is_newborn else "HUB-2064")
    return (None if is_newborn else found), None, None


def _is_mother(number: str, birth: date) -> bool:
    """Whether a NIK is that of a woman who was of child-bearing age when this child was born."""
    year = int(number[10:12])
    years = [birth.year - century - year for century in (1900, 2000)]
    return int(number[6:8]) > 40 and any(_MOTHER_YEARS[0] <= age <= _MOTHER_YEARS[1] for age in years)


def _card(record: Record) -> str | None:
    """The BPJS card number: `no_peserta` holds the card of whatever insurer pays."""
    payers = [record.text("penjamin_kunjungan") or "", record.text("penjamin_pasien") or ""]
    if any("bpjs" in payer.casefold() or "jkn" in payer.casefold() for payer in payers):
        return record.take("no_peserta", lenient(bpjs))
    record.ignore("no_peserta")
    return None


def _village(context: Context, kelurahan: str | None, kecamatan: str | None, city: str | None) -> Coding | None:
    """The Kemendagri code: Khanza has none, so name and kecamatan must both match inside the city."""
    if not (kelurahan and kecamatan and city) or context.city.casefold() not in city.casefold():
        return None
    return context.codes.find("kelurahan-kecamatan", f"{kelurahan} {kecamatan}")


def _twin(record: Record, name: PersonName | None) -> tuple[int | None, bool]:
    """Order of birth from "By. Ny. X II"; else whether the birth form says twins."""
    is_twin = any(_TWIN.search(record.text(column) or "") for column in ("proses_lahir", "ket_lahir"))
    record.ignore("bayi")
    if name and name.is_newborn and (found := _ORDER.search(name.text)):
        order = found[0]
        return (len(order) if order.startswith("I") else int(order)), True
    return None, is_twin


def _bare(name: str | None) -> str | None:
    return _HEAD.sub("", name).strip() or None if name else None
