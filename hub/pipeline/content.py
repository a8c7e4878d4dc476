"""A resource's content as such: what tells whether it changed, and where in it something stands."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from hub.model import Mapped

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
