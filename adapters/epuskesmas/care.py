"""What was measured and found: vital signs, diagnoses with their case type."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from hub.mapping import Context, Record
from hub.mapping.build import Visit, blood_pressure_panel, condition, vital_sign
from hub.mapping.build.clinical import CaseType
from hub.mapping.build.impression import consciousness, waist
from hub.mapping.values import Coded, Unfit, blood_pressure, diagnosis, vital

Build = Callable[[Visit], dict[str, Any]]
_VITALS = {
    "nafas": "breathing",
    "suhu": "temperature",
    "tinggi": "height",
    "berat": "weight",
    "skala_nyeri": "pain",
}
_CASES: dict[CaseType, tuple[str, ...]] = {
    "new": ("1", "baru", "b", "kasus baru", "new"),
    "existing": ("2", "lama", "l", "kasus lama", "old"),
}
_CASE_BY_WORD = {word: case for case, words in _CASES.items() for word in words}
_CODE_BEHIND = re.compile(r"(.*?)\s*[(\[]\s*([A-Z]\d{2}(?:\.?\d{1,2})?)\s*[)\]]", re.I | re.S)


def case_type(text: str) -> CaseType:
    """ "new" for baru or 1, "existing" for lama or 2."""
    found = _CASE_BY_WORD.get(" ".join(text.casefold().split()).rstrip("."))
    if found is None:
        raise Unfit("HUB-2283")
    return found


def measured(record: Record, context: Context) -> list[Build]:
    """Blood pressure, the other vital signs, waist, body mass index and consciousness."""
    builds = _pressure(record) + _heart(record)
    found = {column: record.take(column, vital(kind)) for column, kind in _VITALS.items()}
    builds += [
        partial(vital_sign, kind=_VITALS[name], value=value) for name, value in found.items() if value is not None
    ]
    around = record.take("lingkar_perut", vital("waist"))
    if around is not None:
        builds.append(partial(waist, centimetres=around))
    builds += _body_mass(record, found["tinggi"], found["berat"])
    if state := record.text("kesadaran"):
        meaning = context.codes.find("kesadaran", state)
        builds.append(partial(consciousness, words=state, meaning=meaning))
    return builds


def _pressure(record: Record) -> list[Build]:
    """Systole and diastole in their own columns, or both in the first one ("120/80")."""
    if "/" in record.cell("sistole") and record.is_blank("diastole"):
        both = record.take("sistole", blood_pressure)
        record.text("diastole")
        return [partial(blood_pressure_panel, systolic=both[0], diastolic=both[1])] if both else []
    upper, lower = record.take("sistole", vital("systolic")), record.take("diastole", vital("diastolic"))
    if upper is not None and lower is not None:
        if upper <= lower:
            record.refuse("sistole", "HUB-2055")
        return [partial(blood_pressure_panel, systolic=upper, diastolic=lower)]
    for there, partner, value in (("sistole", "diastole", upper), ("diastole", "sistole", lower)):
        if value is not None and record.is_blank(partner):
            record.refuse(there, "HUB-2083", partner=record.header(partner))
    return []


def _heart(record: Record) -> list[Build]:
    """The pulse; the heart rate only where no pulse was counted. Both and different: the pulse, and a warning."""
    pulse, heart = record.take("nadi", vital("pulse")), record.take("detak_jantung", vital("pulse"))
    if pulse is not None and heart is not None and pulse != heart:
        record.warn("detak_jantung", "HUB-2278")
    rate = heart if pulse is None else pulse
    return [] if rate is None else [partial(vital_sign, kind="pulse", value=rate)]


def _body_mass(record: Record, height: Decimal | None, weight: Decimal | None) -> list[Build]:
    """The body mass index with the program's own judgement; a warning when height and weight give another one."""
    index = record.take("imt", vital("bmi"))
    judged = record.text("hasil_imt")
    if index is None:
        return []
    if height and weight and abs(weight / (height / 100) ** 2 - index) > 1:
        record.warn("imt", "HUB-2284")

    def build(visit: Visit) -> dict[str, Any]:
        found = vital_sign(visit, "bmi", index)
        return found | {"interpretation": [{"text": judged}]} if judged else found

    return [build]


def diagnosed(record: Record) -> dict[str, Build]:
    """The diagnoses by their number: code, words and case type."""
    found = {str(number): _diagnosis(record, str(number)) for number in range(1, 6)}
    return {number: build for number, build in found.items() if build}


def _diagnosis(record: Record, number: str) -> Build | None:
    coded = record.take(f"icd_{number}", diagnosis)
    words = record.text(f"diagnosa_{number}")
    case: CaseType | None = record.take(f"kasus_{number}", case_type)
    behind = _CODE_BEHIND.fullmatch(words) if words else None
    if behind:
        words = behind[1] or None
        named = behind[2].upper()
        if coded is None and record.is_blank(f"icd_{number}"):
            coded = record.take(f"diagnosa_{number}", lambda _: diagnosis(named))
        elif coded and not _agree(coded.code, named):
            record.refuse(f"icd_{number}", "HUB-2282")
    if coded is None and not record.is_blank(f"icd_{number}"):
        return None
    if coded is None and words is None:
        if case:
            record.refuse(f"kasus_{number}", "HUB-2083", partner=record.header(f"icd_{number}"))
        return None
    if coded is None:
        record.warn(f"diagnosa_{number}", "HUB-2281")
    known = Coded(coded.code if coded else "", words or (coded.words if coded else None))
    return partial(condition, part=number, diagnosis=known, case=case)


def _agree(one: str, other: str) -> bool:
    """The same code, or one the other's category ("J06" beside "J06.9")."""
    first, second = one.replace(".", ""), other.replace(".", "")
    return first.startswith(second) or second.startswith(first)
