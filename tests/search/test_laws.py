"""Laws of search: what extraction gives, parsing finds; AND narrows, OR widens; nothing else crashes it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import HubError
from hub.fhir.definitions import RESOURCE_TYPES
from hub.search import births, extract, meets, names, parse
from hub.search.parameters import served
from tests.search.matching import finds

CODES = st.text(st.sampled_from("aZ9-,|$\\ é"), min_size=1, max_size=6).map(str.strip).filter(bool)
SYSTEMS = st.sampled_from([None, "http://loinc.org", "urn:x|y", "https://contoh.id/kode"])
CODINGS = st.builds(lambda s, c: {"code": c} | ({"system": s} if s else {}), SYSTEMS, CODES)
CONCEPTS = st.builds(lambda codings: {"coding": codings}, st.lists(CODINGS, min_size=1, max_size=2))
LOCAL_IDS = st.text(st.sampled_from("abc019.-"), min_size=1, max_size=8)


def references(*kinds: str):
    """References to these types, as validation would let them through."""
    return st.builds(lambda kind, local: {"reference": f"{kind}/{local}"}, st.sampled_from(kinds), LOCAL_IDS)


IDENTIFIERS = st.builds(lambda s, v: {"value": v} | ({"system": s} if s else {}), SYSTEMS, CODES)
DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat)
OBSERVATIONS = st.fixed_dictionaries(
    {"resourceType": st.just("Observation"), "code": CONCEPTS},
    optional={
        "status": st.sampled_from(["final", "amended"]),
        "category": st.lists(CONCEPTS, min_size=1, max_size=2),
        "identifier": st.lists(IDENTIFIERS, min_size=1, max_size=2),
        "encounter": references("Encounter"),
        "performer": st.lists(references("Practitioner", "Organization", "Patient"), min_size=1, max_size=2),
        "subject": references("Patient", "Group", "Location"),
        "effectiveDateTime": DATES,
    },
)
NAMES = st.text(st.sampled_from("aiuSé'- Ñ7"), min_size=1, max_size=24)
PATIENTS = st.fixed_dictionaries(
    {"resourceType": st.just("Patient")},
    optional={
        "name": st.lists(
            st.fixed_dictionaries({"given": st.lists(NAMES, min_size=1, max_size=2)}, optional={"family": NAMES}),
            max_size=2,
        ),
        "birthDate": st.one_of(DATES, DATES.map(lambda d: d[:7]), DATES.map(lambda d: d[:4])),
        "gender": st.sampled_from(["male", "female", "other", "unknown"]),
        "identifier": st.lists(IDENTIFIERS, max_size=2),
    },
)


def escaped(text: str) -> str:
    for sign in "\\,|$":
        text = text.replace(sign, "\\" + sign)
    return text


def asked(parameter, value: str) -> str:
    """How a value of the extract is written in a request."""
    if parameter.type != "token":
        return escaped(value)
    if value.startswith("*|"):
        return escaped(value[2:])
    for system in ("http://loinc.org", "urn:x|y", "https://contoh.id/kode"):
        if value.startswith(system + "|"):
            return f"{escaped(system)}|{escaped(value[len(system) + 1 :])}"
    system, _, code = value.partition("|")
    return f"{system}|{escaped(code)}"


@settings(max_examples=300, deadline=None)
@given(st.one_of(OBSERVATIONS, PATIENTS))
def test_every_extracted_value_finds_its_resource(resource):
    kind = resource["resourceType"]
    extracted = extract(kind, resource)
    known = served(kind)
    params = [(p, asked(known[p], v)) for p, v in extracted.values if p != "_ref" and not v.startswith("~")]
    for name, value in params:
        query = parse(kind, [(name, value)], False)
        assert finds(query, resource), (name, value)
        other = "Group/zz" if known[name].type == "reference" and "Group" in known[name].targets else "1901"
        assert finds(parse(kind, [(name, f"{other},{value}")], False), resource)
        assert not finds(parse(kind, [(name, value), ("identifier", "zz-9")], False), resource)
    if len(params) > 1:
        assert finds(parse(kind, params[:40], False), resource)
    assert {param for param, _ in extracted.values} - {"_ref"} <= known.keys()
    assert extracted.indexed <= set(extracted.values)


@settings(max_examples=300, deadline=None)
@given(DATES, st.sampled_from(["eq", "gt", "ge", "lt", "le", "sa", "eb"]), DATES, st.sampled_from([4, 7, 10]))
def test_birth_dates_agree_with_the_calendar(born, prefix, asked_for, length):
    text = asked_for[:length]
    first, last = births.date_span(text)
    day = date.fromisoformat(born)
    expected = {
        "eq": first <= day <= last, "gt": day > last, "sa": day > last, "ge": day >= first,
        "lt": day < first, "eb": day < first, "le": day <= last,
    }[prefix]  # fmt: skip
    query = parse("Patient", [("birthdate", prefix + text)], False)
    assert finds(query, {"resourceType": "Patient", "birthDate": born}) is expected
    assert all(len(group) < 400 for group in query.tokens)


@settings(max_examples=200, deadline=None)
@given(DATES, DATES, DATES)
def test_a_range_of_birth_dates(born, one, other):
    query = parse("Patient", [("birthdate", f"ge{one}"), ("birthdate", f"le{other}")], False)
    assert len(query.tokens) == 1
    assert finds(query, {"resourceType": "Patient", "birthDate": born}) is (one <= born <= other)


@given(NAMES, st.integers(1, 24))
def test_a_name_is_found_by_the_beginning_of_each_word(text, length):
    for word in names.words(text):
        query = parse("Patient", [("name", word[:length])], False)
        assert finds(query, {"resourceType": "Patient", "name": [{"text": text}]})


NAMES_ASKED = (
    "date", "name", "code", "_sort", "patient", "birthdate", "_count", "_lastUpdated", "_profile", "_tag:not",
    "_elements", "code:in", "code:missing", "identifier:of-type", "identifier:text", "name:exact", "name:contains",
    "url:below", "value-quantity", "probability", "code-value-quantity", "subject:identifier", "subject.name",
    "subject:Patient.name", "encounter.location.name", "_has:Observation:patient:code", "_include",
    "_revinclude:iterate", "context-type-value",
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(("Patient", "Observation", "RiskAssessment", "ValueSet", "Encounter", *RESOURCE_TYPES)),
    st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from(NAMES_ASKED),
                st.text(max_size=8),
            ),
            st.one_of(st.text(max_size=12), st.text("0123456789.-+eT:|$,\\/ ltgeap", max_size=14)),
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_anything_parses_or_is_refused_as_incorrect(type_name, params, lenient):
    refused = None
    try:
        meets(parse(type_name, params, lenient), {"resourceType": type_name})
    except HubError as error:
        refused = error.category
    assert refused in (None, "incorrect")


def test_every_type_has_an_extractor():
    for name in RESOURCE_TYPES:
        assert extract(name, {"resourceType": name}).values == []


@pytest.mark.parametrize("prefix", ["gt", "lt", "ge", "le", "sa", "eb"])
@pytest.mark.parametrize("text", ["0001", "0001-01-01", "9999", "9999-12-31"])
def test_birth_dates_at_the_ends_of_time(prefix, text):
    first, last = births.interval(prefix, text)
    assert len(births.cover(first, last)) < 400
