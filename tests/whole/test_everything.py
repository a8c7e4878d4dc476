"""Patient/$everything: all that is open of one person, in pages, and nothing of what is not."""

import pytest

from hub.access import Asked, everything, own_record, seen
from hub.admission import new_presence_code, patient_by_nik, presence
from hub.errors import Category, HubError
from hub.fhir import json
from hub.model import Principal
from hub.pipeline import choose, delete
from tests.whole.calling import bare, online, signed_in
from tests.whole.sending import BASE, NIK, A, B, client_of, every, file_of, row, send

AT_A = (
    row(),
    row(no_kunjungan="K-2", tanggal_kunjungan="10/03/2026", diagnosis_1="B20", diagnosis_2=""),
)
AT_B = row(no_kunjungan="B-9", tanggal_kunjungan="12/04/2026", no_rm="BS-1", diagnosis_1="E11.9", diagnosis_2="")


@pytest.fixture
def sent(hub):
    send(hub, A, file_of(*AT_A))
    send(hub, B, file_of(AT_B))
    return hub


@pytest.fixture
def patient(sent):
    return Principal("patient", "patient:siti", "PATRQT", person="patient:siti", compartment=patient_by_nik(sent, NIK))


def patient_id(hub, facility):
    number = hub.facilities[facility].number
    ids = [each["id"] for each in every(hub, client_of(facility), "Patient")]
    with hub.store.reading() as tx:
        return next(i for i in ids if tx.get([hub.ids.decode(i)])[hub.ids.decode(i)].author == number)


def held(bundle):
    return [entry["resource"] for entry in bundle["entry"] if entry["search"]["mode"] == "match"]


def diagnoses(resources):
    return sorted(each["code"]["coding"][0]["code"] for each in resources if each["resourceType"] == "Condition")


def whole(hub, who, id_, **asked):
    return json.read(everything(hub, who, id_, Asked(**asked), BASE))


def test_a_clinic_gets_all_of_its_own_and_a_word_that_there_may_be_more(sent):
    bundle = whole(sent, client_of(A), patient_id(sent, A))
    mine = held(bundle)
    assert bundle["total"] == len(mine) > 10
    assert {each["resourceType"] for each in mine} >= {"Patient", "Encounter", "Condition", "Observation", "Provenance"}
    assert diagnoses(mine) == ["B20", "J06.9", "K30"]
    notices = [entry["resource"] for entry in bundle["entry"] if entry["search"]["mode"] == "outcome"]
    assert [issue["details"]["coding"][0]["code"] for each in notices for issue in each["issue"]] == ["HUB-4303"]


def test_the_others_record_opens_with_consent_and_presence_and_sensitive_stays_shut(sent, patient):
    mine = patient_id(sent, B)
    before = whole(sent, client_of(B), mine)
    choose(sent, patient, "optin")
    assert len(held(whole(sent, client_of(B), mine))) == len(held(before)), "consent without presence opens nothing"
    presence(sent, client_of(B), new_presence_code(sent, patient)[0])
    opened = whole(sent, client_of(B), mine)
    assert diagnoses(held(opened)) == ["E11.9", "J06.9", "K30"]
    assert opened["total"] == len(held(opened))
    assert whole(sent, client_of(B), patient_id(sent, A))["total"] == opened["total"]


def test_hidden_and_absent_are_the_same_bytes(sent):
    with online(sent) as http:
        headers = signed_in(sent, http, B)
        for method in ("GET", "POST"):
            answers = [
                bare(http.request(method, f"/fhir/Patient/{id_}/$everything", headers=headers))
                for id_ in (patient_id(sent, A), "0" * 32)
            ]
            assert answers[0] == answers[1]
            assert answers[0][0] == 404


def test_pages_hold_each_record_once(sent):
    id_ = patient_id(sent, A)
    with online(sent) as http:
        headers = signed_in(sent, http, A)
        other = signed_in(sent, http, B)
        url, ids, pages = f"/fhir/Patient/{id_}/$everything?_count=4", [], 0
        while url:
            answer = http.get(url, headers=headers)
            assert answer.status_code == 200, answer.text
            bundle = answer.json()
            ids += [(each["resourceType"], each["id"]) for each in held(bundle)]
            links = {link["relation"]: link["url"] for link in bundle["link"]}
            url = links.get("next", "").removeprefix("https://hub.test")
            pages += 1
            if url:
                assert http.get(url, headers=other).status_code == 400, "a page link is its caller's own"
        assert len(ids) == len(set(ids)) == bundle["total"]
        assert pages == -(-bundle["total"] // 4)


def test_parameters_narrow(sent):
    id_ = patient_id(sent, A)
    with online(sent) as http:
        headers = signed_in(sent, http, A)

        def asked(query, **more):
            return http.get(f"/fhir/Patient/{id_}/$everything{query}", headers=headers | more)

        kinds = {each["resourceType"] for each in held(asked("?_type=Condition,Patient").json())}
        assert kinds == {"Condition", "Patient"}
        march = held(asked("?start=2026-03-01&end=2026-03-31").json())
        assert diagnoses(march) == ["B20"]
        assert {each["resourceType"] for each in march} >= {"Patient", "Provenance"}
        assert asked("?_since=2099-01-01T00:00:00Z").json()["total"] == 0
        assert asked("?_since=2000-01-01T00:00:00Z").json()["total"] > 10
        for query in ("?_type=Tidak", "?_type=", "?start=kemarin", "?_count=0", "?_since=x", "?warna=biru", "?_page=x"):
            assert asked(query).status_code == 400, query
        assert asked("?warna=biru", Prefer="handling=lenient").status_code == 200
        body = {
            "resourceType": "Parameters",
            "parameter": [{"name": "_type", "valueCode": "Encounter"}, {"name": "end", "valueDate": "2026-02-28"}],
        }
        url = f"/fhir/Patient/{id_}/$everything"
        told = http.post(url, json=body, headers=headers)
        assert [each["resourceType"] for each in held(told.json())] == ["Encounter"]
        assert http.post(url, headers=headers).json()["total"] > 10
        assert http.post(url, json={"resourceType": "Patient"}, headers=headers).status_code == 400


def test_scopes_bound_what_it_holds(sent):
    id_ = patient_id(sent, A)
    with online(sent) as http:
        headers = signed_in(sent, http, A, ("system/Patient.rs", "system/Encounter.rs"))
        url = f"/fhir/Patient/{id_}/$everything"
        got = held(http.get(url, headers=headers).json())
        assert {each["resourceType"] for each in got} == {"Patient", "Encounter"}
        assert http.get(url + "?_type=Condition", headers=headers).status_code == 403
        assert http.get("/fhir/Patient/$everything", headers=headers).status_code == 403


def test_the_patient_gets_the_own_record_of_all_facilities(sent, patient):
    bundle = whole(sent, patient, None)
    ids = {(each["resourceType"], each["id"]) for each in held(bundle)}
    assert ids == {(each["resourceType"], each["id"]) for each in own_record(sent, patient)}
    assert diagnoses(held(bundle)) == ["B20", "E11.9", "J06.9", "K30"]
    assert all(entry["search"]["mode"] == "match" for entry in bundle["entry"])
    looks = [look.event for look in seen(sent, patient)]
    assert "everything" in looks


def test_a_deleted_patient_is_gone_for_its_author(sent):
    who = client_of(A)
    id_ = json.read(everything(sent, who, patient_id(sent, A), Asked(types=("Patient",)), BASE))["entry"][0][
        "resource"
    ]["id"]
    for type_ in ("MedicationRequest", "Condition", "Observation", "Procedure", "Encounter", "Patient"):
        for each in every(sent, who, type_):
            delete(sent, who, type_, each["id"])
    with pytest.raises(HubError) as refused:
        whole(sent, who, id_)
    assert refused.value.category is Category.GONE
