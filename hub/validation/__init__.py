"""Structure, required bindings, invariants, references and the city's rules: issues with places, never an exception."""

from hub.validation.city import CITY_RULES
from hub.validation.profiles import (
    checked_against,
    known_profiles,
    require_profiles,
    require_setting,
    unchecked_issues,
)
from hub.validation.validator import check, check_resource, prepare, structure_issues

__all__ = [
    "CITY_RULES",
    "check",
    "check_resource",
    "checked_against",
    "known_profiles",
    "prepare",
    "require_profiles",
    "require_setting",
    "structure_issues",
    "unchecked_issues",
]
