"""JSON Patch of a resource: RFC 6902 as far as FHIR allows."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonpatch import JsonPatch

from hub.errors import HubError
from hub.fhir import json
from hub.fhir.patch import MOST_OPERATIONS, patched, read_patch

WEIGHT: dict[str, Any] = json.read(
    b'{"resourceType":"Observation","id":"1","meta":{"versionId":"3","lastUpdated":"2026-11-22T00:00:00Z"},'
    b'"status":"final","code":{"text":"a","coding":[{"code":"x"}]},"valueQuantity":{"value":61.50,"unit":"kg"},'
    b'"note":[{"text":"p"},{"text":"q"}]}'
)


def after(*operations: dict[str, Any]) -> dict[str, Any]:
    return patched(WEIGHT, read_patch(json.write(list(operations))))


def refused(*operations: Any) -> str:
    with pytest.raises(HubError) as error:
        after(*operations)
    (issue,) = error.value.issues
    return issue.code


def test_decimals_keep_their_digits():
    assert json.write(after({"op": "test", "path": "/status", "value": "final"})) == json.write(WEIGHT)
    found = after({"op": "copy", "from": "/valueQuantity/value", "path": "/valueQuantity/other"})
    assert b'"value":61.50,"unit":"kg","other":61.50' in json.write(found)
    new = patched(WEIGHT, read_patch(b'[{"op":"replace","path":"/valueQuantity/value","value":62.0}]'))
    assert str(new["valueQuantity"]["value"]) == "62.0"


def test_what_is_emptied_goes():
    found = after({"op": "remove", "path": "/note/1"}, {"op": "remove", "path": "/note/0"})
    assert "note" not in found
    assert "note" in WEIGHT
    assert "code" not in after({"op": "remove", "path": "/code/text"}, {"op": "remove", "path": "/code/coding/0/code"})


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ([{"op": "test", "path": "/status", "value": "amended"}], "HUB-3316"),
        ([{"op": "test", "path": "/nothing", "value": "amended"}], "HUB-3316"),
        ([{"op": "test", "path": "/valueQuantity/value", "value": True}], "HUB-3316"),
        ([{"op": "remove", "path": "/nothing"}], "HUB-3315"),
        ([{"op": "add", "path": "/note/9", "value": {}}], "HUB-3315"),
        ([{"op": "add", "path": "/note/x", "value": {}}], "HUB-3315"),
        ([{"op": "add", "path": "/status/x", "value": {}}], "HUB-3315"),
        ([{"op": "copy", "path": "/a", "from": "/b"}], "HUB-3315"),
        ([{"op": "move", "path": "/note/0/text", "from": "/note/0"}], "HUB-3315"),
        ([{"op": "replace", "path": "/id", "value": "2"}], "HUB-3317"),
        ([{"op": "replace", "path": "/resourceType", "value": "Patient"}], "HUB-3317"),
        ([{"op": "remove", "path": "/meta"}], "HUB-3317"),
        ([{"op": "replace", "path": "/meta/versionId", "value": "4"}], "HUB-3317"),
        ([{"op": "replace", "path": "/meta", "value": "x"}], "HUB-3317"),
        ([{"op": "replace", "path": "", "value": []}], "HUB-3317"),
        ([{"op": "replace", "path": "", "value": "x"}], "HUB-3317"),
        ([{"op": "append", "path": "/status", "value": "x"}], "HUB-3314"),
        ([{"op": "add", "path": "/status"}], "HUB-3314"),
        ([{"op": "add", "path": "status", "value": 1}], "HUB-3314"),
        ([{"op": "copy", "path": "/status"}], "HUB-3314"),
        ([{"op": 1, "path": "/status"}], "HUB-3314"),
        ([{"path": "/status"}], "HUB-3314"),
        (["add"], "HUB-3314"),
        ([None], "HUB-3314"),
        ([[]], "HUB-3314"),
        ([{"op": "test", "path": "/status", "value": "final"}] * (MOST_OPERATIONS + 1), "HUB-3314"),
    ],
)
def test_refusals(operations, code):
    assert refused(*operations) == code


@pytest.mark.parametrize("data", [b"{}", b'"x"', b"1", b"null"])
def test_no_list(data):
    with pytest.raises(HubError) as error:
        read_patch(data)
    assert error.value.issues[0].code == "HUB-3314"


def test_copies_of_copies_are_bounded():
    doubling = [{"op": "copy", "from": "/note", "path": "/note/-"}] * 40
    assert refused(*doubling) == "HUB-3315"


def test_depth_stays_bounded():
    deeper = [{"op": "copy", "from": "/note", "path": "/note/0/x"}]
    assert refused(*deeper * 40) == "HUB-1003"
    assert refused(*deeper * 900) == "HUB-3315"


names = st.sampled_from(["status", "code", "note", "language", "valueQuantity"])
values = st.one_of(st.text(min_size=1, max_size=5), st.decimals(0, 9, places=2), st.booleans(), st.integers(0, 9))
operation = st.one_of(
    st.builds(lambda n, v: {"op": "add", "path": f"/{n}", "value": v}, names, values),
    st.builds(lambda n, v: {"op": "replace", "path": f"/{n}", "value": v}, names, values),
    st.builds(lambda n: {"op": "remove", "path": f"/{n}"}, names),
    st.builds(lambda n, m: {"op": "move", "from": f"/{n}", "path": f"/{m}"}, names, names),
)


@given(st.lists(operation, max_size=6))
def test_the_same_as_the_library_applied_at_once(operations):
    try:
        expected = JsonPatch(operations).apply(WEIGHT)
    except Exception:
        assert refused(*operations) == "HUB-3315"
    else:
        assert json.write(patched(WEIGHT, operations)) == json.write(expected)


def test_numbers_compare_by_value():
    assert after({"op": "test", "path": "/valueQuantity/value", "value": Decimal("61.5")})["id"] == "1"
