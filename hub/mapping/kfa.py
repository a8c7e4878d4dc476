"""KFA, the ministry's list of medicines (Kamus Farmasi dan Alat Kesehatan): read from the operator's own copy.

The list is not published as a file that could be shipped; a registered facility gets it from the ministry's service
(`/kfa-v2/products/all`). The copy is a CSV with the columns `kode,nama`, one code a line, names as the ministry writes
them ("Paracetamol 500 mg Tablet"). A text matches a name exactly after `kfa_key`, or a person confirms it: no guess.
"""

import csv
import re
from pathlib import Path
from typing import Any

from hub.fhir.systems import KFA
from hub.mapping.codes import CodeMap, Coding, normalised

KIND = "kfa"
_CODE = re.compile(r"9[1-3]\d{6}")
_NUMBER = re.compile(r"(?<=\d)(?=(?:mg|mcg|g|ml|iu|%|meq)\b)")
_WORDS = {
    "tab": "tablet",
    "tabl": "tablet",
    "tbl": "tablet",
    "kaplet": "tablet",
    "kaps": "kapsul",
    "caps": "kapsul",
    "cap": "kapsul",
    "syr": "sirup",
    "syrup": "sirup",
    "inj": "injeksi",
    "injection": "injeksi",
    "cream": "krim",
    "gr": "g",
    "ug": "mcg",
    "cc": "ml",
}


def read_kfa(path: Path) -> dict[tuple[str, str], Coding]:
    """The codes of a list by ("kfa", key). ValueError names the line that is wrong; a name with two codes is left out,
    because nobody could say which is meant."""
    found: dict[tuple[str, str], Coding] = {}
    doubled: set[tuple[str, str]] = set()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"kode", "nama"} <= set(rows.fieldnames or ()):
                raise ValueError(f"HUB_KFA: {path.name} needs the columns kode,nama")
            for number, row in enumerate(rows, 2):
                code, name = (row["kode"] or "").strip(), (row["nama"] or "").strip()
                # a name of nothing but signs would fit every such text
                if not _CODE.fullmatch(code) or not kfa_key(name):
                    raise ValueError(
                        f"HUB_KFA: {path.name} line {number}: a code of 8 digits from 91 to 93, and a name"
                    )
                key = (KIND, kfa_key(name))
                if found.setdefault(key, Coding(KFA, code, name)).code != code:
                    doubled.add(key)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"HUB_KFA: {path.name} can't be read ({type(error).__name__})") from error
    return {key: coding for key, coding in found.items() if key not in doubled}


def kfa_key(text: str) -> str:
    """A medicine's text as it is compared: units apart from numbers, decimal points, forms written out."""
    plain = _NUMBER.sub(" ", re.sub(r"(?<=\d),(?=\d)", ".", normalised(text)))
    return " ".join(_WORDS.get(word, word) for word in plain.split())


def add_kfa(resources: list[dict[str, Any]], codes: CodeMap) -> None:
    """Give every medicine of a row its KFA code beside the one it has, where the list names it in so many words."""
    for resource in resources:
        concept = resource.get("medicationCodeableConcept")
        if not concept or not concept.get("text"):
            continue
        codings = concept.setdefault("coding", [])
        if any(coding.get("system") == KFA for coding in codings):
            continue
        found = codes.find(KIND, kfa_key(concept["text"]))
        if found:
            codings.append({"system": found.system, "code": found.code, "display": found.display})
        if not codings:
            del concept["coding"]
