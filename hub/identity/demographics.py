"""What identifies a person, read out of a FHIR Patient and made comparable."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.fhir.systems import ADMINISTRATIVE_CODE, BPJS, NIK, NIK_IBU, SID
from hub.identity.names import COMMON, Name, read_name
from hub.identity.nik import encodes_birth, is_plausible_nik
from hub.identity.spelling import rough

_OWN_NUMBER = re.compile(re.escape(SID) + r"[^/]+/pasien")
_VILLAGE = re.compile(r"\d{10}")
_ADDRESS_NOISE = frozenset(
    {"jl", "jln", "jalan", "gg", "gang", "rt", "rw", "no", "nomor", "kel", "kelurahan", "kec", "kecamatan", "komp"}
    | {"komplek", "kompleks", "blok", "kota", "banjarmasin", "indonesia"}
)


@dataclass(frozen=True, slots=True)
class Demographics:
    """A person as one facility knows it. None or empty = unknown; identifiers of impossible form are left out.

    `mrns` are (system, value) pairs of the facility's own numbers. `birth` is a FHIR date (may be YYYY or YYYY-MM).
    `order` is the birth order, 0 when stated to be a single birth. `kelurahan` is a 10-digit code; `phones` as +62...
    """

    nik: str | None = None
    nik_ibu: str | None = None
    bpjs: str | None = None
    mrns: frozenset[tuple[str, str]] = frozenset()
    names: tuple[Name, ...] = ()
    birth: str | None = None
    sex: str | None = None
    phones: frozenset[str] = frozenset()
    kelurahan: str | None = None
    address: frozenset[str] = frozenset()
    order: int | None = None

    @property
    def is_baby(self) -> bool:
        """Known only as "By. Ny. X"."""
        return bool(self.names) and all(name.is_baby for name in self.names)


def demographics(patient: dict[str, Any]) -> Demographics:
    """The comparable part of a FHIR R4 Patient; lenient, since validation has its own place.

    A newborn entered with its mother's NIK as its own (the date in it is not the birth date) gets it as `nik_ibu`.
    """
    ids = [(i.get("system", ""), str(i.get("value", "")).strip()) for i in patient.get("identifier", ())]
    nik = next((v for s, v in ids if s == NIK and is_plausible_nik(v)), None)
    nik_ibu = next((v for s, v in ids if s == NIK_IBU and is_plausible_nik(v)), None)
    bpjs = next((v for s, v in ids if s == BPJS and len(v) == 13 and v.isdecimal() and len(set(v)) > 1), None)
    names = tuple(dict.fromkeys(name for text in _names(patient) if (name := read_name(text)).tokens))
    birth = patient.get("birthDate")
    if nik and birth and names and all(name.is_baby for name in names) and not encodes_birth(nik, birth):
        nik, nik_ibu = None, nik_ibu or nik
    phones = {_phone(t.get("value", "")) for t in patient.get("telecom", ()) if t.get("system") in ("phone", "sms")}
    addresses = patient.get("address", ())
    return Demographics(
        nik=nik,
        nik_ibu=nik_ibu,
        bpjs=bpjs,
        mrns=frozenset(_mrns(patient)),
        names=names,
        birth=birth,
        sex=patient.get("gender") if patient.get("gender") in ("male", "female") else None,
        phones=frozenset(phones - {""}),
        kelurahan=next(filter(None, map(_village, addresses)), None),
        address=frozenset(word for address in addresses for word in _address_words(address)),
        order=_order(patient, names),
    )


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
        keys += [("name", f"{key}|{birth[:4]}|{person.sex or ''}") for key in sorted(set(_telling(person)))]
    return [(kind, value) for kind, value in keys if value]


PLACEHOLDER_DAYS = frozenset({"01-01", "07-01", "12-31"})
"""Days written when only the year of birth is known."""


def _names(patient: dict[str, Any]) -> Iterator[str]:
    for name in patient.get("name", ()):
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


def _address_words(address: dict[str, Any]) -> Iterator[str]:
    text = " ".join(address.get("line", ())) or address.get("text", "")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    for word in re.findall(r"[a-z]+|\d+", plain):
        if word not in _ADDRESS_NOISE and (word.isdecimal() or len(word) > 2):
            yield word.lstrip("0") or word
