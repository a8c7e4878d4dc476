"""private_key_jwt as SMART Backend Services asks for it: one signed assertion, one client, one use.

https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html. Every fault is the same
`invalid_client` outside; `Refusal.reason` is for the audit trail only. Single use (jti) is the store's verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from hub.auth.keyset import KEY_TYPES, is_weak
from hub.auth.strict_json import decode_segment, read_object
from hub.model import Client

MAX_BYTES = 8192
LIFETIME_S = 300
SKEW_S = 30
_NAME = 200
_DANGEROUS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"})


@dataclass(frozen=True, slots=True)
class Claims:
    """A verified assertion: whose, its single-use id, and until when (epoch s) that id must be remembered."""

    client_id: str
    jti: str
    remember_until_s: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an assertion is not believed; a stable word, never a value of the assertion."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Parsed:
    header: dict[str, Any]
    payload: dict[str, Any]


def claimed_client(assertion: str) -> str | None:
    """The client an assertion claims to come from (`sub`), unverified; None when it cannot be read."""
    parsed = _parse(assertion)
    if isinstance(parsed, Refusal):
        return None
    subject = parsed.payload.get("sub")
    return subject if _is_name(subject) else None


def verify_assertion(
    assertion: str, client: Client, token_url: str, now_s: int, skew_s: int = SKEW_S
) -> Claims | Refusal:
    """Verify form, key, signature and claims against the registered client; only RS384 and ES384."""
    parsed = _parse(assertion)
    if isinstance(parsed, Refusal):
        return parsed
    key = _registered_key(parsed.header, client.jwks)
    if isinstance(key, Refusal):
        return key
    algorithm = parsed.header["alg"]
    try:
        jws.deserialize_compact(assertion, import_key(key), algorithms=[algorithm])
    except (JoseError, ValueError):
        return Refusal("signature")
    return _claims(parsed.payload, client.id, token_url, now_s, skew_s)


def _parse(assertion: str) -> _Parsed | Refusal:
    if len(assertion) > MAX_BYTES or not assertion.isascii():
        return Refusal("size")
    segments = assertion.encode().split(b".")
    if len(segments) != 3 or not all(segments):
        return Refusal("form")
    try:
        header, payload = (read_object(decode_segment(segment)) for segment in segments[:2])
    except ValueError:
        return Refusal("form")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KEY_TYPES:
        return Refusal("algorithm")
    if _DANGEROUS & header.keys() or header.get("typ", "JWT") != "JWT":
        return Refusal("header")
    if "kid" in header and not _is_name(header["kid"]):
        return Refusal("header")
    return _Parsed(header, payload)


def _registered_key(header: dict[str, Any], jwks: Mapping[str, Any] | None) -> dict[str, Any] | Refusal:
    """Exactly one key with the header's `kid` and its algorithm's type; without `kid` only when it is alone."""
    keys: list[dict[str, Any]] = list(jwks["keys"]) if jwks else []
    kind = KEY_TYPES[header["alg"]]
    if len(keys) == 1 and "kid" not in keys[0]:
        found = [key for key in keys if key["kty"] == kind]
    elif "kid" in header:
        found = [key for key in keys if key.get("kid") == header["kid"] and key["kty"] == kind]
    else:
        return Refusal("key")
    if len(found) != 1:
        return Refusal("key")
    key = found[0]
    is_for_this = key.get("alg", header["alg"]) == header["alg"] and key.get("use", "sig") == "sig"
    if not is_for_this or is_weak(key):
        return Refusal("key")
    return {name: key[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in key}


def _claims(payload: dict[str, Any], client_id: str, token_url: str, now_s: int, skew_s: int) -> Claims | Refusal:
    if payload.get("iss") != client_id or payload.get("sub") != client_id:
        return Refusal("issuer")
    if payload.get("aud") != token_url:
        return Refusal("audience")
    expires, issued, before = (_time(payload.get(name)) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None or (before is None and "nbf" in payload):
        return Refusal("times")
    if not now_s - skew_s < expires <= now_s + LIFETIME_S + skew_s:
        return Refusal("expiry")
    if max(issued, before or 0) > now_s + skew_s:
        return Refusal("times")
    jti = payload.get("jti")
    if not isinstance(jti, str) or not _is_name(jti):
        return Refusal("jti")
    return Claims(client_id, jti, int(expires) + skew_s + 1)


def _time(value: Any) -> float | None:
    """A NumericDate (epoch s), or None for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and 0 <= value < 1 << 40 else None


def _is_name(value: Any) -> bool:
    """A short text that can be stored: no control characters, no lone surrogates."""
    return isinstance(value, str) and 0 < len(value) <= _NAME and value.isprintable()
