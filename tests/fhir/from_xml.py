"""FHIR XML to FHIR JSON trees, by the type table: the official FHIRPath suite brings its inputs as XML."""

import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.fhir import table, type_definition

_PRIMITIVES = frozenset(table()["primitives"])
_NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt"})


def read_xml(file: Path) -> dict[str, Any]:
    """The resource in an XML file."""
    return _resource(ElementTree.parse(file).getroot())


def _resource(element: ElementTree.Element) -> dict[str, Any]:
    kind = _name(element)
    return {"resourceType": kind, **_complex(element, kind)}


def _complex(element: ElementTree.Element, kind: str) -> dict[str, Any]:
    elements = type_definition(kind)["elements"]
    found: dict[str, Any] = {key: value for key, value in element.attrib.items() if key in ("id", "url")}
    for child in element:
        name = _name(child)
        entry = elements[name]
        value, beside = _value(child, entry["type"])
        if entry.get("array"):
            before = len(found.get(name, found.get("_" + name, [])))
            found.setdefault(name, []).append(value)
            if beside:
                found.setdefault("_" + name, [None] * before).append(beside)
            elif "_" + name in found:
                found["_" + name].append(None)
        else:
            if value is not None:
                found[name] = value
            if beside:
                found["_" + name] = beside
    return found


def _value(element: ElementTree.Element, kind: str) -> tuple[Any, dict[str, Any] | None]:
    if kind == "xhtml":
        return ElementTree.tostring(element, encoding="unicode"), None
    if kind == "Resource":
        return _resource(element[0]), None
    if kind not in _PRIMITIVES:
        return _complex(element, kind), None
    text = element.get("value")
    beside = _complex(element, "Element") if len(element) else {}
    if "id" in element.attrib:
        beside["id"] = element.attrib["id"]
    return None if text is None else _primitive(text, kind), beside or None


def _primitive(text: str, kind: str) -> Any:
    if kind == "boolean":
        return text == "true"
    if kind in _NUMBERS:
        return int(text)
    return Decimal(text) if kind == "decimal" else text


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
