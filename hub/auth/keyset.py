"""A client's public keys (JWKS, RFC 7517): checked when registered, and made for the demo."""

import secrets
from collections.abc import Mapping
from typing import Any, Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from hub.auth.strict_json import decode_segment

KEY_TYPES: Mapping[str, str] = {"RS384": "RSA", "ES384": "EC"}
"""The two algorithms SMART names, and the key type each needs."""
_PUBLIC = {"RSA": ("n", "e"), "EC": ("crv", "x", "y")}
_DESCRIPTION = ("kid", "use", "alg")
_MAX_KEYS = 10


def check_jwks(jwks: Any) -> dict[str, Any]:
    """The key set as it may be registered: public members only, RSA of 2048..8192 bits or EC P-384, at most 10 keys.

    Private members are left out. ValueError says what is wrong.
    """
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= _MAX_KEYS:
        raise ValueError(f"a key set has 1 to {_MAX_KEYS} keys")
    checked = [_checked(key) for key in keys]
    names = [(key["kty"], key.get("kid")) for key in checked]
    if len(set(names)) != len(names) or (len(names) > 1 and any(kid is None for _, kid in names)):
        raise ValueError("several keys need distinct kid members")
    return {"keys": checked}


def is_weak(key: Mapping[str, Any]) -> bool:
    """Whether a public key is of another kind or strength than we accept."""
    if key.get("kty") == "EC":
        return key.get("crv") != "P-384"
    try:
        modulus, exponent = (int.from_bytes(decode_segment(key[name].encode())) for name in ("n", "e"))
    except (KeyError, ValueError, AttributeError):
        return True
    return not (2048 <= modulus.bit_length() <= 8192 and exponent % 2 and 65537 <= exponent < 1 << 64)


def new_keypair(kind: Literal["RSA", "EC"] = "EC", kid: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """A fresh (private, public) pair of JWKs: EC P-384, or RSA 3072 with all CRT members."""
    made = RSAKey.generate_key(3072, private=True) if kind == "RSA" else ECKey.generate_key("P-384", private=True)
    about = {"kid": kid or secrets.token_hex(8), "use": "sig", "alg": "RS384" if kind == "RSA" else "ES384"}
    private = {**made.as_dict(private=True), **about}
    return private, _checked(private)


def _checked(key: Any) -> dict[str, Any]:
    if not isinstance(key, Mapping) or key.get("kty") not in _PUBLIC:
        raise ValueError("a key is RSA or EC")
    members = _PUBLIC[key["kty"]]
    if not all(isinstance(key.get(name), str) for name in members):
        raise ValueError("a member of the key is missing")
    public: dict[str, Any] = {"kty": key["kty"], **{name: key[name] for name in members}}
    if is_weak(public):
        raise ValueError("RSA keys have 2048 to 8192 bits, EC keys are on P-384")
    public |= {name: key[name] for name in _DESCRIPTION if name in key}
    if not isinstance(public.get("kid", ""), str) or len(public.get("kid", "")) > 200:
        raise ValueError("kid is a text of at most 200 characters")
    if public.get("use", "sig") != "sig" or public.get("alg", "RS384") not in KEY_TYPES:
        raise ValueError("keys are for signatures with RS384 or ES384")
    try:
        import_key(public)
    except (JoseError, ValueError) as error:
        raise ValueError("the key cannot be read") from error
    return public
