"""Key sets as clients register them."""

import pytest

from hub.auth import check_jwks, new_keypair
from tests.auth.attacks import OTHER_PUBLIC, PRIVATE, PUBLIC, RSA_PRIVATE, RSA_PUBLIC, segment


def test_private_members_are_stripped():
    kept = check_jwks({"keys": [PRIVATE, RSA_PRIVATE]})
    assert kept == {"keys": [PUBLIC, RSA_PUBLIC]}
    assert not {"d", "p", "q", "dp", "dq", "qi"} & {name for key in kept["keys"] for name in key}


def test_demo_keys_have_every_member():
    assert {"n", "e", "d", "p", "q", "dp", "dq", "qi", "kid", "alg", "use", "kty"} == set(RSA_PRIVATE)
    assert new_keypair()[0]["crv"] == "P-384"


@pytest.mark.parametrize(
    "jwks",
    [
        None,
        [],
        {"keys": []},
        {"keys": "x"},
        {"keys": [PUBLIC] * 11},
        {"keys": [{"kty": "oct", "k": "x"}]},
        {"keys": ["x"]},
        {"keys": [{**RSA_PUBLIC, "n": segment(b"\xff" * 128)}]},
        {"keys": [{**RSA_PUBLIC, "n": segment(b"\xff" * 2000)}]},
        {"keys": [{**RSA_PUBLIC, "e": "Aw"}]},
        {"keys": [{**RSA_PUBLIC, "e": "*"}]},
        {"keys": [{**PUBLIC, "crv": "P-256"}]},
        {"keys": [{**PUBLIC, "x": PUBLIC["y"], "y": PUBLIC["x"]}]},
        {"keys": [{"kty": "EC", "crv": "P-384"}]},
        {"keys": [{**PUBLIC, "use": "enc"}]},
        {"keys": [{**PUBLIC, "alg": "HS256"}]},
        {"keys": [{**PUBLIC, "kid": 5}]},
        {"keys": [PUBLIC, {**OTHER_PUBLIC, "kid": "k1"}]},
        {"keys": [PUBLIC, {name: OTHER_PUBLIC[name] for name in ("kty", "crv", "x", "y")}]},
    ],
)
def test_refused(jwks):
    with pytest.raises(ValueError):
        check_jwks(jwks)
