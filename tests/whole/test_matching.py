"""Patient/$match: graded, over what is open only, and silent about everybody else."""

import pytest

from hub.access import seen
from hub.admission import new_presence_code, patient_by_nik, presence
from hub.model import Principal
from hub.pipeline import choose
from tests.whole.calling import bare, online, signed_in
from tests.whole.sending import NIK, A, B, client_of, file_of, row, send

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
NIK_SYSTEM = "https://fhir.kemkes.go.id/id/nik"
NOBODY = "6371014509909002"
OTHERS = row(
    no_kunjungan="K-2",
    no_rm="000002",
    nik="6371011212709003",
    nama_pasien="Bagaskara Wirawan",
    tanggal_lahir="12/12/1970",
)
OTHERS |= {"jenis_kelamin": "L"}


def described(nik=NIK, name="Siti Noor Halimah", birth="1990-09-05", **more):
    found = {"resourceType": "Patient", "name": [{"text": name}], "gender": "female", "birthDate": birth}
    identifier = {"identifier": [{"system": NIK_SYSTEM, "value": nik}]} if nik else {}
    return found | identifier | more


def asked(patient, **given):
    kinds = {bool: "valueBoolean", int: "valueInteger"}
    listed = [{"name": name, kinds[type(value)]: value} for name, value in given.items()]
    return {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient}, *listed]}


class Desk:
    """A facility's client at $match."""

    def __init__(self, hub, http, facility):
        self.headers, self.http = signed_in(hub, http, facility), http

    def ask(self, patient, **given):
        return self.http.post("/fhir/Patient/$match", json=asked(patient, **given), headers=self.headers)

    def graded(self, patient, **given):
        answer = self.ask(patient, **given)
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        assert (bundle["type"], bundle["total"] >= len(bundle.get("entry", ()))) == ("searchset", True)
        return [
            (
                entry["search"]["extension"][0]["valueCode"],
                entry["search"]["score"],
                entry["resource"]["name"][0]["text"],
            )
            for entry in bundle.get("entry", ())
        ]


@pytest.fixture
def desks(hub):
    send(hub, A, file_of(row(), OTHERS))
    with online(hub) as http:
        yield Desk(hub, http, A), Desk(hub, http, B)


def test_grades_and_scores(desks):
    desk, _ = desks
    (certain,), (probable,), (possible,) = (
        desk.graded(each) for each in (described(), described(nik="", name="Siti Nor Halimah"), described(nik=NOBODY))
    )
    assert [each[0] for each in (certain, probable, possible)] == ["certain", "probable", "possible"]
    assert {each[2] for each in (certain, probable, possible)} == {"Siti Noor Halimah"}
    assert certain[1] > probable[1] > 0.9
    assert desk.graded(described(nik="", birth="1990-09-06")) == [], "a namesake of another day is somebody else"
    assert desk.graded(described(nik=NOBODY, name="Rahmawati", birth="1961-02-03")) == []


def test_only_the_certain_one_and_at_most_count(desks):
    desk, _ = desks
    assert len(desk.graded(described(), onlyCertainMatches=True)) == 1
    assert desk.graded(described(nik=NOBODY), onlyCertainMatches=True) == []
    answer = desk.ask(described(), count=0).json()
    assert (answer["total"], answer.get("entry", [])) == (1, [])


def test_the_answer_is_a_valid_bundle_of_the_patients_as_stored(desks):
    desk, _ = desks
    bundle = desk.ask(described()).json()
    (entry,) = bundle["entry"]
    read = desk.http.get(entry["fullUrl"].removeprefix("https://hub.test"), headers=desk.headers)
    assert read.json() == entry["resource"]
    assert entry["search"]["extension"][0]["url"] == GRADE
    said = desk.http.post("/fhir/Bundle/$validate", json=bundle, headers=desk.headers).json()
    assert {each["severity"] for each in said["issue"]} == {"information"}, said


def test_elsewhere_and_nowhere_are_the_same_bytes(hub, desks):
    """B asks about A's patient: hidden. And what others hold changes nothing in what A gets of its own."""
    desk, other = desks
    for shape in ({}, {"onlyCertainMatches": True}, {"count": 5}):
        hidden = bare(other.ask(described(), **shape))
        assert hidden == bare(other.ask(described(nik=NOBODY, name="Nama Lain", birth="1955-05-05"), **shape))
        assert hidden[0] == 200
    before = bare(desk.ask(described()))
    send(hub, B, file_of(row(no_kunjungan="B-1", no_rm="B-1")))
    assert bare(desk.ask(described())) == before


def test_the_others_patient_opens_with_consent_and_presence_by_the_nik_only(hub, desks):
    _, other = desks
    patient = Principal(
        "patient", "patient:siti", "PATRQT", person="patient:siti", compartment=patient_by_nik(hub, NIK)
    )
    choose(hub, patient, "optin")
    assert other.graded(described()) == [], "consent without presence opens nothing"
    presence(hub, client_of(B), new_presence_code(hub, patient)[0])
    assert [each[0] for each in other.graded(described())] == ["certain"]
    assert other.graded(described(nik="")) == [], "others' patients are found by NIK, not by description"


def test_every_match_is_in_the_trail_of_who_was_shown_or_asked_about(hub, desks):
    desk, other = desks
    patient = Principal(
        "patient", "patient:siti", "PATRQT", person="patient:siti", compartment=patient_by_nik(hub, NIK)
    )

    def looks():
        return [(each.event, each.outcome, each.facility) for each in seen(hub, patient, "en")]

    before = len(looks())
    desk.ask(described())
    other.ask(described())
    other.ask(described(nik=NOBODY))
    told = looks()[: len(looks()) - before]
    assert len(told) == 2
    assert told[0] != told[1]


def test_what_is_refused(hub, desks):
    desk, _ = desks

    def post(body, headers=desk.headers, query=""):
        return desk.http.post(f"/fhir/Patient/$match{query}", json=body, headers=headers)

    def code(answer):
        return answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"]

    assert code(post({"resourceType": "Parameters"})) == (400, "HUB-4402")
    assert code(post(asked({"resourceType": "Patient", "gender": "female"}))) == (422, "HUB-4420")
    assert code(post(asked(described(birthDate="kemarin"))))[0] == 422
    assert code(post(asked({"resourceType": "Person"})))[0] == 422
    assert code(post(asked(described()) | {"parameter": [{"name": "warna", "valueString": "x"}]})) == (400, "HUB-4400")
    assert code(post(asked(described()), headers={})) == (401, "HUB-5001")
    narrow = signed_in(hub, desk.http, A, ("system/Encounter.rs",), "narrow")
    assert code(post(asked(described()), headers=narrow)) == (403, "HUB-5003")
    assert desk.http.get("/fhir/Patient/$match", headers=desk.headers).status_code == 405
    bare_patient = post(described(), query="?onlyCertainMatches=true&count=1")
    assert (bare_patient.status_code, bare_patient.json()["total"]) == (200, 1)
