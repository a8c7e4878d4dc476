"""Functions of one text. https://hl7.org/fhirpath/N1/#string-manipulation"""

import base64
import binascii
import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from hub.fhir.path.parser import unescape
from hub.fhir.path.values import Items, PathError, one, plain


def _on_text(apply: Callable[..., Any]) -> Callable[..., Items]:
    """A function of one text (and more values) that is empty when any of them is missing."""

    def run(items: Items, *arguments: Items) -> Items:
        value = one(items)
        if value is None or not all(arguments):
            return []
        if not isinstance(value, str):
            raise PathError("a text is expected")
        found: Any = apply(value, *[one(argument) for argument in arguments])
        return list(found) if isinstance(found, list | Iterator) else [] if found is None else [found]

    return run


def _substring(text: str, start: int, length: int | None = None) -> str | None:
    if not 0 <= start < len(text):
        return None
    return text[start:] if length is None else text[start : start + max(length, 0)]


def _replace_matches(text: str, pattern: str, new: str) -> str:
    return re.sub(pattern, new.replace("$", "\\"), text) if pattern else text


def _encode(text: str, form: str) -> str | None:
    data = text.encode()
    if form == "hex":
        return data.hex()
    if form == "base64":
        return base64.b64encode(data).decode()
    return base64.urlsafe_b64encode(data).decode() if form == "urlbase64" else None


def _decode(text: str, form: str) -> str | None:
    try:
        if form == "hex":
            return bytes.fromhex(text).decode()
        if form == "base64":
            return base64.b64decode(text, validate=True).decode()
        return base64.b64decode(text, b"-_", validate=True).decode() if form == "urlbase64" else None
    except (ValueError, binascii.Error):
        return None


def _escape(text: str, form: str) -> str | None:
    if form == "html":
        return html.escape(text)
    return json.dumps(text, ensure_ascii=False)[1:-1] if form == "json" else None


def _unescape(text: str, form: str) -> str | None:
    if form == "html":
        return html.unescape(text)
    return unescape(text) if form == "json" else None


def _join(items: Items, by: Items = [""]) -> Items:  # noqa: B006 - never changed
    return [str(one(by)).join(str(plain(item)) for item in items if plain(item) is not None)] if items else []


TEXTS: dict[str, Callable[..., Items]] = {
    "length": _on_text(len),
    "upper": _on_text(str.upper),
    "lower": _on_text(str.lower),
    "trim": _on_text(str.strip),
    "toChars": _on_text(list),
    "startsWith": _on_text(str.startswith),
    "endsWith": _on_text(str.endswith),
    "contains": _on_text(lambda text, part: part in text),
    "indexOf": _on_text(str.find),
    "lastIndexOf": _on_text(str.rfind),
    "substring": _on_text(_substring),
    "replace": _on_text(str.replace),
    "split": _on_text(str.split),
    "matches": _on_text(lambda text, pattern: re.search(pattern, text, re.S) is not None),
    "matchesFull": _on_text(lambda text, pattern: re.fullmatch(pattern, text, re.S) is not None),
    "replaceMatches": _on_text(_replace_matches),
    "encode": _on_text(_encode),
    "decode": _on_text(_decode),
    "escape": _on_text(_escape),
    "unescape": _on_text(_unescape),
    "join": _join,
}
