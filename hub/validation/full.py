"""The full tier: a walk over one resource along the official definitions that names every fault and its place.

It decides; the fast tier only spares it the resources that are plainly valid. https://www.hl7.org/fhir/R4/validation.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from hub.fhir import table
from hub.model import Issue
from hub.validation.narrative import names_xhtml
from hub.validation.primitives import check_primitive, json_kind
from hub.validation.refs import TYPES, check_reference, full_url_fault
from hub.validation.rules_id import RULES_ID
from hub.validation.shapes import Element, Rules, Shape, shape

LIMIT = 200
Nested = Callable[[Any, str], list[Issue]]
"""Checks the resource of a Bundle entry or a parameter, given its path."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_FEW = 20
"""A value set of so many codes is told whole."""
_NARRATIVE = {True: "HUB-1120", False: "HUB-1123"}
_NO_BESIDE = frozenset({"id", "div"})
"""Elements that are no FHIR primitives and so have no `_id` beside them."""


class _EnoughError(Exception):
    """The limit of issues is reached."""


def full_issues(resource: Any, kind: str, path: str, nested: Nested, root: Any = None) -> list[Issue]:
    """Every fault of a resource of type `kind`, at most LIMIT, in document order. `root`: the container, if any."""
    walk = _Walk(resource, resource if root is None else root, nested)
    try:
        walk.node(resource, shape(kind), path)
        walk.contained(resource, path)
    except _EnoughError:
        pass
    return walk.issues


class _Walk:
    def __init__(self, resource: Any, root: Any, nested: Nested, local: dict[str, str] | None = None) -> None:
        self.issues: list[Issue] = []
        self._resource = resource
        self._root = root
        self._nested = nested
        self._ids: set[str] = set()
        self._local = _kinds(root) if local is None else local

    def node(self, node: Any, form: Shape, path: str, extra: Rules = ()) -> None:
        if not isinstance(node, dict):
            self._say("HUB-1105", path, expected="object", found=json_kind(node))
            return
        if not node:
            self._say("HUB-1109", path)
            return
        before = len(self.issues)
        if "id" in node and not form.is_resource and form.name != "ElementDefinition":
            self._element_id(node["id"], path)
        elements = form.elements
        for key, value in node.items():
            element = elements.get(key)
            if element is not None:
                self._property(node, key, value, element, f"{path}.{element.stem}")
            elif key == "resourceType" and form.is_resource:
                continue
            else:
                self._beside(node, key, value, form, path)
        for name in form.required:
            if name not in node and "_" + name not in node:
                self._say("HUB-1108", f"{path}.{name}", name=name)
        for stem, names, is_required in form.choices:
            present = [name for name in names if name in node or "_" + name in node]
            if len(present) > 1:
                self._say("HUB-1110", f"{path}.{stem}", names=", ".join(present))
            elif is_required and not present:
                self._say("HUB-1108", f"{path}.{stem}", name=f"{stem}[x]")
        if form.name == "Bundle.entry":
            fault = full_url_fault(node)
            if fault:
                self._say(fault, f"{path}.fullUrl")
        self._rules((*form.rules, *extra), node, path, len(self.issues) > before)

    def _element_id(self, name: Any, path: str) -> None:
        """Element.id: no spaces, and unique within the resource (a contained one is a resource of its own)."""
        if not isinstance(name, str):
            return
        if name in self._ids or any(char.isspace() for char in name):
            self._say("HUB-1210" if name in self._ids else "HUB-1211", f"{path}.id")
        self._ids.add(name)

    def contained(self, resource: Any, path: str) -> None:
        """The rules on contained resources (dom-2..dom-5) and the resources themselves."""
        listed = resource.get("contained") if isinstance(resource, dict) else None
        if not isinstance(listed, list):
            return
        used, local = _texts(resource), _kinds(resource)
        for at, inner in enumerate(listed):
            place = f"{path}.contained[{at}]"
            kind = inner.get("resourceType") if isinstance(inner, dict) else None
            if not isinstance(kind, str) or kind not in TYPES:
                self._say("HUB-1102", place)
                continue
            if "contained" in inner:
                self._say("HUB-1119", f"{place}.contained", rule="dom-2")
            meta = inner.get("meta")
            for name in ("versionId", "lastUpdated", "security"):
                if isinstance(meta, dict) and name in meta:
                    self._say("HUB-1119", f"{place}.meta.{name}", rule="dom-5" if name == "security" else "dom-4")
            name = inner.get("id")
            if not isinstance(name, str) or not (f"#{name}" in used or points_back(inner)):
                self._say("HUB-1119", place, rule="dom-3")
            inner_walk = _Walk(inner, resource, self._nested, local)
            inner_walk.issues = self.issues
            inner_walk.node(inner, shape(kind), place)

    def _property(self, node: dict[str, Any], key: str, value: Any, element: Element, path: str) -> None:
        if not element.is_array:
            if isinstance(value, list):
                self._say("HUB-1107", path)
            else:
                self._value(value, element, path)
            return
        if not isinstance(value, list):
            self._say("HUB-1106" if value is not None else "HUB-1109", path)
            return
        if not value:
            self._say("HUB-1109", path)
        beside = node.get("_" + key) if element.kind == "primitive" else None
        for at, each in enumerate(value):
            is_filled = isinstance(beside, list) and at < len(beside) and beside[at] is not None
            if each is not None or not is_filled:
                self._value(each, element, f"{path}[{at}]")

    def _value(self, value: Any, element: Element, path: str) -> None:
        if element.kind == "primitive":
            fault = check_primitive(element.type, value)
            if fault:
                self._say(fault[0], path, **fault[1])
                return
            unlisted = element.bare_codes and value not in element.bare_codes
            if unlisted or (element.is_currency and not re.fullmatch("[A-Z]{3}", value)):
                self._say("HUB-1113", path, **_listed(element))
            self._rules(element.rules, value, path, False)
        elif element.kind == "resource":
            if not path.rpartition(".")[2].startswith("contained"):
                self._add(self._nested(value, path))
        elif value is None:
            self._say("HUB-1109", path)
        else:
            self.node(value, shape(element.type), path, element.rules)
            if isinstance(value, dict):
                self._meaning(value, element, path)

    def _meaning(self, value: dict[str, Any], element: Element, path: str) -> None:
        """Required bindings of concepts, and where a reference points."""
        if element.type == "Reference":
            fault = check_reference(value, element.targets, self._local)
            if fault:
                allowed = ", ".join(sorted(element.targets)) or "…"
                self._say(fault[0], f"{path}.{fault[1]}", targets=allowed, rule="ref-1")
        elif element.codes is not None:
            codings = value.get("coding", []) if element.type == "CodeableConcept" else [value]
            if not (isinstance(codings, list) and any(_is_bound(coding, element.codes) for coding in codings)):
                self._say("HUB-1113", path, **_listed(element))

    def _beside(self, node: dict[str, Any], key: str, value: Any, form: Shape, path: str) -> None:
        """`_name`, which carries the id and extensions of the primitive `name`; anything else is unknown."""
        name = key[1:]
        element = form.elements.get(name) if key.startswith("_") else None
        is_plain = name in _NO_BESIDE or (form.name == "Extension" and name == "url")
        if element is None or element.kind != "primitive" or is_plain:
            shown = key if _NAME.fullmatch(key) else "…"
            self._say("HUB-1104", f"{path}.{shown}" if shown != "…" else path, name=shown, type=form.name)
            return
        place = f"{path}.{element.stem}"
        form = shape("Element")
        if not element.is_array:
            if isinstance(value, list):
                self._say("HUB-1107", place)
            else:
                self.node(value, form, place)
            return
        if not isinstance(value, list) or not value:
            self._say("HUB-1106" if value else "HUB-1109", place)
            return
        values = node.get(name)
        if isinstance(values, list) and len(values) != len(value):
            self._say("HUB-1122", place)
        for at, each in enumerate(value):
            if each is not None:
                self.node(each, form, f"{place}[{at}]")
            elif not isinstance(values, list) or at >= len(values):
                self._say("HUB-1109", f"{place}[{at}]")

    def _rules(self, rules: Rules, node: Any, path: str, is_broken: bool) -> None:
        """A node whose structure is at fault may make a rule stumble; that fault is already named."""
        for key, holds in rules:
            try:
                is_kept = holds(node, self._resource, self._root)
            except (TypeError, AttributeError, KeyError, ValueError, IndexError, ArithmeticError):
                is_kept = is_broken
            if not is_kept:
                human = table()["constraints"][key]["human"]
                code = _NARRATIVE[names_xhtml(node)] if key == "txt-1" else "HUB-1118"
                self._say(code, path, rule=key.rstrip("'"), human=human, aturan=RULES_ID.get(key, human))

    def _say(self, code: str, path: str, **args: str) -> None:
        self._add([Issue(code, path=path, args=args)])

    def _add(self, issues: list[Issue]) -> None:
        self.issues += issues
        if len(self.issues) >= LIMIT:
            del self.issues[LIMIT:]
            raise _EnoughError


def _listed(element: Element) -> dict[str, str]:
    """The value set, and its codes when they are few."""
    codes = sorted(element.bare_codes)
    return {"set": element.value_set, "codes": f": {', '.join(codes)}" if 0 < len(codes) <= _FEW else ""}


def _is_bound(coding: Any, codes: Mapping[str, frozenset[str]]) -> bool:
    if not isinstance(coding, dict):
        return False
    system, code = coding.get("system"), coding.get("code")
    return isinstance(system, str) and isinstance(code, str) and code in codes.get(system, ())


def _kinds(root: Any) -> dict[str, str]:
    """The types of the contained resources by their ids."""
    listed = root.get("contained") if isinstance(root, dict) else None
    found = [c for c in listed if isinstance(c, dict)] if isinstance(listed, list) else []
    return {str(c.get("id", "")): str(c.get("resourceType", "")) for c in found}


def points_back(inner: Any) -> bool:
    """Whether a contained resource points to its container (`#`)."""
    return "#" in _texts(inner)


def _texts(tree: Any) -> set[str]:
    """Everything in a tree that reads like a pointer to a contained resource."""
    found: set[str] = set()
    pending = [tree]
    while pending:
        node = pending.pop()
        if type(node) is str:
            if node[:1] == "#":
                found.add(node)
        elif type(node) is dict:
            pending += node.values()
        elif type(node) is list:
            pending += node
    return found
