"""JSON Patch of a resource (RFC 6902; https://www.hl7.org/fhir/R4/http.html#patch): decimals stay as they were written.

What a patch empties goes with it (FHIR knows no empty list or object); whether the rest is a valid resource is for
validation to say.
"""

import re
from typing import Any

from jsonpatch import InvalidJsonPatch, JsonPatch, JsonPatchException, JsonPatchTestFailed
from jsonpointer import JsonPointerException

from hub.errors import Category, HubError
from hub.fhir import json
from hub.model import Issue

MOST_OPERATIONS = 1000
MOST_COPIED = 1 << 20
"""Bytes all `copy` operations of a patch may add: copies of copies double."""
_PLACE = re.compile(r"(?:/(?:[A-Za-z]{1,40}|[0-9]{1,4}|-)){1,32}")
_NEEDS = {"add": "value", "replace": "value", "test": "value", "copy": "from", "move": "from"}
_OURS = ("resourceType", "id")
_OUR_META = ("versionId", "lastUpdated")


def read_patch(data: bytes) -> list[dict[str, Any]]:
    """The operations of a patch document. INCORRECT (HUB-3314) naming the operation that is none."""
    operations = json.read(data)
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise _malformed("*")
    for number, operation in enumerate(operations):
        try:
            JsonPatch([operation])
            is_complete = _NEEDS.get(operation["op"], "path") in operation
        except (JsonPatchException, JsonPointerException, TypeError, AttributeError):
            raise _malformed(str(number)) from None
        if not is_complete:
            raise _malformed(str(number))
    return operations


def patched(resource: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
    """The resource after all operations, in order; what was given is left as it is.

    UNPROCESSABLE when one can't be carried out (HUB-3315), a test fails (HUB-3316), or the outcome would be another
    resource or claim another version (HUB-3317).
    """
    try:
        document = _without_empty(_applied(json.read(json.write(resource)), operations))
        written = json.write(document)
    except RecursionError:
        raise _refused("HUB-3315", "*", {}) from None
    if not isinstance(document, dict) or _identity(document) != _identity(resource):
        raise HubError(Category.UNPROCESSABLE, Issue("HUB-3317"))
    found: dict[str, Any] = json.read(written)  # as deep and as wide as any body may be
    return found


def _applied(document: Any, operations: list[dict[str, Any]]) -> Any:
    copied = 0
    for number, operation in enumerate(operations):
        if operation["op"] == "copy":
            copied += _weight(document, operation, number)
            if copied > MOST_COPIED:
                raise _refused("HUB-3315", number, operation)
        try:
            document = JsonPatch([operation]).apply(document, in_place=True)
        except JsonPatchTestFailed:
            raise _refused("HUB-3316", number, operation) from None
        except InvalidJsonPatch:
            raise _malformed(str(number)) from None
        except (JsonPatchException, JsonPointerException, TypeError, KeyError, IndexError):
            raise _refused("HUB-3315", number, operation) from None
    return document


def _identity(resource: dict[str, Any]) -> list[Any]:
    meta = resource.get("meta")
    return [resource.get(name) for name in _OURS] + [
        meta.get(name) if isinstance(meta, dict) else None for name in _OUR_META
    ]


def _weight(document: Any, operation: dict[str, Any], number: int) -> int:
    """How many bytes a copy adds."""
    try:
        return len(json.write(JsonPatch([]).pointer_cls(operation["from"]).resolve(document)))
    except (JsonPointerException, TypeError, AttributeError):
        raise _refused("HUB-3315", number, operation) from None


def _without_empty(node: Any) -> Any:
    if isinstance(node, dict):
        kept = {name: _without_empty(value) for name, value in node.items()}
        return {name: value for name, value in kept.items() if value not in ({}, [])}
    if isinstance(node, list):
        return [value for value in map(_without_empty, node) if value not in ({}, [])]
    return node


def _malformed(number: str) -> HubError:
    return HubError(Category.INCORRECT, Issue("HUB-3314", args={"number": number, "most": str(MOST_OPERATIONS)}))


def _refused(code: str, number: int | str, operation: dict[str, Any]) -> HubError:
    """The refusal of an operation, with where it points when that can't hold anything personal."""
    named = [operation[name] for name in ("from", "path") if isinstance(operation.get(name), str)]
    places = " → ".join(text if _PLACE.fullmatch(text) else "…" for text in named) or "*"
    return HubError(Category.UNPROCESSABLE, Issue(code, args={"number": str(number), "place": places}))
