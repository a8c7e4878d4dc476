"""An adapter's code map as a FHIR ConceptMap: from the words a source system writes to the codes they mean.

https://www.hl7.org/fhir/R4/conceptmap.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.fhir.systems import JUKUNG
from hub.mapping.adapter import Adapter
from hub.mapping.codes import Coding, normalised, substance
from hub.mapping.context import local_words
from hub.mapping.kfa import KIND as KFA_KIND
from hub.model import Facility

_WIDER = frozenset({"obat"})
"""A medicine's text says more than the ATC code it is given: strength, form, brand."""


def concept_map(adapter: Adapter) -> dict[str, Any]:
    """The map, a group for each kind of word and code system. The operator's copy of KFA is not part of it: it is not
    the hub's to give away."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (kind, text), coding in sorted(adapter.codes.entries.items()):
        if kind != KFA_KIND:
            groups.setdefault((kind, coding.system), []).append(_element(kind, text, coding))
    return {
        "resourceType": "ConceptMap",
        "url": f"{JUKUNG}ConceptMap/{adapter.name}",
        "name": "".join(word.capitalize() for word in adapter.name.split("_")),
        "title": f"Codes of the adapter {adapter.name}",
        "status": "active",
        "publisher": "Jukung",
        "group": [
            {"source": local_system(adapter.name, kind), "target": system, "element": elements}
            for (kind, system), elements in groups.items()
        ],
    }


def local_system(adapter: str, kind: str) -> str:
    """The code system of a source system's words of one kind: https://jukung.id/CodeSystem/klinik_csv-obat."""
    return f"{JUKUNG}CodeSystem/{adapter}-{kind}"


def spellings(facility: Facility | None, system: str, text: str) -> Sequence[str]:
    """The forms under which a map may list a word: as it is, as the facility's own settings explain it, normalised, and
    for a medicine without strength and solid form."""
    kind = system.rpartition("-")[2]
    words: Mapping[tuple[str, str], str] = local_words(facility) if facility else {}
    plain = normalised(text)
    plain = words.get((kind, plain), plain)
    return tuple(dict.fromkeys((text, plain, *([substance(plain)] if kind == "obat" else []))))


def _element(kind: str, text: str, coding: Coding) -> dict[str, Any]:
    equivalence = "wider" if kind in _WIDER else "equivalent"
    return {"code": text, "target": [{"code": coding.code, "display": coding.display, "equivalence": equivalence}]}
