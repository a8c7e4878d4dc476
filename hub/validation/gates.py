"""Turns constraints into plain JSON Schema where that says the same: presence, absence and equality of properties.

Everything here is sound for the fast tier: there a present property has a value (no `_name`, no null, nothing empty),
and a schema may refuse what the constraint allows, but never the other way round.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hub.fhir.path.parser import Tree, parse
from hub.validation.shapes import Shape

Schema = dict[str, Any]


class Gate(NamedTuple):
    """A schema for a part of a constraint. `is_crisp`: the FHIRPath can only be true or false, so it may be negated."""

    schema: Schema
    is_crisp: bool


def gate(expression: str, form: Shape) -> Schema | None:
    """The schema that holds only where the constraint does, or None when it cannot be said."""
    found = _gate(parse(expression), form)
    return None if found is None else found.schema


def needs(expression: str, form: Shape) -> list[Schema]:
    """What must all be present for the constraint to matter: without any of these it is true."""
    return [_present(names) for names in _needs(parse(expression), form)]


def _gate(tree: Tree, form: Shape) -> Gate | None:
    kind = tree[0]
    if kind == "dot" and tree[2][0] == "call" and not tree[2][2]:
        return _asked(tree[1], tree[2][1], form)
    if kind == "op":
        if tree[1] in ("=", "!=") and tree[3][0] == "lit":
            return _compared(tree[1], tree[2], tree[3][1], form)
        left, right = _gate(tree[2], form), _gate(tree[3], form)
        return _combined(tree[1], left, right) if left and right else None
    return None


def _asked(subject: Tree, question: str, form: Shape) -> Gate | None:
    if question == "not":
        inner = _gate(subject, form)
        return Gate({"not": inner.schema}, True) if inner and inner.is_crisp else None
    if subject[0] != "name":
        return None
    names = _names(subject[1], form)
    if not names or question not in ("exists", "empty", "hasValue"):
        return None
    if question == "hasValue" and any(form.elements[name].kind != "primitive" for name in names):
        return None
    schema = _present(names)
    return Gate({"not": schema} if question == "empty" else schema, True)


def _compared(sign: str, subject: Tree, value: Any, form: Shape) -> Gate | None:
    if subject[0] != "name" or not isinstance(value, str | bool):
        return None
    element = form.elements.get(subject[1])
    if element is None or element.is_array or element.kind != "primitive":
        return None
    test: Schema = {"const": value} if sign == "=" else {"not": {"const": value}}
    schema = {"properties": {subject[1]: test}, "required": [subject[1]]}
    return Gate(schema, subject[1] in form.required)


def _combined(sign: str, left: Gate, right: Gate) -> Gate | None:
    a, b = left.schema, right.schema
    both = left.is_crisp and right.is_crisp
    if sign == "or":
        return Gate({"anyOf": [a, b]}, both)
    if sign == "and":
        return Gate({"allOf": [a, b]}, both)
    if sign == "implies" and left.is_crisp:
        return Gate({"if": a, "then": b}, both)
    if sign in ("xor", "!=") and both:
        return Gate({"oneOf": [a, b]}, True)
    if sign == "=" and both:
        return Gate({"not": {"oneOf": [a, b]}}, True)
    return None


def _needs(tree: Tree, form: Shape) -> list[list[str]]:
    if tree[0] == "op" and tree[1] == "or":
        return _needs(tree[2], form) + _needs(tree[3], form)
    if tree[0] == "op" and tree[1] == "implies":
        left = tree[2]
        is_question = left[0] == "dot" and left[2][:2] == ("call", "exists") and not left[2][2]
        return _first(left[1], form) if is_question else []
    if tree[0] == "dot" and tree[2][:2] == ("call", "empty"):
        return _first(tree[1], form)
    return []


def _first(path: Tree, form: Shape) -> list[list[str]]:
    """The property a path starts with: without it the path is empty."""
    while path[0] == "dot":
        if path[2][0] == "call" and path[2][1] not in ("where", "select", "intersect", "first", "exclude"):
            return []
        path = path[1]
    names = _names(path[1], form) if path[0] == "name" else []
    return [names] if names else []


def _names(name: str, form: Shape) -> list[str]:
    if name in form.elements:
        return [name]
    return [key for key, element in form.elements.items() if element.stem == name]


def _present(names: list[str]) -> Schema:
    if len(names) == 1:
        return {"required": names}
    return {"anyOf": [{"required": [name]} for name in names]}


def all_of(schemas: list[Schema]) -> Schema:
    """One schema for several."""
    return schemas[0] if len(schemas) == 1 else {"allOf": schemas}


Definitions = Mapping[str, Schema]
