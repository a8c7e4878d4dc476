"""hub.validation.profiles and satusehat: what SATUSEHAT wants is said by rule number, for what clients really send."""

import csv
from pathlib import Path
from typing import Any

import pytest

from hub.errors import HubError, fix, text
from hub.fhir import json
from hub.model import Issue, Mapped, Validated
from hub.validation import check, check_resource, known_profiles, require_profiles, require_setting
from hub.validation.profiles import R4
from hub.validation.satusehat import base, profiled_types, rules, satusehat_issues
from tests.conftest import not_run
from tests.validation.originals import ORIGINALS, PATIENT, edited

FACTS = Path(__file__).parents[2].parent / "shared" / "facts"
SATUSEHAT = "https://fhir.kemkes.go.id/r4/StructureDefinition/"
VISIT = {
    "resourceType": "Encounter",
    "identifier": [{"system": "http://sys-ids.kemkes.go.id/encounter/100099999", "value": "1"}],
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": {"reference": "Patient/1"},
    "participant": [{"individual": {"reference": "Practitioner/1"}}],
    "period": {"start": "2026-11-20T08:10:00+08:00"},
    "location": [{"location": {"reference": "Location/1"}}],
    "statusHistory": [{"status": "finished", "period": {"start": "2026-11-20T08:10:00+08:00"}}],
    "serviceProvider": {"reference": "Organization/1"},
}
VACCINATION = {
    "resourceType": "Immunization",
    "status": "completed",
    "vaccineCode": {"text": "campak"},
    "patient": {"reference": "Patient/1"},
    "encounter": {"reference": "Encounter/1"},
    "occurrenceString": "kemarin",
    "primarySource": True,
    "performer": [{"actor": {"reference": "Practitioner/1"}}],
    "location": {"reference": "Location/1"},
    "lotNumber": "A1",
}

PAYLOADS: dict[str, set[str]] = {
    "ref_khanza_encounter_wib_offset_bug": set(),  # its clock is an hour wrong, which one visit alone cannot show
    "ref_khanza_observation_bp_panel": set(),
    "ref_phpsdk_bundle_rawat_jalan": set(),
    "ref_phpsdk_encounter": set(),
    "ref_phpsdk_patient_newborn_nik_ibu": set(),
    "ref_phpsdk_patient_nik": set(),
    "sdk4141_01_patient": {"10167 Patient.multipleBirthInteger"},
    "sdk4141_02_organization": {"R4 Organization.type"},
    "sdk4141_03_location": set(),
    "sdk4141_04_encounter": {
        "10120 Encounter.location",
        "10122 Encounter.statusHistory",
        "10124 Encounter.serviceProvider",
    },
    "sdk4141_05_condition": set(),
    "sdk4141_06_observation_systolic": {"R4 Observation.effectiveTime", "R4 Observation.interpretation"},
    "sdk4141_07_medication_request": {"10388 MedicationRequest.identifier"},
    "sdk4141_08_medication_dispense": {"R4 MedicationDispense.encounter", "R4 MedicationDispense.medication"},
    "sdk4141_09_service_request": set(),
    "sdk4141_10_specimen": set(),
    "sdk4141_11_diagnostic_report": {"R4 DiagnosticReport.effectiveTime"},
    "sdk4141_12_allergy": {"R4 AllergyIntolerance.clinicalStatus", "R4 AllergyIntolerance.verificationStatus"},
    "sdk4141_13_immunization": {"R4 Immunization.subject", "R4 Immunization.patient"},
    "sdk4141_14_bundle_transaction": {
        "10120 Bundle.entry[0].resource.location",
        "10122 Bundle.entry[0].resource.statusHistory",
        "10124 Bundle.entry[0].resource.serviceProvider",
    },
}
"""What clients send to SATUSEHAT, and which rule catches it: SATUSEHAT's number, or R4 itself."""


def without(resource: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key not in names}


def judged(resource: dict[str, Any]) -> set[str]:
    """The errors of a resource held to SATUSEHAT's profile of its type, as "rule place"."""
    found = check_resource(resource, profiles=known_profiles(resource["resourceType"]))
    return {f"{each.args.get('number', 'R4')} {each.path}" for each in found if each.severity == "error"}


@pytest.mark.parametrize("name", sorted(PAYLOADS))
def test_what_clients_really_send(name: str) -> None:
    folder = FACTS / "satusehat_payloads"
    if not folder.is_dir():
        not_run("SATUSEHAT payloads (../shared/facts/satusehat_payloads)")
    assert {file.stem for file in folder.glob("*.json")} == set(PAYLOADS)
    assert judged(json.read((folder / f"{name}.json").read_bytes())) == PAYLOADS[name]


def test_the_rules_are_the_ministrys() -> None:
    file = FACTS / "satusehat_rules.csv"
    if not file.exists():
        not_run("SATUSEHAT rules (../shared/facts/satusehat_rules.csv)")
    with file.open(encoding="utf-8", newline="") as rows:
        official = {row["rule_number"]: row for row in csv.DictReader(rows) if row["kind"].startswith("required")}
    ours = {rule.number: rule for found in rules().values() for rule in found}
    assert {number: row["path"].removesuffix("[x]") for number, row in official.items()} == {
        number: rule.element.removesuffix("[x]") for number, rule in ours.items()
    }
    assert {number for number, rule in ours.items() if rule.when} == {
        number for number, row in official.items() if row["constraint"] == "not null if"
    }
    assert len(ours) == 71


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (VISIT, []),
        (without(VISIT, "location"), ["10120 Encounter.location"]),
        (VISIT | {"location": [{"location": {}}, {"status": "active"}]}, ["10120 Encounter.location[1].location"]),
        (VISIT | {"period": {"end": "2026-11-20"}}, ["10123 Encounter.period.start"]),
        (without(VISIT, "period"), ["10121 Encounter.period"]),
        (VISIT | {"participant": [{}]}, ["10119 Encounter.participant[0].individual"]),
        (without(VISIT, "participant"), ["10336 Encounter.participant"]),
        (VISIT | {"identifier": [{"system": "https://klinik.example/visit"}]}, ["10117 Encounter.identifier[0]"]),
        (VISIT | {"identifier": [{"value": "1"}, *VISIT["identifier"]]}, []),
        (VACCINATION, []),
        (without(VACCINATION, "lotNumber"), ["10306 Immunization.lotNumber"]),
        (without(VACCINATION, "lotNumber", "primarySource"), ["10292 Immunization.primarySource"]),
        (without(VACCINATION, "occurrenceString"), ["10156 Immunization.occurrence"]),
        ({"resourceType": "Basic"}, []),
        ({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": VISIT}]}, []),
        (
            {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": VISIT}, {"fullUrl": "https://x/1"}]},
            ["20021 Bundle.entry[0].fullUrl", "20018 Bundle.entry[1].fullUrl"],
        ),
    ],
)
def test_what_is_missing_and_where(resource: dict[str, Any], expected: list[str]) -> None:
    found = list(satusehat_issues(resource, str(resource["resourceType"])))
    assert [f"{issue.args['number']} {issue.path}" for issue in found] == expected
    for issue in found:
        for lang in ("id", "en"):
            assert issue.args["number"] in text(issue, lang)
            assert fix(issue, lang)


def test_a_concept_needs_a_coding_of_the_right_system() -> None:
    for system, expected in (("http://snomed.info/sct", []), ("urn:lokal", ["HUB-1202"])):
        resource = ORIGINALS["allergy"] | {"code": {"coding": [{"system": system, "code": "1"}]}}
        assert [issue.code for issue in satusehat_issues(resource, "AllergyIntolerance")] == expected


def test_every_rule_can_be_broken() -> None:
    for type_, found in rules().items():
        for rule in found:
            resource: dict[str, Any] = {"resourceType": type_} | ({"primarySource": True} if rule.when else {})
            node = resource
            for names in rule.steps[:-1]:
                node[names[0]] = node = {}
            assert rule.number in [issue.args["number"] for issue in satusehat_issues(resource, type_)], rule


@pytest.mark.parametrize(
    ("url", "type_", "code"),
    [
        (SATUSEHAT + "Patient", "Patient", None),
        (SATUSEHAT + "Patient|1.0", "Patient", None),
        (R4 + "Basic", "Basic", None),
        (SATUSEHAT + "Bundle", "Bundle", None),
        (SATUSEHAT + "Basic", "Basic", "HUB-1200"),
        ("https://example.org/Siti Contoh", "Patient", "HUB-1200"),
        (R4 + "Pasien", "Patient", "HUB-1200"),
        (SATUSEHAT + "Encounter", "Patient", "HUB-1204"),
        (R4 + "Encounter", "Patient", "HUB-1204"),
    ],
)
def test_profiles_are_known_by_name(url: str, type_: str, code: str | None) -> None:
    if code is None:
        require_profiles([url], type_)
        return
    with pytest.raises(HubError) as refused:
        require_profiles([url], type_)
    (issue,) = refused.value.issues
    assert issue.code == code
    assert "Siti" not in text(issue, "en")
    if code == "HUB-1200":
        assert base() in text(issue)
        assert all(name in text(issue) for name in profiled_types())


def test_a_resource_is_held_to_what_it_declares() -> None:
    plain = edited(PATIENT, ("meta.profile", [SATUSEHAT + "Lain", "https://example.org/p"]))
    assert [issue for issue in check_resource(plain) if issue.severity == "error"] == []
    declared = without(PATIENT, "birthDate", "_birthDate")
    assert "10397 Patient.birthDate" in {
        f"{issue.args.get('number')} {issue.path}" for issue in check_resource(declared) if issue.severity == "error"
    }


@pytest.mark.parametrize(("setting", "severity"), [("", None), ("satusehat", "warning"), ("satusehat!", "error")])
def test_a_facility_may_choose_the_profiles(setting: str, severity: str | None) -> None:
    require_setting(setting)
    (found,) = check([Mapped("Encounter", without(VISIT, "serviceProvider"), row=3)], profiles=setting)
    issues = found if isinstance(found, list) else list(found.warnings)
    assert isinstance(found, Validated) == (severity != "error")
    lacking: list[Issue] = [issue for issue in issues if issue.code == "HUB-1201"]
    assert [(issue.severity, issue.path, issue.row) for issue in lacking] == (
        [(severity, "Encounter.serviceProvider", 3)] if severity else []
    )


def test_another_setting_is_refused() -> None:
    with pytest.raises(HubError) as refused:
        require_setting("satusehat!!")
    assert "satusehat!" in text(refused.value.issues[0])
