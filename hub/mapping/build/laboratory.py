"""Laboratory results and reports. https://www.hl7.org/fhir/R4/observation.html, https://www.hl7.org/fhir/R4/diagnosticreport.html"""

from collections.abc import Sequence
from typing import Any

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept, quantity
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding
from hub.mapping.values.numbers import Range, Result

FLAGS = {
    "h": ("H", "High"), "high": ("H", "High"), "tinggi": ("H", "High"), "t": ("H", "High"),
    "l": ("L", "Low"), "low": ("L", "Low"), "rendah": ("L", "Low"), "r": ("L", "Low"),
    "n": ("N", "Normal"), "normal": ("N", "Normal"),
    "hh": ("HH", "Critical high"), "ll": ("LL", "Critical low"),
    "a": ("A", "Abnormal"), "abnormal": ("A", "Abnormal"), "*": ("A", "Abnormal"),
}  # fmt: skip
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def laboratory_result(
    visit: Visit,
    part: str,
    *,
    text: str,
    code: Coding | None,
    value: Result,
    unit: str | None,
    ucum: Coding | None,
    limits: Range | None = None,
    flag: str | None = None,
) -> dict[str, Any]:
    """One result: a quantity, or words as sent. `limits` is the laboratory's own reference range, in the result's unit;
    `flag` its own mark (H, L, N, tinggi, rendah…): the hub computes none."""
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "identifier": visit.identifier("laboratorium", part),
        "status": "final",
        "category": [concept(systems.OBSERVATION_CATEGORY, "laboratory", "Laboratory")],
        "code": codeable(text, *([code] if code else [])),
        "subject": visit.subject(),
        **visit.encounter(),
        "effectiveDateTime": visit.start,
    }
    if performer := visit.performer():
        found["performer"] = [performer]
    if value.amount:
        found["valueQuantity"] = quantity(
            value.amount.value, unit, ucum.code if ucum else None, value.amount.comparator
        )
    else:
        found["valueString"] = f"{value.words} {unit}" if unit else value.words
    if flag and (known := FLAGS.get(flag.strip().casefold())):
        found["interpretation"] = [concept(_INTERPRETATION, *known)]
    if limits:
        found["referenceRange"] = [_reference_range(limits, unit, ucum.code if ucum else None)]
    return found


def _reference_range(limits: Range, unit: str | None, ucum: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if limits.low is not None:
        found["low"] = quantity(limits.low, unit, ucum)
    if limits.high is not None:
        found["high"] = quantity(limits.high, unit, ucum)
    found["text"] = limits.words
    return found


def report(
    visit: Visit,
    part: str,
    *,
    text: str,
    code: Coding | None,
    results: Sequence[dict[str, Any]],
    issued: str | None = None,
    conclusion: str | None = None,
) -> dict[str, Any]:
    """A laboratory DiagnosticReport over `results` (Observations of the same row). `issued` is a FHIR instant."""
    found: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "identifier": visit.identifier("laporan", part),
        "status": "final",
        "category": [concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory")],
        "code": codeable(text, *([code] if code else [])),
        "subject": visit.subject(),
        **visit.encounter(),
        "effectiveDateTime": visit.start,
    }
    if issued:
        found["issued"] = issued
    found["performer"] = [visit.performer() or visit.source.organisation()]
    found["result"] = [
        {"reference": f"Observation?identifier={first['system']}|{first['value']}"}
        for first in (result["identifier"][0] for result in results)
    ]
    if conclusion:
        found["conclusion"] = conclusion
    return found
