"""One person at two clinics: each sees its own until the patient opens the record, and never learns what it may not."""

import pytest

from hub.access import choices, next_page, read, search, seen
from hub.admission import new_presence_code, patient_by_nik, presence
from hub.errors import HubError
from hub.fhir import json
from hub.model import Key, Principal
from hub.pipeline import choose, create
from tests.whole.calling import bare, online, signed_in
from tests.whole.sending import BASE, NIK, A, B, client_of, every, file_of, found, resources, row, send

AT_A = (
    row(),
    row(no_kunjungan="K-2", tanggal_kunjungan="10/03/2026", diagnosis_1="B20", diagnosis_2=""),
    row(no_kunjungan="K-3", tanggal_kunjungan="11/03/2026", diagnosis_1="I10", diagnosis_2=""),
)
AT_B = row(
    no_kunjungan="B-9", tanggal_kunjungan="12/04/2026", nama_pasien="ST. NOR HALIMAH", no_rm="BS-1", diagnosis_1="E11.9"
)
MRN = {A: "000001", B: "BS-1"}
STRANGER = row(no_kunjungan="K-7", nama_pasien="Johansyah", jenis_kelamin="L", no_rm="7", nik="6371012012859004")
STRANGER |= {"tanggal_lahir": "20/12/1985"}

OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
    "effectiveDateTime": "2026-05-01T08:00:00+08:00",
    "valueQuantity": {"value": 37, "unit": "Cel", "system": "http://unitsofmeasure.org", "code": "Cel"},
}


@pytest.fixture
def sent(hub):
    assert send(hub, A, file_of(*AT_A, STRANGER)).counts["accepted"] == 4
    assert send(hub, B, file_of(AT_B)).counts["accepted"] == 1
    return hub


@pytest.fixture
def patient(sent):
    return Principal("patient", "patient:siti", "PATRQT", person="patient:siti", compartment=patient_by_nik(sent, NIK))


def own_id(hub, facility):
    form = [("identifier", f"https://fhir.kemkes.go.id/id/nik|{NIK}")]
    return next(
        each["id"]
        for each in every(hub, client_of(facility), "Patient", *form)
        if any(identifier["value"] == MRN[facility] for identifier in each["identifier"])
    )


def encounters(hub, facility):
    return {
        each["identifier"][0]["value"]
        for each in every(hub, client_of(facility), "Encounter", ("patient", own_id(hub, facility)), ("_count", "2"))
    }


def conditions(hub, facility):
    held = every(hub, client_of(facility), "Condition", ("patient", own_id(hub, facility)), ("_count", "1"))
    return sorted(each["code"]["coding"][0]["code"] for each in held)


def come_in(hub, patient):
    """The patient hands a code over B's counter."""
    answer = presence(hub, client_of(B), new_presence_code(hub, patient)[0])
    assert answer["patient"] == own_id(hub, B)


def test_one_person_is_recognised_under_two_spellings(sent):
    with sent.store.reading() as tx:
        person = tx.person([patient_by_nik(sent, NIK)])
        assert {row.author for row in tx.compartments(person).values()} == {
            sent.facilities[A].number,
            sent.facilities[B].number,
        }
        assert {link.judgement for link in tx.links(person)} == {"positive"}
    assert len(every(sent, client_of(A), "Patient")) == 2


def test_each_clinic_sees_its_own_visits_only(sent):
    assert encounters(sent, A) == {"K-1", "K-2", "K-3"}
    assert encounters(sent, B) == {"B-9"}
    assert conditions(sent, A) == ["B20", "I10", "J06.9", "K30"]
    assert conditions(sent, B) == ["E11.9", "K30"]


def test_hidden_and_absent_are_the_same_bytes(sent):
    hidden = {
        "Patient": own_id(sent, A),
        "Encounter": found(sent, client_of(A), "Encounter", ("patient", own_id(sent, A)))["entry"][0]["resource"]["id"],
    }
    mine = own_id(sent, B)
    asked = [
        ("GET", "/fhir/{type}/{id}", None),
        ("GET", "/fhir/{type}/{id}/_history", None),
        ("GET", "/fhir/{type}/{id}/_history/1", None),
        ("GET", "/fhir/{type}?_id={id}", None),
        ("GET", "/fhir/Encounter?patient={id}", None),
        ("GET", "/fhir/Encounter?subject=Patient/{id}&_summary=count", None),
        ("GET", f"/fhir/Condition?patient={mine}&encounter={{id}}", None),
        ("GET", "/fhir/Observation?encounter={id}", None),
        ("PUT", "/fhir/{type}/{id}", {"resourceType": "{type}", "id": "{id}", "active": True}),
        ("POST", "/fhir/Observation", {"subject": {"reference": "Patient/{id}"}}),
        (
            "POST",
            "/fhir/Observation",
            {"subject": {"reference": f"Patient/{mine}"}, "encounter": {"reference": "Encounter/{id}"}},
        ),
    ]
    with online(sent) as http:
        headers = signed_in(sent, http, B)
        for type_, id_ in hidden.items():
            key = sent.ids.decode(id_)
            absent = sent.ids.encode(Key(key.compartment ^ 0x5A5A, key.rid if type_ == "Patient" else key.rid + 1))
            for method, path, body in asked:
                answers = []
                for each in (id_, absent):
                    full = filled(OBSERVATION | body if body and "subject" in body else body, type_, each)
                    answer = http.request(method, path.format(type=type_, id=each), json=full, headers=headers)
                    status, lines, content = bare(answer)
                    assert status in (200, 404, 422), (path, answer.text)
                    answers.append((status, lines, content.replace(each.encode(), b"ID")))
                assert answers[0] == answers[1], (method, path)


def filled(node, type_, id_):
    """A body with the type and id put in."""
    if isinstance(node, dict):
        return {name: filled(value, type_, id_) for name, value in node.items()}
    return node.replace("{type}", type_).replace("{id}", id_) if isinstance(node, str) else node


def test_it_takes_both_the_patients_yes_and_the_patients_presence(sent, patient):
    come_in(sent, patient)
    assert encounters(sent, B) == {"B-9"}, "presence without consent opens nothing"
    choose(sent, patient, "optin")
    assert encounters(sent, B) == {"B-9", "K-1", "K-2", "K-3"}
    assert encounters(sent, A) == {"K-1", "K-2", "K-3"}, "the patient is not at A's counter"


def test_consent_without_presence_opens_nothing(sent, patient):
    choose(sent, patient, "optin")
    assert encounters(sent, B) == {"B-9"}


def test_sensitive_records_need_a_choice_of_their_own(sent, patient):
    choose(sent, patient, "optin")
    come_in(sent, patient)
    assert conditions(sent, B) == ["E11.9", "I10", "J06.9", "K30", "K30"]
    choose(sent, patient, "sensitive-permit", facility=B, labels=("HIV",))
    assert conditions(sent, B) == ["B20", "E11.9", "I10", "J06.9", "K30", "K30"]


def test_an_opt_out_holds_from_the_next_request_on(sent, patient):
    choose(sent, patient, "optin")
    come_in(sent, patient)
    theirs = next(e["id"] for e in every(sent, client_of(B), "Encounter", ("patient", own_id(sent, B))))
    assert read(sent, client_of(B), "Encounter", theirs)
    choose(sent, patient, "optout")
    assert encounters(sent, B) == {"B-9"}
    assert conditions(sent, B) == ["E11.9", "K30"]


def test_one_facility_can_be_shut_out_and_a_choice_withdrawn(sent, patient):
    choose(sent, patient, "optin")
    come_in(sent, patient)
    choose(sent, patient, "facility-deny", facility=B)
    assert encounters(sent, B) == {"B-9"}
    denial = next(each for each in choices(sent, patient) if each.kind == "facility-deny")
    choose(sent, patient, "withdraw", id_=denial.id)
    assert encounters(sent, B) == {"B-9", "K-1", "K-2", "K-3"}


def test_pages_stay_what_they_were_while_others_write(sent, patient):
    choose(sent, patient, "optin")
    come_in(sent, patient)
    who, mine = client_of(B), own_id(sent, B)
    first = json.read(search(sent, who, "Encounter", [("patient", mine), ("_count", "3")], False, BASE))
    assert first["total"] == 4
    late = row(no_kunjungan="K-4", tanggal_kunjungan="02/05/2026")
    assert send(sent, A, file_of(late)).counts["accepted"] == 1
    link = next(each["url"] for each in first["link"] if each["relation"] == "next")
    second = json.read(next_page(sent, who, "Encounter", link.partition("_page=")[2], BASE))
    ids = [each["id"] for each in resources(first) + resources(second)]
    assert len(ids) == len(set(ids)) == second["total"] == 4
    assert len(encounters(sent, B)) == 5
    for another, type_ in ((client_of(A), "Encounter"), (who, "Patient")):
        with pytest.raises(HubError):
            next_page(sent, another, type_, link.partition("_page=")[2], BASE)


def test_the_patient_sees_each_look_at_once_the_refused_ones_too(sent, patient):
    who = client_of(B)
    theirs, mine = own_id(sent, A), own_id(sent, B)

    def looks():
        return [(each.event, each.facility, each.outcome, each.purpose) for each in seen(sent, patient)]

    before = len(looks())
    with pytest.raises(HubError):
        read(sent, who, "Patient", theirs)
    refused = looks()
    assert len(refused) == before + 1
    assert refused[0][0] == "read"
    assert refused[0][2] == "deny"
    read(sent, who, "Patient", mine)
    permitted = looks()
    assert len(permitted) == before + 2
    assert permitted[0][2] == "permit"
    assert permitted[0][3] == "TREAT"
    found(sent, who, "Encounter", ("patient", mine))
    assert len(looks()) == before + 3
    found(sent, who, "Encounter", ("patient", mine), ("_summary", "count"))
    assert len(looks()) == before + 4, "a count is a look"
    found(sent, who, "Encounter", ("patient", theirs))
    assert len(looks()) == before + 5
    assert looks()[0][2] == "deny", "asking for somebody hidden is a look that was refused"


def test_unlinking_restores_what_was_before(sent, patient):
    choose(sent, patient, "optin")
    come_in(sent, patient)
    assert len(encounters(sent, B)) == 4
    numbers = [sent.facilities[name].number for name in (A, B)]
    with sent.store.writing() as tx:
        person = tx.person([patient.compartment])
        a, b = (next(c for c, held in tx.compartments(person).items() if held.author == n) for n in numbers)
        link = next(each for each in tx.links([a]) if each.other == b)
        tx.end_link(a, b, link.id, ended_ms=sent.clock(), ended_by="petugas")
    assert encounters(sent, B) == {"B-9"}
    assert encounters(sent, A) == {"K-1", "K-2", "K-3"}
    with sent.store.reading() as tx:
        assert not {a} & tx.person([b])
        assert len(tx.links([a], is_ended=True)) == len(tx.links([a])) + 1, "the judgement stays on record"


def test_what_a_facility_may_not_see_it_can_not_point_to(sent):
    theirs = own_id(sent, A)
    with pytest.raises(HubError) as refused:
        create(sent, client_of(B), OBSERVATION | {"subject": {"reference": f"Patient/{theirs}"}})
    assert [issue.code for issue in refused.value.issues] == ["HUB-3101"]
