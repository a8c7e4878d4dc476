"""Onboarding of client systems: one client, one facility. Whatever changes in a registration ends the tokens issued
under the one before, so that nothing withdrawn outlives it or comes back with the next."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from hub.access.trace import sealed_entry
from hub.auth import check_jwks, hash_secret, is_city, is_write_only, parse_scope
from hub.model import AuditEntry, Client
from hub.parts import Hub

DEFAULT_SCOPES = ("system/*.crus",)
WRITE_ONLY_SCOPES = ("system/*.cu",)


def register_client(
    hub: Hub,
    client_id: str,
    facility: str,
    *,
    jwks: Mapping[str, Any] | None = None,
    secret: str | None = None,
    scopes: Iterable[str] | None = None,
    purposes: tuple[str, ...] = ("TREAT",),
) -> Client:
    """Register or change a client: by its public keys, or write-only by a secret of at least 24 characters.

    The first purpose is its default. ValueError says what does not fit; nothing is stored then.
    """
    if facility not in hub.facilities:
        raise ValueError("no such facility")
    if (jwks is None) == (secret is None):
        raise ValueError("a client has either keys or a secret")
    chosen = tuple(scopes) if scopes is not None else (DEFAULT_SCOPES if secret is None else WRITE_ONLY_SCOPES)
    parsed = [] if is_city(chosen) and jwks is not None else [parse_scope(scope) for scope in chosen]
    if not chosen or any(scope is None or scope.level != "system" for scope in parsed):
        raise ValueError("a client's scopes are system scopes")
    if not purposes:
        raise ValueError("a client has a purpose of use")
    if secret is not None and (len(secret) < 24 or not is_write_only(chosen)):
        raise ValueError("a client with a secret only writes, and its secret has 24 characters or more")
    client = Client(
        client_id,
        facility,
        chosen,
        purposes,
        check_jwks(jwks) if jwks is not None else None,
        hash_secret(secret) if secret is not None else None,
    )
    store_client(hub, client, "client.register", "C")
    return client


def disable_client(hub: Hub, client_id: str) -> bool:
    """From the next request on, neither the client nor its tokens are known. False when there is no such client."""
    with hub.store.reading() as tx:
        client = tx.client(client_id)
    if client is None:
        return False
    store_client(hub, replace(client, is_active=False), "client.disable", "U")
    return True


def store_client(hub: Hub, client: Client, event: str, action: Literal["C", "U"]) -> None:
    """Keep a client as it is now, with its audit entry (`event`)."""
    entry = AuditEntry(
        at_ms=hub.clock(),
        event=event,
        action=action,
        outcome="permit",
        subject="registrar",
        role="system",
        facility=client.facility,
        purpose="HSYSADMIN",
        details={"client": client.id, "scopes": " ".join(client.scopes)},
    )
    with hub.store.writing() as tx:
        tx.set_client(replace(client, registration=secrets.randbits(62)))
        tx.outbox([sealed_entry(hub, entry)])
