"""The profiles beyond R4 that a resource can be checked against, by canonical URL.

SATUSEHAT's are `https://fhir.kemkes.go.id/r4/StructureDefinition/{type}`. R4's own
(`http://hl7.org/fhir/StructureDefinition/{type}`) may be named, too, and say nothing more than R4 does.
https://www.hl7.org/fhir/R4/profiling.html
"""

import re
from collections.abc import Iterable
from typing import Any

from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES
from hub.model import Issue, Severity
from hub.validation.satusehat import base, profiled_types, satusehat_issues

R4 = "http://hl7.org/fhir/StructureDefinition/"
SETTING: dict[str, Severity | None] = {"": None, "satusehat": "warning", "satusehat!": "error"}
"""A facility's setting `profiles` -> the severity of what its resources lack."""

_MOST_TOLD = 20
_SHOWN = re.compile(r"https?://[A-Za-z0-9._~/:|#-]{1,180}")


def known_profiles(type_: str) -> tuple[str, ...]:
    """The profiles beyond R4's own that resources of a type can be checked against, by URL."""
    return (base() + type_,) if type_ in profiled_types() else ()


def require_profiles(urls: Iterable[str], type_: str) -> None:
    """INCORRECT (HUB-1200, HUB-1204) for a profile nobody here knows, or one of another type than the resource's."""
    for url in urls:
        bare = url.partition("|")[0]
        name = bare.rpartition("/")[2]
        if bare not in known_profiles(name) and not (bare == R4 + name and name in RESOURCE_TYPES):
            args = {"profile": _shown(url), "r4": R4, "satusehat": base(), "types": ", ".join(profiled_types())}
            raise HubError(Category.INCORRECT, Issue("HUB-1200", args=args))
        if name != type_:
            raise HubError(Category.INCORRECT, Issue("HUB-1204", args={"profile": _shown(url), "type": type_}))


def require_setting(value: str) -> None:
    """INCORRECT (HUB-1206) for a value of the setting `profiles` that does not exist."""
    if value not in SETTING:
        known = ", ".join(f'"{name}"' for name in SETTING)
        raise HubError(Category.INCORRECT, Issue("HUB-1206", path="settings.profiles", args={"known": known}))


def declared_profiles(resource: dict[str, Any]) -> list[str]:
    """Those profiles a resource says it follows (`meta.profile`) that we know."""
    meta = resource.get("meta")
    listed = meta.get("profile") if isinstance(meta, dict) else None
    known = known_profiles(str(resource.get("resourceType", "")))
    return [url for url in listed if url in known] if isinstance(listed, list) else []


def checked_against(resource: dict[str, Any], urls: Iterable[str]) -> list[str]:
    """The profiles a resource is held to: R4's of its type, those asked for, and the known ones it declares."""
    own = f"{R4}{resource['resourceType']}" if resource.get("resourceType") in RESOURCE_TYPES else R4 + "Resource"
    return list(dict.fromkeys([own, *urls, *declared_profiles(resource)]))


def unchecked_issues(resource: dict[str, Any]) -> list[Issue]:
    """A warning (HUB-1208) for each profile a resource declares that nobody here knows: nothing was held to it."""
    meta = resource.get("meta")
    listed = meta.get("profile") if isinstance(meta, dict) else None
    kind = str(resource.get("resourceType", ""))
    known = {R4 + kind, *known_profiles(kind)}
    return [
        Issue("HUB-1208", f"{kind}.meta.profile[{at}]", severity="warning", args={"profile": _shown(url)})
        for at, url in enumerate(listed[:_MOST_TOLD] if isinstance(listed, list) else ())
        if isinstance(url, str) and url.partition("|")[0] not in known
    ]


def profile_issues(resource: dict[str, Any], urls: Iterable[str]) -> list[Issue]:
    """What a resource of sound structure lacks by these profiles."""
    kind = str(resource["resourceType"])
    if not any(url.partition("|")[0] in known_profiles(kind) for url in urls):
        return []
    return list(satusehat_issues(resource, kind))


def _shown(url: str) -> str:
    return url if _SHOWN.fullmatch(url) else "…"
