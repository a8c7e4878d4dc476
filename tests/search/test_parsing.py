"""What a request's parameters become, and how they are refused."""

import pytest

from hub.errors import Category, HubError, fix, kind, text
from hub.fhir.dates import instant_range
from hub.model import DayRange
from hub.search import orders, parameters, parse


def query(type_name, line, *, lenient=False):
    params = [tuple(part.split("=", 1)) for part in line.split("&")] if line else []
    return parse(type_name, params, lenient)


def test_defaults():
    empty = query("Observation", "")
    assert (empty.count, empty.order, empty.summary_count, empty.total) == (20, "rid", False, "accurate")
    assert (empty.patient, empty.ids, empty.tokens, empty.days, empty.updated) == (None, None, (), (), ())


def test_patients_are_kept_apart_from_tokens():
    assert query("Observation", "patient=p1").patient == ("p1",)
    assert query("Observation", "subject=Patient/p1,Patient/p2&patient=p2").patient == ("p2",)
    assert query("Observation", "patient=p1&patient=p2").patient == ()
    assert query("Observation", "subject:Patient=p1").patient == ("p1",)
    assert query("Observation", "patient=p1").tokens == ()


def test_tokens_with_a_system_are_found_through_the_index():
    found = query("Observation", "code=http://loinc.org|718-7,HB")
    assert found.tokens == (
        (("code", "*|718-7"), ("code", "*|HB")),
        (("code", "http://loinc.org|718-7"), ("code", "*|HB")),
    )
    assert found.indexed == (True, False)
    assert query("Observation", "status=final").indexed == (False,)


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ("phone=081200000001", ("*|081200000001", "*|+6281200000001")),
        ("phone=+6281200000001", ("*|+6281200000001", "*|081200000001")),
        ("phone= 6281200000001", ("*|+6281200000001", "*|081200000001")),
        ("telecom=phone|081200000001", ("phone|081200000001", "phone|+6281200000001")),
        ("telecom=email|siti@example.org", ("email|siti@example.org",)),
        ("phone=+1202000000", ("*|+1202000000",)),
    ],
)
def test_a_phone_number_is_meant_in_both_its_forms(asked, values):
    assert tuple(value for _, value in query("Patient", asked).tokens[-1]) == values


def test_identifiers_as_asked():
    found = query("Patient", "identifier=https://x|1,2,|3")
    assert found.identifiers == ((("https://x", "1"), (None, "2"), ("", "3")),)
    assert found.indexed[0]


def test_result_parameters():
    assert query("Observation", "_count=500").count == 200
    assert query("Observation", "_count=0").summary_count
    assert query("Observation", "_summary=count").summary_count
    assert query("Observation", "_total=none").total == "none"
    assert query("Observation", "_sort=-date").order == "-day"
    assert query("MedicationRequest", "_sort=authoredon").order == "day"
    assert query("Patient", "_sort=-_lastUpdated").order == "-updated"
    assert query("Patient", "_format=application/fhir json").self_params == (("_format", "application/fhir json"),)
    assert "date" not in orders("Patient")


def test_times_of_change():
    first, last = instant_range("2026-11-22")
    assert query("Patient", "_lastUpdated=2026-11-22").updated == ((first, last),)
    after, before = query("Patient", "_lastUpdated=ge2026-11-22&_lastUpdated=lt2026-11-23").updated
    assert after[0] == first
    assert before[1] == last
    assert query("Patient", "_lastUpdated=2026-11-22T08:00:00 08:00").updated == (
        instant_range("2026-11-22T00:00:00Z"),
    )


def test_days():
    day = instant_range("2026-11-22").first // 86_400_000 + 1
    assert query("Observation", "date=2026-11-22").days == ((DayRange("eq", day, day),),)
    assert query("Observation", "date=gt2026-11-22T10:00").days == ((DayRange("gt", day - 1, day - 1),),)
    assert query("Observation", "date=eb2026-11-22T10:00").days == ((DayRange("eb", day + 1, day + 1),),)
    assert query("Observation", "date=ne2026-11-22T10:00,lt2020").days == ()
    assert query("Condition", "date=2026-11-22").days == query("Condition", "recorded-date=2026-11-22").days


def test_ids():
    assert query("Patient", "_id=a,b&_id=b,c").ids == ("b",)


REFUSED = [
    ("Patient", "nama=siti", "HUB-4001"),
    ("Patient", "code=x", "HUB-4001"),
    ("Location", "near=-3.3|114.6|10|km", "HUB-4001"),
    ("Patient", "_text=x", "HUB-4001"),
    ("Patient", "name:text=Siti", "HUB-4002"),
    ("Patient", "_id:missing=true", "HUB-4002"),
    ("Observation", "code:above=x", "HUB-4002"),
    ("Observation", "code:of-type=a|b|c", "HUB-4002"),
    ("Observation", "value-quantity:not=5", "HUB-4002"),
    ("Observation", "subject:Practitioner=1", "HUB-4002"),
    ("Observation", "code=", "HUB-4003"),
    ("Observation", "code=|", "HUB-4003"),
    ("Observation", "code=a|b|c", "HUB-4003"),
    ("Observation", "code=a,,b", "HUB-4003"),
    ("Observation", "code:missing=yes", "HUB-4003"),
    ("Observation", "date=yesterday", "HUB-4003"),
    ("Observation", "date=2026-13", "HUB-4003"),
    ("Observation", "encounter=Patient/1", "HUB-4003"),
    ("Observation", "encounter=a b", "HUB-4003"),
    ("Observation", "value-quantity=five", "HUB-4003"),
    ("Observation", "value-quantity=5|mg", "HUB-4003"),
    ("Observation", "value-quantity=5|http://unitsofmeasure.org|", "HUB-4003"),
    ("Observation", "value-quantity=1e1234", "HUB-4003"),
    ("Observation", "value-date=x", "HUB-4003"),
    ("Observation", "code-value-quantity=8480-6", "HUB-4003"),
    ("Observation", "code-value-quantity=8480-6$x", "HUB-4003"),
    ("Observation", "code-value-quantity=$5", "HUB-4003"),
    ("Patient", "identifier:of-type=a|b", "HUB-4003"),
    ("Patient", "name=...", "HUB-4003"),
    ("Patient", "_id=a/b", "HUB-4003"),
    ("Patient", "_count=-1", "HUB-4003"),
    ("Patient", "birthdate=1990-05-17T99:00", "HUB-4003"),
    ("Patient", "birthdate=ne199", "HUB-4003"),
    ("Patient", "&".join(["gender=male"] * 41), "HUB-4005"),
    ("Patient", "gender=" + ",".join(["male"] * 51), "HUB-4006"),
    ("Patient", "_sort=nama", "HUB-4007"),
    ("Observation", "_sort=code-value-quantity", "HUB-4007"),
    ("Observation", "_sort=date,", "HUB-4007"),
    ("Observation", "_sort=date,status,code,category,encounter,_id", "HUB-4007"),
    ("Patient", "_summary=short", "HUB-4008"),
    ("Patient", "_explain=yes", "HUB-4008"),
    ("Patient", "_format=xml", "HUB-4008"),
    ("Observation", "subject.organization.partof.name=x", "HUB-4009"),
    ("Patient", "_has:Observation:patient:_has:Provenance:target:_has:List:item:code=1", "HUB-4009"),
    ("Patient", "_count=5&_count=6", "HUB-4010"),
    ("Observation", "code.name=x", "HUB-4011"),
    ("Observation", "subject:Practitioner.name=x", "HUB-4011"),
    ("Observation", "encounter.nama=x", "HUB-4011"),
    ("Patient", "_has:Observation:code:code=x", "HUB-4011"),
    ("Patient", "_has:Observation:encounter:code=x", "HUB-4011"),
    ("Provenance", "target.status=x", "HUB-4012"),
    ("Patient", "_has:Observation=x", "HUB-4013"),
    ("Patient", "_has:Pemeriksaan:patient:code=x", "HUB-4013"),
    ("Observation", "_include=Observation:nama", "HUB-4014"),
    ("Observation", "_include=Patient:organization", "HUB-4014"),
    ("Observation", "_include=Observation:subject:Practitioner", "HUB-4014"),
    ("Observation", "_include=subject", "HUB-4014"),
    ("Observation", "_revinclude=Encounter:subject", "HUB-4014"),
    ("Patient", "_revinclude=Observation:subject:Group", "HUB-4014"),
    ("Observation", "&".join(["_include=Observation:subject"] * 5), "HUB-4015"),
    ("Observation", "_include=*", "HUB-4016"),
    ("Observation", "_revinclude=Provenance:*", "HUB-4016"),
    ("Observation", "code:in=http://example.org/none", "HUB-4017"),
    ("Observation", "subject=Patient/1,Group/2", "HUB-4018"),
    ("Observation", "_elements=status,nilai", "HUB-4020"),
    ("Observation", "_include:recurse=Observation:subject", "HUB-4002"),
]


@pytest.mark.parametrize(
    ("type_name", "line", "code"), REFUSED, ids=[f"{code} {line[:30]}" for _, line, code in REFUSED]
)
def test_refusals_are_said_in_two_languages(type_name, line, code):
    with pytest.raises(HubError) as caught:
        query(type_name, line)
    (issue,) = caught.value.issues
    assert caught.value.category is Category.INCORRECT
    assert issue.code == code
    assert kind(issue)
    for lang in ("id", "en"):
        assert "…" not in text(issue, lang)
        assert "{" not in text(issue, lang) + fix(issue, lang)


def test_a_refusal_names_what_is_supported_and_never_the_value():
    with pytest.raises(HubError) as caught:
        query("Patient", "nik=6371010101900001")
    (issue,) = caught.value.issues
    assert "birthdate" in fix(issue)
    with pytest.raises(HubError) as caught:
        parse("Patient", [("6371010101900001", "x")], False)
    assert "6371" not in str(caught.value.issues)


def test_leniency_ignores_the_unknown_but_no_nonsense():
    found = query("Patient", "nama=siti&gender=female&name:text=x&subject.x=1", lenient=True)
    assert found.ignored == ("nama", "name:text", "subject.x")
    assert found.self_params == (("gender", "female"),)
    with pytest.raises(HubError):
        query("Patient", "birthdate=x", lenient=True)


def test_supported_parameters_for_the_capability_statement():
    names = {p.name: p.type for p in parameters("Observation")}
    assert names["code"] == "token"
    assert names["date"] == "date"
    assert names["encounter"] == "reference"
    assert names["_id"] == "token"
    assert all(p.url.startswith("http") for p in parameters("Patient"))
    with pytest.raises(KeyError):
        parameters("Pasien")
