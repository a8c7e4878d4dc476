"""A resource's content as such: what tells whether it changed, and where in it something stands."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hub.fhir import references
from hub.model import Issue, Mapped

NAMED = 200
"""Faults of one resource that are told, as many as validation tells."""
_SUBJECTS = ("subject", "patient", "beneficiary", "individual", "for")
_canonical = msgspec.json.Encoder(decimal_format="number", order="sorted").encode


def comparable(resource: Mapping[str, Any], *, is_from_row: bool = False) -> bytes:
    """The bytes whose digest tells whether content changed: without what the hub itself sets (id, version, times), and
    for a row's Provenance without the file it came in: the same row in another file is the same row."""
    content = {name: value for name, value in resource.items() if name != "id"}
    if is_from_row and content["resourceType"] == "Provenance":
        content = {name: value for name, value in content.items() if name not in ("recorded", "entity")}
    if "meta" in content:
        meta = {k: v for k, v in content["meta"].items() if k not in ("versionId", "lastUpdated")}
        content = {**content, "meta": meta} if meta else {k: v for k, v in content.items() if k != "meta"}
    return _canonical(content)


def paths_of(mapped: Mapped) -> dict[int, str]:
    """The FHIRPath of every node of a resource by its identity (only needed when something is wrong with it)."""
    return {id(node): path for path, node in _walk(mapped.resource, mapped.type)}


def _walk(node: object, path: str) -> Iterator[tuple[str, object]]:
    yield path, node
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _walk(value, f"{path}.{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk(value, f"{path}[{index}]")


def unmet(part: Sequence[Mapped]) -> dict[int, list[Issue]]:
    """What refers to an entry that the part does not have: the faults of references that show without the store."""
    urls = {mapped.full_url for mapped in part}
    found: dict[int, list[Issue]] = {}
    for index, mapped in enumerate(part):
        pairs = references(mapped.resource)
        if lost := [pair for pair in pairs if pair[1].startswith("urn:uuid:") and pair[1] not in urls]:
            paths = paths_of(mapped)
            found[index] = [
                Issue("HUB-3101", f"{paths[id(holder)]}.reference", row=mapped.row, args={"type": type_of(text)})
                for holder, text in lost[:NAMED]
            ]
    return found


def type_of(text: str) -> str:
    """The type a local reference or a condition names."""
    return text.partition("?")[0].partition("/")[0]


def is_foreign(text: str, base: str) -> bool:
    """References the hub does not own: contained, and absolute URLs of other servers."""
    return text.startswith("#") or (text.startswith(("http://", "https://", "urn:oid:")) and not text.startswith(base))


def subject_of(mapped: Mapped) -> str | None:
    """The reference to the patient (or other subject) of a resource, as it stands."""
    for name in _SUBJECTS:
        value = mapped.resource.get(name)
        if isinstance(value, dict) and isinstance(text := value.get("reference"), str):
            return text
    return None
