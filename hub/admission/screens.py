"""Screens on a wall: each has a token of its own, which shows public numbers and opens nothing else."""

import hmac
import re

from hub.admission.clients import disable_client, store_client
from hub.auth import new_token, token_hash
from hub.errors import Category, HubError
from hub.model import Client, Issue, Principal
from hub.parts import SELF, Hub

SCOPE = "city/wall"
_PREFIX = "layar-"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")


def add_screen(hub: Hub, name: str) -> str:
    """Register a screen and return its token, which is shown once; a screen of that name gets a new token and the old
    one ends. ValueError when the name is not lower-case letters, digits and hyphens (2 to 40)."""
    if not _NAME.fullmatch(name):
        raise ValueError("a screen's name has 2 to 40 lower-case letters, digits and hyphens, for example balai-kota-1")
    secret = new_token()
    client = Client(_PREFIX + name, SELF, (SCOPE,), purposes=("PUBHLTH",), secret_hash=token_hash(secret))
    store_client(hub, client, "screen.add", "C")
    return f"{name}.{secret}"


def screens(hub: Hub) -> dict[str, bool]:
    """Every screen's name, and whether its token is good."""
    with hub.store.reading() as tx:
        found = [client for client in tx.clients() if client.scopes == (SCOPE,)]
    return {client.id.removeprefix(_PREFIX): client.is_active for client in found}


def screen_of(hub: Hub, token: str) -> Principal:
    """The screen a token belongs to. UNAUTHENTICATED (HUB-4380) when it is none, or was ended."""
    name, _, secret = token.partition(".")
    with hub.store.reading() as tx:
        client = tx.client(_PREFIX + name) if _NAME.fullmatch(name) else None
    known = client.secret_hash if client is not None and client.is_active and client.scopes == (SCOPE,) else None
    if not hmac.compare_digest(token_hash(secret), known or b""):
        raise HubError(Category.UNAUTHENTICATED, Issue("HUB-4380"))
    return Principal("agency", _PREFIX + name, "PUBHLTH", scopes=(SCOPE,))


def end_screen(hub: Hub, name: str) -> bool:
    """From the next request on its token shows nothing. False when there is no such screen."""
    return name in screens(hub) and disable_client(hub, _PREFIX + name)
