"""ICD-10 and ICD-9-CM as clinics type them. Checked by form and by the classification's chapter limits; no code list.

ICD-10: WHO edition 2010 (https://icd.who.int/browse10/2010/en); dagger and asterisk are roles, not part of a code.
ICD-9-CM volume 3: two digits, point, up to two digits.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from hub.mapping.values.unfit import Unfit

_LAST = {"D": 89, "E": 90, "H": 95, "K": 93, "P": 96, "T": 98, "Y": 98}
"""Chapter limits: the highest category of a letter where it is below 99; V starts at 01."""

_FORM = re.compile(r"([A-Z])(\d{2})(?:\.?(\d{1,2}))?")
_LEADING = re.compile(
    r"([A-Z]\s?[0-9O]{1,2}[.,]?\s?[0-9O]{0,2})\s*[†+*‡]?(?:\s*[-:–|(]\s*|\s{1,3})(?=\D)(.*)", re.I | re.S
)


class Coded(NamedTuple):
    """A code in its normal form and the words that stood beside it, if any."""

    code: str
    words: str | None = None


@lru_cache(maxsize=4096)
def diagnosis(text: str) -> Coded:
    """An ICD-10 code: "j069", "J06.9", "A17.0†", "G01*", "J06.9 - ISPA". Refuses several codes in one cell."""
    text = " ".join(text.split())
    if re.search(r"[A-Z]\d{2}(\.\d)?\s*[;,/&+]\s*[A-Z]\d{2}", text, re.I):
        raise Unfit("HUB-2071")
    words = None
    if not _FORM.fullmatch(_clean(text)) and (found := _LEADING.fullmatch(text)):
        text, words = found[1], found[2].strip(" )") or None
    code = _clean(text)
    found_code = _FORM.fullmatch(code)
    if not found_code:
        if suggestion := _suggest(code):
            raise Unfit("HUB-2075", suggestion=suggestion)
        raise Unfit("HUB-2070")
    letter, category, rest = found_code[1], int(found_code[2]), found_code[3]
    if category > _LAST.get(letter, 99) or (letter == "V" and category == 0) or (letter == "D" and category == 49):
        raise Unfit("HUB-2074", category=f"{letter}{found_code[2]}")
    return Coded(f"{letter}{found_code[2]}" + (f".{rest}" if rest else ""), words)


def _clean(text: str) -> str:
    return re.sub(r"[\s†‡*+]", "", text).upper().replace(",", ".").removesuffix(".").removesuffix(".-")


def _suggest(code: str) -> str | None:
    """What was probably meant: a zero lost after the letter (J6.9), letter O for zero (JO6.9), zero for O."""
    if found := re.fullmatch(r"([A-Z])(\d)\.(\d{1,2})", code):
        return f"{found[1]}0{found[2]}.{found[3]}"
    repaired = code[:1] + code[1:].replace("O", "0").replace("I", "1").replace("L", "1")
    if repaired != code and _FORM.fullmatch(repaired):
        return str(repaired if "." in repaired or len(repaired) == 3 else f"{repaired[:3]}.{repaired[3:]}")
    if re.fullmatch(r"0\d{2}(\.\d{1,2})?", code):
        return "O" + code[1:]
    return None


@lru_cache(maxsize=4096)
def procedure(text: str) -> Coded:
    """An ICD-9-CM procedure code: "89.52", "8952", "89.5 - EKG". Refuses "331", which may be 33.1 or 03.31."""
    text = " ".join(text.split())
    words = None
    if found := re.fullmatch(r"(\d[\d.,]*)\s*(?:[-:–|(]\s*|\s)(?=\D)(.*)", text):
        text, words = found[1], found[2].strip(" )") or None
    code = text.replace(",", ".").strip(". ")
    if re.fullmatch(r"\d{4}", code):
        code = f"{code[:2]}.{code[2:]}"
    if re.fullmatch(r"\d{2}(\.\d{1,2})?", code):
        return Coded(code, words)
    if re.fullmatch(r"\d\.\d{1,2}", code):
        raise Unfit("HUB-2076", suggestion=f"0{code}")
    raise Unfit("HUB-2072")
