"""Turns the parameters of a type into one Python function that walks a resource once: shared beginnings of paths are
visited once, absent elements cost one lookup.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from hub.fhir.definitions import table
from hub.search import values
from hub.search.expressions import Path, Step
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
}
_OTHER_CALLS = ("plain", "link", "word_starts")
_LINKS = ("canonical", "uri")


@dataclass(slots=True)
class _Node:
    """A place in the resource: what continues below it, and which parameters take its value, by how they take it."""

    below: dict[Step, "_Node"] = field(default_factory=dict)
    takes: dict[tuple[str, str | None, str | None], list[str]] = field(default_factory=dict)


def compile_extractor(parameters: Iterable[Parameter]) -> Extractor:
    """The function that appends every (parameter, value) of a resource to a list."""
    root = _Node()
    for parameter in parameters:
        for path in parameter.paths:
            node = root
            for step in path.steps:
                node = node.below.setdefault(step, _Node())
            node.takes.setdefault((_call(path, parameter), path.codes, path.target), []).append(parameter.name)
    writer = _Writer()
    writer.node(root, "resource", 1)
    source = "\n".join(["def extract(resource, out):", *(writer.lines or ["    return"])])
    scope: dict[str, Any] = {name: getattr(values, name) for name in (*_CALLS.values(), *_OTHER_CALLS)}
    scope |= writer.constants
    exec(compile(source, "<search extractor>", "exec"), scope)  # noqa: S102 - built from the official definitions alone
    extractor: Extractor = scope["extract"]
    return extractor


def _call(path: Path, parameter: Parameter) -> str:
    if parameter.kind == "reference" and path.datatype in _LINKS:
        return "link"
    if parameter.kind == "string" and path.datatype == "string":
        return "word_starts"
    return _CALLS.get(path.datatype, "plain")


class _Writer:
    """Writes the lines of an extractor and collects the constants they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._count = 0

    def node(self, node: _Node, variable: str, depth: int) -> None:
        for (call, codes, target), params in node.takes.items():
            names = tuple(dict.fromkeys(params))
            arguments = f"{names!r}, {variable}"
            if call == "code":
                pairs = values.code_pairs(names, table()["codes"].get(codes) or {})
                arguments = f"{variable}, {self._constant(pairs)}, {names!r}"
            elif call in ("reference", "link"):
                arguments += f", {target + '/' if target else None!r}"
            self._line(depth, f"{call}(out, {arguments})")
        for step, child in node.below.items():
            inner = self._name("v")
            self._line(depth, f"if {step.key!r} in {variable}:")
            if step.is_array:
                self._line(depth + 1, f"for {inner} in {variable}[{step.key!r}]:")
                self._line(depth + 2, f"if {inner} is None: continue")
            else:
                self._line(depth + 1, f"{inner} = {variable}[{step.key!r}]")
            level = depth + 2 if step.is_array else depth + 1
            if step.equal:
                self._line(level, f"if {inner}.get({step.equal[0]!r}) == {step.equal[1]!r}:")
                level += 1
            self.node(child, inner, level)

    def _line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}{self._count}"

    def _constant(self, value: object) -> str:
        name = self._name("c")
        self.constants[name] = value
        return name
