"""Diagnoses, procedures, examinations (vital signs, SOAP notes, allergies) and referrals to elsewhere."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from hub.mapping import Context, Record
from hub.mapping.build import (
    Visit,
    allergy,
    blood_pressure_panel,
    clinical_impression,
    coma_score,
    condition,
    consciousness,
    no_known_allergy,
    occasion,
    performed_procedure,
    ranked,
    referral,
    vital_sign,
    waist,
)
from hub.mapping.values import Coded, Doubtful, Unfit, blood_pressure, diagnosis, one_of, procedure, vital

from .reading import Resource, Staff, amount_of, lenient, time_of, words

T = TypeVar("T")
VITALS = {
    "suhu_tubuh": "temperature",
    "nadi": "pulse",
    "respirasi": "breathing",
    "spo2": "saturation",
    "tinggi": "height",
    "berat": "weight",
}
CASES: dict[str, Any] = {"Baru": "new", "Lama": "existing"}
_NO_ALLERGY = re.compile(
    r"(?:tidak|tdk|tak|tidak ada|tdk ada|tidak ada alergi|nka|nkda|nihil|negatif|disangkal|\(-\))\W*", re.I
)
_NOT_ASKED = re.compile(
    r"(?:tidak diketahui|tdk diketahui|belum diketahui|tidak tahu|dalam batas normal|dbn|0)\W*", re.I
)
_EXCLUDED = re.compile(r"^(?:riwayat )?alergi\s*(?:obat|makanan)?\s*[:(]?\s*", re.I)


def diagnoses(record: Record, visit: Visit) -> list[Resource]:
    """One Condition per code. A code that the clinic and the ward both wrote is one: first written, last judged."""
    found: dict[str, tuple[str, int, Coded | None, str, Any]] = {}
    rows = sorted(record.group("diagnosa"), key=lambda row: row.cell("status") == "Ranap")
    for row in rows:
        name = words(row, "nm_penyakit")
        written, status = row.text("kd_penyakit"), (row.text("status") or "Ralan").casefold()
        code = row.take("kd_penyakit", lenient(diagnosis))
        rank = row.take("prioritas", lenient(amount_of))
        case = CASES.get(row.text("status_penyakit") or "")
        if not (written and (code or name)):
            continue
        coded = Coded(code.code, name or code.words) if code else None
        known = code.code if code else written
        part = found[known][0] if known in found else f"{status}/{int(rank or 1)}"
        if any(part == other[0] for key, other in found.items() if key != known):
            part = f"{part}/{written}"
        found[known] = (part, int(rank or 1), coded, name or written, case)
    ordered = sorted(found.values(), key=lambda each: each[1])
    return [_condition(visit, *each) for each in ordered]


def _condition(visit: Visit, part: str, rank: int, coded: Coded | None, name: str, case: Any) -> Resource:
    found = condition(visit, part, coded or Coded("", name), case)
    if coded is None:  # what is no ICD-10 code stays in words
        found["code"] = {"text": name}
    return ranked(found, rank)


def procedures(record: Record, visit: Visit) -> list[Resource]:
    """One Procedure per row; what is no ICD-9-CM code stays in words."""
    found = []
    for row in record.group("prosedur"):
        name, written = words(row, "deskripsi_panjang"), row.text("kode")
        status = (row.text("status") or "Ralan").casefold()
        code = row.take("kode", lenient(procedure))
        rank = row.take("prioritas", lenient(amount_of))
        if not (written and (code or name)):
            continue
        done = performed_procedure(visit, f"{status}/{written}", Coded(code.code if code else "", name))
        if code is None:
            done["code"] = {"text": name}
        found.append((int(rank or 1), done))
    return [done for _, done in sorted(found, key=lambda each: each[0])]


def examinations(record: Record, context: Context, visit: Visit, staff: Staff) -> tuple[list[Resource], str | None]:
    """Vital signs, findings, SOAP notes and allergies of every examination; and the first complaint, if any."""
    found: list[Resource] = []
    complaints: list[tuple[str, str]] = []
    allergies: dict[str, Resource] = {}
    for group in ("ralan", "ranap"):
        for row in record.group(group):
            start = time_of(row, "tgl_perawatan", "jam_rawat", context)
            day, clock = row.cell("tgl_perawatan"), row.cell("jam_rawat")
            who = staff.read(row, "nip", "nm_pegawai", "ktp_pegawai", "no_ijn_praktek")
            exam = occasion(visit, f"{group}/{day}T{clock}", start, who)
            found += _measured(row, exam, context)
            complaint = words(row, "keluhan")
            note = clinical_impression(
                exam,
                subjective=complaint,
                objective=words(row, "pemeriksaan"),
                assessment=words(row, "penilaian"),
                plan=words(row, "rtl"),
                instruction=words(row, "instruksi"),
                evaluation=words(row, "evaluasi"),
            )
            found += [note] if note else []
            if complaint:
                complaints.append((exam.start, complaint))
            _allergy(row, visit, context, allergies)
    return [*found, *allergies.values()], min(complaints)[1] if complaints else None


def _measured(row: Record, exam: Visit, context: Context) -> list[Resource]:
    found: list[Resource] = []
    if pressure := row.take("tensi", _or_left_out(blood_pressure)):
        found.append(blood_pressure_panel(exam, *pressure))
    for column, kind in VITALS.items():
        value = row.take(column, _or_left_out(vital(kind)))
        if value is not None:
            found.append(vital_sign(exam, kind, value))
    score = row.take("gcs", lenient(_gcs))
    if score is not None:
        found.append(coma_score(exam, score))
    level = row.take("kesadaran", lenient(str.strip))
    if level:
        meaning = context.codes.find("kesadaran", level)
        found.append(consciousness(exam, level, meaning))
    girth = row.take("lingkar_perut", _or_left_out(vital("height")))
    if girth is not None:
        found.append(waist(exam, girth))
    return found


def _or_left_out(convert: Callable[[str], T | Doubtful[T] | None]) -> Callable[[str], T | Doubtful[T] | None]:
    """As lenient, and "0" and a lone sign mean that nothing was measured."""
    read = lenient(convert)
    return lambda text: None if not text.strip(" 0-./,") else read(text)


def _gcs(text: str) -> int | None:
    """A sum ("15") or its parts ("4-5-6", "E4V5M6", "456")."""
    digits = re.findall(r"\d+", text)
    if len(digits) == 1 and len(digits[0]) == 3:
        digits = list(digits[0])
    if not digits or not any(int(each) for each in digits):
        return None
    if len(digits) not in (1, 3) or not 3 <= (score := sum(int(each) for each in digits)) <= 15:
        raise Unfit("HUB-2052", low="3", high="15", unit="")
    return score


def _allergy(row: Record, visit: Visit, context: Context, found: dict[str, Resource]) -> None:
    """What `alergi` says, once per visit and substance; "tidak ada" is a statement, a dash is none."""
    text = words(row, "alergi")
    if text is None or _NOT_ASKED.fullmatch(text):
        return
    if _NO_ALLERGY.fullmatch(text):
        found.setdefault("", no_known_allergy(visit, text))
        return
    for each in re.split(r"[;,/]| dan ", text):
        substance = _EXCLUDED.sub("", each).strip(" .()")
        key = " ".join(substance.casefold().split())
        if len(key) > 1 and key not in found:
            food, medicine = context.codes.find("alergi_makanan", key), context.codes.find("obat", key)
            category: Any = "food" if food else "medication" if medicine else None
            found[key] = allergy(visit, key, text=substance, code=food or medicine, category=category)
            found.pop("", None)


def referrals(record: Record, context: Context, visit: Visit, staff: Staff) -> list[Resource]:
    """The letters that send the patient elsewhere."""
    found = []
    for row in record.group("rujuk"):
        start = time_of(row, "tgl_rujuk", "jam", context)
        letter, to = words(row, "no_rujuk"), words(row, "rujuk_ke")
        who = staff.read(row, "kd_dokter", "nm_dokter", "ktp_dokter", "no_ijn_praktek")
        sort = row.take("kat_rujuk", lenient(one_of("Bedah", "Non Bedah", "Kebidanan", "Anak")))
        reason, note = words(row, "keterangan_diagnosa"), words(row, "alasan")
        if letter:
            sent = occasion(visit, "rujuk", start, who)
            found.append(referral(sent, letter, to=to, reason=reason, note="; ".join(t for t in (sort, note) if t)))
    return found
