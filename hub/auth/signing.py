"""The client's side of private_key_jwt: what `hub submit --to` signs in with (RFC 7523, RS384 or ES384)."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey


def sign_assertion(claims: Mapping[str, Any], private_jwk: Mapping[str, Any]) -> str:
    """A signed client assertion. ValueError when the key is neither RSA nor EC P-384."""
    kind = private_jwk.get("kty")
    if kind == "RSA":
        algorithm, key = "RS384", RSAKey.import_key(dict(private_jwk))
    elif kind == "EC" and private_jwk.get("crv") == "P-384":
        algorithm, key = "ES384", ECKey.import_key(dict(private_jwk))  # type: ignore[assignment]
    else:
        raise ValueError("the private key must be RSA or EC P-384")
    header = {"alg": algorithm, "typ": "JWT"}
    if kid := private_jwk.get("kid"):
        header["kid"] = str(kid)
    return jwt.encode(header, dict(claims), key, algorithms=[algorithm])
