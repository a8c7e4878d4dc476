"""What the references of a part mean: another item of the part, or a stored resource of the facility's own.

Each text is looked up once, however many resources say it.
"""

from collections.abc import Collection
from typing import NamedTuple

from hub.fhir import parse_reference
from hub.model import Key, Mapped, Origin, Row
from hub.parts import Hub
from hub.pipeline.conditions import condition_of
from hub.pipeline.content import is_foreign, type_of


class Meaning(NamedTuple):
    """What is written instead of a reference's text, the resource it leads to (None where that is not the hub's to
    say), and `Type/id` where it is local."""

    text: str
    key: Key | None
    local: str


class Meanings:
    """The names of one part. `keys` are the places of its items, filled in while it is placed; `stored` and `known` are
    what the store has of what it names; `gone` what the same part deletes."""

    def __init__(self, hub: Hub, origin: Origin, items: list[Mapped], gone: Collection[Key]) -> None:
        self.hub, self.items, self.gone = hub, items, gone
        self.is_fhir = origin.source == "fhir"
        self.base = hub.config.base_url + "/fhir/"
        self.keys: list[Key | None] = [mapped.target for mapped in items]
        self.by_url = {mapped.full_url: index for index, mapped in enumerate(items) if mapped.full_url}
        self.by_source: dict[tuple[str, str], int] = {}
        self.stored: dict[tuple[str, str], Key] = {}
        self.known: dict[Key, Row] = {}
        self._ids: dict[Key, str] = {}
        self._found: dict[tuple[str, bool], Meaning | None] = {}

    def condition(self, text: str) -> tuple[str, str] | None:
        """Type and identifier of a reference that names its target by what it is called."""
        return condition_of(text, self.is_fhir) if "?" in text else None

    def literal(self, text: str) -> Key | None:
        """The place that a reference by id names."""
        reference = parse_reference(text.removeprefix(self.base))
        return self.hub.ids.decode(reference.id) if reference else None

    def id_of(self, key: Key) -> str:
        """The key as the API shows it."""
        if key not in self._ids:
            self._ids[key] = self.hub.ids.encode(key)
        return self._ids[key]

    def resolve(self, text: str, *, is_past: bool = False) -> Key | None:
        """Where a reference leads, None for nowhere. `is_past`: what is deleted counts too (a withdrawn row goes on
        saying what it said)."""
        if (index := self.by_url.get(text)) is not None:
            return self.keys[index]
        if name := self.condition(text):
            index = self.by_source.get(name)
            if index is not None:
                return self.keys[index]
            key = self.stored.get(name)
        else:
            key = self.literal(text)
        known = self.known
        return key if key in known and (is_past or not (known[key].is_deleted or key in self.gone)) else None

    def of(self, text: str, is_past: bool) -> Meaning | None:
        """What a reference means once every item has its place; None when it leads nowhere."""
        try:
            return self._found[text, is_past]
        except KeyError:
            found = self._found[text, is_past] = self._read(text, is_past)
            return found

    def _read(self, text: str, is_past: bool) -> Meaning | None:
        relative = text.removeprefix(self.base)
        reference = parse_reference(relative)
        index = self.by_url.get(text)  # an entry's fullUrl may be an address elsewhere: what it names is here
        if index is None and (self._is_facility(relative) or is_foreign(text, self.base)):
            return Meaning(text, None, text if reference and relative == text else "")
        key = self.resolve(text, is_past=is_past)
        if key is None:
            return None
        local = f"{self.items[index].type if index is not None else type_of(relative)}/{self.id_of(key)}"
        suffix = f"/_history/{reference.version}" if reference and reference.version else ""
        return Meaning(local + suffix, key, local)

    def _is_facility(self, relative: str) -> bool:
        """`Organization/{facility id}` names a registered facility: the registry answers for it, not the store."""
        type_, _, name = relative.partition("/")
        return type_ == "Organization" and name in self.hub.facilities
