"""A visit that is gone from its source: marked as entered in error, gone from the figures and from what is current."""

from copy import deepcopy

import pytest

from hub.access import history, own_record
from hub.access.monitoring import open_facts
from hub.fhir import json
from hub.model import Mapped, Origin, Principal
from hub.pipeline import submit, waiting
from hub.pipeline.part import store_part
from hub.pipeline.withdrawal import in_error
from hub.record.summary import summary
from hub.validation import check_resource
from tests.whole.sending import A, B, client_of, counts, every, file_of, found, row, send

STATUS = ("Encounter", "Observation", "Procedure", "MedicationRequest")
GONE = {"no_kunjungan": "K-1", "_removed": True}


def tell(hub, facility, *rows):
    return submit(hub, client_of(facility), "klinik_csv", json.write(list(rows)), "baris.json")


def current_facts(hub):
    """(kind, code) of every fact in force."""
    with hub.store.reading() as tx:
        facts = [fact for row in tx.facts() for fact in open_facts(hub, row)]
    return sorted((fact.kind, fact.code) for fact in facts)


def state_of(hub, who, type_):
    return {
        str(each.get("status") or each.get("verificationStatus", {}).get("coding", [{}])[0].get("code"))
        for each in every(hub, who, type_)
    }


def test_a_removed_visit_is_entered_in_error_with_one_new_version_each(hub):
    who = client_of(A)
    send(hub, A, file_of(row(), row(no_kunjungan="K-2", tanggal_kunjungan="04/02/2026", diagnosis_1="I10")))
    before = counts(hub)
    receipt = tell(hub, A, GONE)
    assert receipt.counts == {"accepted": 0, "unchanged": 0, "corrected": 0, "withdrawn": 1, "quarantined": 0}
    assert receipt.issues == []
    after = counts(hub)
    assert (after["resource"], after["compartment"]) == (before["resource"], before["compartment"])
    changed = [
        each
        for type_ in (*STATUS, "Condition", "Provenance")
        for each in every(hub, who, type_)
        if each["meta"]["versionId"] == "2"
    ]
    assert after["history"] == before["history"] + len(changed)
    assert {each.get("status") for each in changed} == {"entered-in-error", None}
    conditions = [each for each in changed if each["resourceType"] == "Condition"]
    assert len(conditions) == 2
    for each in conditions:
        assert "clinicalStatus" not in each
        assert each["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert [i for each in changed for i in check_resource(each) if i.severity == "error"] == []
    traces = [each for each in changed if each["resourceType"] == "Provenance"]
    assert [each["activity"]["coding"][0]["code"] for each in traces] == ["NULLIFY"]
    assert {each["meta"]["versionId"] for type_ in ("Patient", "Practitioner") for each in every(hub, who, type_)} <= {
        "1",
        "2",
    }, "people stay"
    encounter = next(each for each in changed if each["resourceType"] == "Encounter")
    assert [v.version for v in history(hub, who, "Encounter", encounter["id"])] == [2, 1]


def test_its_facts_are_gone_and_those_of_others_stay(hub):
    send(hub, A, file_of(row(no_kunjungan="K-2", tanggal_kunjungan="04/02/2026", diagnosis_1="I10", diagnosis_2="")))
    alone = current_facts(hub)
    send(hub, A, file_of(row()))
    assert any(kind == "diagnosis" and code.startswith("J06") for kind, code in current_facts(hub))
    tell(hub, A, GONE)
    assert current_facts(hub) == alone


def test_a_sensitive_visit_leaves_its_sum(hub):
    send(hub, A, file_of(row(diagnosis_1="B20", diagnosis_2="")))
    with hub.store.reading() as tx:
        assert {each.n for each in tx.sums()} == {1}
    tell(hub, A, GONE)
    with hub.store.reading() as tx:
        assert {each.n for each in tx.sums()} == {0}


def test_the_patient_no_longer_sees_it_as_current(hub):
    bare = {"diagnosis_1": "I10", "obat_1": "", "aturan_pakai_1": "", "jumlah_1": ""}
    send(hub, A, file_of(row(), row(no_kunjungan="K-2", tanggal_kunjungan="04/02/2026", **bare)))
    tell(hub, A, GONE)
    home = hub.ids.decode(every(hub, client_of(A), "Patient")[0]["id"]).compartment
    me = Principal("patient", "pasien", "PATRQT", compartment=home, person="pasien")
    shown = summary(own_record(hub, me), {A: "Klinik A"})
    assert {line.code for line in shown.diagnoses} == {"I10", "K30"}
    assert shown.medicines == ()
    assert [visit.day for each in shown.visits for visit in each.visits] == ["2026-02-04"]


def test_removing_twice_changes_nothing_and_coming_back_is_a_correction(hub):
    who = client_of(A)
    send(hub, A, file_of(row()))
    tell(hub, A, GONE)
    before = counts(hub)
    again = tell(hub, A, GONE)
    assert again.counts == {"accepted": 0, "unchanged": 1, "corrected": 0, "withdrawn": 0, "quarantined": 0}
    assert (counts(hub)["resource"], counts(hub)["history"]) == (before["resource"], before["history"])
    back = send(hub, A, file_of(row()))
    assert back.counts["corrected"] == 1
    assert state_of(hub, who, "Encounter") == {"finished"}
    assert {each["clinicalStatus"]["coding"][0]["code"] for each in every(hub, who, "Condition")} == {"active"}
    assert {each["meta"]["versionId"] for each in every(hub, who, "Encounter")} == {"3"}
    assert all("activity" not in each for each in every(hub, who, "Provenance"))


def test_what_the_hub_does_not_have_is_a_warning(hub):
    receipt = tell(hub, A, GONE, {"no_kunjungan": "K-9", "_removed": True})
    assert receipt.counts == {"accepted": 0, "unchanged": 2, "corrected": 0, "withdrawn": 0, "quarantined": 0}
    assert {(issue.code, issue.severity) for issue in receipt.issues} == {("HUB-3301", "warning")}
    send(hub, A, file_of(row()))
    assert tell(hub, B, GONE).counts["withdrawn"] == 0, "another facility's number is not this one's"
    assert found(hub, client_of(A), "Encounter")["entry"][0]["resource"]["status"] == "finished"


def test_a_removed_row_must_name_what_it_means(hub):
    receipt = tell(hub, A, {"_removed": True, "nama_pasien": "Siti"})
    assert (receipt.counts["quarantined"], receipt.issues[0].code) == (1, "HUB-2030")


def test_a_removed_row_ends_its_waiting_in_quarantine(hub):
    send(hub, A, file_of(row(tanggal_lahir="31/02/1990")))
    assert len(waiting(hub, A)) == 1
    tell(hub, A, GONE)
    assert waiting(hub, A) == []


def test_removed_and_sent_rows_travel_together(hub):
    send(hub, A, file_of(row(), row(no_kunjungan="K-2", tanggal_kunjungan="04/02/2026")))
    new = row(no_kunjungan="K-3", tanggal_kunjungan="05/02/2026")
    receipt = tell(hub, A, GONE, {k: v for k, v in new.items() if v}, {"no_kunjungan": "K-2", "_removed": True})
    assert receipt.counts == {"accepted": 1, "unchanged": 0, "corrected": 0, "withdrawn": 2, "quarantined": 0}
    assert sorted(each["status"] for each in every(hub, client_of(A), "Encounter")) == [
        "entered-in-error",
        "entered-in-error",
        "finished",
    ]


@pytest.mark.parametrize("type_", ["Condition", "AllergyIntolerance"])
def test_types_with_a_verification_status_stay_valid(type_):
    system = "condition-clinical" if type_ == "Condition" else "allergyintolerance-clinical"
    status = {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": "resolved"}]}
    subject = "subject" if type_ == "Condition" else "patient"
    resource = {"resourceType": type_, subject: {"reference": "Patient/x"}, "clinicalStatus": status}
    if type_ == "Condition":
        resource["abatementDateTime"] = "2026-01-01"
    marked = in_error(resource)
    assert [issue for issue in check_resource(marked) if issue.severity == "error"] == []
    assert in_error({"resourceType": "Location"}) is None


def test_what_another_standing_row_says_too_stays(hub):
    """An allergy that every visit repeats: it goes with the last row that says it."""
    facility, sid = hub.facilities[A], f"https://jukung.id/sid/{A}"
    send(hub, A, file_of(row()))
    patient = every(hub, client_of(A), "Patient")[0]["id"]
    allergy = {
        "resourceType": "AllergyIntolerance",
        "identifier": [{"system": f"{sid}/alergi", "value": "1"}],
        "clinicalStatus": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
            ]
        },
        "code": {"text": "Penisilin"},
        "patient": {"reference": f"Patient/{patient}"},
    }
    for number, key in enumerate(("V-1", "V-2"), 1):
        trace = {
            "resourceType": "Provenance",
            "target": [{"reference": f"AllergyIntolerance?identifier={sid}/alergi|1"}],
            "recorded": "2026-02-03T00:00:00Z",
            "agent": [{"who": {"display": "Klinik"}}],
        }
        origin = Origin(A, facility.number, "klinik_csv", "KJ-0", hub.clock(), "uji")
        items = [
            Mapped("AllergyIntolerance", deepcopy(allergy), f"{sid}/alergi|1", row=number),
            Mapped("Provenance", trace, f"{sid}/asal|{key}", row=number),
        ]
        assert not any(stored.is_refused for stored in store_part(hub, origin, items))
    told = tell(hub, A, {"no_kunjungan": "V-1", "_removed": True})
    assert told.counts["withdrawn"] == 1
    assert "clinicalStatus" in every(hub, client_of(A), "AllergyIntolerance")[0]
    tell(hub, A, {"no_kunjungan": "V-2", "_removed": True})
    assert "clinicalStatus" not in every(hub, client_of(A), "AllergyIntolerance")[0]
