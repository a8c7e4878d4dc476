"""Compiles a FHIRPath tree to Python closures over plain JSON trees (dict, list, str, bool, int, Decimal)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from hub.cities import city
from hub.clock import city_time, system_clock
from hub.fhir.path.axes import child, exact_child, resolved
from hub.fhir.path.choosing import CHOOSING, sorted_by
from hub.fhir.path.functions import PLAIN
from hub.fhir.path.kinds import asked, kind_of
from hub.fhir.path.operators import LOGIC, OPERATORS, arithmetic
from hub.fhir.path.parser import PathSyntaxError, Tree, parse
from hub.fhir.path.values import Amount, Env, Fixed, Items, Moment, PathError, Typed, is_true, one

Closure = Callable[[Items, Env], Items]

_VARIABLES: dict[str, Any] = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_TYPE_QUESTIONS = frozenset({"is", "as", "ofType"})
_NEEDING_TYPES = _TYPE_QUESTIONS | {"type", "lowBoundary", "highBoundary"}
_CLOCK: dict[str, Callable[[int], str]] = {
    "now": lambda ms: city_time(ms) + city().offset,
    "today": lambda ms: city_time(ms)[:10],
    "timeOfDay": lambda ms: city_time(ms)[10:],
}


class Expression:
    """A compiled expression. `evaluate` gives the collection, `holds` whether it is a true constraint."""

    __slots__ = ("_is_exact", "_is_timed", "_run", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        tree = parse(text)
        self._is_exact = _asks_types(tree)
        self._is_timed = any(f"{name}()" in text for name in _CLOCK)
        self._run = _Compiler(self._is_exact).compile(tree)

    def evaluate(self, node: Any, resource: Any = None, root: Any = None, now: int | None = None) -> Items:
        """The result for `node`; `resource` and `root` are `%resource` and `%rootResource` (default: the node).

        `now`: epoch ms, for now() and today(). PathError where the language itself gives no answer.
        """
        resource = node if resource is None else resource
        item = Typed(node, kind_of(node)) if self._is_exact else node
        when = system_clock() if now is None and self._is_timed else now or 0
        return self._run([item], Env(resource, resource if root is None else root, item, 0, None, when))

    def holds(self, node: Any, resource: Any = None, root: Any = None) -> bool:
        """A constraint holds only when it says true; nothing (an unknown) is a failure."""
        return is_true(self.evaluate(node, resource, root)) is True


@cache
def compile_path(text: str) -> Expression:
    """The compiled expression, cached. Raises PathSyntaxError."""
    return Expression(text)


def _asks_types(tree: Tree) -> bool:
    """Whether types must travel with the items; for the others they would only cost time."""
    if tree[0] == "type" or (tree[0] == "call" and tree[1] in _NEEDING_TYPES):
        return True
    parts = tree[2] if tree[0] == "call" else tree[1:]
    return tree[0] != "lit" and any(_asks_types(part) for part in parts if isinstance(part, tuple))


class _Compiler:
    def __init__(self, is_exact: bool) -> None:
        self._child = exact_child if is_exact else child

    def compile(self, tree: Tree) -> Closure:
        """The closure of a tree. Raises PathSyntaxError for what the language does not have."""
        made: Closure = getattr(self, "_" + tree[0])(*tree[1:])
        return made

    def _lit(self, value: Any) -> Closure:
        return lambda _items, _env: [value]

    def _nothing(self) -> Closure:
        return lambda _items, _env: []

    def _name(self, name: str) -> Closure:
        step = self._child
        return lambda items, _env: step(items, name)

    def _var(self, name: str) -> Closure:
        if name in ("resource", "context"):
            return lambda _items, env: [env.resource]
        if name == "rootResource":
            return lambda _items, env: [env.root]
        if name.startswith("vs-"):
            return self._lit("http://hl7.org/fhir/ValueSet/" + name[3:])
        if name.startswith("ext-"):
            return self._lit("http://hl7.org/fhir/StructureDefinition/" + name[4:])
        if name not in _VARIABLES:
            raise PathSyntaxError(f"unknown variable %{name}")
        return self._lit(_VARIABLES[name])

    def _this(self, name: str) -> Closure:
        if name == "$index":
            return lambda _items, env: [env.index]
        if name == "$total":
            return lambda _items, env: env.total if isinstance(env.total, list) else [env.total]
        return lambda _items, env: [env.this]

    def _dot(self, left: Tree, right: Tree) -> Closure:
        first, then = self.compile(left), self.compile(right)
        if not (_is_fixed(left) and _is_plain(right)):
            return lambda items, env: then(first(items, env), env)

        def run(items: Items, env: Env) -> Items:
            if run not in env.kept:
                env.kept[run] = Fixed(then(first(items, env), env))
            found: Items = env.kept[run]
            return found

        return run

    def _index(self, left: Tree, right: Tree) -> Closure:
        first, which = self.compile(left), self.compile(right)

        def run(items: Items, env: Env) -> Items:
            found, at = first(items, env), one(which([env.this], env))
            return found[at : at + 1] if isinstance(at, int) and at >= 0 else []

        return run

    def _call(self, name: str, arguments: list[Tree]) -> Closure:
        if name in _TYPE_QUESTIONS and len(arguments) == 1:
            return self._asked(name, _type_text(arguments[0]))
        if name in _CLOCK and not arguments:
            said = _CLOCK[name]
            return lambda _items, env: [Moment(said(env.now))]
        if name == "resolve" and not arguments:
            return resolved
        if name == "sort":
            keys = [(self.compile(each[1] if each[0] == "sign" else each), each[0] == "sign") for each in arguments]
            return lambda items, env: sorted_by(items, env, keys)
        compiled = [self.compile(argument) for argument in arguments]
        if name in CHOOSING:
            choose = CHOOSING[name]
            return lambda items, env: choose(items, env, *compiled)
        if name not in PLAIN:
            raise PathSyntaxError(f"unknown function {name}()")
        function = PLAIN[name]
        if not compiled:
            return lambda items, _env: function(items)
        return lambda items, env: function(items, *[argument([env.this], env) for argument in compiled])

    def _type(self, question: str, left: Tree, name: str) -> Closure:
        inner, then = self.compile(left), self._asked(question, name)
        return lambda items, env: then(inner(items, env), env)

    def _asked(self, question: str, name: str) -> Closure:
        try:
            answer = asked(question, name)
        except PathError as error:
            raise PathSyntaxError(str(error)) from None
        return lambda items, _env: answer(items)

    def _op(self, sign: str, left: Tree, right: Tree) -> Closure:
        mine, theirs = self.compile(left), self.compile(right)
        if sign in LOGIC:
            decide = LOGIC[sign]
            return lambda items, env: decide(is_true(mine(items, env)), lambda: is_true(theirs(items, env)))
        apply = OPERATORS.get(sign) or arithmetic(sign)
        return lambda items, env: apply(mine(items, env), theirs(items, env))

    def _sign(self, tree: Tree) -> Closure:
        inner = self.compile(tree)
        return lambda items, env: _negative(one(inner(items, env)))


def _is_fixed(tree: Tree) -> bool:
    """Whether a tree says the same of every item: a path from the resource."""
    if tree[0] == "dot":
        return _is_fixed(tree[1]) and _is_plain(tree[2])
    return tree[0] == "var" and tree[1] in ("resource", "rootResource", "context")


def _is_plain(tree: Tree) -> bool:
    return tree[0] == "name" or (tree[0] == "call" and all(each[0] == "lit" for each in tree[2]))


def _negative(value: Any) -> Items:
    if value is None:
        return []
    if isinstance(value, Amount):
        return [Amount(-value.number, value.unit)]
    if isinstance(value, bool | str | dict | Moment):
        raise PathError("only a number has a sign")
    return [-value]


def _type_text(tree: Tree) -> str:
    if tree[0] == "name":
        return str(tree[1])
    if tree[0] == "dot":
        return _type_text(tree[1]) + "." + _type_text(tree[2])
    raise PathSyntaxError("expected a type")
