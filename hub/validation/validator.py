"""Checks resources: the fast tier spares the plainly valid ones, the full tier names faults, the city adds rules."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hub.clock import Clock, system_clock
from hub.fhir import city_day
from hub.model import Issue, Mapped, Severity, Validated
from hub.validation.city import Scene, city_issues, scene_of
from hub.validation.fast import is_plain, precompile
from hub.validation.full import LIMIT, full_issues
from hub.validation.profiles import SETTING, declared_profiles, profile_issues
from hub.validation.refs import TYPES
from hub.validation.satusehat import satusehat_issues


def check(mapped: list[Mapped], clock: Clock = system_clock, profiles: str = "") -> list[Validated | list[Issue]]:
    """For each resource, in order: Validated with its warnings, or all its issues (at most 200) when one is an error.

    Locations are FHIRPath with indices; `row` is the sender's row. Rules across resources (a visit before birth) see
    the resources of the same part. `profiles` is the facility's setting of that name (`hub.validation.profiles`).
    """
    scene = scene_of(mapped, city_day(clock()))
    severity = SETTING[profiles]
    return [_check_one(each, scene, severity) for each in mapped]


def check_resource(
    resource: Any,
    type: str | None = None,  # noqa: A002
    clock: Clock = system_clock,
    profiles: Sequence[str] = (),
) -> list[Issue]:
    """All issues of one resource, warnings too; empty when it is valid. A Bundle is checked entry by entry.

    `type`: the resource type it must have, if the caller knows. `profiles`: canonical URLs of those it must follow,
    beside the known ones it declares itself (`meta.profile`). Raises nothing on any JSON tree.
    """
    issues = structure_issues(resource, type)
    if issues:
        return issues
    issues = list(city_issues(resource, scene_of([], city_day(clock()))))
    return [*issues, *profile_issues(resource, [*profiles, *declared_profiles(resource)])][:LIMIT]


def structure_issues(resource: Any, expected: str | None = None) -> list[Issue]:
    """The issues by R4 alone, without the city's rules."""
    if not isinstance(resource, dict):
        return [Issue("HUB-1101")]
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in TYPES:
        return [Issue("HUB-1102", path=expected or "")]
    if expected is not None and kind != expected:
        return [Issue("HUB-1103", path=kind, args={"expected": expected, "found": kind})]
    return _two_tiers(resource, kind, kind)


def prepare(types: Iterable[str]) -> None:
    """Compiles the validators of these types at start (5 to 50 ms each), so that no request waits for them."""
    precompile(types)


def _check_one(each: Mapped, scene: Scene, profiled: Severity | None) -> Validated | list[Issue]:
    resource = each.resource
    issues: list[Issue] = []
    if resource.get("resourceType") != each.type or not is_plain(resource, each.type):
        issues = structure_issues(resource, each.type)
    if not issues:
        issues = list(city_issues(resource, scene, each.row is not None))
        if profiled is not None:
            issues += satusehat_issues(resource, each.type, profiled)
        if not issues:
            return Validated(each)
    if each.row is not None:
        issues = [replace(issue, row=each.row) if issue.row is None else issue for issue in issues]
    if any(issue.severity in ("fatal", "error") for issue in issues):
        return issues[:LIMIT]
    return Validated(each, tuple(issues))


def _two_tiers(resource: dict[str, Any], kind: str, path: str) -> list[Issue]:
    if is_plain(resource, kind):
        return []
    return full_issues(resource, kind, path, _nested)


def _nested(resource: Any, path: str) -> list[Issue]:
    """A resource inside a Bundle or Parameters stands on its own: references are looked up in it alone."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str) or kind not in TYPES:
        return [Issue("HUB-1102", path=path)]
    return _two_tiers(resource, kind, path)
