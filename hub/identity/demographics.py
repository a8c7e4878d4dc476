"""What identifies a person, read out of a FHIR Patient and made comparable."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from hub.cities import city
from hub.fhir.systems import ADMINISTRATIVE_CODE, BPJS, KK, NIK, NIK_IBU, SID
from hub.identity.names import COMMON, Name, read_name
from hub.identity.nik import birth_in, encodes_birth, is_of_another, is_of_mother, is_plausible_nik
from hub.identity.spelling import rough

_OWN_NUMBER = re.compile(re.escape(SID) + r"[^/]+/pasien")
_VILLAGE = re.compile(r"\d{10}")
NAMES = 5
"""Names of one person that are compared, the first ones: each is compared with each of the other's. So for contacts."""
NUMBERS = 10
"""Phones, addresses and a facility's own numbers of one person that are compared, and the words its names are found by:
well above what a person has, for each costs an index row and up to 50 comparisons."""
LONGEST = 200
"""Characters of an address that are compared."""
_ADDRESS_NOISE = frozenset(
    {"jl", "jln", "jalan", "gg", "gang", "rt", "rw", "no", "nomor", "kel", "kelurahan", "kec", "kecamatan", "komp"}
    | {"komplek", "kompleks", "blok", "kota", "indonesia"}
)


@dataclass(frozen=True, slots=True)
class Demographics:
    """A person as one facility knows it. None or empty = unknown; identifiers of impossible form are left out.

    `mrns` are (system, value) pairs of the facility's own numbers. `birth` is a FHIR date (may be YYYY or YYYY-MM);
    `births` are it and, where it may be wrong, the date in the NIK. `family` are numbers shared with relatives: the
    No. KK, and a NIK that can't be one's own. `mothers` are the mother's names. `order` is the birth order, 0 when
    stated to be a single birth. `kelurahan` is a 10-digit code; `phones` as +62...
    """

    nik: str | None = None
    nik_ibu: str | None = None
    bpjs: str | None = None
    mrns: frozenset[tuple[str, str]] = frozenset()
    names: tuple[Name, ...] = ()
    birth: str | None = None
    births: tuple[str, ...] = ()
    sex: str | None = None
    phones: frozenset[str] = frozenset()
    kelurahan: str | None = None
    address: frozenset[str] = frozenset()
    order: int | None = None
    family: frozenset[str] = frozenset()
    mothers: tuple[Name, ...] = ()
    is_baby: bool = False
    """Known only as "By. Ny. X"."""
    home: str = ""
    """The facility that keeps this record; "" = unknown."""


def demographics(patient: dict[str, Any], home: str = "") -> Demographics:
    """The comparable part of a FHIR R4 Patient kept by the facility `home`; lenient: validation has its own place.

    A NIK whose date can't be the birth date is a relative's, or a No. KK: it moves to `nik_ibu` or `family`.
    """
    ids = [(i.get("system", ""), str(i.get("value", "")).strip()) for i in patient.get("identifier", ())]
    nik = next((v for s, v in ids if s == NIK and is_plausible_nik(v)), None)
    nik_ibu = next((v for s, v in ids if s == NIK_IBU and is_plausible_nik(v)), None)
    cards = (v for s, v in ids if s == KK and len(v) == 16 and v.isdecimal() and len(set(v)) > 1)
    family = set(islice(cards, NUMBERS))
    bpjs = next((found for s, v in ids if s == BPJS and (found := _bpjs(v))), None)
    names = tuple(dict.fromkeys(name for text in _names(patient) if (name := read_name(text)).tokens))
    is_baby = bool(names) and all(name.is_baby for name in names)
    birth = patient.get("birthDate")
    sex = patient.get("gender") if patient.get("gender") in ("male", "female") else None
    if nik and birth and _is_of_another(nik, birth, sex, is_baby):
        nik, nik_ibu, family = _set_aside(nik, nik_ibu, family, birth)
    telecom = [t for t in patient.get("telecom", ()) if t.get("system") in ("phone", "sms")]
    phones = {_phone(t.get("value", "")) for t in telecom[:NUMBERS]}
    addresses = patient.get("address", ())[:NUMBERS]
    return Demographics(
        nik=nik,
        nik_ibu=nik_ibu,
        bpjs=bpjs,
        mrns=frozenset(islice(_mrns(patient), NUMBERS)),
        names=names,
        birth=birth,
        births=_births(birth, nik),
        sex=sex,
        phones=frozenset(phones - {""}),
        kelurahan=next(filter(None, map(_village, addresses)), None),
        address=frozenset(word for address in addresses for word in _address_words(address)),
        order=_order(patient, names),
        family=frozenset(family),
        mothers=_mothers(patient, names if is_baby else ()),
        is_baby=is_baby,
        home=home,
    )


def _is_of_another(nik: str, birth: str, sex: str | None, is_baby: bool) -> bool:
    if len(birth) != 10:
        return False
    if is_baby:  # its number is only just given: one that differs from the birth date at all is the mother's
        return not encodes_birth(nik, birth)
    return birth[5:] not in PLACEHOLDER_DAYS and is_of_another(nik, birth, sex)


def _set_aside(nik: str, nik_ibu: str | None, family: set[str], birth: str) -> tuple[None, str | None, set[str]]:
    if is_of_mother(nik, birth):
        return None, nik_ibu or nik, family
    return None, nik_ibu, family | {nik}


def _births(birth: str | None, nik: str | None) -> tuple[str, ...]:
    """The date as written; and the one in the NIK where the written one says less or another."""
    if not birth or not nik or encodes_birth(nik, birth):
        return (birth,) if birth else ()
    return birth, birth_in(nik, birth[:4])


def _bpjs(text: str) -> str | None:
    """13 digits; the zeros in front that a spreadsheet dropped are put back."""
    if not text.isdecimal() or not 8 <= len(text) <= 13 or len(set(text)) == 1:
        return None
    return text.zfill(13)


def _mothers(patient: dict[str, Any], own: tuple[Name, ...]) -> tuple[Name, ...]:
    """Names of contacts who are the mother; of a newborn, also the one it is known by."""
    found = [replace(name, is_baby=False) for name in own]
    for contact in patient.get("contact", ())[:NAMES]:
        codes = {c.get("code") for r in contact.get("relationship", ()) for c in r.get("coding", ())}
        if not codes.isdisjoint(_MOTHER_CODES) and (text := contact.get("name", {}).get("text")):
            found.append(read_name(text))
    return tuple(dict.fromkeys(name for name in found if name.tokens))


_MOTHER_CODES = frozenset({"MTH", "NMTH", "GESTM"})


TELLING = ("nik", "bpjs", "mother", "mrn", "phone", "birth", "name")
"""The kinds of blocking keys, the most telling first."""


def blocking_keys(person: Demographics) -> list[tuple[str, str]]:
    """The (kind, value) pairs a possible match shares at least one of: nik, bpjs, mother, mrn, phone, birth, name.

    birth: year with day and month in either order (left out for placeholder days); name: rough sound|year|sex of each
    telling token. Values are clear text: the caller turns them into keyed tokens.
    """
    keys = [("nik", person.nik), ("bpjs", person.bpjs), ("mother", person.nik_ibu)]
    keys += [("mrn", f"{system}|{value}") for system, value in sorted(person.mrns)]
    keys += [("phone", phone) for phone in sorted(person.phones)]
    birth = person.birth or ""
    if len(birth) == 10 and birth[5:] not in PLACEHOLDER_DAYS:
        keys.append(("birth", "-".join([birth[:4], *sorted((birth[5:7], birth[8:10]))])))
    if birth:
        telling = sorted(set(_telling(person)))[: 2 * NUMBERS]
        keys += [("name", f"{key}|{birth[:4]}|{person.sex or ''}") for key in telling]
    return [(kind, value) for kind, value in keys if value]


PLACEHOLDER_DAYS = frozenset({"01-01", "07-01", "12-31"})
"""Days written when only the year of birth is known."""


def _names(patient: dict[str, Any]) -> Iterator[str]:
    for name in patient.get("name", ())[:NAMES]:
        yield name.get("text") or " ".join([*name.get("given", ()), name.get("family", "")])


def _mrns(patient: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Numbers a facility gives itself: typed MR, or in the hub's own system for a facility's patients."""
    for identifier in patient.get("identifier", ()):
        system, value = identifier.get("system", ""), identifier.get("value", "")
        types = {coding.get("code") for coding in identifier.get("type", {}).get("coding", ())}
        if value and system and ("MR" in types or _OWN_NUMBER.fullmatch(system)):
            yield system, value


def _telling(person: Demographics) -> Iterator[str]:
    for name in person.names:
        if not name.is_baby:
            yield from map(rough, [t for t in name.tokens if t not in COMMON and len(t) > 1] or name.tokens)


def _order(patient: dict[str, Any], names: tuple[Name, ...]) -> int | None:
    written = next((name.order for name in names if name.order), None)
    stated = patient.get("multipleBirthInteger")
    # 0 is what SATUSEHAT clients send for everybody, so it says nothing.
    if written or stated:
        return written or int(stated or 0)
    return 0 if patient.get("multipleBirthBoolean") is False else None


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    digits = re.sub(r"^(?:0062|62|0)", "", digits)
    return f"+62{digits}" if 8 <= len(digits) <= 12 and len(set(digits)) > 2 else ""


def _village(address: dict[str, Any]) -> str | None:
    for extension in address.get("extension", ()):
        for part in extension.get("extension", ()) if extension.get("url") == ADMINISTRATIVE_CODE else ():
            code = part.get("valueCode", "")
            if part.get("url") == "village" and _VILLAGE.fullmatch(code):
                return str(code)
    return None


@cache
def _noise() -> frozenset[str]:
    """Words of an address that everybody in the city may write."""
    return _ADDRESS_NOISE | frozenset(city().name.casefold().split())


def _address_words(address: dict[str, Any]) -> Iterator[str]:
    text = (" ".join(address.get("line", ())) or address.get("text", ""))[:LONGEST]
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    before, noise = "", _noise()
    for word in re.findall(r"[a-z]+|\d+", plain):
        if word.isdecimal():
            yield (before if before in ("rt", "rw") else "no") + word.lstrip("0")
        elif word not in noise and len(word) > 2:
            yield word
        before = word
