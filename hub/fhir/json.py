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
MAX_DIGITS = 4300
MAX_EXPONENT_DIGITS = 18
"""What Python reads of a whole number, and of a decimal's exponent."""

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode

_MIN_BYTES_OF_MANY_KEYS = 5 * MAX_KEYS
"""A shorter part holds no object of too many keys, and indenting it is the cheapest way to see how deep it goes."""
_TOO_DEEP = b"\n" + b" " * (MAX_DEPTH + 1)
_POSITION = re.compile(r"\(byte (\d+)\)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_LONGEST_PATH = 200
"""Characters of a place that are told."""

Tree = Any
Pairs = list[tuple[str, Any]]


class _Envelope(msgspec.Struct):
    """A Bundle's entries as they stand in its text."""

    entry: list[msgspec.Raw]


_entries = msgspec.json.Decoder(_Envelope).decode


def read(data: bytes) -> Any:
    """The JSON tree: int as int, other numbers as Decimal. HubError INCORRECT (HUB-1001..1005) says what and where."""
    compact, tree = _decoded(data)
    written = _encode(tree)
    # What is written again byte for byte says nothing twice: of equal keys a tree keeps only the last.
    if written != compact and _quotes(written) != _quotes(compact):
        _refuse_duplicate(data)
    _check_size(compact, tree)
    return tree


def reread(data: bytes) -> Any:
    """The tree of bytes that `write` gave: nothing is left to refuse."""
    return _decode(data)


def write(tree: Any) -> bytes:
    """Compact UTF-8 JSON with decimals as they were read or built (`1.10` stays `1.10`)."""
    return _encode(tree)


def write_text(tree: Any) -> str:
    """As `write`, indented for a person to read."""
    return msgspec.json.format(_encode(tree), indent=2).decode()


def _decoded(data: bytes) -> tuple[bytes, Tree]:
    """The text without the white space between its parts, and its tree."""
    try:
        compact = msgspec.json.format(data, indent=-1)
        return compact, _decode(compact)
    except (msgspec.DecodeError, ValueError, ArithmeticError, RecursionError):
        pass  # once more on what was sent: the place of the fault counts its white space, too
    try:
        return data, _decode(data)
    except UnicodeDecodeError:
        _refuse("HUB-1004")
    except RecursionError:
        _refuse("HUB-1003", depth=str(MAX_DEPTH))
    except (msgspec.DecodeError, ValueError, ArithmeticError) as error:
        _malformed(data, str(error))


def _quotes(data: bytes) -> int:
    """Quotes that delimit strings: two for each key and each text, however a text is escaped or a number written."""
    if b"\\" not in data:
        return data.count(b'"')
    if b"\\\\" in data:
        data = data.replace(b"\\\\", b"")
    return data.count(b'"') - data.count(b'\\"')


def _check_size(compact: bytes, tree: Tree) -> None:
    """Depth and keys per object; a Bundle entry by entry, for most have too few brackets to be deep."""
    entries = tree.get("entry") if type(tree) is dict else None
    if type(entries) is not list:
        _check_part(compact, tree, 0)
        return
    _walk(tree | {"entry": None}, 0)
    for text, entry in zip(_entries(compact).entry, entries, strict=True):
        _check_part(bytes(text), entry, 2)


def _check_part(text: bytes, part: Tree, depth: int) -> None:
    if len(text) >= _MIN_BYTES_OF_MANY_KEYS:
        _walk(part, depth)
        return
    is_deep = text.count(b"{") + text.count(b"[") + depth > MAX_DEPTH
    if is_deep and _TOO_DEEP[: len(_TOO_DEEP) - depth] in msgspec.json.format(text, indent=1):
        _refuse("HUB-1003", depth=str(MAX_DEPTH))


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
    if "out of range" in message or "InvalidOperation" in message:
        _refuse("HUB-1006", digits=str(MAX_DIGITS), exponent=str(MAX_EXPONENT_DIGITS))
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
    try:
        tree = stdlib.loads(data, object_pairs_hook=make, parse_int=str, parse_float=str)
    except RecursionError:
        _refuse("HUB-1003", depth=str(MAX_DEPTH))
    path, name = _duplicate(tree)
    _refuse("HUB-1002", path=path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}…", name=name)


def _duplicate(tree: Any) -> tuple[str, str]:
    """Place and name of the first repeated name, in the order of the text, without recursion."""
    kind = next((value for key, value in tree if key == "resourceType"), "") if isinstance(tree, _Object) else ""
    pending = [_children(tree, kind if isinstance(kind, str) and _NAME.fullmatch(kind) else "")]
    while pending:
        path, name, value, is_repeated = next(pending[-1], ("", "", None, False))
        if is_repeated:
            return path, name
        if not path and not name:
            pending.pop()
        elif isinstance(value, list):
            if len(pending) >= MAX_DEPTH:
                _refuse("HUB-1003", depth=str(MAX_DEPTH))
            pending.append(_children(value, path))
    return "", ""


def _children(node: Any, path: str) -> Iterator[tuple[str, str, Any, bool]]:
    """For each value within: its path, its name in an object, itself, and whether that name came before; for a
    repeated one the path is its object's."""
    if not isinstance(node, _Object):
        yield from ((f"{path}[{index}]", "", value, False) for index, value in enumerate(node))
        return
    seen: set[str] = set()
    for key, value in node:
        name = key if _NAME.fullmatch(key) else "…"
        if key in seen:
            yield path, name, value, True
        seen.add(key)
        yield f"{path}.{name}" if path else name, name, value, False
