"""The definitions the hub ships: R4's own (hub/fhir/r4/README.md) and the hub's.

They stay in memory as packed JSON, about 4 MB, and are read when asked for.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import msgspec
import zstandard

from hub.fhir.terminology.own import own_definitions

Definition = dict[str, Any]
Kind = Literal["CodeSystem", "ValueSet", "ConceptMap"]


class Head(msgspec.Struct, frozen=True, rename={"type": "resourceType"}):
    """What names a definition."""

    type: Kind
    id: str
    url: str
    version: str = ""
    content: str = ""


@lru_cache(maxsize=128)
def definition(kind: Kind, url: str) -> Definition | None:
    """The definition of a canonical address (its `|version` must be the shipped one), or None; not to be changed."""
    address, _, version = url.partition("|")
    packed = _shelf()[kind].get(url)
    if packed is not None:  # a few addresses of HL7's hold a "|" themselves
        return _read(packed)
    packed = _shelf()[kind].get(address)
    found = None if packed is None else _read(packed)
    return found if found is not None and version == found.get("version") else None


def shipped(kind: Kind) -> Iterator[Head]:
    """All definitions of a kind, by url."""
    decode = msgspec.json.Decoder(Head).decode
    return (decode(packed) for _, packed in sorted(_shelf()[kind].items()))


_read = msgspec.json.Decoder(Definition).decode


@cache
def _shelf() -> dict[Kind, dict[str, bytes]]:
    packed = files("hub.fhir").joinpath("r4", "terminology.jsonl.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().decompress(packed).split(b"\n")
    lines += [msgspec.json.encode(each) for each in own_definitions()]
    decode = msgspec.json.Decoder(Head).decode
    found: dict[Kind, dict[str, bytes]] = {"CodeSystem": {}, "ValueSet": {}, "ConceptMap": {}}
    for line in lines:
        head = decode(line)
        found[head.type][head.url] = line
    return found
