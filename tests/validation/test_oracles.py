"""Our validator beside two written by others: fhirkit-rs (Rust, R4) and fhir.resources (pydantic, R4B).

Whatever they judge differently from us stands in a table with the reason; a new disagreement fails.
Neither looks at bindings, reference targets or constraints, which is most of what the tables say.
"""

import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import fhirkit
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from hub.fhir import json
from hub.validation import structure_issues
from tests.conftest import not_run
from tests.validation.mutations import mutants
from tests.validation.originals import ORIGINALS, TRAPS
from tests.validation.samples import SHARED, ips, synthea

Resource = dict[str, Any]
PER_TYPE = 40
EVERY = 16
"""Of HL7's own package each sixteenth resource; all of them were compared once, and the same table holds."""


def kit(resource: Resource) -> list[str]:
    """What fhirkit finds wrong."""
    try:
        found = fhirkit.validate(json.write(resource))
    except fhirkit.ParseError:
        return ["it does not parse"]
    return [str(issue) for issue in found if "rror" in str(getattr(issue, "severity", "error"))]


def model(resource: Resource) -> list[str]:
    """What fhir.resources finds wrong, as "kind place" without indices."""
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate_json(json.write(resource))
    except ValidationError as error:
        return [re.sub(r"\.\d+", "", f"{each['type']} {'.'.join(map(str, each['loc']))}") for each in error.errors()]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return [type(error).__name__]
    return []


ORACLES: dict[str, Callable[[Resource], list[str]]] = {"fhirkit": kit, "fhir.resources": model}

BINDING = "knows no codes of required bindings"
TARGET = "does not look at what a reference says or points to"
INVARIANT = "evaluates no constraints"
EMPTY = "passes over empty texts, objects and lists, which R4 forbids"
CONTAINED = "does not hold contained resources to dom-2 to dom-5"
CONVERTED = "turns numbers, texts and truths into each other instead of refusing them; and takes 1E+40"
ELEMENT_ID = "does not look whether ids of elements are unique and without spaces"
FORMAT = "lets spaces stand in a uri, or takes any text for an id"
SIMPLE = "reads SimpleQuantity as Quantity, and so allows its comparator"
NARRATIVE = "does not look into the narrative (txt-1)"
CALENDAR = "takes the year 0000 and the days 2026-02-30 and 2025-02-29, which no calendar has"
HUGE = "takes 1E+40; we refuse from 1E+30 on (a divergence of ours: docs/conformance.md)"

LENIENT: dict[tuple[str, str, str], tuple[int, str]] = {
    ("fhir.resources", "code", "HUB-1113"): (52, BINDING),
    ("fhir.resources", "contained", "HUB-1109"): (1, EMPTY),
    ("fhir.resources", "contained", "HUB-1113"): (1, BINDING),
    ("fhir.resources", "contained", "HUB-1117"): (1, TARGET),
    ("fhir.resources", "contained", "HUB-1119"): (5, CONTAINED),
    ("fhir.resources", "element id", "HUB-1210"): (3, ELEMENT_ID),
    ("fhir.resources", "element id", "HUB-1211"): (1, ELEMENT_ID),
    ("fhir.resources", "empty", "HUB-1109"): (364, EMPTY),
    ("fhir.resources", "id/uri", "HUB-1114"): (31, FORMAT),
    ("fhir.resources", "invariant", "HUB-1104"): (1, SIMPLE),
    ("fhir.resources", "invariant", "HUB-1118"): (24, INVARIANT),
    ("fhir.resources", "invariant", "HUB-1120"): (5, NARRATIVE),
    ("fhir.resources", "invariant", "HUB-1123"): (1, NARRATIVE),
    ("fhir.resources", "number/base64", "HUB-1105"): (15, CONVERTED),
    ("fhir.resources", "number/base64", "HUB-1115"): (15, CONVERTED),
    ("fhir.resources", "reference", "HUB-1116"): (72, TARGET),
    ("fhir.resources", "reference", "HUB-1117"): (14, TARGET),
    ("fhir.resources", "reference", "HUB-1119"): (18, TARGET),
    ("fhir.resources", "wrong JSON type", "HUB-1105"): (31, CONVERTED),
    ("fhirkit", "code", "HUB-1113"): (52, BINDING),
    ("fhirkit", "contained", "HUB-1113"): (1, BINDING),
    ("fhirkit", "contained", "HUB-1117"): (1, TARGET),
    ("fhirkit", "contained", "HUB-1119"): (5, CONTAINED),
    ("fhirkit", "date/dateTime", "HUB-1112"): (66, CALENDAR),
    ("fhirkit", "element id", "HUB-1210"): (3, ELEMENT_ID),
    ("fhirkit", "element id", "HUB-1211"): (1, ELEMENT_ID),
    ("fhirkit", "empty", "HUB-1109"): (109, EMPTY),
    ("fhirkit", "id/uri", "HUB-1114"): (8, FORMAT),
    ("fhirkit", "invariant", "HUB-1104"): (1, SIMPLE),
    ("fhirkit", "invariant", "HUB-1118"): (24, INVARIANT),
    ("fhirkit", "invariant", "HUB-1120"): (5, NARRATIVE),
    ("fhirkit", "invariant", "HUB-1123"): (1, NARRATIVE),
    ("fhirkit", "number/base64", "HUB-1115"): (8, HUGE),
    ("fhirkit", "reference", "HUB-1116"): (72, TARGET),
    ("fhirkit", "reference", "HUB-1117"): (14, TARGET),
    ("fhirkit", "reference", "HUB-1119"): (18, TARGET),
}
"""(oracle, class of damage, our code) -> how many damaged resources it accepts and we refuse, and why."""

REAL: dict[tuple[str, str, str], str] = {
    ("fhir.resources", "CodeSystem", "it refuses extra_forbidden concept.extension._valueString"): (
        "an extension's value may itself carry extensions (`_valueString`), as in HL7's own code systems; its model of "
        "Extension lacks the property"
    ),
    ("fhirkit", "AllergyIntolerance", "we refuse HUB-1113 AllergyIntolerance.clinicalStatus"): BINDING,
    ("fhir.resources", "AllergyIntolerance", "we refuse HUB-1113 AllergyIntolerance.clinicalStatus"): BINDING,
    ("fhirkit", "SearchParameter", "we refuse HUB-1114 SearchParameter.id"): (
        "an id in HL7's package has 67 characters; R4 allows 64"
    ),
    ("fhirkit", "StructureDefinition", "we refuse HUB-1118 StructureDefinition"): INVARIANT,
    ("fhir.resources", "StructureDefinition", "we refuse HUB-1118 StructureDefinition"): INVARIANT,
    ("fhir.resources", "SearchParameter", "we refuse HUB-1114 SearchParameter.id"): (
        "an id in HL7's package has 67 characters; R4 allows 64"
    ),
}
"""(oracle, type, disagreement) on resources that were not damaged by us -> why."""


def compared(resources: Iterable[Resource]) -> Counter[tuple[str, str, str]]:
    """The disagreements on a number of resources."""
    found: Counter[tuple[str, str, str]] = Counter()
    for resource in resources:
        ours = structure_issues(resource)
        for name, oracle in ORACLES.items():
            theirs = oracle(resource)
            if bool(ours) != bool(theirs):
                fault = f"we refuse {ours[0].code} {ours[0].path}" if ours else f"it refuses {theirs[0]}"
                found[name, resource["resourceType"], fault] += 1
    return found


def test_damaged_resources() -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    for mutant in mutants():
        ours = structure_issues(mutant.resource)
        for name, oracle in ORACLES.items():
            theirs = oracle(mutant.resource)
            assert ours or not theirs, (name, mutant, theirs)  # what either refuses we refuse
            if bool(ours) != bool(theirs):
                found[name, mutant.kind, ours[0].code] += 1
    assert found == {key: count for key, (count, _) in LENIENT.items()}


def test_sound_resources_and_traps() -> None:
    """What the damaged ones were made of, and valid resources that look wrong."""
    assert compared([*ORIGINALS.values(), *TRAPS.values()]) == {}


def test_synthea_of_all_types() -> None:
    by_type: dict[str, list[Resource]] = defaultdict(list)
    for resource in synthea():
        by_type[resource["resourceType"]].append(resource)
    assert len(by_type) == 16  # all that the 300 bundles hold
    assert compared(resource for found in by_type.values() for resource in found[:PER_TYPE]) == {}


def test_international_patient_summaries() -> None:
    assert compared(ips().values()) == {}


def test_what_clients_really_send() -> None:
    folder = Path(SHARED).parent / "facts" / "satusehat_payloads"
    if not folder.is_dir():
        not_run("SATUSEHAT payloads (../shared/facts/satusehat_payloads)")
    found = compared(json.read(file.read_bytes()) for file in sorted(folder.glob("*.json")))
    assert found.keys() == {key for key in REAL if key[1] == "AllergyIntolerance"}


def test_hl7s_own_package() -> None:
    """It has no examples of clinical records; its definitions are resources, too."""
    archive = SHARED / "r4" / "hl7.fhir.r4.core-4.0.1.tgz"
    if not archive.exists():
        not_run("official R4 package (../shared/data/r4)")
    resources = []
    with tarfile.open(archive) as files:
        for member in [each for each in files if re.fullmatch(r"package/[A-Z][A-Za-z]+-[^/]+\.json", each.name)][
            ::EVERY
        ]:
            file = files.extractfile(member)
            assert file is not None
            resources.append(json.read(file.read()))
    assert len(resources) > 250
    new = compared(resources).keys() - REAL.keys()
    assert not new


def test_each_disagreement_has_a_reason() -> None:
    for reason in (*REAL.values(), *(reason for _, reason in LENIENT.values())):
        assert len(reason) > 20
