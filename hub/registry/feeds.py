"""The port of city connectors: what a connector's folder holds and what its mapping yields.

A connector is data and pure functions: `connector.toml` says how the other system is asked, `mapping.py` what its
answers mean. `hub.upkeep.connecting` and `hub.upkeep.civil` do the asking.

kind "licences":  `change(item) -> Change | None`  (None: an entry that says nothing about facilities)
kind "civil":     `question(person) -> dict`, `verdict(answer) -> Verdict`, `sums(item) -> dict` (a line of population)
"""

import importlib.util
import tomllib
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from hub.model.details import Details
from hub.registry.papers import MOST_PERMITS, merged

KINDS = {"licences": ("change",), "civil": ("question", "verdict", "sums")}
"""Kinds of connectors and the functions the mapping of each has."""
FIELDS = ("nik", "name", "birth_date", "birth_place", "sex", "kelurahan")
"""What the civil registry may be asked about a person."""


class Incomplete(ValueError):
    """A connector's folder does not hold what the port needs; the message names the file and what is missing."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one entry of a licence feed means. `facility`: the other system's name for the facility; `entry`: its own
    number for the entry; `fields`: as `hub.registry.papers.check_details` takes them, without facility and permits;
    `permits`: permits to add or change, by number; `ended`: numbers of permits that were withdrawn."""

    entry: str
    facility: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    permits: Sequence[Mapping[str, Any]] = ()
    ended: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands at the counter, as the facility's record has it. Days are ISO texts; sex male or female."""

    nik: str
    name: str
    birth_date: str
    birth_place: str = ""
    sex: str = ""
    kelurahan: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the civil registry answered: for each field asked whether it agrees (None: it says nothing), and a name of
    the household (the family card's number, "" when not given) of which only a keyed token is kept."""

    fields: Mapping[str, bool | None]
    household: str = ""


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector found in its folder. `settings` is connector.toml as it stands."""

    name: str
    kind: str
    title: str
    folder: Path
    settings: Mapping[str, Any] = field(repr=False)
    functions: Mapping[str, Callable[..., Any]] = field(repr=False)

    def text(self, table: str, name: str, default: str = "") -> str:
        """A text of connector.toml."""
        return str(self.settings.get(table, {}).get(name, default))


def load_connectors(root: Path) -> dict[str, Connector]:
    """Every connector under `root` by name: the folders that hold a connector.toml. Raises `Incomplete`."""
    found = [load_connector(folder) for folder in sorted(root.iterdir()) if (folder / "connector.toml").is_file()]
    return {each.name: each for each in found}


def load_connector(folder: Path) -> Connector:
    """The connector in a folder. Raises `Incomplete` when a part is missing."""
    try:
        settings = tomllib.loads((folder / "connector.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Incomplete(f"{folder.name}/connector.toml: {type(error).__name__}") from error
    kind, title = settings.get("kind"), settings.get("title")
    if kind not in KINDS or not isinstance(title, str):
        raise Incomplete(f"{folder.name}/connector.toml: kind (of {', '.join(KINDS)}) and title are needed")
    for part in ("mapping.py", "README.md"):
        if not (folder / part).is_file():
            raise Incomplete(f"{folder.name}: {part} is missing")
    module = _import(folder)
    functions = {name: getattr(module, name, None) for name in KINDS[kind]}
    lacking = [name for name, function in functions.items() if not callable(function)]
    if lacking:
        raise Incomplete(f"{folder.name}/mapping.py: {', '.join(lacking)} missing")
    return Connector(folder.name, kind, title, folder, settings, functions)  # type: ignore[arg-type]


def applied(known: Details, changes: Iterable[Change], keyed: Callable[[str], str]) -> tuple[Details, list[Change]]:
    """The details after checked changes, one after the other: their fields, and their permits beside those that stay;
    and the changes left out because the facility would have more than MOST_PERMITS. Applying them again changes
    nothing."""
    after, left_out = known, []
    permits = {one.number: one for one in known.permits}
    for change in changes:
        fresh = merged(Details(0), {"permits": list(change.permits)}, keyed).permits
        if len(permits) + sum(one.number not in permits for one in fresh) > MOST_PERMITS:
            left_out.append(change)
            continue
        after = merged(after, change.fields, keyed)
        for number in change.ended:
            permits.pop(number, None)
        permits |= {one.number: one for one in fresh}
    ordered = sorted(permits.values(), key=lambda one: (one.name.casefold(), one.number))
    return replace(after, permits=tuple(ordered)), left_out


def _import(folder: Path) -> ModuleType:
    name = f"jukung_connectors_{zlib.crc32(str(folder.resolve().parent).encode()):08x}_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, folder / "mapping.py")
    if spec is None or spec.loader is None:
        raise Incomplete(f"{folder.name}/mapping.py: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
