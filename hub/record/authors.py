"""Which facility a resource comes from."""

import re
from collections.abc import Mapping
from typing import Any

_SEGMENT = re.compile(r"[^/#?|:]+")


def author(resource: dict[str, Any], facilities: Mapping[str, str]) -> str:
    """The id of the facility that sent it, "" when none of `facilities` is named: by `meta.source`, else by its own
    identifier systems (https://jukung.id/sid/{facility}/...)."""
    identifiers = resource.get("identifier") or []
    listed = identifiers if isinstance(identifiers, list) else [identifiers]
    for text in [resource.get("meta", {}).get("source", ""), *(i.get("system", "") for i in listed)]:
        for segment in _SEGMENT.findall(text):
            if segment in facilities:
                return str(segment)
    return ""
