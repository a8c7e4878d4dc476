"""The ways from an item to others: its children by name, all of them, its descendants, what a reference points to.

`child` is fast and gives plain JSON values; a type travels only with a choice (`value`, `deceased`). `exact_child`
gives every item its FHIR type: expressions that ask about types are compiled with it.
"""

import re
from collections.abc import Iterator
from operator import is_
from threading import local
from typing import Any

from hub.fhir.definitions import RESOURCE_TYPES, is_a, table
from hub.fhir.path.kinds import kind_of, suffixes
from hub.fhir.path.values import Env, Items, Typed, plain

_NAMED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)(?:/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]+)?$|\?)")


def child(items: Items, name: str) -> Items:
    """Children by name; a choice element by its stem. A type's own name at the start stands for the item itself."""
    found: Items = []
    is_type = name[0].isupper()
    for item in items:
        node = item.value if type(item) is Typed else item
        if type(node) is not dict:
            if type(item) is Typed and item.beside:
                _take(item.beside, name, found)
        elif is_type and (node.get("resourceType") == name or _is_abstract(node, name)):
            found.append(item)
        else:
            _take(node, name, found)
    return found


def exact_child(items: Items, name: str) -> Items:
    """As `child`, each item with its type where the definitions tell it."""
    found: Items = []
    for item in items:
        kind, node = kind_of(item), plain(item)
        if name[0].isupper() and kind is not None and is_a(kind, name):
            found.append(item)
            continue
        form = table()["types"].get(kind) if type(node) is dict else None
        if form is None:
            found += child([item], name)
        else:
            names = form.get("choices", {}).get(name, {}).get("names", (name,))
            for key in names:
                _take_typed(node, key, form["elements"].get(key, {}).get("type"), found)
    return found


def children(items: Items) -> Items:
    """Every child of every item, with its type where known."""
    found: Items = []
    for item in items:
        node = plain(item)
        if type(node) is dict:
            form = table()["types"].get(kind_of(item), {"elements": {}})
            for key in dict.fromkeys(key.removeprefix("_") for key in node if key != "resourceType"):
                _take_typed(node, key, form["elements"].get(key, {}).get("type"), found)
        if type(item) is Typed and type(item.beside) is dict:
            found += children([Typed(item.beside, "Element")])
    return found


def descendants(items: Items) -> Items:
    """Children, their children and so on."""
    found: Items = []
    level = items
    while level := children(level):
        found += level
    return found


def resolved(items: Items, env: Env) -> Items:
    """What references (or their texts) point to: a contained resource, an entry of the same Bundle, else a resource
    of which only type and id are known. Nothing for what names neither."""
    found: Items = []
    for item in items:
        value = plain(item)
        text = value.get("reference") if isinstance(value, dict) else value
        if isinstance(text, str):
            found += _targets(text, env)
    return found


def _targets(text: str, env: Env) -> Iterator[Any]:
    named = _named(env.root)
    if text in named or text.startswith("#"):
        yield from named.get(text, ())
        return
    address = _NAMED.search(text)
    if address is not None and address[1] in RESOURCE_TYPES:
        yield {"resourceType": address[1]} | ({"id": address[2]} if address[2] else {})


class _Last(local):
    """What the resource this thread last resolved in holds: a rule asks again for each of a thousand references."""

    def __init__(self) -> None:
        self.of: tuple[Any, ...] = (None, None, None)
        self.named: dict[str, Items] = {}


_last = _Last()


def _named(root: Any) -> dict[str, Items]:
    """The contained resources by `#id`, the entries of a Bundle by their fullUrl, the first of each."""
    if not isinstance(root, dict):
        return {}
    of = root, root.get("contained", ()), root.get("entry", ())
    if not all(map(is_, of, _last.of)):
        named: dict[str, Items] = {}
        for each in of[1]:
            named.setdefault(f"#{each.get('id')}", []).append(each)
        for entry in of[2]:
            url = entry.get("fullUrl", "#")
            if "resource" in entry and not url.startswith("#"):
                named.setdefault(url, [entry["resource"]])
        _last.of, _last.named = of, named
    return _last.named


def _is_abstract(node: dict[str, Any], name: str) -> bool:
    return name in ("Resource", "DomainResource") and is_a(str(node.get("resourceType")), name)


def _take(node: dict[str, Any], name: str, found: Items) -> None:
    value = node.get(name)
    beside = node.get("_" + name)
    if value is None and beside is None:
        for key in node:
            whole = key.removeprefix("_")
            if whole.startswith(name) and whole[len(name) : len(name) + 1].isupper():
                kind = suffixes().get(whole[len(name) :])
                if kind is not None and (whole is key or whole not in node):
                    found.append(Typed(node.get(whole), kind, node.get("_" + whole)))
        return
    if type(value) is list or type(beside) is list:
        values, others = value or [], beside or []
        for at in range(max(len(values), len(others))):
            each = values[at] if at < len(values) else None
            other = others[at] if at < len(others) else None
            found.append(Typed(each, None, other) if other is not None else each)
    elif beside is not None:
        found.append(Typed(value, None, beside))
    else:
        found.append(value)


def _take_typed(node: dict[str, Any], key: str, kind: str | None, found: Items) -> None:
    value, beside = node.get(key), node.get("_" + key)
    if value is None and beside is None:
        return
    values = value if type(value) is list else [value] if value is not None else []
    others = beside if type(beside) is list else [beside] if beside is not None else []
    for at in range(max(len(values), len(others))):
        each = values[at] if at < len(values) else None
        other = others[at] if at < len(others) else None
        is_resource = kind in (None, "Resource") and type(each) is dict
        found.append(Typed(each, kind_of(each) if is_resource else kind, other))
