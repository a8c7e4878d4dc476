"""The fast tier: compiled schemas that recognise plainly valid resources. What it does not recognise is not yet wrong.

Schemas are compiled one type at a time, when first met: compiling the whole of R4 at once takes most of a minute.
"""

from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from threading import Lock, local
from typing import Any

import jsonschema_rs

from hub.validation.primitives import LEAST_EXPONENT
from hub.validation.refs import TYPES, target_type
from hub.validation.rules import rule
from hub.validation.schema import NoFastTierError, fast_schema

IsValid = Callable[[Any], bool]

_validators: dict[str, IsValid] = {}
_lock = Lock()


class _Local(local):
    """The contained resources of the resource this thread is checking: id -> type, and those pointed to."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.used: set[str] = set()


_local = _Local()


def is_plain(resource: dict[str, Any], kind: str) -> bool:
    """True only for a resource the full tier would find no fault in."""
    validator = _validators.get(kind) or _compile(kind)
    if "contained" not in resource:
        return validator(resource)
    listed = resource["contained"]
    if type(listed) is not list or not all(_may_be_contained(each) for each in listed):
        return False
    _local.kinds = {each["id"]: each["resourceType"] for each in listed}
    _local.used = set()
    try:
        return len(_local.kinds) == len(listed) and validator(resource) and _local.used == _local.kinds.keys()
    finally:
        _local.kinds = {}


def precompile(kinds: Iterable[str]) -> None:
    """Compiles the validators of these types now instead of at their first resource."""
    for kind in kinds:
        _compile(kind)


def _compile(kind: str) -> IsValid:
    with _lock:
        if kind not in _validators:
            try:
                schema = fast_schema(kind)
            except NoFastTierError:
                _validators[kind] = _never
            else:
                keywords: dict[str, Any] = {
                    "x-rule": _Kept,
                    "x-int": _Whole,
                    "x-near": _Near,
                    "x-target": _Target,
                    "x-contained": _Contained,
                }
                engine = jsonschema_rs.RegexOptions()  # linear, whatever is sent
                validator = jsonschema_rs.Draft202012Validator(schema, keywords=keywords, pattern_options=engine)
                _validators[kind] = validator.is_valid
        return _validators[kind]


def _never(_resource: Any) -> bool:
    return False


def _may_be_contained(each: Any) -> bool:
    """dom-2, dom-4, dom-5; the id is what makes it reachable."""
    if type(each) is not dict or type(each.get("resourceType")) is not str or type(each.get("id")) is not str:
        return False
    meta = each.get("meta", {})
    return (
        each["resourceType"] in TYPES
        and "contained" not in each
        and type(meta) is dict
        and not meta.keys() & {"versionId", "lastUpdated", "security"}
    )


class _Keyword:
    """A keyword of ours: refuses by raising, as the engine wants it."""

    def __init__(self, _parent: Any, value: Any, _path: Any) -> None:
        self._setting = value

    def validate(self, instance: Any) -> None:
        try:
            is_fine = self._accepts(instance)
        except (TypeError, AttributeError, KeyError, ValueError, IndexError, ArithmeticError):
            is_fine = False
        if not is_fine:
            raise ValueError("not plainly valid")

    def _accepts(self, instance: Any) -> bool:
        raise NotImplementedError


class _Kept(_Keyword):
    """`x-rule`: a constraint JSON Schema cannot say."""

    def __init__(self, parent: Any, value: Any, path: Any) -> None:
        super().__init__(parent, value, path)
        self._rule = rule(value)

    def _accepts(self, instance: Any) -> bool:
        return self._rule(instance, instance, instance)


class _Whole(_Keyword):
    """`x-int`: to JSON Schema 1.0 is an integer, to FHIR it is not."""

    def _accepts(self, instance: Any) -> bool:
        return type(instance) is int


class _Near(_Keyword):
    """`x-near`: no decimal is closer to zero than a search can name."""

    def _accepts(self, instance: Any) -> bool:
        return not isinstance(instance, Decimal) or instance.adjusted() >= LEAST_EXPONENT


class _Target(_Keyword):
    """`x-target`: a reference to an allowed type, read as the full tier reads it; `#id` of a contained resource too."""

    def __init__(self, parent: Any, value: Collection[str], path: Any) -> None:
        super().__init__(parent, value, path)
        self._targets = frozenset(value)

    def _accepts(self, instance: Any) -> bool:
        if instance[0] != "#":
            kind = target_type(instance, {})
            is_text = instance.isascii() and instance.isprintable()
            return kind is not None and is_text and (not kind or not self._targets or kind in self._targets)
        kind = _local.kinds.get(instance[1:])
        if kind is None or (self._targets and kind not in self._targets):
            return False
        _local.used.add(instance[1:])
        return True


class _Contained(_Keyword):
    """`x-contained`: the contained resource itself is valid; what it points to is looked up in its container."""

    def _accepts(self, instance: Any) -> bool:
        kind = instance["resourceType"]
        return (_validators.get(kind) or _compile(kind))(instance)
