"""Patient/$summary: an International Patient Summary of what is open, and nothing of what is not."""

import json as stdlib
from pathlib import Path

import pytest

from hub.access import seen, summary
from hub.admission import new_presence_code, patient_by_nik, presence
from hub.errors import HubError
from hub.fhir import RESOURCE_TYPES, json, references
from hub.model import Principal
from hub.pipeline import choose
from hub.validation import check_resource
from tests.conftest import not_run
from tests.whole.calling import bare, online, signed_in
from tests.whole.sending import NIK, A, B, client_of, file_of, row, send
from tests.whole.test_everything import patient_id

SAMPLES = Path(__file__).parents[2].parent / "shared" / "data" / "ips" / "sushi-built"
NIK_SYSTEM = "https://fhir.kemkes.go.id/id/nik"
REQUIRED = {"48765-2", "10160-0", "11450-4"}
AT_A = (row(), row(no_kunjungan="K-2", tanggal_kunjungan="10/03/2026", diagnosis_1="B20", diagnosis_2=""))
AT_B = row(no_kunjungan="B-9", tanggal_kunjungan="12/04/2026", no_rm="BS-1", diagnosis_1="E11.9", diagnosis_2="")


@pytest.fixture
def sent(hub):
    send(hub, A, file_of(*AT_A))
    send(hub, B, file_of(AT_B))
    return hub


@pytest.fixture
def patient(sent):
    return Principal("patient", "patient:siti", "PATRQT", person="patient:siti", compartment=patient_by_nik(sent, NIK))


def made(hub, who, id_=None, identifier=""):
    return json.read(summary(hub, who, id_, identifier, RESOURCE_TYPES))


def held(document):
    return [entry["resource"] for entry in document["entry"]]


def sections(document):
    return {each["code"]["coding"][0]["code"]: each for each in document["entry"][0]["resource"]["section"]}


def diagnoses(document):
    codes = [each["code"]["coding"][0]["code"] for each in held(document) if each["resourceType"] == "Condition"]
    return sorted(codes)


def test_a_clinic_gets_its_own_as_a_document(sent):
    document = made(sent, client_of(A), patient_id(sent, A))
    assert diagnoses(document) == ["B20", "J06.9", "K30"]
    composition, person, *_ = held(document)
    assert composition["type"]["coding"][0]["code"] == "60591-5"
    assert "mungkin tidak lengkap" in composition["text"]["div"]
    assert (person["resourceType"], person["name"][0]["text"]) == ("Patient", "Siti Noor Halimah")
    assert check_resource(document) == []


def test_it_has_the_structure_of_the_official_samples(sent):
    """Same document shape, same codes of sections, each with title and text; the required ones always, with a reason
    when empty; every reference leads to an entry."""
    if not SAMPLES.is_dir():
        not_run("IPS samples (../shared/data/ips)")
    samples = [stdlib.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("Bundle-*.json"))]
    official = {
        code: each["code"]["coding"][0]["system"] for sample in samples for code, each in sections(sample).items()
    }
    assert len(samples) >= 4
    ours = made(sent, client_of(A), patient_id(sent, A))
    for sample in [*samples, ours]:
        assert sample["type"] == "document"
        assert {"identifier", "timestamp", "entry"} <= sample.keys()
        composition = sample["entry"][0]["resource"]
        assert {"status", "type", "subject", "date", "author", "title", "section"} <= composition.keys()
        assert composition["type"]["coding"][0]["code"] == "60591-5"
        assert sections(sample).keys() >= REQUIRED
        for each in composition["section"]:
            assert {"title", "code", "text"} <= each.keys()
            assert not ("entry" in each and "emptyReason" in each)
    assert sections(ours).keys() - official.keys() <= {"46240-8", "55107-7"}, "visits and the rest are our own"
    assert all(
        each["code"]["coding"][0]["system"] == official.get(code, "http://loinc.org")
        for code, each in sections(ours).items()
    )
    named = {entry["fullUrl"] for entry in ours["entry"]}
    told = [text for each in held(ours) for _, text in references(each) if not text.startswith("#")]
    assert told
    assert set(told) <= named
    assert all("entry" in each or "emptyReason" in each for each in sections(ours).values())


def test_what_is_not_recorded_is_said_to_be_unavailable_not_absent(hub):
    send(hub, A, file_of(row(diagnosis_1="Z00.0", diagnosis_2="", obat_1="", aturan_pakai_1="", jumlah_1="")))
    empty = {
        code: each
        for code, each in sections(made(hub, client_of(A), patient_id(hub, A))).items()
        if "emptyReason" in each
    }
    assert {"48765-2", "10160-0"} <= empty.keys()
    assert all(each["emptyReason"]["coding"][0]["code"] == "unavailable" for each in empty.values())


def test_the_others_record_joins_with_consent_and_presence_and_sensitive_stays_shut(sent, patient):
    mine = patient_id(sent, B)
    before = made(sent, client_of(B), mine)
    assert diagnoses(before) == ["E11.9"]
    choose(sent, patient, "optin")
    assert diagnoses(made(sent, client_of(B), mine)) == ["E11.9"], "consent without presence opens nothing"
    presence(sent, client_of(B), new_presence_code(sent, patient)[0])
    opened = made(sent, client_of(B), mine)
    assert diagnoses(opened) == ["E11.9", "J06.9", "K30"]
    assert sum(each["resourceType"] == "Patient" for each in held(opened)) == 1
    assert "B20" not in json.write(opened).decode()
    assert check_resource(opened) == []
    assert diagnoses(made(sent, patient)) == ["B20", "E11.9", "J06.9", "K30"], "the patient sees everything"


def test_hidden_and_absent_are_the_same_bytes(sent):
    """By id, by identifier; and what another facility holds leaves no trace in one's own."""
    with online(sent) as http:
        headers = signed_in(sent, http, B)
        for method in ("GET", "POST"):
            ids = (patient_id(sent, A), "0" * 32)
            hidden, absent = (
                bare(http.request(method, f"/fhir/Patient/{id_}/$summary", headers=headers)) for id_ in ids
            )
            assert hidden == absent
            assert hidden[0] == 404
        numbers = (
            "https://jukung.id/sid/klinik-teratai/pasien|000001",
            "https://jukung.id/sid/klinik-teratai/pasien|9",
        )
        hidden, absent = (
            bare(http.get(f"/fhir/Patient/$summary?identifier={each}", headers=headers)) for each in numbers
        )
        assert hidden == absent
        assert hidden[0] == 404


def test_what_others_hold_changes_nothing(hub):
    send(hub, A, file_of(*AT_A))
    id_ = patient_id(hub, A)

    def told():
        document = made(hub, client_of(A), id_)
        composition = document["entry"][0].pop("resource")
        del document["entry"][0]["fullUrl"]
        for of_the_moment in ("timestamp", "identifier"):
            del document[of_the_moment]
        return json.write([document, {key: each for key, each in composition.items() if key not in ("id", "date")}])

    before = told()
    send(hub, B, file_of(AT_B))
    assert told() == before


def test_by_identifier(sent):
    with online(sent) as http:
        headers = signed_in(sent, http, A)
        id_ = patient_id(sent, A)

        def found(answer):
            assert answer.status_code == 200, answer.text
            return held(answer.json())[1]["id"]

        def code(answer):
            return answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"]

        url = "/fhir/Patient/$summary"
        by_nik = {
            "resourceType": "Parameters",
            "parameter": [{"name": "identifier", "valueString": f"{NIK_SYSTEM}|{NIK}"}],
        }
        assert found(http.post(url, json=by_nik, headers=headers)) == id_
        assert found(http.get(f"{url}?identifier=https://jukung.id/sid/{A}/pasien|000001", headers=headers)) == id_
        assert found(http.get(f"/fhir/Patient/{id_}/$summary", headers=headers)) == id_
        assert code(http.get(f"{url}?identifier={NIK_SYSTEM}|{NIK}", headers=headers)) == (400, "HUB-4102")
        assert code(http.get(f"{url}?identifier=urn:x|1", headers=headers)) == (400, "HUB-4430")
        assert code(http.get(url, headers=headers)) == (400, "HUB-4402")
        assert code(http.get(f"/fhir/Patient/{id_}/$summary?profile=urn:x", headers=headers)) == (422, "HUB-4431")
        assert code(http.get(f"/fhir/Patient/{id_}/$summary?warna=biru", headers=headers)) == (400, "HUB-4400")
        english = http.get(f"/fhir/Patient/{id_}/$summary", headers=headers | {"Accept-Language": "en"})
        assert "may be incomplete" in english.json()["entry"][0]["resource"]["text"]["div"]


def test_scopes_bound_what_it_holds(sent):
    with online(sent) as http:
        headers = signed_in(sent, http, A, ("system/Patient.rs", "system/Condition.rs"))
        document = http.get(f"/fhir/Patient/{patient_id(sent, A)}/$summary", headers=headers).json()
        assert {each["resourceType"] for each in held(document)} == {"Composition", "Device", "Patient", "Condition"}
        nothing = signed_in(sent, http, A, ("system/Condition.rs",))
        assert http.get(f"/fhir/Patient/{patient_id(sent, A)}/$summary", headers=nothing).status_code == 403


def test_only_the_newest_of_many(hub):
    days = [f"{day:02d}/{month:02d}/2025" for month in range(1, 5) for day in range(1, 28)]
    rows = [row(no_kunjungan=f"K-{n}", tanggal_kunjungan=day) for n, day in enumerate(days)]
    send(hub, A, file_of(*rows))
    visits = [each for each in held(made(hub, client_of(A), patient_id(hub, A))) if each["resourceType"] == "Encounter"]
    assert len(visits) == 100 < len(days)
    oldest = min(each["period"]["start"] for each in visits)
    assert oldest[:10] > "2025-01-07"


def test_looks_and_refused_looks_are_in_the_trail(sent, patient):
    id_ = patient_id(sent, A)
    before = len(seen(sent, patient, "en"))
    made(sent, client_of(A), id_)
    with pytest.raises(HubError) as refused:
        made(sent, client_of(B), id_)
    assert refused.value.category == "not-found"
    looks = seen(sent, patient, "en")[: len(seen(sent, patient, "en")) - before]
    assert len(looks) == 2
    assert looks[0] != looks[1]
