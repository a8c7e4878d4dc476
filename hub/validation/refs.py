"""What a reference may say and point to. https://www.hl7.org/fhir/R4/references.html"""

import re
from typing import Any

from hub.fhir import RESOURCE_TYPES

TYPES = frozenset(RESOURCE_TYPES)
LOCAL = re.compile(r"#[A-Za-z0-9.-]{0,64}")
_RELATIVE = re.compile(r"([A-Za-z]+)/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?")
_CONDITIONAL = re.compile(r"([A-Za-z]+)\?[^\s?#]+=\S+")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_URN = re.compile(
    r"urn:(?:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|oid:[0-2](?:\.(?:0|[1-9][0-9]*))+|(?!uuid:|oid:)\S+)"
)
_REST = re.compile(r"https?://\S+/([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?")


def check_reference(node: dict[str, Any], targets: frozenset[str], contained: dict[str, str]) -> tuple[str, str] | None:
    """None, or the issue code and the element at fault. `contained`: id -> type of the container's resources."""
    text = node.get("reference")
    kind = None
    if isinstance(text, str) and text.strip():
        kind = target_type(text, contained)
        if kind is None:
            return "HUB-1116", "reference"
        if kind and targets and kind not in targets:
            return "HUB-1117", "reference"
        if kind == "" and text.startswith("#") and text[1:] and text[1:] not in contained:
            return "HUB-1119", "reference"
    named = node.get("type")
    if isinstance(named, str) and named in TYPES and ((targets and named not in targets) or (kind and kind != named)):
        return "HUB-1117", "type"
    return None


def full_url_fault(entry: dict[str, Any]) -> str | None:
    """The issue code of a Bundle entry's fullUrl that is not absolute, or names another resource than the entry's."""
    text, resource = entry.get("fullUrl"), entry.get("resource")
    if not isinstance(text, str) or not text.strip():
        return None
    if not _ABSOLUTE.fullmatch(text):
        return "HUB-1212"
    rest = _REST.fullmatch(text)
    if rest is None or rest[1] not in TYPES or not isinstance(resource, dict) or "id" not in resource:
        return None
    return None if (rest[1], rest[2]) == (resource.get("resourceType"), resource["id"]) else "HUB-1213"


def target_type(text: str, contained: dict[str, str]) -> str | None:
    """The type a reference names, "" when its text does not tell, None when it is no reference at all."""
    if text.startswith("#"):
        return contained.get(text[1:], "") if LOCAL.fullmatch(text) else None
    found = _RELATIVE.fullmatch(text) or _CONDITIONAL.fullmatch(text)
    if found:
        return found[1] if found[1] in TYPES else None
    if text[:4].lower() == "urn:":
        return "" if _URN.fullmatch(text) else None
    if not _ABSOLUTE.fullmatch(text):
        return None
    rest = _REST.fullmatch(text)
    return rest[1] if rest and rest[1] in TYPES else ""
