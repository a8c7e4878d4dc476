"""Turns the parameters of a type into one Python function that walks a resource once: shared beginnings of paths are
visited once, absent elements cost one lookup.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from hub.fhir.definitions import table
from hub.search import values
from hub.search.expressions import DECEASED, Path, Step
from hub.search.parameters import Parameter

Extractor = Callable[[dict[str, Any], values.Out], None]

_CALLS = {
    "CodeableConcept": "concept",
    "Coding": "coding",
    "Identifier": "identifier",
    "ContactPoint": "contact",
    "code": "code",
    "Reference": "reference",
    "HumanName": "name",
    "date": "birth",
    DECEASED: "deceased",
}
KEPT = ("tokens", "names", "births")
"""The kinds of parameters whose values become tokens."""
_OTHER_CALLS = ("plain", "link", "word_starts", "coded", "referred")
_LINKS = ("canonical", "uri", "url")


@dataclass(slots=True)
class _Node:
    """A place in the resource: what continues below it, and which parameters take its value, by how they take it."""

    below: dict[Step, "_Node"] = field(default_factory=dict)
    takes: dict[tuple[str, str | None, str | None], list[str]] = field(default_factory=dict)


def compile_extractor(parameters: Iterable[Parameter]) -> Extractor:
    """The function that appends every (parameter, value) that the store keeps of a resource to a list."""
    root = _Node()
    for parameter in parameters:
        for path in parameter.paths if parameter.kept in KEPT else ():
            node = root
            for step in path.steps:
                node = node.below.setdefault(step, _Node())
            node.takes.setdefault((taken(path, parameter), path.codes, path.target), []).append(parameter.name)
    writer = _Writer()
    writer.node(root, "resource", 1)
    source = "\n".join(["def extract(resource, out):", *(writer.lines or ["    return"])])
    scope: dict[str, Any] = {name: getattr(values, name) for name in (*_CALLS.values(), *_OTHER_CALLS)}
    scope |= writer.constants
    exec(compile(source, "<search extractor>", "exec"), scope)  # noqa: S102 - built from the official definitions alone
    extractor: Extractor = scope["extract"]
    return extractor


def taken(path: Path, parameter: Parameter) -> str:
    """Which function of `hub.search.values` takes what stands at a path of a parameter."""
    if parameter.type in ("reference", "uri") and path.datatype in _LINKS:
        return "link"
    if parameter.type == "string" and path.datatype == "string":
        return "word_starts"
    return _CALLS.get(path.datatype, "plain")


def _may_be_null(node: _Node) -> bool:
    """Whether the items of an array may be null: primitives, whose extensions stand elsewhere."""
    return any(call in ("plain", "link", "code", "birth", "word_starts") for call, _, _ in node.takes)


class _Writer:
    """Writes the lines of an extractor and collects the constants they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._count = 0

    def node(self, node: _Node, variable: str, depth: int) -> None:
        for (call, codes, target), params in node.takes.items():
            self._take(call, tuple(dict.fromkeys(params)), variable, codes, target, depth)
        for step, child in node.below.items():
            inner = self._name("v")
            self._line(depth, f"if {step.key!r} in {variable}:")
            if step.is_array:
                items = f"{variable}[{step.key!r}]" + ("" if step.index is None else f"[{step.index}:{step.index + 1}]")
                self._line(depth + 1, f"for {inner} in {items}:")
                if _may_be_null(child):
                    self._line(depth + 2, f"if {inner} is None: continue")
            else:
                self._line(depth + 1, f"{inner} = {variable}[{step.key!r}]")
            level = depth + 2 if step.is_array else depth + 1
            if step.equal:
                self._line(level, f"if {inner}.get({step.equal[0]!r}) == {step.equal[1]!r}:")
                level += 1
            if step.extension:
                extensions = f"{inner}.get('extension', ())"
                self._line(level, f"if any(each.get('url') == {step.extension!r} for each in {extensions}):")
                level += 1
            self.node(child, inner, level)

    def _take(
        self, call: str, names: tuple[str, ...], variable: str, codes: str | None, target: str | None, depth: int
    ) -> None:
        """Takes a value; the most frequent datatypes without a call of their function."""
        prefix = f"{target}/" if target else None
        if call == "concept":
            item = self._name("v")
            self._line(depth, f"if 'coding' in {variable}:")
            self._line(depth + 1, f"for {item} in {variable}['coding']:")
            self._coding(names, item, depth + 2)
        elif call == "coding":
            self._coding(names, variable, depth)
        elif call == "reference":
            self._line(depth, f"if 'reference' in {variable}:")
            self._line(depth + 1, f"out += referred({names!r}, {variable}['reference'], {prefix!r})")
        elif call == "code":
            pairs = values.code_pairs(names, table()["codes"].get(codes) or {})
            self._line(depth, f"code(out, {variable}, {self._constant(pairs)}, {names!r})")
        else:
            last = f", {prefix!r}" if call == "link" else ""
            self._line(depth, f"{call}(out, {names!r}, {variable}{last})")

    def _coding(self, names: tuple[str, ...], variable: str, depth: int) -> None:
        self._line(depth, f"if 'code' in {variable}:")
        self._line(depth + 1, f"out += coded({names!r}, {variable}.get('system', ''), {variable}['code'])")

    def _line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}{self._count}"

    def _constant(self, value: object) -> str:
        name = self._name("c")
        self.constants[name] = value
        return name
