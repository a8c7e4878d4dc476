"""Adapters are found by their folder: no registration. The hub never imports one by name."""

import importlib.util
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from hub.mapping.codes import Asked, CodeMap, Coding, read_codes
from hub.mapping.context import Context, local_words
from hub.mapping.manifest import Incomplete, Manifest, read_manifest
from hub.mapping.places import places
from hub.mapping.record import Record
from hub.mapping.source import SourceSpec, read_source
from hub.model import Facility

MapRecord = Callable[[Record, Context], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Adapter:
    """One source system: its manifest, its pure function `map_record(record, context)`, its codes, its folder, and
    the queries that read it when it is a database."""

    name: str
    manifest: Manifest = field(repr=False)
    folder: Path
    map: MapRecord
    codes: CodeMap
    source: SourceSpec | None = field(default=None, repr=False)

    def context(self, facility: Facility, file: str, received_ms: int, asked: list[Asked] | None = None) -> Context:
        """The context of one file of one facility, with the facility's own words bound to the codes; `asked` collects
        the words that mappings look up."""
        return Context(facility, file, received_ms, self.codes.bound(local_words(facility), asked))


def load_adapters(root: Path, shared: Mapping[tuple[str, str], Coding] | None = None) -> dict[str, Adapter]:
    """Every adapter under `root` by name, in name order: the folders that hold an adapter.toml. Raises `Incomplete`.

    `shared` are codes that all of them know besides their own, such as the ministry's list of medicines."""
    found = [load_adapter(folder) for folder in sorted(root.iterdir()) if (folder / "adapter.toml").is_file()]
    return {each.name: replace(each, codes=each.codes.joined(shared or {})) for each in found}


def load_adapter(folder: Path) -> Adapter:
    """The adapter in a folder. Raises `Incomplete` when a part is missing or its mapping.py has no map_record."""
    manifest = read_manifest(folder / "adapter.toml")
    source = read_source(folder / "source.toml", manifest)
    for part in ("mapping.py", "codes.csv"):
        if not (folder / part).is_file():
            raise Incomplete(f"{folder.name}: {part} is missing")
    module = _import(folder)
    mapping = getattr(module, "map_record", None)
    if not callable(mapping):
        raise Incomplete(f"{folder.name}/mapping.py: map_record(record, context) is missing")
    try:
        own = read_codes(folder / "codes.csv")
    except ValueError as error:
        raise Incomplete(f"{folder.name}/{error}") from error
    codes = replace(own, entries={**places(), **own.entries})  # an adapter that names a place itself is right about it
    return Adapter(folder.name, manifest, folder, mapping, codes, source)


def _import(folder: Path) -> ModuleType:
    """Load the folder as a package of its own: mapping.py can import its neighbours (`from .visit import …`)."""
    package = f"jukung_adapters_{zlib.crc32(str(folder.resolve().parent).encode()):08x}_{folder.name}"
    spec = importlib.util.spec_from_loader(package, loader=None, is_package=True)
    if spec is None:
        raise Incomplete(f"{folder.name}: cannot be loaded")
    parent = importlib.util.module_from_spec(spec)
    parent.__path__ = [str(folder)]
    for stale in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        del sys.modules[stale]
    sys.modules[package] = parent
    importlib.invalidate_caches()
    return importlib.import_module(f"{package}.mapping")
