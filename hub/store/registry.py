"""Facilities and client systems."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import msgspec

from hub.model import Client, Facility
from hub.store.driver import SqlRow, singles
from hub.store.tx import Tx

_FACILITY = "number, id, name, kind, ownership, adapter, kelurahan, labels, settings"
_CLIENT = "id, facility, scopes, purposes, jwks, secret_hash, is_active, registration"


class RegistryReads(Tx):
    """Reading the registry."""

    def facilities(self) -> list[Facility]:
        """All facilities by number."""
        return [_facility(r) for r in self.db.rows(f"SELECT {_FACILITY} FROM facility ORDER BY number")]

    def facility(self, facility_id: str) -> Facility | None:
        """One facility by its stable name."""
        found = self.db.rows(f"SELECT {_FACILITY} FROM facility WHERE id = ?", (facility_id,))
        return _facility(found[0]) if found else None

    def client(self, client_id: str) -> Client | None:
        """One client system, active or not."""
        found = self.db.rows(f"SELECT {_CLIENT} FROM client WHERE id = ?", (client_id,))
        return _client(found[0]) if found else None

    def active_clients(self, client_ids: Collection[str]) -> set[tuple[str, str, int]]:
        """(client, its facility, its registration) of those client systems that are active."""
        match, params = self.db.match(("id",), singles(client_ids), "text")
        sql = f"SELECT id, facility, coalesce(registration, 0) FROM client WHERE {match} AND is_active"
        return {(record[0], record[1], int(record[2])) for record in self.db.rows(sql, params)}

    def clients(self) -> list[Client]:
        """All client systems by id."""
        return [_client(r) for r in self.db.rows(f"SELECT {_CLIENT} FROM client ORDER BY id")]


class RegistryWrites(RegistryReads):
    """Onboarding."""

    def set_facility(self, facility: Facility) -> None:
        """Adds a facility, or changes the one of that number. Conflict when its id belongs to another number."""
        values = asdict(facility) | {
            "labels": _json(sorted(facility.labels)),
            "settings": _json(dict(facility.settings)),
        }
        self._upsert("facility", _FACILITY, "number", values)

    def set_client(self, client: Client) -> None:
        """Adds a client system, or changes it."""
        jwks = None if client.jwks is None else _json(dict(client.jwks))
        lists = {"scopes": _json(client.scopes), "purposes": _json(client.purposes), "jwks": jwks}
        self._upsert("client", _CLIENT, "id", asdict(client) | lists)

    def _upsert(self, table: str, columns: str, key: str, values: dict[str, Any]) -> None:
        names = columns.split(", ")
        changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
        sql = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"
        self.db.run(f"{sql} ON CONFLICT ({key}) DO UPDATE SET {changes}", [values[name] for name in names])


def _facility(r: SqlRow) -> Facility:
    number, identity, name, kind, ownership, adapter, kelurahan, labels, settings = r
    inherited = msgspec.json.decode(labels, type=frozenset[str])
    bound = msgspec.json.decode(settings, type=dict[str, str])
    return Facility(number, identity, name, kind, ownership, adapter, kelurahan, inherited, bound)


def _client(r: SqlRow) -> Client:
    scopes, purposes = (tuple(msgspec.json.decode(text)) for text in r[2:4])
    jwks = None if r[4] is None else msgspec.json.decode(r[4])
    return Client(r[0], r[1], scopes, purposes, jwks, r[5], bool(r[6]), r[7] or 0)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
