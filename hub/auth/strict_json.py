"""JSON of a JOSE object, read as strictly as its security needs: a member may appear once (RFC 7515 section 4)."""

import base64
import json
import re
from typing import Any, NoReturn

_SEGMENT = re.compile(rb"[A-Za-z0-9_-]*")


def decode_segment(segment: bytes) -> bytes:
    """Base64url without padding, nothing else tolerated. ValueError otherwise."""
    if not _SEGMENT.fullmatch(segment) or len(segment) % 4 == 1:
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))


def read_object(data: bytes) -> dict[str, Any]:
    """A JSON object without duplicate members, NaN or excess depth. ValueError otherwise."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate member")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
