"""An independent check of what we build: the models of fhir.resources (R4B). The only file that imports them.

They check shape (unknown fields, missing required ones, choice types), not value sets or invariants, and R4B differs
from R4 in a few places: our own validator is the judge, this is a witness. https://github.com/nazrulworld/fhir.resources
"""

import importlib
import warnings
from functools import cache
from typing import Any


@cache
def _model(type_: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return getattr(importlib.import_module(f"fhir.resources.R4B.{type_.lower()}"), type_)


def second_opinion(resource: dict[str, Any]) -> list[str]:
    """What fhir.resources objects to, as "Type.path: reason"; never a value of the resource. Empty = no objection."""
    from pydantic import ValidationError

    type_ = str(resource.get("resourceType", ""))
    try:
        model = _model(type_)
    except (ImportError, AttributeError):
        return [f"{type_ or '?'}: no such resource type"]
    try:
        model.model_validate(resource)
    except ValidationError as error:
        return [
            f"{'.'.join([type_, *(str(part) for part in fault['loc'])])}: {fault['type']}"
            for fault in error.errors(include_input=False, include_url=False, include_context=False)
        ]
    return []
