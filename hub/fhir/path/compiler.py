"""Compiles a FHIRPath tree to Python closures over plain JSON trees (dict, list, str, bool, int, Decimal)."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from hub.fhir.definitions import is_a, table
from hub.fhir.path.functions import CHOOSING, PLAIN
from hub.fhir.path.operators import LOGIC, OPERATORS, arithmetic
from hub.fhir.path.parser import PathSyntaxError, Tree, parse
from hub.fhir.path.values import Amount, Env, Items, Typed, is_true, plain

Closure = Callable[[Items, Env], Items]

_VARIABLES: dict[str, Any] = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_SYSTEM = {"Boolean": bool, "String": str, "Integer": int, "Decimal": Decimal}


class Expression:
    """A compiled expression. `evaluate` gives the collection, `holds` whether it is a true constraint."""

    __slots__ = ("_run", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._run = _compile(parse(text))

    def evaluate(self, node: Any, resource: Any = None, root: Any = None) -> Items:
        """The result for `node`; `resource` and `root` are `%resource` and `%rootResource` (default: the node)."""
        resource = node if resource is None else resource
        return self._run([node], Env(resource, resource if root is None else root, node))

    def holds(self, node: Any, resource: Any = None, root: Any = None) -> bool:
        """A constraint holds only when it says true; nothing (an unknown) is a failure."""
        return is_true(self.evaluate(node, resource, root)) is True


@cache
def compile_path(text: str) -> Expression:
    """The compiled expression, cached. Raises PathSyntaxError."""
    return Expression(text)


def _compile(tree: Tree) -> Closure:
    return _KINDS[tree[0]](*tree[1:])


def _literal(value: Any) -> Closure:
    return lambda _items, _env: [value]


def _nothing() -> Closure:
    return lambda _items, _env: []


def _variable(name: str) -> Closure:
    if name in ("resource", "context"):
        return lambda _items, env: [env.resource]
    if name == "rootResource":
        return lambda _items, env: [env.root]
    if name.startswith("vs-"):
        return _literal("http://hl7.org/fhir/ValueSet/" + name[3:])
    if name.startswith("ext-"):
        return _literal("http://hl7.org/fhir/StructureDefinition/" + name[4:])
    if name not in _VARIABLES:
        raise PathSyntaxError(f"unknown variable %{name}")
    return _literal(_VARIABLES[name])


def _special(name: str) -> Closure:
    if name == "$index":
        return lambda _items, env: [env.index]
    if name == "$total":
        return lambda _items, env: env.total if isinstance(env.total, list) else [env.total]
    return lambda _items, env: [env.this]


def _name(name: str) -> Closure:
    """A child by name; a choice element by its stem. A type's own name at the start stands for the node itself."""
    is_type = name[0].isupper()

    def run(items: Items, _env: Env) -> Items:
        found: Items = []
        for item in items:
            node = item.value if type(item) is Typed else item
            if type(node) is not dict:
                if type(item) is Typed and item.beside:
                    _child(item.beside, name, found)
                continue
            if is_type and (node.get("resourceType") == name or _abstract(node, name)):
                found.append(item)
            else:
                _child(node, name, found)
        return found

    return run


def _abstract(node: dict[str, Any], name: str) -> bool:
    return name in ("Resource", "DomainResource") and is_a(str(node.get("resourceType")), name)


def _child(node: dict[str, Any], name: str, found: Items) -> None:
    value = node.get(name)
    beside = node.get("_" + name)
    if value is None and beside is None:
        for key in node:
            whole = key.removeprefix("_")
            if whole.startswith(name) and whole[len(name) : len(name) + 1].isupper():
                kind = _suffixes().get(whole[len(name) :])
                if kind is not None and (whole is key or whole not in node):
                    found.append(Typed(node.get(whole), kind, node.get("_" + whole)))
        return
    if type(value) is list or type(beside) is list:
        values, others = value or [], beside or []
        for at in range(max(len(values), len(others))):
            each = values[at] if at < len(values) else None
            other = others[at] if at < len(others) else None
            found.append(Typed(each, None, other) if other is not None else each)
    elif beside is not None:
        found.append(Typed(value, None, beside))
    else:
        found.append(value)


@cache
def _suffixes() -> dict[str, str]:
    """`Quantity` -> Quantity, `DateTime` -> dateTime: what may follow the stem of a choice."""
    names = [*table()["primitives"], *(name for name in table()["types"] if "." not in name)]
    return {name[0].upper() + name[1:]: name for name in names}


def _dot(left: Tree, right: Tree) -> Closure:
    first, then = _compile(left), _compile(right)
    return lambda items, env: then(first(items, env), env)


def _index(left: Tree, right: Tree) -> Closure:
    first, which = _compile(left), _compile(right)

    def run(items: Items, env: Env) -> Items:
        found, at = first(items, env), which([env.this], env)
        return found[at[0] : at[0] + 1] if at and isinstance(at[0], int) and at[0] >= 0 else []

    return run


def _call(name: str, arguments: list[Tree]) -> Closure:
    if name in ("is", "as", "ofType"):
        operator = _type_test(name, _type_text(arguments[0]))
        return lambda items, _env: operator(items)
    compiled = [_compile(argument) for argument in arguments]
    if name in CHOOSING:
        choose = CHOOSING[name]
        return lambda items, env: choose(items, env, *compiled)
    if name not in PLAIN:
        raise PathSyntaxError(f"unknown function {name}()")
    function = PLAIN[name]
    return lambda items, env: function(items, *[argument([env.this], env) for argument in compiled])


def _type_text(tree: Tree) -> str:
    if tree[0] == "name":
        return str(tree[1])
    if tree[0] == "dot":
        return _type_text(tree[1]) + "." + _type_text(tree[2])
    raise PathSyntaxError("expected a type")


def _type(kind: str, left: Tree, name: str) -> Closure:
    inner, operator = _compile(left), _type_test(kind, name)
    return lambda items, env: operator(inner(items, env))


def _type_test(kind: str, name: str) -> Callable[[Items], Items]:
    name = name.replace("FHIR.", "")
    if kind == "is":
        return lambda items: [_is(items[0], name)] if items else []
    return lambda items: [item for item in items if _is(item, name)]


def _is(item: Any, name: str) -> bool:
    value = plain(item)
    if type(item) is Typed and item.type is not None:
        return is_a(item.type, name) or name in ("System." + item.type.capitalize(), item.type.capitalize())
    if isinstance(value, dict):
        return is_a(str(value.get("resourceType", "Element")), name)
    native = _SYSTEM.get(name.removeprefix("System.").capitalize())
    return native is not None and type(value) is native


def _operator(sign: str, left: Tree, right: Tree) -> Closure:
    one, other = _compile(left), _compile(right)
    if sign in LOGIC:
        decide = LOGIC[sign]
        return lambda items, env: decide(is_true(one(items, env)), lambda: is_true(other(items, env)))
    apply = OPERATORS.get(sign) or arithmetic(sign)
    return lambda items, env: apply(one(items, env), other(items, env))


def _sign(tree: Tree) -> Closure:
    inner = _compile(tree)
    return lambda items, env: [
        Amount(-value.number, value.unit) if isinstance(value, Amount) else -value
        for value in map(plain, inner(items, env))
    ]


_KINDS: dict[str, Callable[..., Closure]] = {
    "lit": _literal,
    "nothing": _nothing,
    "name": _name,
    "var": _variable,
    "this": _special,
    "dot": _dot,
    "index": _index,
    "call": _call,
    "op": _operator,
    "sign": _sign,
    "type": _type,
}
