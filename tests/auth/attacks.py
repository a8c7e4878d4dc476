"""Building blocks of the attack table: assertions made by hand, so that each may be wrong in exactly one way."""

import base64
import json
from typing import Any

from joserfc import jws
from joserfc.jwk import import_key

from hub.auth import new_keypair
from hub.model import Client

NOW = 1_795_400_000
URL = "https://hub.test/oauth2/token"
PRIVATE, PUBLIC = new_keypair("EC", "k1")
OTHER_PRIVATE, OTHER_PUBLIC = new_keypair("EC", "k2")
RSA_PRIVATE, RSA_PUBLIC = new_keypair("RSA", "r1")
CLIENT = Client("klinik-a", "klinik-a", ("system/*.crus",), jwks={"keys": [PUBLIC]})


def claims(**changes: Any) -> dict[str, Any]:
    """Right claims with changes; a value of None leaves the claim out."""
    right = {"iss": "klinik-a", "sub": "klinik-a", "aud": URL, "exp": NOW + 240, "iat": NOW, "jti": "j-1"}
    return {name: value for name, value in (right | changes).items() if value is not None}


def signed(payload: Any, key: dict[str, Any] = PRIVATE, **header: Any) -> str:
    """A compact JWS; `payload` is a claims dict or raw text."""
    algorithm = "RS384" if key["kty"] == "RSA" else "ES384"
    full = {"alg": algorithm, "kid": key["kid"], "typ": "JWT"} | header
    text = payload if isinstance(payload, str) else json.dumps(payload)
    names = [name for name in full if full[name] is not None]
    return jws.serialize_compact({name: full[name] for name in names}, text, import_key(key), algorithms=[algorithm])


def raw(header: str, payload: str, signature: bytes = b"") -> str:
    """Three segments, whatever they hold."""
    return ".".join(segment(part) for part in (header.encode(), payload.encode(), signature))


def segment(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
