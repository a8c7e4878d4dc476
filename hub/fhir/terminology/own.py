"""The hub's own definitions: its issue codes, its extensions' codes, sensitivity labels, names for codes of the ICD.

The names are the project's own plain words, Indonesian and English, not the classification's rubrics; of the ICD only
these codes are known here, and the code systems say so (`content` fragment).
"""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from hub.errors import catalogue
from hub.fhir.systems import ICD9CM, ICD10, ISSUE, JUKUNG

Definition = dict[str, Any]

_HERE = files("hub.fhir.terminology")
_NAMED = {ICD10: ("icd-10", "ICD-10", "ICD-10"), ICD9CM: ("icd-9-cm", "ICD-9-CM (procedures)", "ICD9CM")}
LAY = frozenset(_NAMED)
"""Code systems whose official titles are not shipped: a display that differs from ours says nothing."""
_PARENT = {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}
_COMMON = {"status": "active", "experimental": False, "publisher": "Jukung"}


@cache
def names(system: str) -> Mapping[str, Mapping[str, str]]:
    """Plain words for the codes of ICD-10 or ICD-9-CM: {code: {"id": …, "en": …}}."""
    lines = _HERE.joinpath("names", f"{_NAMED[system][0]}.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: row for row in csv.DictReader(lines)}


def own_definitions() -> Iterator[Definition]:
    """Code systems and value sets of the hub."""
    yield from msgspec.json.decode(_HERE.joinpath("own.json").read_bytes(), type=list[Definition])
    yield _issues()
    for system, (id_, title, name) in _NAMED.items():
        yield _fragment(system, id_, title, name)
        yield _value_set(system, id_, title, name)


def _issues() -> Definition:
    concepts = [_concept(each.code, each.id, each.en) for each in catalogue().values()]
    return _system(ISSUE, "issue", "Issue codes", "Issue") | {"content": "complete", "concept": concepts}


def _fragment(system: str, id_: str, title: str, name: str) -> Definition:
    concepts = []
    for code, row in names(system).items():
        concept = _concept(code, row["id"], row["en"])
        concept["designation"].append({"language": "en", "value": row["en"]})
        if above := _above(code, names(system)):
            concept["property"] = [{"code": "parent", "valueCode": above}]
        concepts.append(concept)
    head = _system(system, id_, f"{title}: the codes named here", name)
    return head | {"hierarchyMeaning": "is-a", "content": "fragment", "property": [_PARENT], "concept": concepts}


def _above(code: str, known: Mapping[str, object]) -> str:
    """The code that the ICD puts right above, as its digits say (J06 above J06.9), among the known; "" for none."""
    shorter = (code[:length].rstrip(".") for length in range(len(code) - 1, 1, -1))
    return next((each for each in shorter if each in known), "")


def _value_set(system: str, id_: str, title: str, name: str) -> Definition:
    listed = [{"code": code, "display": row["en"]} for code, row in names(system).items()]
    head = {"resourceType": "ValueSet", "id": f"{id_}-named", "url": f"{JUKUNG}ValueSet/{id_}-named"}
    compose = {"include": [{"system": system, "concept": listed}]}
    return head | {"name": f"{name}Named", "title": f"{title}: the codes named here", **_COMMON, "compose": compose}


def _system(url: str, id_: str, title: str, name: str) -> Definition:
    head = {"resourceType": "CodeSystem", "id": id_, "url": url, "name": name, "title": title}
    return head | _COMMON | {"caseSensitive": True}


def _concept(code: str, indonesian: str, english: str) -> Definition:
    return {"code": code, "display": english, "designation": [{"language": "id", "value": indonesian}]}
