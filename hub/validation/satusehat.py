"""What SATUSEHAT requires of a resource beyond R4, by its rule numbers. The rules are data (`satusehat.toml`)."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from hub.fhir import type_definition
from hub.fhir.path import Expression, compile_path
from hub.model import Issue, Severity

_URN_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A mandatory element.

    `steps`: its path below the type, a choice as all its names. `systems`: prefixes of which one must be met. `when`:
    where the rule counts (None: everywhere).
    """

    number: str
    element: str
    steps: tuple[tuple[str, ...], ...]
    systems: tuple[str, ...]
    when: Expression | None


def base() -> str:
    """What a profile's URL starts with; the type follows."""
    return str(_data()["base"])


def profiled_types() -> tuple[str, ...]:
    """The types SATUSEHAT has rules for, Bundle first: its entries are looked at, each by its type."""
    return ("Bundle", *rules())


def satusehat_issues(resource: dict[str, Any], path: str, severity: Severity = "error") -> Iterator[Issue]:
    """What a resource lacks by SATUSEHAT's rules for its type, with its place below `path`."""
    if resource["resourceType"] == "Bundle":
        yield from _in_bundle(resource, path, severity)
        return
    seen: set[str] = set()
    for rule in rules().get(resource["resourceType"], ()):
        if rule.when is None or rule.when.holds(resource):
            for code, place in _faults(resource, rule, path):
                if place not in seen:  # a rule for what is inside says no more than the one for what is missing
                    seen.add(place)
                    args = {"number": rule.number, "element": rule.element, "systems": ", ".join(rule.systems)}
                    yield Issue(code, path=place, severity=severity, args=args)


def _in_bundle(bundle: dict[str, Any], path: str, severity: Severity) -> Iterator[Issue]:
    is_sent = bundle.get("type") in ("transaction", "batch")
    for at, entry in enumerate(bundle.get("entry", ())):
        place, name = f"{path}.entry[{at}]", entry.get("fullUrl")
        if is_sent and not (name and _URN_UUID.fullmatch(name)):
            number = "20018" if name else "20021"
            yield Issue("HUB-1203", path=f"{place}.fullUrl", severity=severity, args={"number": number})
        if "resource" in entry:
            yield from satusehat_issues(entry["resource"], f"{place}.resource", severity)


def _faults(resource: dict[str, Any], rule: Rule, path: str) -> Iterator[tuple[str, str]]:
    """The code and place of each breach: the first element on the way that is not there, or the wrong systems."""
    nodes = [(resource, path)]
    for names in rule.steps:
        below: list[tuple[Any, str]] = []
        for node, place in nodes:
            value = next((node[name] for name in names if node.get(name) is not None), None)
            where = f"{place}.{_stem(names)}"
            if value is None:
                yield "HUB-1201", where
            elif isinstance(value, list):
                below += [(each, f"{where}[{at}]") for at, each in enumerate(value)]
            else:
                below.append((value, where))
        nodes = below
    if rule.systems and nodes and not any(_is_of(node, rule.systems) for node, _ in nodes):
        yield "HUB-1202", nodes[0][1]


def _is_of(node: dict[str, Any], prefixes: tuple[str, ...]) -> bool:
    systems = [each.get("system", "") for each in (node, *node.get("coding", ()))]
    return any(system.startswith(prefixes) for system in systems)


def _stem(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else re.sub("[A-Z].*", "", names[0])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("hub.validation").joinpath("satusehat.toml").read_text(encoding="utf-8"))


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """The rules by type, in the order they are looked at."""
    data = _data()
    found = {}
    for type_, rules in data["rules"].items():
        choices = type_definition(type_).get("choices", {})
        found[type_] = tuple(
            Rule(
                number=number,
                element=f"{type_}.{path}",
                steps=tuple(
                    tuple(choices[step[:-3]]["names"]) if step.endswith("[x]") else (step,) for step in path.split(".")
                ),
                systems=tuple(data["systems"].get(number, ())),
                when=compile_path(data["when"][number]) if number in data["when"] else None,
            )
            for number, path in rules.items()
        )
    return found
