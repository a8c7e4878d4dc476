"""What a search can ask for, on a small ward: each way of asking, and exactly what it finds."""

import time
from dataclasses import replace

import pytest

from hub.access import next_page, search
from hub.errors import HubError
from hub.fhir import json
from hub.pipeline import delete
from tests.whole.sending import BASE, A, client_of, found
from tests.whole.ward import ICD, LOINC, Ward, asked, measured, names, ward_of


@pytest.fixture
def ward(hub):
    return ward_of(hub, client_of(A))


FINDS = [
    # tokens, :not
    (f"Observation?code={LOINC}|8310-5", "o1 o3 o4"),
    (f"Observation?code:not={LOINC}|8310-5", "o2 o5"),
    ("Observation?code=8310-5&status:not=final", "o4"),
    ("Observation?code:not=8310-5,8867-4", ""),
    ("Encounter?class=IMP&status:not=finished", "v2"),
    # what only content tells
    ("Observation?code=8310-5&value-quantity=gt37.5", "o3"),
    ("Observation?value-quantity=lt100", "o1 o2 o3 o4"),
    ("Observation?code-value-quantity=8867-4$gt100", "o5"),
    ("Condition?evidence-detail:missing=false", "c1"),
    ("Condition?evidence-detail:missing=true", "c2 c3"),
    ("Patient?family:exact=Wulandari&gender=female", "ani baby"),
    # dates
    ("Observation?date=ge2026-03-01", "o3 o5"),
    ("Encounter?date=2026-02-10", "v3"),
    # references: within the patient, to the facility's own, out of another patient's compartment
    ("Observation?encounter={v1}", "o1 o2"),
    ("Observation?encounter={v2}", "o3 o5"),
    ("Observation?encounter={v2},{v3}", "o3 o4 o5"),
    ("Encounter?part-of={v2}", "v4"),
    ("Encounter?part-of=https://hub.test/fhir/{v2}", "v4"),
    ("Observation?patient=https://hub.test/fhir/Patient/{id_baby}", "o5"),
    ("Encounter?participant={doctor}", "v1 v3"),
    ("Condition?evidence-detail={o2}", "c1"),
    # chains
    ("Observation?patient.name=Ani", "o1 o2 o3"),
    ("Observation?subject:Patient.gender=male", "o4"),
    ("Observation?subject:Patient.family:exact=Wulandari", "o1 o2 o3 o5"),
    ("Observation?encounter.class=IMP", "o3 o5"),
    ("Observation?encounter.status:not=finished", "o3 o5"),
    ("Observation?encounter.participant:Practitioner.name=rahma", "o1 o2 o4"),
    ("Observation?encounter:Encounter.patient.birthdate=lt1989", "o4"),
    ("Observation?patient={id_ani}&encounter.class=IMP", "o3"),
    ("Observation?patient={id_baby}&encounter.class=IMP", "o5"),
    ("Encounter?part-of.status=in-progress", "v4"),
    ("Condition?evidence-detail:Observation.value-quantity=gt80", "c1"),
    ("Observation?encounter.class=VR", ""),
    # reverse chains
    ("Patient?_has:Observation:patient:code=8867-4", "ani baby"),
    ("Patient?_has:Observation:subject:value-quantity=gt100", "baby"),
    ("Patient?_has:Condition:patient:code=I10&gender=male", "budi"),
    ("Encounter?_has:Observation:encounter:code=8867-4", "v1 v2"),
    ("Encounter?_has:Condition:encounter:code=O80&class=IMP", "v2"),
    ("Practitioner?_has:Encounter:participant:class=AMB", "doctor"),
    ("Patient?_has:Encounter:patient:_has:Observation:encounter:value-quantity=gt38", "ani"),
    ("Observation?_has:Condition:evidence-detail:code=J06.9", "o2"),
    # order
    ("Observation?code=8310-5&_sort=-value-quantity", "o3 o1 o4"),
    ("Observation?_sort=status,-date", "o4 o3 o5 o1 o2"),
    ("Patient?_sort=family,-birthdate", "budi baby ani"),
    ("Patient?_sort=-birthdate", "baby ani budi"),
    ("Encounter?_sort=-date&status=finished", "v4 v3 v1"),
    # ids
    ("Observation?_id={id_o1},{id_o4}&_sort=-date", "o4 o1"),
    ("Observation?_id={id_v1}", ""),
]


def test_each_way_of_asking_finds_exactly_that(ward):
    for text, expected in FINDS:
        shown = names(ward, text)
        wanted = expected.split()
        if "_sort" not in text:
            shown, wanted = sorted(shown), sorted(wanted)
        elif "status,-date" in text:
            assert {*shown[1:3]} == {"o3", "o5"}, "two of one moment come in either order"
            shown[1:3] = ["o3", "o5"]
            shown[3:], wanted[3:] = sorted(shown[3:]), sorted(wanted[3:])
        elif text == "Encounter?_sort=-date&status=finished":
            pass
        assert shown == wanted, text
        type_, pairs = asked(ward, text)
        counted = found(ward.hub, ward.who, type_, *pairs, ("_summary", "count"))
        assert counted["total"] == len(wanted), text
        none = found(ward.hub, ward.who, type_, *pairs, ("_total", "none"))
        assert "total" not in none
        assert sorted(ward.names(none)) == sorted(wanted), text


INCLUDES = [
    ("Observation?_id={id_o1}&_include=Observation:encounter", "v1"),
    ("Observation?_id={id_o1}&_include=Observation:subject&_include=Observation:encounter", "ani v1"),
    ("Observation?_id={id_o1}&_include=Observation:subject:Group", ""),
    ("Observation?_id={id_o1}&_include=Observation:encounter&_include:iterate=Encounter:participant", "doctor v1"),
    ("Observation?code=8867-4&_include=Observation:encounter", "v1 v2"),
    ("Encounter?_id={id_v4}&_include=Encounter:part-of", "v2"),
    ("Patient?_id={id_ani}&_revinclude=Observation:patient", "o1 o2 o3"),
    ("Patient?_id={id_ani}&_revinclude=Observation:subject&_revinclude=Condition:patient", "c1 c3 o1 o2 o3"),
    ("Encounter?_id={id_v2}&_revinclude=Observation:encounter", "o3 o5"),
    ("Encounter?_id={id_v2}&_revinclude=Encounter:part-of", "v4"),
    ("Practitioner?_revinclude=Encounter:participant", "v1 v3"),
    ("Practitioner?_revinclude=Encounter:participant&_revinclude:iterate=Condition:encounter", "c1 c2 v1 v3"),
]


def test_what_goes_with_the_matches(ward):
    for text, expected in INCLUDES:
        assert sorted(names(ward, text, "include")) == expected.split(), text
        assert names(ward, text), text


def no_further_than_its_token(ward: Ward) -> None:
    few = replace(ward.who, scopes=("system/Observation.rs",))
    _, pairs = asked(ward, "Observation?_id={id_o1}&_include=Observation:encounter")
    bundle = found(ward.hub, few, "Observation", *pairs)
    assert ward.names(bundle) == ["o1"]
    assert ward.names(bundle, "include") == []
    for text in ("Observation?encounter.class=AMB", "Observation?_has:Condition:evidence-detail:code=J06.9"):
        with pytest.raises(HubError) as refused:
            found(ward.hub, few, "Observation", *asked(ward, text)[1])
        assert [issue.code for issue in refused.value.issues] == ["HUB-5003"]


def compartments(ward: Ward) -> None:
    who, hub = ward.who, ward.hub

    def within(kind: str, name: str, type_: str, *pairs: tuple[str, str]) -> list[str]:
        bundle = json.read(search(hub, who, type_, list(pairs), False, BASE, (kind, ward.id(name))))
        assert bundle["link"][0]["url"].startswith(f"{BASE}/{kind}/{ward.id(name)}/{type_}")
        assert bundle["total"] == len(ward.names(bundle))
        return sorted(ward.names(bundle))

    assert within("Patient", "ani", "Observation") == ["o1", "o2", "o3"]
    assert within("Patient", "ani", "Observation", ("code", "8867-4")) == ["o2"]
    assert within("Encounter", "v2", "Observation") == ["o3", "o5"]
    assert within("Encounter", "v1", "Condition") == ["c1"]
    assert within("Practitioner", "doctor", "Encounter") == ["v1", "v3"]


def parts_of_resources(ward: Ward) -> None:
    _, pairs = asked(ward, "Observation?_id={id_o1}")
    (entry,) = found(ward.hub, ward.who, "Observation", *pairs, ("_elements", "code"))["entry"]
    assert "valueQuantity" not in entry["resource"]
    assert entry["resource"]["code"] == ward.made["o1"]["code"]
    (entry,) = found(ward.hub, ward.who, "Observation", *pairs, ("_summary", "true"))["entry"]
    assert "SUBSETTED" in {tag["code"] for tag in entry["resource"]["meta"]["tag"]}
    (entry,) = found(ward.hub, ward.who, "Observation", *pairs)["entry"]
    assert entry["resource"] == ward.made["o1"]
    with pytest.raises(HubError):
        found(ward.hub, ward.who, "Observation", ("_summary", "text"), ("_include", "Observation:subject"))


def paged(ward: Ward, text: str, count: int, between=lambda: None) -> tuple[list[str], set[int | None]]:
    """All pages of a search, something happening between them."""
    type_, pairs = asked(ward, text)
    bundle = found(ward.hub, ward.who, type_, *pairs, ("_count", str(count)))
    shown, totals = ward.names(bundle), {bundle.get("total")}
    while link := next((each["url"] for each in bundle["link"] if each["relation"] == "next"), None):
        between()
        bundle = json.read(next_page(ward.hub, ward.who, type_, link.partition("_page=")[2], BASE))
        shown += ward.names(bundle)
        totals.add(bundle.get("total"))
    return shown, totals


def test_pages_of_every_order_neither_repeat_nor_lose(ward):
    arrived = []

    def arrive():
        time.sleep(0.002)  # what is written in the very millisecond of the first page may belong to it
        name = f"late{len(arrived)}"
        ward.put(
            name,
            measured(ward.ref("ani"), "8310-5", "38.0", "Cel", "2026-02-20", encounter={"reference": ward.ref("v2")}),
        )
        arrived.append(name)

    texts = (
        "Observation?code=8310-5",
        "Observation?_sort=-date",
        "Observation?_sort=-_lastUpdated",
        "Observation?_sort=value-quantity",
        "Observation?_sort=-value-quantity,status",
        "Observation?value-quantity=gt30",
        "Observation?value-quantity=gt30&_total=none",
        "Observation?encounter.class=IMP",
        "Observation?patient={id_ani}&encounter.class=IMP&_sort=code",
    )
    for text in texts:
        whole = paged(ward, text, 200)[0]
        shown, totals = paged(ward, text, 2, arrive)
        assert shown == whole, text
        assert totals == {None if "_total" in text else len(whole)}, text


def explanation(ward: Ward) -> None:
    _, pairs = asked(
        ward, f"Observation?code={LOINC}|8310-5&status:not=amended&encounter.class=IMP&value-quantity=gt37"
    )
    bundle = found(ward.hub, ward.who, "Observation", *pairs, ("_explain", "true"))
    (entry,) = bundle["entry"]
    assert entry["search"] == {"mode": "outcome"}
    said = json.write(entry).decode()
    for word in ("_consent", "dengan indeks", "satu per satu tanpa membuka", "data yang terkait", "membuka isinya"):
        assert word in said, word
    asked_so = [*pairs, ("_explain", "true")]
    english = search(ward.hub, ward.who, "Observation", asked_so, False, BASE, lang="en").decode()
    for word in ("by the index", "compared one by one", "joined to", "by opening content"):
        assert word in english, word
    assert "dengan" not in english
    for value in ("8310-5", "IMP", "amended", *(resource["id"] for resource in ward.made.values())):
        assert value not in said
    assert "total" not in bundle


def nothing_deleted(ward: Ward) -> None:
    delete(ward.hub, ward.who, "Condition", ward.id("c2"))
    assert names(ward, f"Condition?code={ICD}|I10") == []
    assert names(ward, "Patient?_has:Condition:patient:code=I10") == []
    assert names(ward, "Patient?_id={id_budi}&_revinclude=Condition:patient", "include") == []
    assert sorted(names(ward, "Condition")) == ["c1", "c3"]
    with ward.hub.store.reading() as tx:
        assert tx.miscounted() == []


def test_the_answer_is_shaped_as_asked(ward):
    no_further_than_its_token(ward)
    compartments(ward)
    parts_of_resources(ward)
    explanation(ward)
    nothing_deleted(ward)
