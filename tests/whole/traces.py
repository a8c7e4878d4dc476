"""Looks for a text in everything that lies on disk, in every form in which it could lie there."""

import base64
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

SHORTEST_IN_BASE64 = 9
"""A shorter text leaves so few base64 characters that chance would find them."""


def forms(text: str) -> set[bytes]:
    """The text as UTF-8, UTF-16 and hexadecimal, all in small letters, to be looked for in lowered bytes."""
    plain = text.lower().encode()
    wide = {text.lower().encode("utf-16-le"), text.lower().encode("utf-16-be")}
    return {plain, *wide, plain.hex().encode(), text.encode().hex().encode()}


def exact_forms(text: str) -> set[bytes]:
    """The text's base64 at the three alignments, where letters must not be lowered."""
    plain = text.encode()
    found: set[bytes] = set()
    if len(plain) >= SHORTEST_IN_BASE64:
        for lead in range(3):
            whole = base64.b64encode(bytes(lead) + plain)
            # The characters that depend on this text alone: without the first and the last group.
            inner = whole[4 if lead else 0 : len(whole) - 4]
            found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def files(places: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    """Every file below the places with its bytes; one that vanishes meanwhile is left out."""
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            try:
                if path.is_file() and not path.is_symlink():
                    yield path, path.read_bytes()
            except FileNotFoundError:
                continue


def traces(texts: Iterable[str], places: Iterable[Path]) -> list[tuple[str, Path]]:
    """Where any of the texts can be read, packed or not."""
    texts = list(texts)
    lowered = [(text, form) for text in texts for form in forms(text)]
    exact = [(text, form) for text in texts for form in exact_forms(text)]
    hits = set()
    for path, data in files(places):
        for content in (data, *unpacked(data)):
            small = content.lower()
            hits |= {(text, path) for text, form in lowered if form in small}
            hits |= {(text, path) for text, form in exact if form in content}
    return sorted(hits)


def unpacked(data: bytes) -> Iterator[bytes]:
    """What a file holds when it is, as a whole, a zip member, gzip or zlib stream (an XLSX left lying around)."""
    at = 0
    while (at := data.find(b"PK\x03\x04", at)) >= 0:
        name, extra = (
            int.from_bytes(data[at + 26 : at + 28], "little"),
            int.from_bytes(data[at + 28 : at + 30], "little"),
        )
        yield from _inflated(data[at + 30 + name + extra :], -15)
        at += 4
    if data[:2] == b"\x1f\x8b":
        yield from _inflated(data, 31)


def _inflated(data: bytes, window: int) -> Iterator[bytes]:
    try:
        yield zlib.decompressobj(window).decompress(data)
    except zlib.error:
        return
