"""hub.fhir.json: what was written is what is read, and what JSON leaves open is refused with its place."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Category, HubError, text
from hub.fhir import json

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.decimals(allow_nan=False, allow_infinity=False).filter(lambda d: "." in str(d) or "E" in str(d))
    | st.text(st.characters(codec="utf-8"))
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def refusal(data: bytes) -> tuple[str, str, dict[str, str]]:
    with pytest.raises(HubError) as caught:
        json.read(data)
    assert caught.value.category is Category.INCORRECT
    (issue,) = caught.value.issues
    assert text(issue, "id")
    assert text(issue, "en")
    return issue.code, issue.path, dict(issue.args)


@given(TREES)
def test_reading_what_was_written_gives_the_same_tree(tree: Any) -> None:
    assert json.read(json.write(tree)) == tree


@given(TREES, st.text(max_size=3))
def test_entries_of_a_bundle_are_read_the_same(tree: Any, name: str) -> None:
    bundle = {name: 1, "entry": [tree, tree]}
    assert json.read(json.write(bundle)) == bundle


@pytest.mark.parametrize(
    "number", ["1.10", "0.1234567890123456789012345", "1.0E+3", "-0.0", "12345678901234567890123", "100"]
)
def test_numbers_keep_their_digits(number: str) -> None:
    assert json.write(json.read(f'{{"value":{number}}}'.encode())) == f'{{"value":{number}}}'.encode()


def test_numbers_are_exact_types() -> None:
    assert [type(each) for each in json.read(b"[1, 1.0, 1e2]")] == [int, Decimal, Decimal]


@pytest.mark.parametrize(
    ("data", "path", "name"),
    [
        (b'{"a":1,"a":1}', "", "a"),
        (b'{"resourceType":"Patient","name":[{},{"given":["a"],"given":["b"]}]}', "Patient.name[1]", "given"),
        (b'{"resourceType":"Bundle","entry":[{"a":1,"a":{}}]}', "Bundle.entry[0]", "a"),
        (b'{"entry":[1],"entry":[2]}', "", "entry"),
        (b'{"entry":[],"entry":{}}', "", "entry"),
        (b'{"x\\\\\\"":1,"x\\\\\\"":"\\\\"}', "", "…"),
        (b'{"a":"\\"","\\u0061":2}', "", "a"),
    ],
)
def test_duplicate_keys_are_refused(data: bytes, path: str, name: str) -> None:
    assert refusal(data) == ("HUB-1002", path, {"name": name})


@given(TREES, st.data())
def test_any_duplicated_key_is_found(tree: Any, data: st.DataObject) -> None:
    written = json.write({"a": tree, "entry": [tree]})
    places = [found.start() for found in re.finditer(rb"\{(?=\")", written)]
    outside = [at for at in places if _quotes_before(written, at) % 2 == 0]
    at = data.draw(st.sampled_from(outside)) + 1
    key = re.match(rb'"(?:[^"\\]|\\.)*"', written[at:])
    assert key is not None
    assert refusal(written[:at] + key[0] + b":null," + written[at:])[0] == "HUB-1002"


def _quotes_before(data: bytes, at: int) -> int:
    return len(re.findall(rb'"', re.sub(rb"\\.", b"", data[:at])))


@pytest.mark.parametrize(
    ("data", "line", "position"),
    [
        (b"", "1", "1"),
        (b'{\n "a": x}', "2", "7"),
        (b"[1,]", "1", "4"),
        (b"NaN", "1", "1"),
        (b'{"a":1}{', "1", "9"),
        (b'"a\x01"', "1", "3"),
        (b"01", "1", "2"),
    ],
)
def test_broken_json_is_located(data: bytes, line: str, position: str) -> None:
    assert refusal(data) == ("HUB-1001", "", {"line": line, "position": position})


@pytest.mark.parametrize("data", [b'"\xff"', b'"\xed\xa0\x80"', b'"\\ud800"', b'{"a":"\\ud800x"}'])
def test_text_must_be_whole_unicode(data: bytes) -> None:
    assert refusal(data)[0] == "HUB-1004"


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("more", [b"", b'"entry":', b'"x":"' + b"y" * 70_000 + b'","z":'])
def test_depth_is_limited(opening: bytes, more: bytes) -> None:
    closing = {b"[": b"]", b'{"a":': b"}"}[opening]

    def nested(levels: int) -> bytes:
        inner = opening * levels + b"1" + closing * levels
        return b"{" + more + inner + b"}" if more else inner

    levels = json.MAX_DEPTH - bool(more)
    json.read(nested(levels))
    assert refusal(nested(levels + 1))[0] == "HUB-1003"
    assert refusal(opening * 100_000)[0] == "HUB-1003"


def test_keys_are_limited() -> None:
    json.read(json.write({f"k{n}": n for n in range(json.MAX_KEYS)}))
    assert refusal(json.write({f"k{n}": n for n in range(json.MAX_KEYS + 1)}))[0] == "HUB-1005"
    assert refusal(json.write({"entry": [{f"k{n}": "x" * 50 for n in range(json.MAX_KEYS + 1)}]}))[0] == "HUB-1005"


def test_text_for_people_is_indented() -> None:
    assert json.write_text({"a": Decimal("1.10")}) == '{\n  "a": 1.10\n}'


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' + "[" * 960 + '{"b":1,"b":1}' + "]" * 960 + "}",
        '{"a":1,"a":1,"b":' + "[" * 960 + "]" * 960 + "}",
        '{"a":' + "[" * 960 + "]" * 960 + ',"a":1}',
        '{"a":' + '{"b":' * 500 + '{"c":1,"c":1}' + "}" * 501,
    ],
)
@pytest.mark.parametrize("frames", [0, 20, 40, 500, 900])
def test_a_repeated_name_in_depth_is_refused_however_deep_the_call_is(text, frames):
    def call(left):
        return call(left - 1) if left else json.read(text.encode())

    with pytest.raises(HubError) as refused:
        call(frames)
    assert refused.value.issues[0].code in ("HUB-1002", "HUB-1003")


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ('{"resourceType":"Patient","extension":' + "[" * 990 + '{"b":1,"b":1}' + "]" * 990 + "}", "HUB-1003", ""),
        ('{"a":' + "[" * 31 + '{"b":1,"b":1}' + "]" * 31 + "}", "HUB-1003", ""),
        ('{"a":' + "[" * 30 + '{"b":1,"b":1}' + "]" * 30 + "}", "HUB-1002", "a" + "[0]" * 30),
        ('{"resourceType":"Patient","name":[{},{"given":1,"given":2}]}', "HUB-1002", "Patient.name[1]"),
        ('{"x":{"a":1,"b":{"a":1},"a":2}}', "HUB-1002", "x"),
        ('[{"":1,"":2}]', "HUB-1002", "[0]"),
        ('{"k":1,"k":' + "9" * 4000 + "}", "HUB-1002", ""),
        (("{" + f'"{"n" * 60}":') * 10 + '{"b":1,"b":1}' + "}" * 10, "HUB-1002", (("n" * 60 + ".") * 10)[:200] + "…"),
    ],
)
def test_the_place_of_a_repeated_name_is_readable(text, code, path):
    with pytest.raises(HubError) as refused:
        json.read(text.encode())
    assert (refused.value.issues[0].code, refused.value.issues[0].path) == (code, path)


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e" + "9" * 23, "1.5e-" + "9" * 20])
def test_a_number_too_large_to_read_is_told_as_such(number):
    with pytest.raises(HubError) as refused:
        json.read(f'{{"a":{number}}}'.encode())
    assert refused.value.issues[0].code == "HUB-1006"
