"""The variable parts of a FHIR address, checked before anything is looked up."""

import re
from email.utils import formatdate

from starlette.requests import Request

from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES
from hub.model import Issue

_TYPES = frozenset(RESOURCE_TYPES)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


def type_of(request: Request) -> str:
    """The resource type. NOT_FOUND when R4 has none of that name."""
    name: str = request.path_params["type"]
    if name not in _TYPES:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5813"))
    return name


def id_of(request: Request) -> str:
    """The logical id. INCORRECT when it cannot be a FHIR id."""
    text: str = request.path_params["id"]
    if not _ID.fullmatch(text):
        raise HubError(Category.INCORRECT, Issue("HUB-5812"))
    return text


def version_of(request: Request) -> int:
    """The version; what is no number of ours names no version (0)."""
    text: str = request.path_params["vid"]
    return int(text) if _VERSION.fullmatch(text) else 0


def version_headers(version: int, updated_ms: int) -> dict[str, str]:
    """ETag and Last-Modified of a stored version."""
    return {"ETag": f'W/"{version}"', "Last-Modified": formatdate(updated_ms / 1000, usegmt=True)}
