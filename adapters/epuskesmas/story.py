"""What was told and noted: habits, pregnancy, the SOAP note with the histories beside it."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from hub.mapping import Record
from hub.mapping.build import (
    Visit,
    gestational_age,
    habit,
    pregnancy,
)
from hub.mapping.build.impression import clinical_impression
from hub.mapping.build.social import Habit

Build = Callable[[Visit], dict[str, Any]]
_HABITS: dict[str, Habit] = {
    "merokok": "smoking",
    "alkohol": "alcohol",
    "kurang_sayur_buah": "few-vegetables",
    "aktivitas_fisik": "activity",
}
_YES, _NO = frozenset({"ya", "iya", "y", "1"}), frozenset({"tidak", "tdk", "t", "0", "tidak pernah"})
_WEEKS = re.compile(
    r"(?<!tidak )(?<!riwayat )(?<!\w)(?:hamil|usia kehamilan|umur kehamilan|u\.?k\.?)\s*:?\s*"
    r"(?P<weeks>\d{1,2})\s*(?:minggu|mgg|mg|mgu|w)\b",
    re.I,
)
_SUBJECTIVE = {
    "keluhan_tambahan": "Keluhan tambahan",
    "lama_sakit": "Lama sakit",
    "rps": "RPS",
    "rpd": "RPD",
    "rpk": "RPK",
    "terapi": "Terapi sebelumnya",
}
_PLAN = {"edukasi": "Edukasi", "tindakan_keperawatan": "Tindakan keperawatan", "keterangan": "Keterangan"}


def habits(record: Record) -> list[Build]:
    """Smoking, alcohol, few vegetables, physical activity: the words as sent, coded where they are yes or no."""
    found = {kind: record.text(column) for column, kind in _HABITS.items()}
    return [partial(habit, kind=kind, words=words, answer=_answer(words)) for kind, words in found.items() if words]


def _answer(words: str) -> bool | None:
    plain = words.casefold().strip(" .")
    return True if plain in _YES else False if plain in _NO else None


def pregnant(record: Record, gender: str | None) -> list[Build]:
    """Pregnancy, where a woman's row plainly gives its weeks ("hamil 28 minggu"); never from a poli alone."""
    if gender != "female":
        return []
    for column in ("keterangan", "soap_o", "soap_a"):
        if found := _WEEKS.search(record.text(column) or ""):
            weeks = Decimal(found["weeks"])
            if 1 <= weeks <= 44:
                return [partial(pregnancy, words=found[0].strip()), partial(gestational_age, weeks=weeks)]
    return []


def note(record: Record, diagnoses: list[str]) -> Callable[[Visit], dict[str, Any] | None]:
    """The SOAP note with what stands beside it. It names the diagnoses, so that it is labelled as they are."""
    subjective = _joined(record, "soap_s", _SUBJECTIVE)
    objective = _joined(record, "soap_o", {"kelainan": "Kelainan"})
    assessment = record.text("soap_a")
    plan = _joined(record, "soap_p", _PLAN)
    referred = record.text("rujukan_internal")
    if referred and not referred.casefold().startswith("pendaftaran"):
        plan = "\n".join(filter(None, (plan, f"Rujukan internal: {referred}")))

    def build(visit: Visit) -> dict[str, Any] | None:
        found = clinical_impression(visit, subjective=subjective, objective=objective, assessment=assessment, plan=plan)
        if found and diagnoses:
            source = visit.source
            found["problem"] = [source.reference("Condition", "diagnosis", f"{visit.number}/{n}") for n in diagnoses]
        return found

    return build


def _joined(record: Record, first: str, rest: dict[str, str]) -> str | None:
    lines = [
        record.text(first),
        *(f"{name}: {words}" for column, name in rest.items() if (words := record.text(column))),
    ]
    return "\n".join(line for line in lines if line) or None
