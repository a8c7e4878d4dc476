"""R4's error-level constraints by key: compiled from their FHIRPath, a few written by hand where it cannot say them.

`Rule(node, resource, root) -> bool`: whether the constraint holds for a node of a resource (`root`: its container).
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from hub.fhir import instant_range, systems, table
from hub.fhir.path import compile_path
from hub.validation.narrative import is_narrative

Rule = Callable[[Any, Any, Any], bool]


def _in_order(first: Any, last: Any) -> bool:
    """Whether a moment may lie before another: 2020-05 and 2020-05-10 do not contradict each other."""
    try:
        if len(first) == len(last) and (len(first) <= 10 or first[-6:] == last[-6:] or first[-1] == last[-1] == "Z"):
            return bool(first <= last)  # same precision and zone: the texts are in the order of the times
        return instant_range(first).first <= instant_range(last).last
    except (ValueError, TypeError):
        return True  # not dates: another rule says so


def _ordered(first: str, last: str) -> Rule:
    return lambda node, _resource, _root: _in_order(node.get(first), node.get(last))


def _narrative(node: Any, _resource: Any, _root: Any) -> bool:
    return is_narrative(node)


def _no_version(node: Any, _resource: Any, _root: Any) -> bool:
    """bdl-8; an entry without fullUrl keeps it."""
    return "/_history/" not in node.get("fullUrl", "")


def _has(concept: Any, codes: frozenset[str]) -> bool:
    """Whether a CodeableConcept holds one of these (system|code)."""
    return any(f"{c.get('system')}|{c.get('code')}" in codes for c in (concept or {}).get("coding", ()))


def _condition_ended(node: Any, _resource: Any, _root: Any) -> bool:
    """con-4: an abated condition is not active."""
    is_abated = any(key.lstrip("_").startswith("abatement") for key in node)
    return not is_abated or _has(node.get("clinicalStatus"), _ENDED)


def _condition_in_error(node: Any, _resource: Any, _root: Any) -> bool:
    """con-5: an erroneous condition has no clinical status."""
    return "clinicalStatus" not in node or not _has(node.get("verificationStatus"), _WRONG)


def _allergy_status(node: Any, _resource: Any, _root: Any) -> bool:
    """ait-1: an allergy has a clinical status unless it was entered in error."""
    return "clinicalStatus" in node or _has(node.get("verificationStatus"), _WRONG)


_ENDED = frozenset(f"{systems.CONDITION_CLINICAL}|{code}" for code in ("resolved", "remission", "inactive"))
_WRONG = frozenset(
    {
        f"{systems.CONDITION_VERIFICATION}|entered-in-error",
        f"{systems.ALLERGY_VERIFICATION}|entered-in-error",
    }
)
_BY_HAND: dict[str, Rule] = {
    "per-1": _ordered("start", "end"),
    "inv-1'": _ordered("authoredOn", "lastModified"),
    "mdd-1": _ordered("whenPrepared", "whenHandedOver"),
    "txt-1": _narrative,
    "bdl-8": _no_version,
    "con-4": _condition_ended,
    "con-5": _condition_in_error,
    "ait-1": _allergy_status,
    "ait-2": _condition_in_error,
}
_CORRECTED = {"que-7": "operator = 'exists' implies (answer is boolean)"}
"""R4 asks for FHIRPath's own Boolean there, which no element is; R4B says it so."""
ELSEWHERE = frozenset({"txt-2", "ref-1", "dom-2", "dom-3", "dom-4", "dom-5"})
"""Kept by txt-1 or by the walk itself, which knows where the fault is."""


@cache
def rule(key: str) -> Rule:
    """The rule of a constraint's key. KeyError when R4 has no such constraint."""
    if key in _BY_HAND:
        return _BY_HAND[key]
    return compile_path(_CORRECTED.get(key) or table()["constraints"][key]["expression"]).holds
