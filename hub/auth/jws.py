"""A signed text other systems can check with any JOSE library: compact JWS (RFC 7515) with EdDSA (RFC 8037).

RFC 9864 calls the same signature Ed25519; the libraries agencies have today know it as EdDSA.
"""

import base64
import hashlib
import json
from collections.abc import Callable


def public_jwk(public_key: bytes) -> dict[str, str]:
    """The public half of an Ed25519 key as a JWK; its kid is the thumbprint of RFC 7638."""
    key = {"crv": "Ed25519", "kty": "OKP", "x": _base64(public_key)}
    thumbprint = hashlib.sha256(json.dumps(key, separators=(",", ":"), sort_keys=True).encode()).digest()
    return key | {"kid": _base64(thumbprint), "use": "sig", "alg": "EdDSA"}


def sign_compact(payload: bytes, typ: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """`header.payload.signature`; `sign` is Ed25519 with the private half of `public_key`."""
    header = {"alg": "EdDSA", "kid": public_jwk(public_key)["kid"], "typ": typ}
    signed = f"{_base64(json.dumps(header, separators=(',', ':')).encode())}.{_base64(payload)}"
    return f"{signed}.{_base64(sign(signed.encode()))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
