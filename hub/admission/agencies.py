"""Other agencies of the city as client systems: keys of their own, scopes that open no record."""

from collections.abc import Collection, Mapping
from typing import Any

from hub.access.trace import sealed_entry
from hub.admission.clients import register_client
from hub.auth import CITY_SCOPES, is_city
from hub.errors import Category, HubError
from hub.model import AuditEntry, Client, Issue
from hub.parts import SELF, Hub


def register_agency(hub: Hub, agency: str, jwks: Mapping[str, Any], scopes: Collection[str]) -> Client:
    """Register or change an agency by its public keys. `scopes`: of `hub.auth.CITY_SCOPES`. ValueError says what does
    not fit."""
    if not scopes or not set(scopes) <= set(CITY_SCOPES):
        raise ValueError(f"an agency's scopes are of {', '.join(CITY_SCOPES)}")
    return register_client(
        hub, agency, SELF, jwks=jwks, scopes=[one for one in CITY_SCOPES if one in scopes], purposes=("PUBHLTH",)
    )


def agencies(hub: Hub) -> list[Client]:
    """Every agency, active or not."""
    with hub.store.reading() as tx:
        return [client for client in tx.clients() if is_city(client.scopes)]


def subscribe(hub: Hub, agency: str, cubes: Collection[str]) -> None:
    """What an agency may take from the feed from now on; nothing = it is no subscriber any more. NOT_FOUND (HUB-4334)
    when there is no such agency, INCORRECT (HUB-4333) for a name that can't be a cube's."""
    known = {client.id: client for client in agencies(hub)}
    if agency not in known:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4334", args={"name": agency[:48]}))
    for cube in cubes:
        if cube != "visits-area" and not (cube.startswith("indicator:") and cube.isprintable() and len(cube) < 80):
            args = {"name": cube[:48], "known": "visits-area, indicator:ID, indicator:*"}
            raise HubError(Category.INCORRECT, Issue("HUB-4333", args=args))
    now = hub.clock()
    told = {"client": agency, "cubes": " ".join(sorted(cubes))}
    entry = AuditEntry(now, "feed.subscribe", "U", "permit", "registrar", "system", SELF, "SYSADMIN", details=told)
    with hub.store.writing() as tx:
        tx.set_subscriber(agency, sorted(set(cubes)), now)
        tx.outbox([sealed_entry(hub, entry)])


def subscribers(hub: Hub) -> dict[str, tuple[str, ...]]:
    """Agency to the cubes it may take."""
    with hub.store.reading() as tx:
        return {name: cubes for name, cubes in tx.subscribers().items() if cubes}
