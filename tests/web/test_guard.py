import pytest

from hub.web import guard

BASE = "https://hub.example"


def test_csrf_tokens_belong_to_one_session():
    token = guard.csrf_token("session-a")
    assert guard.is_csrf_valid("session-a", token)
    assert not guard.is_csrf_valid("session-b", token)
    assert not guard.is_csrf_valid("session-a", "")
    assert not guard.is_csrf_valid("session-a", "é")
    assert not guard.is_csrf_valid("", guard.csrf_token(""))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"origin": BASE, "host": "hub.example"}, True),
        ({"origin": "https://evil.example", "host": "hub.example"}, False),
        ({"origin": "http://hub.example", "host": "hub.example"}, False),
        ({"origin": "https://hub.example.evil.example", "host": "hub.example"}, False),
        ({"origin": "null", "host": "hub.example"}, False),
        ({"origin": "", "host": ""}, False),
        ({"origin": "https://10.0.0.7", "host": "10.0.0.7"}, True),
        ({"origin": "http://[", "host": "hub.example"}, False),
        ({"referer": "https://[::1", "host": "hub.example"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"referer": "https://evil.example/x", "host": "hub.example"}, False),
        ({"referer": BASE + "/saya", "host": "hub.example"}, True),
        ({}, True),
    ],
)
def test_a_form_must_come_from_our_own_pages(sent, expected):
    assert guard.is_same_origin(sent, BASE) is expected


def test_headers_are_strict():
    sent = guard.headers(BASE)
    policy = dict(part.strip().split(" ", 1) for part in sent["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in sent["Content-Security-Policy"]
    assert sent["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" in sent
    assert "Strict-Transport-Security" not in guard.headers("http://127.0.0.1:8000")


def test_cookies_are_pinned_to_the_host_where_browsers_allow_it():
    assert guard.session_cookie(BASE) == "__Host-jukung"
    assert guard.session_cookie("http://127.0.0.1:8000") == "jukung"
    assert guard.entry_cookie(BASE) != guard.session_cookie(BASE)
