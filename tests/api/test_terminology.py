"""The terminology operations over HTTP, asked by address and by Parameters."""

from typing import Any

import pytest

from hub.fhir.terminology.answers import UNCHECKED
from hub.model import Facility
from hub.upkeep.registering import register_facility
from tests.api.test_errors import outcome_of

R4 = "http://hl7.org/fhir/"
V3 = "http://terminology.hl7.org/CodeSystem/v3-"
KLINIK = "https://jukung.id/ConceptMap/klinik_csv"
OBAT = "https://jukung.id/CodeSystem/klinik_csv-obat"
ATC = "http://www.whocc.no/atc"
ICD = "http://hl7.org/fhir/sid/icd-10"


@pytest.fixture
def ask(client, token):
    """`ask("CodeSystem/$lookup", code=…)`: the parameters of the answer, the same by GET and by POST."""

    def asking(operation: str, status: int = 200, **given: Any) -> Any:
        headers = token()
        listed = [
            {
                "name": name,
                (
                    "valueBoolean"
                    if isinstance(value, bool)
                    else "valueInteger"
                    if isinstance(value, int)
                    else "valueString"
                ): value,
            }
            for name, value in given.items()
        ]
        by_get = client.get(
            f"/fhir/{operation}",
            params={k: str(v).lower() if isinstance(v, bool) else v for k, v in given.items()},
            headers=headers,
        )
        by_post = client.post(
            f"/fhir/{operation}", json={"resourceType": "Parameters", "parameter": listed}, headers=headers
        )
        by_form = client.post(
            f"/fhir/{operation}",
            data={k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in given.items()},
            headers=headers,
        )
        assert by_get.content == by_post.content == by_form.content
        assert by_get.status_code == by_post.status_code == status, by_get.text
        return values(by_get.json()) if by_get.json()["resourceType"] == "Parameters" else by_get.json()

    return asking


def values(parameters: dict[str, Any]) -> dict[str, Any]:
    """name -> value, or the list of them, parts likewise."""
    found: dict[str, list[Any]] = {}
    for each in parameters["parameter"]:
        value = (
            values({"parameter": each["part"]}) if "part" in each else next(v for k, v in each.items() if k != "name")
        )
        found.setdefault(each["name"], []).append(value)
    return {name: each if len(each) > 1 else each[0] for name, each in found.items()}


def test_lookup(ask):
    found = ask("CodeSystem/$lookup", system=f"{R4}observation-status", code="corrected")
    assert (found["name"], found["version"], found["display"]) == ("ObservationStatus", "4.0.1", "Corrected")
    assert {"code": "parent", "value": "amended"} in found["property"]
    assert ask("CodeSystem/$lookup", system=ICD, code="A09")["designation"] == [
        {"language": "id", "value": "Diare (muntaber)"},
        {"language": "en", "value": "Diarrhoea"},
    ]
    only = ask("CodeSystem/$lookup", system=f"{V3}ActCode", code="ETH", property="parent")
    assert only["property"]["code"] == "parent"
    shown = ask("CodeSystem/$lookup", system="https://jukung.id/CodeSystem/case-type", code="new", displayLanguage="id")
    assert shown["display"] == "Kasus baru"


REFUSED = [
    ("CodeSystem/$lookup", {"system": f"{R4}observation-status", "code": "nope"}, 404, "HUB-4403"),
    ("CodeSystem/$lookup", {"system": f"{R4}observation-status", "code": "Final"}, 404, "HUB-4403"),
    ("CodeSystem/$lookup", {"system": "https://nobody.example/x", "code": "a"}, 404, "HUB-4404"),
    ("CodeSystem/$lookup", {"system": f"{R4}observation-status", "code": "final", "version": "3"}, 404, "HUB-4404"),
    ("CodeSystem/$lookup", {"system": "http://loinc.org", "code": "718-7"}, 422, "HUB-4405"),
    ("CodeSystem/$lookup", {"system": "http://snomed.info/sct", "code": "0"}, 422, "HUB-4405"),
    ("CodeSystem/$lookup", {"system": ICD, "code": "A99"}, 422, "HUB-4406"),
    ("CodeSystem/$lookup", {"code": "final"}, 400, "HUB-4402"),
    ("CodeSystem/$lookup", {"system": "x", "code": "y", "kode": "z"}, 400, "HUB-4400"),
    ("CodeSystem/$validate-code", {"url": "http://loinc.org", "code": "718-7"}, 422, "HUB-4405"),
    ("CodeSystem/$validate-code", {"code": "718-7"}, 400, "HUB-4402"),
    ("CodeSystem/$subsumes", {"system": f"{V3}ActCode", "codeA": "AMB"}, 400, "HUB-4402"),
    ("CodeSystem/$subsumes", {"system": ICD, "codeA": "J06", "codeB": "J06.X"}, 422, "HUB-4406"),
    ("ValueSet/$expand", {"url": f"{R4}ValueSet/condition-code"}, 422, "HUB-4407"),
    ("ValueSet/$expand", {"url": "https://nobody.example/x"}, 404, "HUB-4404"),
    ("ValueSet/$expand", {"url": f"{R4}ValueSet/observation-status", "count": "-1"}, 400, "HUB-4401"),
    ("ValueSet/$expand", {"url": f"{R4}ValueSet/observation-status", "activeOnly": "ja"}, 400, "HUB-4401"),
    ("ValueSet/$expand", {}, 400, "HUB-4402"),
    ("ValueSet/$validate-code", {"url": f"{R4}ValueSet/observation-status"}, 400, "HUB-4402"),
    ("ValueSet/$validate-code", {"url": f"{R4}ValueSet/condition-code", "code": "1"}, 422, "HUB-4407"),
    ("ConceptMap/$translate", {"url": "https://nobody.example/x", "code": "a", "system": "b"}, 404, "HUB-4404"),
    ("ConceptMap/$translate", {"code": "a"}, 400, "HUB-4402"),
]


def test_what_cannot_be_answered(client, token):
    headers = token()
    for operation, given, status, code in REFUSED:
        outcome_of(client.get(f"/fhir/{operation}", params=given, headers=headers), status, code)


def test_validate_code_in_a_system(ask, client, token):
    said = ask("CodeSystem/$validate-code", url=f"{R4}observation-status", code="final", display="FINAL")
    assert said == {"result": True, "display": "Final"}
    wrong = ask("CodeSystem/$validate-code", url=f"{R4}observation-status", code="final", display="Last")
    assert (wrong["result"], wrong["display"]) == (False, "Final")
    assert ask("CodeSystem/$validate-code", url=f"{R4}observation-status", code="nope")["result"] is False
    concept = {
        "coding": [
            {"system": f"{R4}observation-status", "code": "nope"},
            {"system": f"{R4}observation-status", "code": "final"},
        ]
    }
    body = {"resourceType": "Parameters", "parameter": [{"name": "codeableConcept", "valueCodeableConcept": concept}]}
    answer = client.post("/fhir/CodeSystem/$validate-code", json=body, headers=token())
    assert values(answer.json())["result"] is True


def test_validate_code_in_a_set(ask):
    url = "http://terminology.hl7.org/ValueSet/v3-ActEncounterCode"
    assert ask("ValueSet/$validate-code", url=url, system=f"{V3}ActCode", code="AMB")["result"] is True
    assert ask("ValueSet/$validate-code", url=url, code="AMB") == {"result": True, "display": "ambulatory"}
    assert ask("ValueSet/$validate-code", url=url, system=f"{V3}ActCode", code="HIV")["result"] is False
    assert ask("ValueSet/$validate-code", url=url, system="http://loinc.org", code="AMB")["result"] is False


def test_subsumes(ask):
    for one, other, said in (
        ("_ActEncounterCode", "AMB", "subsumes"),
        ("AMB", "_ActEncounterCode", "subsumed-by"),
        ("AMB", "AMB", "equivalent"),
        ("AMB", "EMER", "not-subsumed"),
    ):
        assert ask("CodeSystem/$subsumes", system=f"{V3}ActCode", codeA=one, codeB=other) == {"outcome": said}
    for one, other, said in (
        ("J06", "J06.9", "subsumes"),
        ("J06.9", "J06", "subsumed-by"),
        ("J06.9", "J06.9", "equivalent"),
        ("J06", "E11.9", "not-subsumed"),
    ):
        assert ask("CodeSystem/$subsumes", system=ICD, codeA=one, codeB=other) == {"outcome": said}


def test_a_display_is_not_judged_where_the_official_titles_are_not_shipped(ask):
    title = "Acute upper respiratory infection, unspecified"
    said = ask("CodeSystem/$validate-code", url=ICD, code="J06.9", display=title)
    assert (said["result"], said["message"]) == (True, UNCHECKED)
    assert "message" not in ask("CodeSystem/$validate-code", url=ICD, code="J06.9", display="batuk pilek (ispa)")
    named = "https://jukung.id/ValueSet/icd-10-named"
    said = ask("ValueSet/$validate-code", url=named, system=ICD, code="J06.9", display=title)
    assert (said["result"], said["message"]) == (True, UNCHECKED)


@pytest.mark.parametrize("operation", ["$lookup", "$validate-code", "$subsumes"])
def test_the_words_of_a_source_program_are_no_code_system(client, token, operation):
    given = {"codeA": "a", "codeB": "b"} if operation == "$subsumes" else {"code": "a"}
    given |= {"url" if operation == "$validate-code" else "system": OBAT}
    answer = client.get(f"/fhir/CodeSystem/{operation}", params=given, headers=token())
    outcome_of(answer, 404, "HUB-4415")
    assert KLINIK in answer.text


def test_expand(ask):
    found = ask("ValueSet/$expand", url=f"{R4}ValueSet/administrative-gender")
    assert found["expansion"]["total"] == 4
    assert [each["code"] for each in found["expansion"]["contains"]] == ["male", "female", "other", "unknown"]
    assert (found["url"], "compose" in found, "id" in found) == (f"{R4}ValueSet/administrative-gender", False, False)
    page = ask(
        "ValueSet/$expand",
        url="https://jukung.id/ValueSet/icd-10-named",
        filter="diare",
        count=1,
        includeDesignations=True,
    )
    assert page["expansion"]["contains"][0]["designation"][0] == {"language": "id", "value": "Diare (muntaber)"}
    assert page["expansion"]["total"] >= 1


def test_an_expansion_is_valid_fhir(client, token, ask):
    for url in (f"{R4}ValueSet/administrative-gender", "https://jukung.id/ValueSet/icd-10-named"):
        found = ask("ValueSet/$expand", url=url, filter="a", count=3, includeDesignations=True, activeOnly=True)
        answer = client.post("/fhir/ValueSet/$validate", json=found, headers=token())
        assert {each["severity"] for each in answer.json()["issue"]} == {"information"}, answer.text


def test_translate_a_clinics_word(ask):
    found = ask("ConceptMap/$translate", url=KLINIK, system=OBAT, code="Parasetamol 500 mg tab")
    assert found["match"] == {
        "equivalence": "wider",
        "concept": {"system": ATC, "code": "N02BE01", "display": "paracetamol"},
        "source": KLINIK,
    }
    assert ask("ConceptMap/$translate", system=OBAT, code="sanmol")["match"]["concept"]["code"] == "N02BE01"
    assert ask("ConceptMap/$translate", url=KLINIK, code="sanmol")["result"] is True
    unknown = ask("ConceptMap/$translate", url=KLINIK, system=OBAT, code="ramuan nenek")
    assert (unknown["result"], set(unknown)) == (False, {"result", "message"})
    other = ask("ConceptMap/$translate", url=KLINIK, code="sanmol", targetsystem="http://loinc.org")
    assert other["result"] is False


def test_translate_back(ask):
    found = ask("ConceptMap/$translate", url=KLINIK, system=ATC, code="N02BE01", reverse=True)
    words = {each["concept"]["code"]: each["equivalence"] for each in found["match"]}
    assert words["sanmol"] == "narrower"
    everywhere = ask("ConceptMap/$translate", system=ATC, code="N02BE01", reverse=True)
    assert len({each["source"] for each in everywhere["match"]}) == 3


def test_translate_by_r4s_own_maps(ask):
    found = ask("ConceptMap/$translate", system=f"{R4}address-use", code="home", targetsystem=f"{V3}AddressUse")
    assert (found["match"]["equivalence"], found["match"]["concept"]["code"]) == ("equal", "H")


def test_a_facilitys_own_words_are_its_own(hub, ask, client, token):
    register_facility(hub, Facility(0, "klinik-a", "klinik-a", settings={"codes": "obat/pil ajaib=paracetamol"}))
    assert (
        ask("ConceptMap/$translate", url=KLINIK, system=OBAT, code="Pil Ajaib")["match"]["concept"]["code"] == "N02BE01"
    )
    given = {"url": KLINIK, "system": OBAT, "code": "pil ajaib"}
    other = client.get("/fhir/ConceptMap/$translate", params=given, headers=token("klinik-b"))
    assert values(other.json())["result"] is False


def test_what_is_shipped_is_listed_and_a_token_is_needed(client, token):
    found = client.get("/fhir/metadata?mode=terminology").json()
    listed = {each["uri"]: each for each in found["codeSystem"]}
    assert len(listed) > 1000
    assert listed[f"{R4}observation-status"]["version"] == [{"code": "4.0.1"}]
    assert "http://loinc.org" not in listed
    answer = client.post("/fhir/TerminologyCapabilities/$validate", json=found, headers=token())
    assert {each["severity"] for each in answer.json()["issue"]} == {"information"}, answer.text
    assert client.get("/fhir/CodeSystem/$lookup?system=a&code=b").status_code == 401
    assert client.put("/fhir/CodeSystem/$lookup").status_code == 405
