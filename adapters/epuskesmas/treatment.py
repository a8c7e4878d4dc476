"""What was done and what must be known before: allergies, procedures, immunisations, medicines."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from hub.mapping import Coding, Context, Record
from hub.mapping.build import (
    Visit,
    allergy,
    immunization,
    medication_request,
    no_known_allergy,
    performed_procedure,
)
from hub.mapping.build.allergy import Category
from hub.mapping.values import Coded, Unfit, procedure

from .prescription import prescribed

Build = Callable[[Visit], dict[str, Any]]
_YES = frozenset({"ya", "iya", "y", "1", "ada"})
_NO_ALLERGY = re.compile(
    r"(?:(?:tidak|tdk|tak|belum) (?:ada|diketahui)|tidak|tdk|disangkal|nihil|negatif)(?: (?:riwayat )?alergi)?"
)
_KINDS: dict[str, Category] = {
    "obat": "medication",
    "makanan": "food",
    "makan": "food",
    "udara": "environment",
    "lingkungan": "environment",
}
_VACCINE = re.compile(
    r"(?:(?:pemberian|suntik|suntikan)\s+)?(?:imunisasi|vaksin|vaksinasi)\s+(?P<name>[A-Za-z][\w/\- ]*?)"
    r"(?:\s*(?:dosis|ke[\s-]?)?\s*(?P<dose>[1-9]))?\.?",
    re.I,
)


def allergies(record: Record, context: Context) -> list[Build]:
    """Allergies by kind ("Obat: …; Makanan: …"); a list at commas only when every part is a known substance."""
    text = record.text("alergi")
    if text is None:
        return []
    if _NO_ALLERGY.fullmatch(" ".join(text.casefold().split()).strip(" .")):
        return [partial(no_known_allergy, text=text)]
    if text.casefold().strip(" .") in _YES:
        record.warn("alergi", "HUB-2285")
        return []
    found: list[tuple[str, Category | None]] = []
    for part in (part.strip() for part in re.split(r"[;\n|]+", text) if part.strip()):
        label, colon, rest = part.partition(":")
        kind = _KINDS.get(label.strip().casefold().removeprefix("alergi ")) if colon else None
        found += [(substance, kind) for substance in _substances(rest.strip() if kind else part, context)]
    stated = [(words, kind) for words, kind in found if not _NO_ALLERGY.fullmatch(words.casefold())]
    return [
        partial(allergy, part=str(number), text=words, code=_substance(words, context), category=kind)
        for number, (words, kind) in enumerate(stated, 1)
    ]


def _substance(words: str, context: Context) -> Coding | None:
    plain = re.sub(r"^alergi\s+", "", words, flags=re.I)
    return context.codes.find("alergen", plain) or context.codes.find("obat", plain)


def _substances(text: str, context: Context) -> list[str]:
    parts = [part.strip() for part in re.split(r",|\bdan\b", text) if part.strip()]
    return parts if len(parts) > 1 and all(_substance(part, context) for part in parts) else [text] if text else []


def done(record: Record, context: Context) -> list[Build]:
    """Procedures and immunisations of "Tindakan", and immunisations that "Keterangan" states as an item of its own."""
    builds: list[Build] = []
    vaccines = [(item, _VACCINE.fullmatch(item)) for item in _items(record.text("keterangan") or "")]
    for number, item in enumerate(_items(record.text("tindakan") or ""), 1):
        if vaccine := _VACCINE.fullmatch(item):
            vaccines.append((item, vaccine))
            continue
        try:
            found = procedure(item)
        except Unfit as unfit:
            if item[0].isdecimal():
                record.refuse("tindakan", unfit.code, **unfit.args_of_text)
                continue
            found = Coded("", item)
            record.warn("tindakan", "HUB-2080", kind="ICD-9-CM")
        builds.append(partial(performed_procedure, part=str(number), done=found))
    for number, (item, vaccine) in enumerate(((item, found) for item, found in vaccines if found), 1):
        code = context.codes.find("vaksin", vaccine["name"])
        dose = int(vaccine["dose"]) if vaccine["dose"] else None
        builds.append(partial(immunization, part=str(number), text=item, code=code, dose=dose))
    return builds


def _items(text: str) -> list[str]:
    """The parts of a cell: at semicolons and new lines; at commas only when each part is a code or an immunisation."""
    parts = [part.strip() for part in re.split(r"[;\n|]+", text) if part.strip()]
    if len(parts) == 1:
        pieces = [piece.strip() for piece in re.split(r",\s+", parts[0]) if piece.strip()]
        if all(re.match(r"\d{2}\.?\d", piece) or _VACCINE.fullmatch(piece) for piece in pieces):
            return pieces
    return parts


def medicines(record: Record, context: Context) -> list[Build]:
    """The prescription, medicine by medicine; what cannot be taken apart stays one text, with a warning."""
    builds: list[Build] = []
    for number, item in enumerate(prescribed(record.text("resep") or ""), 1):
        code = None if item.is_whole else context.codes.find("obat", item.name)
        if item.is_whole:
            record.warn("resep", "HUB-2280", number=str(number))
        elif code is None:
            record.warn("resep", "HUB-2080", kind="obat")
        builds.append(
            partial(
                medication_request,
                part=str(number),
                text=item.name,
                code=code,
                dosage=item.directions,
                dispensed=item.quantity,
            )
        )
    return builds
