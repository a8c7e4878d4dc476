"""What goes to the store, so that few resources are opened, and what is left to be checked on those."""

from decimal import Decimal

from hub.search import meets, parse

LOINC = "http://loinc.org"
OBSERVATION = {
    "resourceType": "Observation",
    "effectiveDateTime": "2026-03-01T08:15:30+08:00",
    "valueQuantity": {"value": Decimal("5.40")},
}


def test_the_store_narrows_where_it_can():
    def tokens(type_name, name, value):
        query = parse(type_name, [(name, value)], False)
        return query.tokens, bool(query.checks)

    pressure = (((("component-code", "*|8480-6"),),), True)
    assert tokens("Observation", "component-code-value-quantity", "8480-6$gt140") == pressure
    assert tokens("Observation", "code-value-quantity", "8480-6$gt140,x$5") == (
        ((("code", "*|8480-6"), ("code", "*|x")),), True,
    )  # fmt: skip
    assert tokens("Observation", "code-value-quantity", f"{LOINC}|$gt140") == ((), True)
    assert tokens("Patient", "identifier:of-type", "a|b|7") == (((("identifier", "*|7"),),), True)
    assert tokens("Patient", "given:exact", "Siti") == (((("name", "siti"),), (("given", "siti"),)), True)
    assert tokens("Patient", "name", "kusumaningtyas") == (((("name", "kusumaning"),),), True)
    assert tokens("Patient", "name", "siti nur,budi") == (((("name", "siti"), ("name", "budi")),), True)
    assert tokens("Patient", "name:contains", "siti") == ((), True)
    assert tokens("Patient", "gender:not", "male") == ((), False)
    assert tokens("DocumentReference", "relationship", "DocumentReference/1$appends")[1]


def test_what_the_store_says_alone_is_not_checked_again():
    for name, text in [
        ("code", f"{LOINC}|718-7,|HB,x"), ("code:not", "x"), ("category", "laboratory"), ("date", "ge2026,2025-03"),
        ("encounter", "e1"), ("performer", "Practitioner/1"), ("_tag", "a"), ("_profile", "http://a"), ("patient", "1"),
        ("_id", "a"), ("_lastUpdated", "ge2026"), ("status:in", "http://hl7.org/fhir/ValueSet/observation-status"),
    ]:  # fmt: skip
        assert not parse("Observation", [(name, text)], False).checks, name
    for name, text in [("name", "siti nur"), ("birthdate", "ge1990"), ("deceased", "false"), ("identifier", "1,2|3")]:
        assert not parse("Patient", [(name, text)], False).checks, name


def test_every_check_has_to_hold():
    query = parse(
        "Observation", [("value-quantity", "gt5"), ("value-quantity", "lt5.4"), ("date:missing", "false")], False
    )
    assert [check.name for check in query.checks] == ["value-quantity", "value-quantity", "date:missing"]
    assert [check.holds(OBSERVATION) for check in query.checks] == [True, False, True]
    assert not meets(query, OBSERVATION)
