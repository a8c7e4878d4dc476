"""Laboratory: what was ordered, the reports, and each result with its unit, reference range and mark."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from hub.mapping import Coding, Context, Record
from hub.mapping.build import Visit, based_on, laboratory_order, laboratory_result, occasion, report
from hub.mapping.build.laboratory import FLAGS
from hub.mapping.values import Doubtful, Range, Result, reference_range, result
from hub.mapping.values.numbers import Amount, readings

from .person import Person
from .reading import Resource, Staff, lenient, time_of, words

ADULT_YEARS = 18
_SPECIMENS = (("lab_urin", r"\burin"), ("lab_feses", r"\b(?:feses|faeces|tinja)"), ("lab_agd", r"\b(?:agd|gas darah)"))
_AMOUNTS, _MOLES = ("[Mass/volume]",), ("[Moles/volume]",)
_MOLAR = re.compile(r"(?:m|u|n|p)?(?:mol|eq)/")
_SLACK = 30
"""A reading of an ambiguous number is plausible when at most this many times outside the reference range."""
_KINDS = {"PA": ("SP", "Surgical Pathology"), "MB": ("MB", "Microbiology")}
Orders = dict[tuple[str, str], Resource]


def orders(record: Record, context: Context, visit: Visit, staff: Staff) -> tuple[list[Resource], Orders]:
    """One ServiceRequest per panel asked for; by time of its result and panel, which is how Khanza joins them."""
    found: list[Resource] = []
    answered: Orders = {}
    for row in record.group("permintaan_lab"):
        number, panel = row.text("noorder"), words(row, "kd_jenis_prw")
        start = time_of(row, "tgl_permintaan", "jam_permintaan", context)
        done = time_of(row, "tgl_hasil", "jam_hasil", context)
        who = staff.read(row, "dokter_perujuk", "nm_dokter", "ktp_dokter", "no_ijn_praktek")
        text, reason = words(row, "nm_perawatan"), words(row, "diagnosa_klinis")
        note = words(row, "informasi_tambahan")
        if not number:
            continue
        asked = occasion(visit, "lab", start, who)
        order = laboratory_order(
            asked,
            f"{number}/{panel}" if panel else number,
            status="completed" if done else "active",
            text=text or "Pemeriksaan laboratorium",
            code=_panel(context, text),
            reason=reason,
            note=note,
        )
        found.append(order)
        if done and panel:
            answered.setdefault((done, panel), order)
    return found, answered


def results(
    record: Record, context: Context, visit: Visit, staff: Staff, person: Person, answered: Orders
) -> list[Resource]:
    """A report per panel and session, with its results; the laboratory's impression is the reports' conclusion."""
    details: dict[tuple[str, str, str], list[Record]] = {}
    for row in record.group("hasil_lab"):
        key = (row.text("kd_jenis_prw") or "", row.text("tgl_periksa") or "", row.text("jam") or "")
        details.setdefault(key, []).append(row)
    remarks = {
        (row.text("tgl_periksa"), row.text("jam")): [words(row, "kesan"), words(row, "saran")]
        for row in record.group("kesan_lab")
    }
    found: list[Resource] = []
    for row in record.group("lab"):
        key = (row.text("kd_jenis_prw") or "", row.text("tgl_periksa") or "", row.text("jam") or "")
        start = time_of(row, "tgl_periksa", "jam", context)
        text, kind = words(row, "nm_perawatan") or key[0], row.text("kategori")
        analyst = staff.read(row, "nip", "nm_petugas", "ktp_petugas", "sip_petugas")
        doctor = staff.read(row, "kd_dokter", "nm_dokter", "ktp_dokter", "no_ijn_praktek")
        part = f"{key[1]}T{key[2]}/{key[0]}"
        session = occasion(visit, part, start, analyst)
        measured = _measured(details.pop(key, ()), context, session, text, person)
        conclusion = ". ".join(each for each in remarks.get((key[1], key[2]), ()) if each) or None
        issued = start if start and "T" in start else None
        made = report(
            occasion(visit, part, start, doctor),
            "",
            text=text,
            code=_panel(context, text),
            results=measured,
            issued=issued,
            conclusion=conclusion,
        )
        if kind in _KINDS:
            made["category"][0]["coding"][0] |= dict(zip(("code", "display"), _KINDS[kind], strict=True))
        if not measured:
            del made["result"]
        order = answered.get((start or "", key[0]))
        found += [*measured, based_on(made, [order] if order else [])]
    for rows in details.values():
        for row in rows:  # a result whose session is gone belongs to no report
            row.warn("id_template", "HUB-2255")
            row.ignore("id_template", "pemeriksaan", "nilai", "satuan", "nilai_rujukan", "keterangan", *RANGES.values())
    return found


RANGES = {
    ("male", True): "nilai_rujukan_ld",
    ("male", False): "nilai_rujukan_la",
    ("female", True): "nilai_rujukan_pd",
    ("female", False): "nilai_rujukan_pa",
}


def _measured(rows: Sequence[Record], context: Context, session: Visit, panel: str, person: Person) -> list[Resource]:
    found = []
    for row in rows:
        number, text, unit = row.text("id_template"), words(row, "pemeriksaan"), words(row, "satuan")
        limits = _limits(row, person, session.start)
        value = row.take("nilai", _reader(limits))
        flag = row.text("keterangan")
        if not (number and text and value):
            continue
        unit = unit or (value.amount.unit if value.amount else None)
        ucum = context.codes.find("satuan", unit) if unit else None
        if unit and not ucum:
            row.warn("satuan" if not row.is_blank("satuan") else "nilai", "HUB-2084")
        code = _test(row, context, panel, text, ucum)
        made = laboratory_result(
            session, number, text=text, code=code, value=value, unit=unit, ucum=ucum, limits=limits, flag=flag
        )
        if flag and flag.casefold() not in FLAGS:
            made["note"] = [{"text": flag}]
        found.append(made)
    return found


def _limits(row: Record, person: Person, at: str) -> Range | None:
    """The range printed with the result; else the template's for the patient's sex and age on the day."""
    printed = row.take("nilai_rujukan", lenient(reference_range))
    own = RANGES.get((person.gender or "", _is_adult(person.birth, at)))
    ranges = {column: row.take(column, lenient(reference_range)) for column in RANGES.values()}
    return printed or (ranges[own] if own else None)


def _is_adult(birth: date | None, at: str) -> bool:
    """Without a date of birth the adults' range is used, as the laboratory's form does."""
    day = date.fromisoformat(at[:10])
    return birth is None or (day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))) >= ADULT_YEARS


def _reader(limits: Range | None) -> Any:
    """A result; a number that reads two ways ("8.500") is taken when only one reading fits the reference range; "+1" is
    a grade and no number."""

    def read(text: str) -> Result | Doubtful[Result]:
        if text.lstrip().startswith("+"):
            return Result(None, text.strip())
        found = result(text)
        known = [limit for limit in (limits.low, limits.high) if limit] if limits else []
        if not isinstance(found, Doubtful) or not known:
            return found
        fitting = [value for value in readings(text.strip()) if min(known) / _SLACK <= value <= max(known) * _SLACK]
        return Doubtful(Result(Amount(fitting[0])), "HUB-2056") if len(fitting) == 1 else found

    return read


def _test(row: Record, context: Context, panel: str, text: str, ucum: Coding | None) -> Coding | None:
    """The LOINC code: the panel tells blood from urine, and the unit must fit what the code measures."""
    kind = next((kind for kind, form in _SPECIMENS if re.search(form, f"{panel} {text}", re.I)), "lab")
    code = context.codes.find(kind, text)
    if code and ucum and _unfit(code, ucum):
        row.warn("satuan", "HUB-2253")
        return None
    if not code:
        row.warn("pemeriksaan", "HUB-2080", kind=kind)
    return code


def _unfit(code: Coding, ucum: Coding) -> bool:
    is_molar = _MOLAR.match(ucum.code) is not None
    wants_mass, wants_moles = (any(sign in code.display for sign in signs) for signs in (_AMOUNTS, _MOLES))
    return (wants_mass and is_molar) or (wants_moles and not is_molar)


def _panel(context: Context, text: str | None) -> Coding | None:
    if not text:
        return None
    kind = next((kind for kind, form in _SPECIMENS if re.search(form, text, re.I)), "lab")
    return context.codes.find("panel", text) or context.codes.find(kind, text)
