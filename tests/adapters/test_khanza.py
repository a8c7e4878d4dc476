"""SIMRS Khanza, 600 invented visits: read from an SQLite file as the agent reads them, held against their truth."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from fixtures.city.accuracy import compare
from fixtures.city.khanza import hospital, write_khanza
from hub.consent import label
from hub.fhir.systems import DIAGNOSIS_RANK
from hub.mapping import load_adapter, map_record, read_json
from hub.mapping.readers.sql import open_source, read_batch
from hub.mapping.second_opinion import second_opinion
from hub.model import Facility
from hub.validation import check_resource

ADAPTER = Path(__file__).parents[2] / "adapters" / "simrs_khanza"
RECEIVED_MS = 1_795_312_800_000


def facility_of(settings):
    return Facility(
        number=1, id=settings["id"], name=settings["name"], adapter="simrs_khanza", settings=settings["settings"]
    )


def read_all(adapter, url, batch=200):
    source = open_source(url)
    found, after = [], ""
    try:
        while rows := read_batch(source, adapter.source, after, "0000/00/00", batch):
            found += rows
            after = rows[-1]["no_rawat"]
    finally:
        source.close()
    return found


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Truth by number, and by number what the adapter made of the row."""
    settings, visits = hospital(5, 600)
    path = tmp_path_factory.mktemp("khanza") / "sik.db"
    lines = write_khanza(random.Random(2), settings, visits, path, cancelled=0.02)
    adapter = load_adapter(ADAPTER)
    rows = read_all(adapter, f"sqlite:///{path}")
    facility = facility_of(settings)
    context = adapter.context(facility, "sik.db", RECEIVED_MS)
    table = read_json(adapter, json.dumps(rows).encode(), facility)
    outcomes = {record.cell("no_rawat"): map_record(adapter, record, context) for record in table.records}
    return {line["number"]: line for line in lines}, outcomes


def resources(outcome, type_):
    return [item.resource for item in outcome.mapped if item.type == type_]


def test_every_visit_is_accepted_and_every_field_used(read):
    truth, outcomes = read
    assert set(outcomes) == set(truth)
    refused = {key: outcome.issues for key, outcome in outcomes.items() if not outcome.mapped}
    assert refused == {}
    assert {name for outcome in outcomes.values() for name in outcome.leftovers} == set()


def test_fields_agree_with_the_truth(read):
    truth, outcomes = read
    right = total = 0
    wrong = Counter()
    for number, outcome in outcomes.items():
        score = compare(truth[number], [item.resource for item in outcome.mapped])
        right, total = right + score.right, total + score.total
        wrong.update(name for name, _, _ in score.wrong)
    assert total > 15_000
    assert right / total >= 0.99, wrong


def hospital_fields(outcome):
    """What only a hospital's visit has, read back out of its resources."""
    (encounter,) = resources(outcome, "Encounter")
    disposition = encounter.get("hospitalization", {}).get("dischargeDisposition", {})
    beds = [place for place in encounter.get("location", ()) if "kamar/" in place["location"]["reference"]]
    spans = [place.get("period", {}) for place in beds]
    names = [place["location"]["reference"].rpartition("kamar/")[2] for place in beds]
    laboratory = [
        each for each in resources(outcome, "Observation") if each["category"][0]["coding"][0]["code"] == "laboratory"
    ]
    dispensed = [
        [
            each["whenHandedOver"],
            each["identifier"][0]["value"].split("/")[5],
            each["medicationCodeableConcept"]["text"],
            str(each["quantity"]["value"]),
        ]
        for each in resources(outcome, "MedicationDispense")
    ]
    allergies = [each["code"] for each in resources(outcome, "AllergyIntolerance")]
    allergy = next((each.get("text") for each in allergies), None)
    if allergies and allergies[0].get("coding", [{}])[0].get("code") == "716186003":
        allergy = "No known allergy"
    return {
        "class": encounter["class"]["code"],
        "status": encounter["status"],
        "disposition": next((each["code"] for each in disposition.get("coding", ())), None),
        "beds": [[name, span.get("start"), span.get("end")] for name, span in zip(names, spans, strict=True)],
        "referred_to": encounter.get("hospitalization", {}).get("destination", {}).get("display"),
        "origin": encounter.get("hospitalization", {}).get("origin", {}).get("display"),
        "dispensed": sorted(dispensed),
        "allergy": allergy,
        "notes": len(resources(outcome, "ClinicalImpression")),
        "reports": len(resources(outcome, "DiagnosticReport")),
        "orders": sum(
            each["category"][0]["coding"][0]["code"] == "108252007" for each in resources(outcome, "ServiceRequest")
        ),
        "ranges": [next((part["text"] for part in each.get("referenceRange", ())), None) for each in laboratory],
        "flags": [
            next((part["coding"][0]["code"] for part in each.get("interpretation", ())), None) for each in laboratory
        ],
        "conclusion": next(
            (each["conclusion"] for each in resources(outcome, "DiagnosticReport") if "conclusion" in each), None
        ),
        "deceased": resources(outcome, "Patient")[0].get("deceasedDateTime"),
    }


def test_hospital_fields_agree_with_the_truth(read):
    """Class, state, beds, discharge, dispensing, laboratory: the fields no clinic has."""
    truth, outcomes = read
    right = total = 0
    wrong = Counter()
    dead = {
        line["fields"]["mrn"]: line["hospital"]["deceased"] for line in truth.values() if "deceased" in line["hospital"]
    }
    for number, outcome in outcomes.items():
        told = truth[number]["hospital"]
        found = hospital_fields(outcome)
        expected = {name: told.get(name) for name in found}
        if told["status"] == "cancelled":
            expected = {"class": "AMB" if told["class"] == "IMP" else told["class"], "status": "cancelled"}
            found["class"] = "AMB" if found["class"] == "IMP" else found["class"]
        else:
            expected["dispensed"] = sorted(
                [when, code, name, count] for when, code, _, name, count in told["dispensed"]
            )
            expected |= {"ranges": told.get("ranges", []), "flags": told.get("flags", [])}
            expected["deceased"] = dead.get(truth[number]["fields"]["mrn"])
        for name, value in expected.items():
            total += 1
            right += found[name] == value
            if found[name] != value:
                wrong[name] += 1
    assert total > 8_000
    assert right / total >= 0.99, wrong


def test_resources_are_valid_and_have_one_source_each(read):
    faults, opinions, sources = Counter(), Counter(), Counter()
    for number, outcome in enumerate(read[1].values()):
        for item in outcome.mapped:
            faults.update(f"{item.type} {issue.code} {issue.path}" for issue in check_resource(item.resource))
            if number % 8 == 0:
                opinions.update(second_opinion(item.resource))
        sources.update(f"{item.type} {item.source}" for item in outcome.mapped if item.type not in _SHARED)
    assert faults == {}
    assert opinions == {}
    assert [source for source, times in sources.items() if times > 1] == []


_SHARED = {"Patient", "Practitioner", "Location"}


def test_shared_resources_say_the_same_in_every_row(read):
    """A doctor is the same Practitioner in charge, prescribing or examining: reading one row never undoes another."""
    seen = {}
    for outcome in read[1].values():
        for item in outcome.mapped:
            if item.type in ("Practitioner", "Location"):
                assert seen.setdefault((item.type, item.source), item.resource) == item.resource


def test_codes_cover_nine_in_ten_by_volume(read):
    known, all_ = Counter(), Counter()
    for outcome in read[1].values():
        for type_, element in (
            ("MedicationRequest", "medicationCodeableConcept"),
            ("MedicationDispense", "medicationCodeableConcept"),
            ("Observation", "code"),
            ("DiagnosticReport", "code"),
        ):
            for resource in resources(outcome, type_):
                all_[type_] += 1
                known[type_] += bool(resource[element].get("coding"))
    assert {type_: known[type_] / count >= 0.9 for type_, count in all_.items()} == dict.fromkeys(all_, True)


def test_ordinary_notes_stay_ordinary_and_sensitive_visits_are_labelled(read):
    truth, outcomes = read
    labels = Counter()
    for number, outcome in outcomes.items():
        codes = truth[number]["fields"]["diagnoses"]
        is_ordinary = not any(code.startswith(("B20", "Z21", "F", "A5", "T74", "T40", "Z3", "O")) for code in codes)
        for item in outcome.mapped:
            found = label(item.resource)
            if is_ordinary:
                labels[item.type, found.conf] += 1
            if "B20" in codes and item.type in ("Condition", "Encounter"):
                assert found.sens == {"HIV"}
    assert {conf for (type_, conf) in labels if type_ in ("ClinicalImpression", "ServiceRequest", "Observation")} == {
        "N"
    }
    ordinary = sum(count for (_, conf), count in labels.items() if conf == "N")
    assert ordinary / sum(labels.values()) > 0.995


def test_main_diagnosis_comes_first(read):
    for outcome in read[1].values():
        ranks = [
            next(part["valuePositiveInt"] for part in each["extension"] if part["url"] == DIAGNOSIS_RANK)
            for each in resources(outcome, "Condition")
        ]
        assert ranks == sorted(ranks)


def test_results_answer_their_order(read):
    """A report of an ordered panel points to its order, a dispensing to its prescription item, both in the same row."""
    linked = Counter()
    for outcome in read[1].values():
        own = {f"{item.type}?identifier={item.source}" for item in outcome.mapped}
        for report in resources(outcome, "DiagnosticReport"):
            linked["report", "basedOn" in report] += 1
            assert {each["reference"] for each in report.get("basedOn", ())} <= own
        for given in resources(outcome, "MedicationDispense"):
            linked["dispense", "authorizingPrescription" in given] += 1
            assert {each["reference"] for each in given.get("authorizingPrescription", ())} <= own
    assert linked["report", True] > 4 * linked["report", False] > 0
    assert linked["dispense", True]
    assert linked["dispense", False]
