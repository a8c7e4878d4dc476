"""The variable parts of a FHIR address, checked before anything is looked up."""

import re
from email.utils import formatdate

from starlette.requests import Request

from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES
from hub.model import Issue

_TYPES = frozenset(RESOURCE_TYPES)
COMPARTMENTS = ("Patient", "Encounter", "Practitioner", "RelatedPerson", "Device")
"""https://www.hl7.org/fhir/R4/compartmentdefinition.html"""
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


def type_of(request: Request) -> str:
    """The resource type. NOT_FOUND when R4 has none of that name."""
    return known_type(request.path_params["type"])


def known_type(name: str) -> str:
    """A resource type of R4. NOT_FOUND for any other name."""
    if name not in _TYPES:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5813"))
    return name


def compartment_of(request: Request) -> tuple[str, str] | None:
    """Kind and id of the compartment in an address, if it names one. NOT_FOUND for another type than these."""
    kind: str | None = request.path_params.get("compartment")
    if kind is None:
        return None
    if known_type(kind) not in COMPARTMENTS:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5829", args={"allowed": ", ".join(COMPARTMENTS)}))
    return kind, id_of(request)


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
