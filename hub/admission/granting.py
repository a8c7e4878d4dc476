"""Client credentials for an access token: verify, use the assertion up, narrow scopes and purpose, remember the token.

Errors are those of RFC 6749 section 5.2. Who did not prove who it is learns the rules of an assertion but not which it
broke: one constant body; the reason is for the audit trail only.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_plus

from hub.access.trace import audit, sealed_entry
from hub.admission.sealed import seal_principal
from hub.auth import (
    LIFETIME_S,
    Claims,
    Refusal,
    claimed_client,
    grant,
    is_city,
    is_secret,
    new_token,
    parse_scope,
    token_hash,
    verify_assertion,
)
from hub.model import AuditEntry, Client, Principal
from hub.model.people import Role
from hub.parts import Hub

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_ID = 200
_SHOWN = re.compile(r"[A-Za-z/*.?=&|_-]{1,80}")
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Denied:
    """An OAuth error code, why (for the trail), and what the caller is told."""

    error: str
    reason: str
    client: str = ""
    said: str = ""


def token_url(hub: Hub) -> str:
    """The only audience an assertion may name."""
    return hub.config.base_url + "/oauth2/token"


def claimed_by(form: Mapping[str, str], basic: str | None) -> str | None:
    """The client a token request says it comes from, unverified: for rate limits and look-ups."""
    if "client_assertion" in form:
        return claimed_client(form["client_assertion"])
    client_id = _credentials(form, basic)[0]
    return client_id if 0 < len(client_id) <= _LONGEST_ID else None


@dataclass(frozen=True, slots=True)
class _Proven:
    """A client that proved who it is; `claims` when by an assertion that is still to be used up."""

    client: Client
    claims: Claims | None = None


def issue_token(hub: Hub, form: Mapping[str, str], basic: str | None = None, request_id: str = "") -> dict[str, Any]:
    """The token endpoint's answer: access_token, token_type, expires_in (s), scope; or `error` and
    `error_description`.

    `basic` is the Authorization header, if any. The optional `purpose` must be one of the client's.
    """
    proven = _prove(hub, form, basic)
    who = _principal(proven.client, form) if isinstance(proven, _Proven) else proven
    if isinstance(proven, _Proven) and isinstance(who, Principal):
        token = _remembered(hub, proven.claims, replace(who, request_id=request_id))
        if token is not None:
            scope = " ".join(who.scopes)
            return {"access_token": token, "token_type": "bearer", "expires_in": hub.config.token_ttl_s, "scope": scope}
        who = _Denied("invalid_client", "replay", proven.client.id)
    assert isinstance(who, _Denied)
    audit(hub, _entry(hub, Principal("clinic-client", who.client or "unknown", "", request_id=request_id), who.reason))
    said = _unproven(hub) if who.error == "invalid_client" else who.said
    return {"error": who.error, "error_description": said}


def _unproven(hub: Hub) -> str:
    """The same for whoever could not prove who it is: all that is asked of a client, not what was wrong."""
    return (
        "The client is unknown or its proof is not accepted. A client_assertion is a JWT signed with RS384 or ES384 "
        "by a key registered for the client (header kid names it), with iss and sub = the client's id, "
        f"aud = {token_url(hub)}, exp at most {LIFETIME_S // 60} minutes ahead, iat, and a jti that is used once; "
        "the clock may differ by 30 seconds. A write-only client sends its client_id and client_secret."
    )


def _remembered(hub: Hub, claims: Claims | None, who: Principal) -> str | None:
    """One transaction: the assertion is used up, the token registered, the trail says so; None for a replay."""
    token = new_token()
    place = token_hash(token)
    with hub.store.writing() as tx:
        if claims is not None and not tx.use_jti(claims.client_id, claims.jti, 1000 * claims.remember_until_s):
            return None
        body = seal_principal(hub, replace(who, request_id=""), place)
        tx.add_access_token(place, body, hub.clock() + 1000 * hub.config.token_ttl_s)
        tx.note_contact(who.subject, who.facility or "", hub.clock())
        tx.outbox([sealed_entry(hub, _entry(hub, who, ""))])
    return token


def _prove(hub: Hub, form: Mapping[str, str], basic: str | None) -> _Proven | _Denied:
    if "grant_type" not in form:
        return _Denied("invalid_request", "grant-type", said="grant_type is missing: client_credentials.")
    if form["grant_type"] != "client_credentials":
        return _Denied("unsupported_grant_type", "grant-type", said="The only grant_type is client_credentials.")
    if "client_assertion" in form and (basic is not None or "client_secret" in form):
        return _Denied("invalid_request", "two-credentials", said="Send a client_assertion or a secret, not both.")
    return _by_assertion(hub, form) if "client_assertion" in form else _by_secret(hub, form, basic)


def _principal(client: Client, form: Mapping[str, str]) -> Principal | _Denied:
    """What the client may do with this token: scopes it asked for and has, one purpose."""
    scopes = grant(form.get("scope"), client.scopes)
    if client.jwks is None:
        scopes = tuple(scope for scope in scopes if _is_writing(scope))
    if not scopes:
        return _Denied("invalid_scope", "scope", client.id, _not_granted(form.get("scope", ""), client))
    purpose = form.get("purpose", client.purposes[0])
    if purpose not in client.purposes:
        said = f"purpose is none of this client's: {', '.join(client.purposes)}."
        return _Denied("invalid_scope", "purpose", client.id, said)
    role: Role = "agency" if is_city(scopes) else "clinic-client"
    grants = (str(client.registration),)
    return Principal(role, client.id, purpose, facility=client.facility, scopes=scopes, grants=grants)


def _not_granted(requested: str, client: Client) -> str:
    """Which scopes were not understood, which not granted, and what the client has."""
    asked = requested.split()
    shown = [scope if _SHOWN.fullmatch(scope) else "?" for scope in asked[:_MOST_SHOWN]]
    unknown = [name for name, scope in zip(shown, asked, strict=False) if parse_scope(scope) is None]
    beyond = [name for name in shown if name not in unknown]
    said = f"Not understood: {' '.join(unknown)}. " if unknown else ""
    said += f"Not registered for this client: {' '.join(beyond)}. " if beyond else ""
    return f"{said}This client has: {' '.join(client.scopes)}. A scope is system/(R4 type or *).(letters of cruds)."


def _by_assertion(hub: Hub, form: Mapping[str, str]) -> _Proven | _Denied:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        said = f"client_assertion_type must be {ASSERTION_TYPE}."
        return _Denied("invalid_request", "assertion-type", said=said)
    assertion = form["client_assertion"]
    client = _active(hub, claimed_client(assertion))
    if client is None or client.jwks is None:
        return _Denied("invalid_client", "unknown-client")
    if form.get("client_id", client.id) != client.id:
        return _Denied("invalid_client", "client-id", client.id)
    claims = verify_assertion(assertion, client, token_url(hub), hub.clock() // 1000)
    if isinstance(claims, Refusal):
        return _Denied("invalid_client", claims.reason, client.id)
    return _Proven(client, claims)


def _by_secret(hub: Hub, form: Mapping[str, str], basic: str | None) -> _Proven | _Denied:
    client_id, secret = _credentials(form, basic)
    client = _active(hub, client_id)
    if not is_secret(secret, client.secret_hash if client is not None else None) or client is None:
        return _Denied("invalid_client", "secret", client.id if client is not None else "")
    return _Proven(client)


def _credentials(form: Mapping[str, str], basic: str | None) -> tuple[str, str]:
    """client_id and client_secret, from HTTP Basic (RFC 6749 section 2.3.1) or else from the form."""
    if basic is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, encoded = basic.partition(" ")
    try:
        plain = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        plain = ""
    client_id, _, secret = plain.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


def _active(hub: Hub, client_id: str | None) -> Client | None:
    if not client_id or len(client_id) > _LONGEST_ID or not client_id.isprintable():
        return None
    with hub.store.reading() as tx:
        client = tx.client(client_id)
    return client if client is not None and client.is_active else None


def _is_writing(scope: str) -> bool:
    parsed = parse_scope(scope)
    return parsed is not None and set(parsed.letters) <= {"c", "u"}


def _entry(hub: Hub, who: Principal, reason: str) -> AuditEntry:
    return AuditEntry(
        at_ms=hub.clock(),
        event="token.issue",
        action="E",
        outcome="deny" if reason else "permit",
        subject=who.subject,
        role=who.role,
        facility=who.facility or "",
        purpose=who.purpose,
        reason=reason,
        request_id=who.request_id,
        details={"scope": " ".join(who.scopes)} if who.scopes else {},
    )
