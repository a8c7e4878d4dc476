"""Writes the fast tier's JSON Schema for one type from the definitions: sound, not complete.

It leaves out what is rare (`_name`, null, `Reference.type`, complex extensions of rare types): such a resource is not
refused, only handed to the full tier.
"""

from typing import Any

from hub.fhir import table
from hub.validation.gates import Schema, all_of, gate, needs
from hub.validation.primitives import DECIMAL_LIMIT, INTEGERS, PATTERNS, URI_FAST, URIS
from hub.validation.shapes import Element, Rules, Shape, shape

_IN_EXTENSIONS = frozenset({"CodeableConcept", "Coding", "Quantity", "Reference", "Identifier", "Period", "Address"})
_OUTSIDE = ("%resource", "%rootResource", "%context")
_BY_HAND_NEEDS = {
    "per-1": ["start", "end"],
    "mdd-1": ["whenPrepared", "whenHandedOver"],
    "inv-1'": ["authoredOn", "lastModified"],
}
_AT_HOME: Schema = {"not": {"properties": {"use": {"const": "home"}}, "required": ["use"]}}
_NAMED: Schema = {"anyOf": [{"required": ["identifier"]}, {"required": ["name"]}]}
_AS_SCHEMA: dict[str, Schema] = {
    "org-1": _NAMED,
    "org-2": _AT_HOME,
    "org-3": _AT_HOME,
    "ipn-1": _NAMED,
    "sqty-1": {"not": {"required": ["comparator"]}},
    "tim-4": {"properties": {"duration": {"minimum": 0}}},
    "tim-5": {"properties": {"period": {"minimum": 0}}},
    "ctm-1": {"not": {"required": ["onBehalfOf"]}},
}
"""Constraints whose FHIRPath is arithmetic, speaks of the node itself, or looks up what only its resource holds."""


class NoFastTierError(ValueError):
    """A type whose constraints look beyond their node, or that holds whole resources."""


def fast_schema(name: str) -> Schema:
    """The schema of a resource type. Raises NoFastTierError where only the full tier will do."""
    writer = _Writer()
    root = writer.structure(shape(name))
    root["properties"]["resourceType"] = {"const": name}
    root["required"] = [*root.get("required", []), "resourceType"]
    return root | {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": writer.defs}


class _Writer:
    def __init__(self) -> None:
        self.defs: dict[str, Schema] = {}

    def structure(self, form: Shape) -> Schema:
        properties: dict[str, Schema] = {}
        for key, element in form.elements.items():
            if form.name == "Extension" and not self._is_plain_extension(key, element):
                continue
            if form.name == "Reference" and key in ("type", "reference"):
                continue  # `reference` is added where the targets are known
            if key == "id" and not form.is_resource:
                continue  # ids of elements are rare, and unique only if one looks at all of them
            one = self._element(element)
            properties[key] = {"type": "array", "minItems": 1, "items": one} if element.is_array else one
        found: Schema = {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}
        if form.name == "Extension":
            return found | {"required": ["url"], "minProperties": 2, "maxProperties": 2}
        if form.required:
            found["required"] = list(form.required)
        rest = [schema for stem, names, need in form.choices for schema in _choice(names, need)]
        rest += self._rules(form.rules, form)
        return found | _merged(rest)

    def _is_plain_extension(self, key: str, element: Element) -> bool:
        return key in ("url", "extension") or element.kind == "primitive" or element.type in _IN_EXTENSIONS

    def _element(self, element: Element) -> Schema:
        if element.kind == "resource":
            if element.stem != "contained":
                raise NoFastTierError(element.stem)
            return {"x-contained": True}
        if element.kind == "primitive":
            one = self._primitive(element)
            rules = [self._rule(key, None) for key, _ in element.rules]
            return all_of([one, *rules])
        if element.type == "Reference":
            return self._reference(element.targets)
        one = self._type(element.type)
        more = self._rules(element.rules, shape(element.type))
        if element.codes is not None:
            more.append(_bound(element))
        return all_of([one, *more])

    def _type(self, name: str) -> Schema:
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name] = self.structure(shape(name))
        return {"$ref": f"#/$defs/{name}"}

    def _primitive(self, element: Element) -> Schema:
        kind = element.type
        if element.bare_codes:
            return {"enum": sorted(element.bare_codes)}
        if element.is_currency:
            return {"type": "string", "pattern": "^[A-Z]{3}$"}
        if kind == "boolean":
            return {"type": "boolean"}
        if kind in INTEGERS:
            low, high = INTEGERS[kind]
            return {"type": "integer", "minimum": low, "maximum": high, "x-int": True}
        if kind == "id":
            return {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9.-]+$"}
        if kind == "decimal":
            return {
                "type": "number",
                "exclusiveMinimum": -DECIMAL_LIMIT,
                "exclusiveMaximum": DECIMAL_LIMIT,
                "x-near": True,
            }
        if kind == "xhtml":
            return {"type": "string"}
        name = f"~{kind}"
        found = {"pattern": URI_FAST if kind in URIS else PATTERNS[kind]}
        self.defs[name] = {"type": "string"} | ({"anyOf": [_USUAL_URL, found]} if kind in URIS else found)
        return {"$ref": f"#/$defs/{name}"}

    def _reference(self, targets: frozenset[str]) -> Schema:
        name = "Reference to " + (" ".join(sorted(targets)) or "any")
        if name not in self.defs:
            self.defs[name] = {}
            found = self.structure(shape("Reference"))
            # the names of 146 types in a pattern, or a {1,64}, would take a tenth of a megabyte each in every schema
            found["properties"]["reference"] = {
                "type": "string",
                "anyOf": [_USUAL_NAME, {"x-target": sorted(targets)}],
            }
            self.defs[name] = found
        return {"$ref": "#/$defs/" + name.replace(" ", "%20")}

    def _rules(self, rules: Rules, form: Shape) -> list[Schema]:
        return [self._rule(key, form) for key, _ in rules if key != "ext-1"]

    def _rule(self, key: str, form: Shape | None) -> Schema:
        expression = table()["constraints"][key]["expression"]
        if any(word in expression for word in _OUTSIDE) and not (form and form.is_resource):
            raise NoFastTierError(key)
        by_hand: Schema = {"x-rule": key}
        if form is None:
            return by_hand
        if key in _AS_SCHEMA:
            return _AS_SCHEMA[key]
        if key in _BY_HAND_NEEDS:
            return {"if": {"required": _BY_HAND_NEEDS[key]}, "then": by_hand}
        found = gate(expression, form)
        if found is not None:
            return found
        conditions = needs(expression, form)
        return {"if": all_of(conditions), "then": by_hand} if conditions else by_hand


_USUAL_URL: Schema = {"pattern": "^https?://[!-~]+$"}
_USUAL_NAME: Schema = {"pattern": PATTERNS["uuid"]}
"""What nearly all URLs, and references inside a transaction, look like: found out in half the time."""


def _choice(names: tuple[str, ...], is_required: bool) -> list[Schema]:
    """At most one of the names: each forbids the others."""
    found: list[Schema] = []
    if len(names) > 1:
        others = {name: {"properties": {other: False for other in names if other != name}} for name in names}
        found.append({"dependentSchemas": others})
    if is_required:
        found.append({"anyOf": [{"required": [name]} for name in names]})
    return found


def _bound(element: Element) -> Schema:
    """A concept with a coding from the required value set."""
    assert element.codes is not None
    options: list[Schema] = [
        {
            "properties": {"system": {"const": system}, "code": {"enum": sorted(codes)}},
            "required": ["system", "code"],
        }
        for system, codes in sorted(element.codes.items())
    ]
    one: Schema = options[0] if len(options) == 1 else {"anyOf": options}
    if element.type == "CodeableConcept":
        return {"properties": {"coding": {"contains": one}}, "required": ["coding"]}
    return one


def _merged(rest: list[Schema]) -> Schema:
    """Several schemas beside `properties`: keywords that do not clash stand directly, the others under allOf."""
    found: Schema = {}
    clashing: list[Any] = []
    for schema in rest:
        is_free = not (schema.keys() & found.keys()) and not schema.keys() & {"properties", "required", "then"}
        if is_free:
            found |= schema
        else:
            clashing.append(schema)
    if clashing:
        found["allOf"] = [*found.get("allOf", []), *clashing]
    return found
