"""Turns valid resources into invalid ones, in fourteen classes, each knowing where it broke the resource."""

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from tests.validation import originals as o

Resource = dict[str, Any]
Path = tuple[str | int, ...]


class Mutant(NamedTuple):
    """An invalid resource: its class, what was done to which place."""

    kind: str
    name: str
    path: Path
    resource: Resource


BAD_DATES = (
    "2026-02-30",
    "2025-02-29",
    "2026-13-01",
    "26-01-01",
    "2026/01/01",
    "20-11-2026",
    "0000",
    "2026-11-20T25:00:00Z",
    "2026-11-20T08:00:00",
    "2026-11-20T08:00+08:00",
    "2026-1-5",
    "2026-11-20T08:00:00+15:00",
    "kemarin",
)
CODE_NAMES = frozenset({"status", "gender", "intent", "use", "criticality", "severity", "periodUnit", "role"})
URI_NAMES = frozenset({"system", "url"})
REFERENCES = (
    "Medication/1",
    "Pasien/1",
    "Patient",
    "http://exa mple.id/Patient/1",
    "urn:uuid:bukan-uuid",
    "#tidak-ada",
)


def nodes(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of the tree with its path, the root first."""
    yield path, tree
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield from nodes(value, (*path, key))


def changed(resource: Resource, path: Path, value: Any) -> Resource:
    """A deep copy with one value replaced."""
    copied = copy.deepcopy(resource)
    node: Any = copied
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return copied


def structural(resource: Resource) -> Iterator[Mutant]:
    """Mutants any resource allows: classes 1, 2, 3, 5, 6, 7, 8 and 9."""
    for path, value in nodes(resource):
        name = path[-1] if path else ""
        if name == "resourceType" or "contained" in path or "div" in path:
            continue
        if isinstance(value, dict):
            yield Mutant(
                "unknown element",
                "x",
                path,
                changed(resource, (*path, "warnaRambut"), "hitam") if path else resource | {"warnaRambut": "hitam"},
            )
        if not path:
            continue
        for kind, what, new in _replacements(name, value):
            yield Mutant(kind, what, path, changed(resource, path, new))


def _replacements(name: str | int, value: Any) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, dict):
        yield "wrong JSON type", "object as text", "teks"
        yield "empty", "empty object", {}
        if isinstance(name, str):
            yield "cardinality", "object as list", [value]
    elif isinstance(value, list):
        yield "cardinality", "list as one value", value[0]
        yield "empty", "empty list", []
        yield "empty", "null in a list", [*value, None]
    elif isinstance(value, bool):
        yield "wrong JSON type", "boolean as text", "true"
        yield "wrong JSON type", "boolean as number", 1
    elif isinstance(value, str):
        yield "wrong JSON type", "text as number", 7
        yield "wrong JSON type", "text as object", {"value": value}
        yield "empty", "empty text", ""
        yield "empty", "null", None
        yield from _texts(name, value)
        if isinstance(name, str):
            yield "cardinality", "text as list", [value]
    else:
        yield "number/base64", "number as text", str(value)
        yield "number/base64", "number beyond all", Decimal("1E+40")
        if isinstance(value, int) and name not in ("value", "period"):
            yield "number/base64", "1.0 for an integer", Decimal("1.0")
            yield "number/base64", "too large", 2**31


def _texts(name: str | int, value: str) -> Iterator[tuple[str, str, Any]]:
    if (
        value[:4].isdigit()
        and value[4:5] in ("-", "")
        and isinstance(name, str)
        and name not in ("value", "code", "valueCode", "max")
    ):
        for bad in BAD_DATES:
            yield "date/dateTime", bad, bad
    if name in CODE_NAMES:
        yield "code", "no such code", "ngawur"
        yield "code", "other case", value.upper() + "X"
    if name in URI_NAMES and value.startswith("http"):
        yield "id/uri", "space in uri", "http://exa mple.id/x"
    if name == "id":
        yield "id/uri", "long id", "x" * 65 if value else ""
        yield "id/uri", "space in id", "a\u0000b"
    if name == "data":
        yield "number/base64", "three characters", "abc"
        yield "number/base64", "other alphabet", "ab-_"
    if name == "reference" and "://" not in value[:8]:
        for bad in REFERENCES:
            if bad != "Medication/1" or not value.startswith(
                ("urn", "Encounter?")
            ):  # an agent's or a target's type is free
                yield "reference", bad, bad


def _by_hand(kind: str, original: str, *edits: tuple[str, Any]) -> Mutant:
    path = tuple(int(step) if step.isdigit() else step for step in edits[0][0].split("."))
    return Mutant(kind, edits[0][0], path, o.edited(o.ORIGINALS[original], *edits))


def particular() -> Iterator[Mutant]:
    """Mutants written for one resource: missing elements, choices, contained resources, invariants."""
    for original, names in REQUIRED.items():
        for name in names:
            yield _by_hand("missing required", original, (name, None))
    for original, name, value in CHOICES:
        yield _by_hand("choice", original, (name, value))
    for original, *edits in CONTAINED:
        yield _by_hand("contained", original, *edits)
    for original, *edits in INVARIANTS:
        yield _by_hand("invariant", original, *edits)
    for original, *edits in ELEMENT_IDS:
        yield _by_hand("element id", original, *edits)
    for original, name, value in CODES:
        yield _by_hand("code", original, (name, value))
    for bad in ("a b", "é", "x" * 65, "a/b", "a_b"):
        yield _by_hand("id/uri", "patient", ("id", bad))


REQUIRED = {
    "encounter": ("status", "class", "statusHistory.0.status", "statusHistory.0.period"),
    "condition": ("subject",),
    "observation": ("status", "code", "note.0.text"),
    "pressure": ("component.0.code",),
    "procedure": ("status", "subject"),
    "medication-request": ("status", "intent", "medicationCodeableConcept", "subject"),
    "immunization": ("status", "vaccineCode", "patient", "occurrenceDateTime"),
    "allergy": ("patient", "reaction.0.manifestation"),
    "diagnostic-report": ("status", "code"),
    "provenance": ("target", "recorded", "agent", "agent.0.who", "entity.0.role", "entity.0.what"),
    "consent": ("status", "scope", "category"),
    "practitioner": ("qualification.0.code",),
    "patient": ("text.status", "text.div", "address.0.extension.0.url"),
}
_OTHER = {"text": "lain"}
CHOICES = (
    ("patient", "deceasedDateTime", "2026-01-01"),
    ("patient", "multipleBirthBoolean", True),
    ("observation", "valueString", "12,3"),
    ("observation", "valueCodeableConcept", _OTHER),
    ("observation", "effectivePeriod", {"start": "2026"}),
    ("pressure", "component.0.valueInteger", 128),
    ("condition", "onsetString", "kemarin"),
    ("condition", "abatementString", "hari ini"),
    ("procedure", "performedDateTime", "2026-11-20"),
    ("medication-request", "medicationReference", {"reference": "Medication/1"}),
    ("medication-request", "dosageInstruction.0.doseAndRate.0.doseRange", {"low": {"value": 1}}),
    ("immunization", "occurrenceString", "2026"),
    ("immunization", "protocolApplied.0.doseNumberString", "1"),
    ("patient", "address.0.extension.0.extension.0.valueString", "63"),
)
_INNER = {"resourceType": "Practitioner", "id": "lain"}
CONTAINED = (
    ("procedure", ("contained.0.id", "orang-lain")),
    ("procedure", ("contained.0.meta", {"versionId": "1"})),
    ("procedure", ("contained.0.meta", {"lastUpdated": "2026-11-20T10:00:00Z"})),
    ("procedure", ("contained.0.meta", {"security": [{"code": "R"}]})),
    ("procedure", ("contained.0.contained", [_INNER])),
    ("procedure", ("contained.0.resourceType", None)),
    ("procedure", ("contained.0.resourceType", "Dokter")),
    ("procedure", ("contained.0.gender", "pria")),
    ("procedure", ("contained.0.name", [])),
    (
        "procedure",
        ("performer.0.actor.reference", "#nakes"),
        ("contained", [{"resourceType": "Medication", "id": "nakes"}]),
    ),
)
CODES = (
    ("condition", "clinicalStatus.coding.0.code", "aktif"),
    ("condition", "clinicalStatus.coding.0.system", "https://example.id/status"),
    ("condition", "clinicalStatus", {"text": "active"}),
    ("condition", "verificationStatus.coding.0.code", "pasti"),
    ("allergy", "clinicalStatus.coding.0.code", "resolve"),
    ("allergy", "category", ["medicine"]),
    ("allergy", "type", "alergi"),
    ("patient", "telecom.0.system", "wa"),
    ("consent", "provision.type", "allow"),
    ("medication-request", "dosageInstruction.0.timing.repeat.when", ["ZZ"]),
)
INVARIANTS = (
    ("observation", ("dataAbsentReason", _OTHER)),
    ("pressure", ("valueInteger", 1), ("component.0.code.coding.0.code", "85354-9")),
    ("observation", ("referenceRange.0", {"type": _OTHER})),
    ("observation", ("valueQuantity.system", None)),
    ("observation", ("referenceRange.0.low.comparator", "<")),
    ("condition", ("clinicalStatus.coding.0.code", "active")),
    ("condition", ("verificationStatus.coding.0.code", "entered-in-error")),
    ("condition", ("stage.0", {"type": _OTHER})),
    ("condition", ("evidence.0", {"id": "e1"})),
    ("patient", ("contact.0", {"relationship": [_OTHER]})),
    ("patient", ("telecom.0.system", None)),
    ("patient", ("text.div", "<div>tanpa namespace</div>")),
    ("patient", ("text.div", '<div xmlns="http://www.w3.org/1999/xhtml"> </div>')),
    ("patient", ("text.div", '<div xmlns="http://www.w3.org/1999/xhtml"><script>1</script></div>')),
    ("patient", ("text.div", '<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x()">a</p></div>')),
    ("patient", ("text.div", '<div xmlns="http://www.w3.org/1999/xhtml"><a href="javascript:x">a</a></div>')),
    ("patient", ("text.div", '<div xmlns="http://www.w3.org/1999/xhtml"><p>a</div>')),
    ("patient", ("address.0.extension.0.valueString", "x")),
    ("patient", ("address.0.extension.0.extension.0", {"url": "province"})),
    ("encounter", ("period", {"start": "2026-11-20", "end": "2026-11-19"})),
    (
        "encounter",
        ("period", {"start": "2026-11-20T08:00:00+08:00", "end": "2026-11-20T00:00:00.0+00:00"}),
        ("period.end", "2026-11-19T23:59:59Z"),
    ),
    ("organization", ("name", None)),
    ("organization", ("address.0.use", "home")),
    ("organization", ("telecom.0.use", "home")),
    ("diagnostic-report", ("presentedForm.0.contentType", None)),
    ("immunization", ("education.0", {"publicationDate": "2026"})),
    ("allergy", ("clinicalStatus", None)),
    ("medication-request", ("dosageInstruction.0.timing.repeat.periodUnit", None)),
    ("medication-request", ("dosageInstruction.0.timing.repeat.period", -1)),
    ("medication-request", ("dosageInstruction.0.timing.repeat.timeOfDay", ["08:00:00"])),
    ("consent", ("policyRule", None)),
)
ELEMENT_IDS = (
    ("patient", ("name.0.id", "nama 1")),
    ("patient", ("telecom.0.id", "sama"), ("name.0.id", "sama")),
    ("observation", ("code.coding.0.id", "x"), ("code.id", "x")),
    ("encounter", ("period.id", "x"), ("class.id", "x")),
)


def mutants() -> list[Mutant]:
    """All of them."""
    found = list(particular())
    for resource in o.ORIGINALS.values():
        found += structural(resource)
    return found
