"""Tokens for clients: what is granted, what is refused with which constant word, and single use under fire."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.admission import authenticate, claimed_by, disable_client, issue_token
from hub.admission.granting import ASSERTION_TYPE
from hub.errors import Category, HubError
from tests.admission.conftest import SECRET
from tests.auth.attacks import OTHER_PRIVATE, PRIVATE, claims, signed


def form(assertion: str, **fields: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    } | fields


def basic(client: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def test_a_token_speaks_for_its_client(hub):
    answer = issue_token(hub, form(signed(claims()), scope="system/Patient.rs system/*.c"))
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == 300
    assert answer["scope"] == "system/Patient.rs system/*.c"
    who = authenticate(hub, answer["access_token"])
    assert (who.role, who.subject, who.facility, who.purpose) == ("clinic-client", "klinik-a", "klinik-a", "TREAT")
    assert who.scopes == ("system/Patient.rs", "system/*.c")


def test_purpose_is_one_of_the_clients(hub):
    token = issue_token(hub, form(signed(claims()), purpose="HPAYMT"))["access_token"]
    assert authenticate(hub, token).purpose == "HPAYMT"
    for purpose in ("PUBHLTH", "BTG", ""):
        refused = issue_token(hub, form(signed(claims(jti="j" + purpose + "x")), purpose=purpose))
        assert refused["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"client_assertion_type": "x"}, "invalid_request"),
        ({"client_secret": "x"}, "invalid_request"),
        ({"client_id": "klinik-b"}, "invalid_client"),
        ({"client_assertion": "a.b.c"}, "invalid_client"),
        ({"client_assertion": ""}, "invalid_client"),
        ({"scope": "user/*.rs"}, "invalid_scope"),
        ({"scope": "system/*.d"}, "invalid_scope"),
    ],
)
def test_refusals(hub, fields, error):
    assert issue_token(hub, form(signed(claims()), **fields))["error"] == error


def test_nothing_to_go_by(hub):
    assert issue_token(hub, {})["error"] == "invalid_request"
    assert issue_token(hub, {"grant_type": "client_credentials"})["error"] == "invalid_client"


@pytest.mark.parametrize(
    "assertion",
    [
        signed(claims(iss="nobody", sub="nobody")),
        signed(claims(iss="klinik-b", sub="klinik-b")),
        signed(claims(iss="klinik-b", sub="klinik-b"), kid="k2"),
        signed(claims(iss="a\0b", sub="a\0b")),
        signed(claims(jti="a\0b")),
        signed(claims(), OTHER_PRIVATE),
        signed(claims(aud="https://hub.test/token")),
        signed(claims(iss="klinik-a-tulis", sub="klinik-a-tulis")),
    ],
)
def test_faults_of_an_assertion_look_the_same(hub, assertion):
    assert issue_token(hub, form(assertion))["error"] == "invalid_client"


def test_64_parallel_replays_give_one_token(hub):
    """A-04."""
    once = form(signed(claims()))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: issue_token(hub, once), range(64)))
    assert sum("access_token" in answer for answer in answers) == 1
    assert sum(answer.get("error") == "invalid_client" for answer in answers) == 63


def test_the_same_jti_of_another_client_is_no_replay(hub):
    assert "access_token" in issue_token(hub, form(signed(claims())))
    other = claims(iss="klinik-b", sub="klinik-b")
    assert "access_token" in issue_token(hub, form(signed(other, OTHER_PRIVATE)))


@pytest.mark.parametrize("how", ["basic", "post"])
def test_a_secret_only_writes(hub, how):
    fields = {"grant_type": "client_credentials"}
    if how == "basic":
        answer = issue_token(hub, fields, basic("klinik-a-tulis", SECRET))
    else:
        answer = issue_token(hub, fields | {"client_id": "klinik-a-tulis", "client_secret": SECRET})
    assert answer["scope"] == "system/*.cu"
    read = issue_token(hub, fields | {"scope": "system/*.rs"}, basic("klinik-a-tulis", SECRET))
    assert read["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "header",
    [
        basic("klinik-a-tulis", "wrong"),
        basic("nobody", SECRET),
        basic("klinik-a", ""),
        basic("", ""),
        "Basic !!",
        "Bearer x",
        "",
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
    ],
)
def test_wrong_secrets(hub, header):
    assert issue_token(hub, {"grant_type": "client_credentials"}, header)["error"] == "invalid_client"


def test_a_disabled_client_is_out_at_once(hub):
    """A-15: also with the token it holds."""
    token = issue_token(hub, form(signed(claims())))["access_token"]
    assert authenticate(hub, token).subject == "klinik-a"
    assert disable_client(hub, "klinik-a")
    assert not disable_client(hub, "nobody")
    with pytest.raises(HubError) as caught:
        authenticate(hub, token)
    assert caught.value.category == Category.UNAUTHENTICATED
    assert issue_token(hub, form(signed(claims(jti="j-2"))))["error"] == "invalid_client"


def test_a_token_ends(hub, clock):
    token = issue_token(hub, form(signed(claims())))["access_token"]
    clock.ms += 300_000
    for bad in (token, token[:-1], "", "x" * 43, "x" * 100_000):
        with pytest.raises(HubError) as caught:
            authenticate(hub, bad)
        assert caught.value.category == Category.UNAUTHENTICATED


def test_claimed_by():
    assert claimed_by(form(signed(claims())), None) == "klinik-a"
    assert claimed_by({}, basic("x", "y")) == "x"
    assert claimed_by({"client_id": "z"}, None) == "z"
    assert claimed_by({}, None) is None
    assert claimed_by({"client_id": "z" * 1000}, None) is None
    assert claimed_by(form("junk"), None) is None


def test_tokens_are_not_stored_in_clear(hub, tmp_path):
    answer = issue_token(hub, form(signed(claims(), PRIVATE)))
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert answer["access_token"].encode() not in files
    assert SECRET.encode() not in files


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scope": "system/Banana.rs"}, "Not understood: system/Banana.rs."),
        ({"scope": "system/*.d openid"}, "Not understood: openid. Not registered for this client: system/*.d."),
        ({"scope": 'x" 6371010101900001'}, "Not understood: ? ?."),
        ({"purpose": "PUBHLTH"}, "purpose is none of this client's: TREAT, HPAYMT."),
    ],
)
def test_what_was_not_granted_is_named(hub, fields, said):
    refused = issue_token(hub, form(signed(claims()), **fields))
    assert refused["error"] == "invalid_scope"
    assert refused["error_description"].startswith(said)
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", refused["error_description"]), "RFC 6749, 5.2"


def test_the_rules_of_an_assertion_are_told_but_not_which_was_broken(hub):
    wrong = (signed(claims(aud="x")), signed(claims(iss="no", sub="no")), signed(claims(exp=1)), "a.b.c")
    (said,) = {issue_token(hub, form(each))["error_description"] for each in wrong}
    for rule in ("https://hub.test/oauth2/token", "5 minutes", "iat", "jti", "used once", "registered"):
        assert rule in said
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", said)
