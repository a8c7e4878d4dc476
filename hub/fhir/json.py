"""Exact JSON: decimals keep their digits, and what JSON leaves open (duplicate keys, depth) is refused.

https://www.hl7.org/fhir/R4/json.html: property names are unique and decimal precision is significant.
"""

import json as stdlib
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from hub.errors import Category, HubError
from hub.model import Issue

MAX_DEPTH = 32
MAX_KEYS = 2000

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode

_SMALL = 64 * 1024
"""Up to here indenting is the cheapest way to see the depth; beyond, a hostile document could swell a thousandfold."""
_MIN_BYTES_OF_MANY_KEYS = 5 * MAX_KEYS
_TOO_DEEP = b"\n" + b" " * (MAX_DEPTH + 1)
_POSITION = re.compile(r"\(byte (\d+)\)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")

Tree = Any
Pairs = list[tuple[str, Any]]


def read(data: bytes) -> Any:
    """The JSON tree: int as int, other numbers as Decimal. HubError INCORRECT (HUB-1001..1005) says what and where."""
    try:
        tree = _decode(data)
    except UnicodeDecodeError:
        _refuse("HUB-1004")
    except RecursionError:
        _refuse("HUB-1003", depth=str(MAX_DEPTH))
    except (msgspec.DecodeError, ValueError, ArithmeticError) as error:
        _malformed(data, str(error))
    quotes = 0
    for part, depth in _parts(tree):
        written = _encode(part)
        quotes += _quotes(written)
        _check_size(part, written, depth)
    if quotes != _quotes(data):
        _refuse_duplicate(data)
    return tree


def write(tree: Any) -> bytes:
    """Compact UTF-8 JSON with decimals as they were read or built (`1.10` stays `1.10`)."""
    return _encode(tree)


def write_text(tree: Any) -> str:
    """As `write`, indented for a person to read."""
    return msgspec.json.format(_encode(tree), indent=2).decode()


def _parts(tree: Tree) -> list[tuple[Tree, int]]:
    """A Bundle in its entries, each with the depth it stands at: small parts are cheaper to check."""
    entries = tree.get("entry") if type(tree) is dict else None
    if type(entries) is not list:
        return [(tree, 0)]
    return [(tree | {"entry": None}, 0), *((entry, 2) for entry in entries)]


def _quotes(data: bytes) -> int:
    """Quotes that delimit strings. A document and the tree read from it differ in them only by duplicate keys:
    each key and each text has two, and a tree keeps only the last of equal keys."""
    if b"\\" not in data:
        return data.count(b'"')
    if b"\\\\" in data:
        data = data.replace(b"\\\\", b"")
    return data.count(b'"') - data.count(b'\\"')


def _check_size(part: Tree, written: bytes, depth: int) -> None:
    if written.count(b"{") + written.count(b"[") + depth <= MAX_DEPTH and len(written) < _MIN_BYTES_OF_MANY_KEYS:
        return  # not even enough brackets
    if len(written) > _SMALL:
        _walk(part, depth)
        return
    if _TOO_DEEP[: len(_TOO_DEEP) - depth] in msgspec.json.format(written, indent=1):
        _refuse("HUB-1003", depth=str(MAX_DEPTH))
    if len(written) > _MIN_BYTES_OF_MANY_KEYS:
        _walk(part, depth)


def _walk(part: Tree, depth: int) -> None:
    """Depth and keys per object, level by level, without recursion."""
    level = [part] if type(part) in (dict, list) else []
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            _refuse("HUB-1003", depth=str(MAX_DEPTH))
        below = []
        for node in level:
            values = node.values() if type(node) is dict else node
            if type(node) is dict and len(node) > MAX_KEYS:
                _refuse("HUB-1005", keys=str(MAX_KEYS))
            below += [value for value in values if value and (type(value) is dict or type(value) is list)]
        level = below


def _refuse(code: str, path: str = "", **args: str) -> NoReturn:
    raise HubError(Category.INCORRECT, Issue(code, path=path, severity="fatal", args=args)) from None


def _malformed(data: bytes, message: str) -> NoReturn:
    """Where it breaks, as line and column; never what stands there."""
    if "surrogate" in message:
        _refuse("HUB-1004")
    found = _POSITION.search(message)
    at = int(found[1]) if found else len(data)
    if not found and re.search(rb"\\u[dD][89a-fA-F]", data):
        _refuse("HUB-1004")  # a lone surrogate at the end of a text reads as "truncated"
    line = data.count(b"\n", 0, at) + 1
    column = at - (data.rfind(b"\n", 0, at) + 1) + 1
    _refuse("HUB-1001", line=str(line), position=str(column))


class _Object(list[tuple[str, Any]]):
    """An object with all its pairs, the repeated ones too."""


def _refuse_duplicate(data: bytes) -> NoReturn:
    """Reads once more, keeping every pair, to name the place."""
    make: Callable[[Pairs], Any] = _Object
    tree = stdlib.loads(data, object_pairs_hook=make)
    path, name = next(_duplicates(tree, ""), ("", ""))
    _refuse("HUB-1002", path=path, name=name)


def _duplicates(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, _Object):
        seen = set()
        kind = next((value for key, value in node if key == "resourceType" and isinstance(value, str)), "")
        path = path or (kind if _NAME.fullmatch(kind) else "")
        for key, value in node:
            name = key if _NAME.fullmatch(key) else "…"
            if key in seen:
                yield path, name
            seen.add(key)
            yield from _duplicates(value, f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _duplicates(value, f"{path}[{index}]")
