"""Hidden equals absent: two cities that differ only in what one clinic may not see answer that clinic the same bytes.

The first city has a person at two clinics who opened the ordinary record; the second is its copy, into which the other
clinic then puts more: a sensitive diagnosis of that person with what points to it, and a stranger's whole record.
Every surface is asked the same in both. Besides, within the second city, ids of what is hidden are held against ids
that never were.
"""

import re
import time

import pytest

from hub.admission import new_presence_code, patient_by_nik, presence
from hub.fhir import json
from hub.model import Key, Principal
from hub.pipeline import choose
from tests.whole.calling import bare, online, signed_in
from tests.whole.conftest import register
from tests.whole.sending import A, B, client_of
from tests.whole.ward import LOINC, diagnosed, measured, patient, visit, ward_of

NIK = "6371014509909001"
PAGE = re.compile(rb"_page=[A-Za-z0-9_=-]+")
COST = re.compile(rb"[0-9]+\.[0-9] ms|ms: [0-9]+\.[0-9]")
CHANGING = ("etag", "last-modified", "location", "content-length")

ASKED = """
GET Patient
GET Patient?_id={ani_a}
GET Patient?name=ani
GET Patient?_has:Condition:patient:code=B20
GET Patient?_has:Condition:patient:code:not=J06.9&_summary=count
GET Patient?_has:Observation:patient:code=24467-3
GET Patient?_revinclude=Condition:patient
GET Patient?_id={ani_a}&_revinclude=Condition:subject&_revinclude=Observation:patient
GET Patient?_id={ani_b}&_revinclude:iterate=Condition:patient&_include=Patient:link
GET Patient?_sort=birthdate
GET Patient?birthdate:missing=false
GET Patient/{ani_a}/Condition
GET Patient/{ani_a}/Condition?code=B20
GET Patient/{ani_a}/Observation?_summary=count
GET Encounter/{v2_a}/Observation
GET Encounter/{v2_a}/Condition
GET Practitioner/{doctor_a}/Encounter
GET Condition?patient={ani_b}
GET Condition?patient={ani_b}&_summary=count
GET Condition?patient={ani_b}&_total=none
GET Condition?patient={ani_b}&_count=1
GET Condition?patient={ani_b}&_sort=-code
GET Condition?patient={ani_b}&_sort=-recorded-date
GET Condition?patient={ani_b}&_sort=-_lastUpdated&_count=2
GET Condition?patient={ani_b}&code=B20
GET Condition?patient={ani_b}&code:not=J06.9
GET Condition?patient={ani_b}&code:text=virus
GET Condition?patient={ani_b}&evidence-detail:missing=true
GET Condition?patient={ani_b}&evidence-detail:missing=false
GET Condition?patient={ani_b}&encounter.class=VR
GET Condition?patient={ani_b}&encounter.class:not=AMB
GET Condition?patient={ani_b}&evidence-detail:Observation.code=24467-3
GET Condition?patient={ani_b}&_include=Condition:encounter&_include=Condition:evidence-detail
GET Condition?patient={ani_b}&_elements=code
GET Condition?patient={ani_b}&_explain=true
GET Condition?encounter={v2_a}
GET Condition?code=B20
GET Condition?code=B20&_explain=true
GET Observation?patient={ani_b}
GET Observation?patient={ani_b}&code=24467-3
GET Observation?patient={ani_b}&value-quantity=lt400
GET Observation?patient={ani_b}&value-quantity=lt400&_sort=value-quantity&_count=1
GET Observation?patient={ani_b}&_has:Condition:evidence-detail:code=B20
GET Observation?patient={ani_b}&_has:Condition:evidence-detail:patient={ani_b}
GET Observation?patient.name=ani
GET Observation?patient.name=ani&patient.gender=female&_summary=count
GET Observation?subject:Patient.identifier=P-1
GET Observation?encounter={v2_a}
GET Observation?patient={ani_b}&_include=Observation:encounter&_include:iterate=Encounter:participant
GET Observation?patient={ani_b}&_lastUpdated=ge2020-01-01
GET Encounter?patient={ani_b}
GET Encounter?patient={ani_b}&_count=1
GET Encounter?patient={ani_b}&_revinclude=Condition:encounter
GET Encounter?patient={ani_b}&_has:Condition:encounter:code=B20
GET Encounter?patient={ani_b}&_has:Condition:encounter:code:not=B20&_summary=count
GET Encounter?patient={ani_b}&class=VR
GET Encounter?_id={v1_a},{v2_a}
GET Encounter?status:not=planned&patient={ani_b}
GET Patient/{ani_b}/$everything
GET Patient/{ani_a}/$everything?_count=2
GET Patient/{ani_a}/_history
GET Encounter/{v1_a}
GET Encounter/{v1_a}/_history
GET Practitioner
GET Practitioner/{doctor_a}
POST Patient/_search identifier=https://fhir.kemkes.go.id/id/nik|6371014509909001
POST Condition/_search patient={ani_b}&_has:Encounter:diagnosis:class=VR
""".strip().splitlines()


@pytest.fixture
def two(homes, city):
    """(hub without, hub with what is hidden, names of ids, names of hidden ids)"""
    hub = register(homes.open(), city)
    a = ward_of(hub, client_of(A), nik=NIK)
    b = ward_of(hub, client_of(B), suffix="-B", nik=NIK)
    person = Principal("patient", "patient:ani", "PATRQT", person="patient:ani", compartment=patient_by_nik(hub, NIK))
    presence(hub, client_of(B), new_presence_code(hub, person)[0])
    choose(hub, person, "optin")
    ids = {f"{name}_a": a.id(name) for name in a.made} | {f"{name}_b": b.id(name) for name in b.made}
    homes.close(hub)
    other = homes.copy()
    without, with_hidden = homes.open(), homes.open(other)
    a.hub, ani = with_hidden, a.ref("ani")
    v = a.put(
        "vct",
        visit(
            ani,
            "2026-04-01",
            class_="VR",
            reasonCode=[{"coding": [{"code": "B20", "system": "http://hl7.org/fhir/sid/icd-10"}]}],
        ),
    )
    cd4 = a.put("cd4", measured(ani, "24467-3", "350", "/uL", "2026-04-01", encounter={"reference": v}))
    a.put(
        "hiv",
        diagnosed(ani, "B20", "2026-04-01", encounter={"reference": v}, evidence=[{"detail": [{"reference": cd4}]}]),
    )
    stranger = a.put("stranger", patient("Ani Rahayu", "female", "1970-01-01", "P-9"))
    seen = a.put("seen", visit(stranger, "2026-04-02"))
    a.put("sick", diagnosed(stranger, "J06.9", "2026-04-02", encounter={"reference": seen}))
    hidden = {name: a.ref(name) for name in ("hiv", "stranger", "seen", "sick")}
    return without, with_hidden, ids, hidden


def call(http, headers, line):
    method, _, rest = line.partition(" ")
    if method == "GET":
        return http.get(f"/fhir/{rest}", headers=headers)
    path, _, form = rest.partition(" ")
    return http.post(f"/fhir/{path}", data=dict(part.split("=", 1) for part in form.split("&")), headers=headers)


def seen_of(answer):
    """An answer without what is random in every one: page tokens, and milliseconds of an explanation."""
    status, headers, content = bare(answer)
    headers = {name: value for name, value in headers.items() if name != "content-length"}
    return status, headers, COST.sub(b"ms", PAGE.sub(b"_page", content))


def followed(http, headers, line):
    """The answer and all its following pages."""
    answers = [call(http, headers, line)]
    while answers[-1].status_code == 200 and (found := PAGE.search(answers[-1].content)):
        links = {each["relation"]: each["url"] for each in answers[-1].json().get("link", ())}
        if "next" not in links:
            break
        assert found
        answers.append(http.get(links["next"].partition("/fhir/")[2].join(("/fhir/", "")), headers=headers))
    return [seen_of(answer) for answer in answers]


def test_what_a_clinic_may_not_see_changes_no_byte_of_any_answer(two):
    without, with_hidden, ids, _ = two
    with online(without) as one, online(with_hidden) as other:
        first, second = signed_in(without, one, B), signed_in(with_hidden, other, B)
        found = 0
        for line in ASKED:
            text = line.format(**ids)
            answers = followed(one, first, text)
            found += b'"mode":"match"' in answers[0][2]
            assert answers[0][0] in (200, 404), (line, answers[0])
            assert answers == followed(other, second, text), line
        assert found > len(ASKED) / 2, "most of them find something, so that there is something to tell apart"


ON_IDS = """
GET {type}/{id}
GET {type}/{id}/_history
GET {type}/{id}/_history/1
GET {type}?_id={id}
GET {type}?_id={id}&_summary=count
GET {type}?_id={id}&_explain=true
GET {type}?_id={id},{mine}&_sort=-_lastUpdated
GET Observation?patient={id}
GET Observation?subject=Patient/{id}&_total=none
GET Observation?encounter={id}
GET Observation?patient={mine}&encounter={id}
GET Observation?encounter.patient={id}
GET Encounter?_has:Observation:encounter:patient={id}
GET Patient?_has:Observation:patient:encounter={id}
GET Patient?_has:Encounter:patient:_id={id}
GET Condition?patient={id}&_include=Condition:subject
GET Patient?_id={id}&_revinclude=Encounter:patient
GET Patient/{id}/Encounter
GET Encounter/{id}/Observation
GET Patient/{id}/$everything
PUT {type}/{id}
DELETE {type}/{id}
DELETE {type}?_id={id}
PUT {type}?_id={id}
POST {type} if-none-exist _id={id}
POST Observation if-none-exist patient={id}
""".strip().splitlines()


def test_an_id_of_something_hidden_is_an_id_that_never_was(two):
    _, hub, ids, hidden = two
    bodies = {
        "Patient": {"resourceType": "Patient", "name": [{"text": "X Y"}]},
        "Encounter": visit("Patient/" + ids["ani_b"], "2026-05-01"),
        "Condition": diagnosed("Patient/" + ids["ani_b"], "J06.9", "2026-05-01"),
        "Observation": measured("Patient/" + ids["ani_b"], LOINC, "1", "Cel", "2026-05-01"),
    }
    with online(hub) as http:
        headers = signed_in(hub, http, B)
        for reference in hidden.values():
            type_, _, id_ = reference.partition("/")
            key = hub.ids.decode(id_)
            for line in ON_IDS:
                if line.startswith("POST") and "if-none-exist" in line:
                    continue  # what it creates has an id of its own each time: see below
                answers = []
                never = hub.ids.encode(Key(key.compartment ^ 0x5A5A, key.rid if type_ == "Patient" else key.rid + 1))
                for each in (id_, never):
                    method, _, path = line.format(type=type_, id=each, mine=ids["ani_b"]).partition(" ")
                    body = bodies[type_] | {"id": each} if method == "PUT" and "?" not in path else bodies[type_]
                    answer = http.request(
                        method, f"/fhir/{path}", json=body if method == "PUT" else None, headers=headers
                    )
                    status, lines, content = seen_of(answer)
                    assert status < 500, (line, answer.text)
                    if status == 201:  # nothing was found by it, so it made one; each has its own id
                        made = json.read(answer.content)
                        content = b"made"
                        lines = {name: value for name, value in lines.items() if name not in CHANGING}
                        http.request("DELETE", f"/fhir/{type_}/{made['id']}", headers=headers)
                    answers.append((status, lines, content.replace(each.encode(), b"ID")))
                assert answers[0] == answers[1], (line, type_)


def a_condition_finds_nothing_hidden(two):
    _, hub, ids, hidden = two
    with online(hub) as http:
        headers = signed_in(hub, http, B)
        for reference in hidden.values():
            type_, _, id_ = reference.partition("/")
            body = {"resourceType": "Patient", "name": [{"text": "X Y"}]}
            if type_ != "Patient":
                body = visit("Patient/" + ids["ani_b"], "2026-05-01") if type_ == "Encounter" else None
            if body is None:
                continue
            for condition in (f"_id={id_}", "identifier=https://klinik.test/id|P-9"):
                answer = http.post(f"/fhir/{type_}", json=body, headers=headers | {"If-None-Exist": condition})
                assert answer.status_code == 201, answer.text
                assert answer.json()["id"] != id_
                http.request("DELETE", f"/fhir/{type_}/{answer.json()['id']}", headers=headers)


def a_page_link_is_its_askers_alone(two):
    _, hub, _ids, _ = two
    with online(hub) as http:
        mine, theirs = signed_in(hub, http, B), signed_in(hub, http, A)
        link = next(
            each["url"]
            for each in http.get("/fhir/Observation?_count=1", headers=mine).json()["link"]
            if each["relation"] == "next"
        )
        path = "/fhir/" + link.partition("/fhir/")[2]
        assert http.get(path, headers=mine).status_code == 200
        refused = bare(http.get(path, headers=theirs))
        assert refused[0] == 400
        assert refused == bare(http.get(path[:-8] + "AAAAAAA=", headers=theirs))
        assert bare(http.get(path.replace("Observation", "Condition"), headers=mine))[0] == 400


def a_later_no_holds_for_the_following_pages(two):
    """A link is no proof of a right: the next page is decided anew."""
    _, hub, ids, _ = two
    person = Principal("patient", "patient:ani", "PATRQT", person="patient:ani", compartment=patient_by_nik(hub, NIK))
    with online(hub) as http:
        headers = signed_in(hub, http, B)
        first = http.get(f"/fhir/Observation?patient={ids['ani_b']}&_count=2", headers=headers).json()
        link = next(each["url"] for each in first["link"] if each["relation"] == "next")
        time.sleep(0.002)
        choose(hub, person, "optout")
        rest = http.get("/fhir/" + link.partition("/fhir/")[2], headers=headers).json()
        authors = {entry["resource"]["subject"]["reference"] for entry in rest.get("entry", ())}
        assert authors <= {"Patient/" + ids["ani_b"]}


def test_neither_conditions_nor_links_give_more(two):
    a_condition_finds_nothing_hidden(two)
    a_page_link_is_its_askers_alone(two)
    a_later_no_holds_for_the_following_pages(two)
