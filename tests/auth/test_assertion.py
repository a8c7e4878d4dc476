"""The attack table A-01..A-11 of private_key_jwt; each assertion is wrong in exactly one way."""

import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.auth import Claims, Refusal, claimed_client, verify_assertion
from tests.auth.attacks import (
    CLIENT,
    NOW,
    OTHER_PRIVATE,
    OTHER_PUBLIC,
    PRIVATE,
    PUBLIC,
    RSA_PRIVATE,
    RSA_PUBLIC,
    URL,
    claims,
    raw,
    segment,
    signed,
)


def verify(assertion: str, client=CLIENT):
    return verify_assertion(assertion, client, URL, NOW)


@pytest.mark.parametrize(("key", "public"), [(PRIVATE, PUBLIC), (RSA_PRIVATE, RSA_PUBLIC)], ids=["ES384", "RS384"])
def test_a_right_assertion_is_believed(key, public):
    client = replace(CLIENT, jwks={"keys": [public, OTHER_PUBLIC]})
    assert verify(signed(claims(), key), client) == Claims("klinik-a", "j-1", NOW + 271)
    assert claimed_client(signed(claims(), key)) == "klinik-a"


@pytest.mark.parametrize("changes", [{"iat": NOW - 60}, {"nbf": NOW - 1}, {"exp": NOW + 300}, {"exp": NOW + 10.5}])
def test_variants_the_standard_allows(changes):
    assert isinstance(verify(signed(claims(**changes))), Claims)


def hs256_with_public_key() -> str:
    """A-02: the attacker signs with what everybody may know."""
    head = segment(json.dumps({"alg": "HS256", "kid": "k1", "typ": "JWT"}).encode())
    body = segment(json.dumps(claims()).encode())
    mac = hmac.new(json.dumps(PUBLIC).encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{segment(mac)}"


def es256() -> str:
    return raw('{"alg":"ES256","kid":"k1"}', json.dumps(claims()), b"x" * 64)


def cut(assertion: str) -> str:
    return assertion[:-6] + "AAAAAA"


REFUSED = {
    "A-01 none": (raw('{"alg":"none","kid":"k1"}', json.dumps(claims())), "form"),
    "A-01 none with signature": (raw('{"alg":"none","kid":"k1"}', json.dumps(claims()), b"x"), "algorithm"),
    "A-01 empty signature": (signed(claims()).rpartition(".")[0] + ".", "form"),
    "A-01 alg is a list": (raw('{"alg":["ES384"],"kid":"k1"}', json.dumps(claims()), b"x"), "algorithm"),
    "A-02 HS256 with the public key": (hs256_with_public_key(), "algorithm"),
    "A-02 ES256": (es256(), "algorithm"),
    "A-03 embedded key": (signed(claims(), OTHER_PRIVATE, jwk=OTHER_PUBLIC, kid="k1"), "header"),
    "A-03 key URL": (signed(claims(), jku="https://evil.test/jwks"), "header"),
    "A-05 too long": (signed(claims(exp=NOW + 331)), "expiry"),
    "A-05 expired": (signed(claims(exp=NOW - 30)), "expiry"),
    "A-05 no exp": (signed(claims(exp=None)), "times"),
    "A-05 no iat": (signed(claims(iat=None)), "times"),
    "A-05 iat ahead": (signed(claims(iat=NOW + 60)), "times"),
    "A-05 nbf ahead": (signed(claims(nbf=NOW + 60)), "times"),
    "A-05 nbf a text": (signed(claims(nbf="0")), "times"),
    "A-05 exp a text": (signed(claims(exp=str(NOW + 60))), "times"),
    "A-05 exp true": (signed(claims(exp=True)), "times"),
    "A-05 no jti": (signed(claims(jti=None)), "jti"),
    "A-05 empty jti": (signed(claims(jti="")), "jti"),
    "A-05 jti a number": (signed(claims(jti=5)), "jti"),
    "A-05 no aud": (signed(claims(aud=None)), "audience"),
    "A-06 aud list": (signed(claims(aud=[URL])), "audience"),
    "A-06 aud list with another": (signed(claims(aud=[URL, "https://x.test"])), "audience"),
    "A-06 aud other path": (signed(claims(aud="https://hub.test/")), "audience"),
    "A-06 aud other port": (signed(claims(aud="https://hub.test:8443/oauth2/token")), "audience"),
    "A-07 sub twice": (signed('{"sub":"x",' + json.dumps(claims())[1:]), "form"),
    "A-07 alg twice": (raw('{"alg":"none","alg":"ES384","kid":"k1"}', json.dumps(claims()), b"x"), "form"),
    "A-08 iss is not sub": (signed(claims(iss="klinik-b")), "issuer"),
    "A-08 another's sub": (signed(claims(sub="klinik-b")), "issuer"),
    "A-08 signed by another": (signed(claims(), OTHER_PRIVATE, kid="k1"), "signature"),
    "A-09 unknown crit": (raw('{"alg":"ES384","kid":"k1","crit":["x"],"x":1}', json.dumps(claims()), b"x"), "header"),
    "A-09 other typ": (signed(claims(), typ="dpop+jwt"), "header"),
    "A-10 signature changed": (cut(signed(claims())), "signature"),
    "A-10 200 kB": (signed(claims(jti="x" * 200_000)), "size"),
    "A-11 kid path": (signed(claims(), kid="../../etc/passwd"), "key"),
    "A-11 kid SQL": (signed(claims(), kid="' OR 1=1 --"), "key"),
    "A-11 kid long": (signed(claims(), kid="x" * 1000), "header"),
    "A-11 no kid": (signed(claims(), kid=None), "key"),
    "A-11 NaN": (signed('{"exp":NaN}'), "form"),
    "A-11 not an object": (signed("[]"), "form"),
    "A-11 deep": (signed("[" * 3000), "form"),
    "A-11 two segments": ("a.b", "form"),
    "A-11 padding": (signed(claims()).replace(".", "=.", 1), "form"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_attack_is_refused(name):
    assertion, reason = REFUSED[name]
    assert verify(assertion) == Refusal(reason)


def test_two_keys_with_one_kid_are_ambiguous():
    twins = replace(CLIENT, jwks={"keys": [PUBLIC, {**OTHER_PUBLIC, "kid": "k1"}]})
    assert verify(signed(claims()), twins) == Refusal("key")


def test_a_key_without_kid_serves_only_alone():
    bare = {name: value for name, value in PUBLIC.items() if name != "kid"}
    assert isinstance(verify(signed(claims(), kid=None), replace(CLIENT, jwks={"keys": [bare]})), Claims)
    both = replace(CLIENT, jwks={"keys": [bare, OTHER_PUBLIC]})
    assert verify(signed(claims(), kid=None), both) == Refusal("key")


def test_key_of_another_kind_or_weak_is_not_used():
    weak = {**RSA_PUBLIC, "kid": "k1", "n": segment(b"\xff" * 128)}
    for key in (weak, {**PUBLIC, "crv": "P-256"}, {**PUBLIC, "alg": "ES256"}, {**PUBLIC, "use": "enc"}):
        assert verify(signed(claims()), replace(CLIENT, jwks={"keys": [key]})) == Refusal("key")
    assert verify(signed(claims()), replace(CLIENT, jwks=None)) == Refusal("key")


@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda data: f"{segment(data)}.{segment(data)}.eA"))
def test_garbage_is_refused_and_never_raises(text):
    assert isinstance(verify(text), Refusal)
    claimed_client(text)


@given(st.integers(0, 200), st.integers(0, 255))
def test_one_changed_byte_is_refused(place, byte):
    right = signed(claims())
    changed = right[:place] + chr(byte) + right[place + 1 :]
    assert changed == right or isinstance(verify(changed), Refusal)
