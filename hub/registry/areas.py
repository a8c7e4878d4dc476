"""The city's areas: 5 kecamatan and 52 kelurahan, and how people write their names."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Area:
    """A kelurahan. Codes are Kemendagri's without dots (10 and 6 digits); latitude and longitude in WGS84 degrees."""

    code: str
    name: str
    kecamatan_code: str
    kecamatan: str
    postal: str
    bps: str
    latitude: float
    longitude: float
    area_km2: float


@cache
def areas() -> tuple[Area, ...]:
    """All 52 kelurahan, in code order."""
    text = files("hub.registry").joinpath("areas.csv").read_text(encoding="utf-8")
    return tuple(
        Area(
            code=row["code"],
            name=row["name"],
            kecamatan_code=row["kecamatan_code"],
            kecamatan=row["kecamatan"],
            postal=row["postal"],
            bps=row["bps"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            area_km2=float(row["area_km2"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def kecamatan() -> dict[str, str]:
    """Code to name of the 5 kecamatan, in code order."""
    return {area.kecamatan_code: area.kecamatan for area in areas()}


@lru_cache(maxsize=4096)
def resolve_kelurahan(text: str) -> Area | None:
    """The kelurahan meant by a name or code as people write it, None when unknown or ambiguous.

    Takes Kemendagri codes (not BPS's: 6371031001 is Belitung Utara for the one and Kelayan Luar for the other), "Kel."
    and "Kec. ..." around the name, other spellings (Benua/Banua, Sei/Sungai, Hilir/Ilir, oe/u) and one wrong letter
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
    "benua": "banua",
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
    "mupti": "mufti",
    "klayan": "kelayan",
    "anyer": "anyar",
}
_OLD_LETTERS = (("oe", "u"), ("dj", "j"), ("tj", "c"))


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"\b(kec|kecamatan|kota)\b.*$", "", plain).split(",")[0]
    words = [word for word in re.split(r"[^a-z]+", plain) if word and word not in ("kel", "kelurahan", "desa", "ds")]
    words = [_SPELLINGS.get(word, word) for word in words]
    key = "".join(words)
    for old, new in _OLD_LETTERS:
        key = key.replace(old, new)
    return key


@cache
def _by_key() -> dict[str, Area]:
    return {_key(area.name): area for area in areas()}


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
