"""The shipped terminology: which codes value sets hold, what is not known, and that it is what HL7 published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError
from hub.fhir import table
from hub.fhir.systems import ACT_CODE, CONFIDENTIALITY, ICD10, LOINC, SNOMED
from hub.fhir.terminology import (
    Code,
    CodeSystem,
    Library,
    Unknown,
    Wanted,
    code_system,
    definition,
    expand,
    expanded,
    expansion,
    members,
    shipped,
    validate_in_set,
)

R4 = "http://hl7.org/fhir/ValueSet/"
SETS = [head.url for head in shipped("ValueSet")]


def test_nothing_of_other_publishers_is_shipped() -> None:
    urls = [head.url for head in shipped("CodeSystem")]
    assert not [url for url in urls if "snomed" in url or "loinc.org" in url or "dicom.nema" in url]
    for url in SETS:
        for include in (definition("ValueSet", url) or {}).get("compose", {}).get("include", []):
            if include.get("system") in (SNOMED, LOINC):
                assert not [each for each in include.get("concept", ()) if "display" in each], url


def test_everything_shipped_is_found_by_its_address_and_version() -> None:
    for kind in ("CodeSystem", "ValueSet", "ConceptMap"):
        for head in shipped(kind):
            found = definition(kind, head.url)
            assert found is not None
            assert found["url"] == head.url
            if head.version and "|" not in head.url:
                assert definition(kind, f"{head.url}|{head.version}") == found
                assert definition(kind, f"{head.url}|{head.version}x") is None


def test_members_are_the_codes_that_the_validator_knows() -> None:
    """Two ways to the same codes: the value sets here, and those derived into the validator's type table."""
    known = {url: {(s, c) for s, codes in by.items() for c in codes} for url, by in table()["codes"].items()}
    assert len(known) > 200
    for url, codes in known.items():
        assert members(url) == (codes or None), url


@pytest.mark.parametrize(
    ("url", "held", "not_held"),
    [
        (f"{R4}observation-status", ("http://hl7.org/fhir/observation-status", "corrected"), ("x", "corrected")),
        # by "is-a": through the hierarchy, and through children that v3 names in a property only
        ("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", (ACT_CODE, "AMB"), (ACT_CODE, "HIV")),
        (
            "http://terminology.hl7.org/ValueSet/v3-PurposeOfUse",
            (f"{ACT_CODE[:-4]}Reason", "TREAT"),
            (ACT_CODE, "TREAT"),
        ),
        ("https://jukung.id/ValueSet/sensitivity", (ACT_CODE, "SDV"), (ACT_CODE, "AMB")),
        ("https://jukung.id/ValueSet/confidentiality", (CONFIDENTIALITY, "V"), (CONFIDENTIALITY, "U")),
        ("https://jukung.id/ValueSet/icd-10-named", (ICD10, "A09"), (ICD10, "a09")),
        ("https://jukung.id/ValueSet/case-type", ("https://jukung.id/CodeSystem/case-type", "new"), (ICD10, "new")),
        (f"{R4}observation-status|4.0.1", ("http://hl7.org/fhir/observation-status", "final"), ("", "final")),
    ],
)
def test_members(url: str, held: tuple[str, str], not_held: tuple[str, str]) -> None:
    found = members(url)
    assert found is not None
    assert held in found
    assert not_held not in found


@pytest.mark.parametrize(
    "url",
    [
        f"{R4}condition-code",  # SNOMED CT
        f"{R4}observation-codes",  # LOINC
        f"{R4}ucum-units",
        f"{R4}service-type",  # of HL7's own system only examples are published
        f"{R4}observation-status|9",
        "https://nobody.example/ValueSet/x",
        "",
    ],
)
def test_what_cannot_be_listed_is_none(url: str) -> None:
    assert members(url) is None


def test_most_of_what_is_shipped_can_be_expanded() -> None:
    found = [url for url in SETS if isinstance(expansion(url), dict)]
    assert len(found) >= 1200
    assert all(isinstance(expansion(url), Unknown) for url in set(SETS) - set(found))


@given(st.sampled_from([url for url in SETS if members(url)]), st.data())
def test_an_expansion_in_pages_is_the_expansion_and_each_of_its_codes_is_valid(url: str, data: st.DataObject) -> None:
    made = "2026-11-22T08:00:00+08:00"
    whole = expanded(url, "", Wanted(), made)["expansion"]
    size = data.draw(st.integers(max(1, len(whole["contains"]) // 4), 3000))
    pages = [
        expanded(url, "", Wanted(offset=start, count=size), made)["expansion"]
        for start in range(0, whole["total"], size)
    ]
    assert [each for page in pages for each in page["contains"]] == whole["contains"]
    assert {page["total"] for page in pages} == {len(whole["contains"])}
    one = data.draw(st.sampled_from(whole["contains"]))
    said = validate_in_set(url, "", [Code(one["system"], one["code"], one.get("display", ""))])
    assert said["parameter"][0] == {"name": "result", "valueBoolean": True}
    assert validate_in_set(url, "", [Code(one["system"] + "x", one["code"])])["parameter"][0]["valueBoolean"] is False


def test_filters_and_activity() -> None:
    def codes(**fields: object) -> list[str]:
        found = expanded(f"{R4}observation-status", "", Wanted(**fields), "2026-11-22T08:00:00+08:00")  # type: ignore[arg-type]
        return [each["code"] for each in found["expansion"].get("contains", ())]

    assert codes() == [
        "registered",
        "preliminary",
        "final",
        "amended",
        "corrected",
        "cancelled",
        "entered-in-error",
        "unknown",
    ]
    assert codes(filter="ENTERED in") == ["entered-in-error"]
    assert codes(filter="nothing of the kind") == []
    assert codes(offset=6, count=9) == ["entered-in-error", "unknown"]
    assert codes(offset=9) == []
    retired = [concept for concept in code_system(ACT_CODE).concepts.values() if concept.is_inactive]  # type: ignore[union-attr]
    assert retired
    url = "http://terminology.hl7.org/ValueSet/v3-ActCode"
    active = expanded(url, "", Wanted(is_active=True), "x")["expansion"]["contains"]
    everything = expanded(url, "", Wanted(), "x")["expansion"]["contains"]
    gone = {each["code"] for each in everything} - {each["code"] for each in active}
    assert gone == {concept.code for concept in retired}
    assert {each["code"] for each in everything if each.get("inactive")} == gone


def test_includes_excludes_and_nested_sets() -> None:
    system = CodeSystem(
        {
            "url": "s",
            "content": "complete",
            "concept": [
                {"code": "a", "concept": [{"code": "b", "concept": [{"code": "c"}]}]},
                {"code": "d", "property": [{"code": "child", "valueCode": "c"}, {"code": "kind", "valueString": "X"}]},
            ],
        }
    )
    nested = {"url": "n", "compose": {"include": [{"system": "s", "concept": [{"code": "b"}, {"code": "d"}]}]}}
    library = Library({"s": system}.get, {"n": nested}.get)

    def codes(include: list[dict[str, object]], exclude: tuple[dict[str, object], ...] = ()) -> object:
        found = expand({"url": "v", "compose": {"include": include, "exclude": exclude}}, library)
        return found.what if isinstance(found, Unknown) else "".join(code for _, code in found)

    below = {"property": "concept", "op": "is-a"}
    assert codes([{"system": "s"}]) == "abcd"
    assert codes([{"system": "s", "filter": [{**below, "value": "d"}]}]) == "cd"
    assert codes([{"system": "s", "filter": [{**below, "value": "a"}, {**below, "value": "d"}]}]) == "c"
    assert codes([{"system": "s", "filter": [{"property": "kind", "op": "=", "value": "x"}]}]) == "d"
    assert codes([{"system": "s", "valueSet": ["n"]}]) == "bd"
    assert codes([{"valueSet": ["n"]}, {"system": "s", "concept": [{"code": "a"}]}]) == "bda"
    assert codes([{"system": "s"}], ({"valueSet": ["n"]},)) == "ac"
    assert codes([{"valueSet": ["unknown"]}]) == "unknown"
    assert codes([{"system": "s"}], ({"system": "elsewhere"},)) == "elsewhere"
    assert codes([{"system": "s", "filter": [{"property": "code", "op": "regex", "value": "."}]}]) == "code regex ."


def test_a_value_set_that_cannot_be_expanded_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(HubError) as refused:
        expanded(f"{R4}condition-code", "", Wanted(), "x")
    assert (refused.value.issues[0].code, refused.value.issues[0].args) == ("HUB-4407", {"what": SNOMED})
