"""What a request may say about its form, as tables."""

import pytest
from starlette.datastructures import Headers

from hub.api.media import (
    if_match,
    if_none_exist,
    is_lenient,
    is_unchanged,
    preferred_return,
    require_json,
    require_json_answer,
)
from hub.errors import Category, HubError


def refused(call, *args) -> Category | None:
    try:
        call(*args)
    except HubError as error:
        return error.category
    return None


@pytest.mark.parametrize(
    ("content_type", "is_taken"),
    [
        ("application/fhir+json", True),
        ("application/json; charset=utf-8", True),
        ("Application/JSON; charset=UTF-8; fhirVersion=4.0", True),
        ('application/fhir+json; charset="utf-8"', True),
        ("application/fhir+json; charset=latin-1", False),
        ("application/fhir+xml", False),
        ("application/json-patch+json", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_content_type(content_type, is_taken):
    headers = Headers({"content-type": content_type})
    assert refused(require_json, headers) == (None if is_taken else Category.UNSUPPORTED_MEDIA)


@pytest.mark.parametrize(
    ("accept", "format_", "is_served"),
    [
        (None, None, True),
        ("*/*", None, True),
        ("application/fhir+json;fhirVersion=4.0", None, True),
        ("application/fhir+json;fhirVersion=3.0", None, False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", None, True),
        ("application/fhir+xml", None, False),
        ("application/json;q=0", None, False),
        ("application/fhir+xml", "json", True),
        ("application/json", "xml", False),
        (None, "application/fhir json", True),
        (None, "application/fhir+json", True),
        (None, "text/turtle", False),
        (None, "", False),
    ],
)
def test_accept(accept, format_, is_served):
    headers = Headers({"accept": accept} if accept else {})
    assert refused(require_json_answer, headers, format_) == (None if is_served else Category.NOT_ACCEPTABLE)


def test_prefer():
    assert preferred_return(Headers({})) is None
    assert preferred_return(Headers({"prefer": "return=everything"})) is None
    assert preferred_return(Headers({"prefer": "return=minimal"})) == "minimal"
    assert preferred_return(Headers({"prefer": "handling=lenient, return=OperationOutcome"})) == "OperationOutcome"
    assert is_lenient(Headers({"prefer": "return=minimal; handling=lenient"}))
    assert not is_lenient(Headers({"prefer": "handling=strict"}))


@pytest.mark.parametrize(("tag", "version"), [('W/"3"', 3), ('"12"', 12), (None, None)])
def test_if_match(tag, version):
    assert if_match(Headers({"if-match": tag} if tag else {})) == version


@pytest.mark.parametrize("tag", ["*", "3", 'W/"x"', 'W/"99999999999"', ""])
def test_if_match_of_no_version(tag):
    assert refused(if_match, Headers({"if-match": tag})) == Category.INCORRECT


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"if-none-match": 'W/"1", W/"2"'}, True),
        ({"if-none-match": '"2"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": 'W/"1"'}, False),
        ({"if-modified-since": "Sun, 22 Nov 2026 00:00:01 GMT"}, True),
        ({"if-modified-since": "Sun, 22 Nov 2026 00:00:00 GMT"}, False),
        ({"if-modified-since": "Sun, 22 Nov 2026 08:00:01 +0800"}, True),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-modified-since": "Sun, 22 Nov 9999999 00:00:00 GMT"}, False),
        ({"if-none-match": 'W/"1"', "if-modified-since": "Sun, 22 Nov 2026 00:00:01 GMT"}, False),
    ],
)
def test_is_unchanged(headers, expected):
    assert is_unchanged(Headers(headers), 2, 1_795_305_601_999) is expected


def test_if_none_exist_takes_a_query():
    assert if_none_exist(Headers({})) is None
    assert if_none_exist(Headers({"if-none-exist": "identifier=https://a.test|1"})) == "identifier=https://a.test|1"
    assert if_none_exist(Headers({"if-none-exist": "?name=Siti&birthdate=1990"})) == "name=Siti&birthdate=1990"
    for query in ("name", "identifier=a|1&", "identifier=", "", "=x", "a=1" + "&b=2" * 10):
        assert refused(if_none_exist, Headers({"if-none-exist": query})) == Category.INCORRECT
