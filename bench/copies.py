"""As many people as wanted from a few hundred bundles: each copy has new ids, new identities and shifted dates, so that
it is another person to the hub; the course of the illness stays.

Only text is replaced (UUIDs, dates, names, numbers of documents): about 20 µs a resource.
"""

import random
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from fixtures.city import words

_UUID = re.compile(rb"\b([0-9a-f]{8})(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b")
_DATE = re.compile(rb'"((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2})(?=["T])')
_NPI = re.compile(rb'(sid/us-npi"\s*,\s*"value"\s*:\s*")')
_MOST_DAYS = 1500
_MIX = 0x9E3779B1


@dataclass(frozen=True, slots=True)
class Person:
    """The texts of a bundle that say who it is about."""

    family: str
    given: str
    gender: str
    numbers: tuple[str, ...]


def copied(path: Path, number: int) -> bytes:
    """The bundle as copy `number`; every number gives other people, the same number the same ones."""
    text, draw = path.read_bytes(), random.Random(f"{path.name}:{number}")
    mask, days = number * _MIX & 0xFFFFFFFF, draw.randrange(_MOST_DAYS)
    text = _UUID.sub(lambda found: b"%08x%b" % (int(found[1], 16) ^ mask, found[2]), text)
    text = _DATE.sub(lambda found: _earlier(*found.groups(), days), text)
    text = _NPI.sub(b"\\g<1>%d" % draw.randrange(10**6, 10**7), text)
    person = _person(path)
    names = words.FEMALE if person.gender == "female" else words.MALE
    seconds = words.FEMALE_SECOND if person.gender == "female" else words.MALE_SECOND
    for old, new in ((person.family, draw.choice(seconds)), (person.given, draw.choice(names))):
        text = text.replace(b'"%b"' % old.encode(), b'"%b"' % new.encode())
    for value in person.numbers:
        fresh = "".join(str(draw.randrange(10)) if letter.isdigit() else letter for letter in value)
        text = text.replace(b'"%b"' % value.encode(), b'"%b"' % fresh.encode())
    return text


@cache
def _earlier(year: bytes, month: bytes, day: bytes, days: int) -> bytes:
    moved = date.fromordinal(date(int(year), int(month), int(day)).toordinal() - days)
    return b'"' + moved.isoformat().encode()


@cache
def _person(path: Path) -> Person:
    entries = msgspec.json.decode(path.read_bytes())["entry"]
    patient = next(each["resource"] for each in entries if each["resource"]["resourceType"] == "Patient")
    name = patient["name"][0]
    held = [*patient.get("identifier", ()), *patient.get("telecom", ())]
    numbers = {each["value"] for each in held if not _UUID.fullmatch(each["value"].encode())}
    return Person(name.get("family", "-"), name["given"][0], patient.get("gender", ""), tuple(sorted(numbers)))
