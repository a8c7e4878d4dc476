"""The city's areas, and how people write their names."""

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache

from hub.cities import Area, areas, city


@cache
def kecamatan() -> dict[str, str]:
    """Code to name of the kecamatan, in code order."""
    return {area.kecamatan_code: area.kecamatan for area in areas()}


@lru_cache(maxsize=4096)
def resolve_kelurahan(text: str) -> Area | None:
    """The kelurahan meant by a name or code as people write it, None when unknown or ambiguous.

    Takes Kemendagri codes (not BPS's: the same number may be another kelurahan there), "Kel."
    and "Kec. ..." around the name, other spellings (the city's own, Sei/Sungai, Hilir/Ilir, oe/u) and one wrong letter
    where only one kelurahan is that near.
    """
    digits = re.sub(r"[.\s]", "", text)
    if digits.isdecimal():
        return _by_code().get(digits)
    key = _key(text)
    if found := _by_key().get(key):
        return found
    if len(key) < 7:
        return None
    near = {area.code: area for known, area in _by_key().items() if _is_one_letter_off(key, known)}
    return next(iter(near.values())) if len(near) == 1 else None


_SPELLINGS = {
    "sei": "sungai",
    "sungei": "sungai",
    "tlk": "teluk",
    "telok": "teluk",
    "tjg": "tanjung",
    "tj": "tanjung",
    "tg": "tanjung",
    "mesjid": "masjid",
    "hilir": "ilir",
    "hulu": "ulu",
    "sel": "selatan",
    "utr": "utara",
    "tgh": "tengah",
    "tmr": "timur",
    "dlm": "dalam",
}
_OLD_LETTERS = (("oe", "u"), ("dj", "j"), ("tj", "c"))


@cache
def _spellings() -> dict[str, str]:
    return {**_SPELLINGS, **city().spellings}


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"\b(kec|kecamatan|kota)\b.*$", "", plain).split(",")[0]
    words = [word for word in re.split(r"[^a-z]+", plain) if word and word not in ("kel", "kelurahan", "desa", "ds")]
    words = [_spellings().get(word, word) for word in words]
    key = "".join(words)
    for old, new in _OLD_LETTERS:
        key = key.replace(old, new)
    return key


@cache
def _by_key() -> dict[str, Area]:
    """Names that only one kelurahan has (the first city's all differ; another's need not)."""
    held = Counter(_key(area.name) for area in areas())
    return {key: area for area in areas() if held[key := _key(area.name)] == 1}


@cache
def _by_code() -> dict[str, Area]:
    return {area.code: area for area in areas()}


def _is_one_letter_off(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    start = next((i for i in range(len(a)) if a[i] != b[i]), len(a))
    return a[start + 1 :] == b[start + 1 :] if len(a) == len(b) else a[start:] == b[start + 1 :]
