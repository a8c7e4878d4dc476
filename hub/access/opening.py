"""Open sealed rows: the only place outside `pipeline` updates where ciphertext becomes content."""

from collections.abc import Iterable
from typing import Any

from hub.crypto import record_aad, unseal
from hub.fhir import json
from hub.model import Key, Row
from hub.parts import Hub


def open_rows(hub: Hub, rows: Iterable[Row]) -> dict[Key, bytes]:
    """The JSON bytes of sealed rows, exactly as they were answered to the sender. Raises hub.crypto.Tampered.

    A row whose key was destroyed is left out: for every reader it is gone.
    """
    rows = list(rows)
    seeds = hub.keyring.seeds({row.compartment for row in rows})
    return {
        Key(row.compartment, row.rid): open_row(hub, row, seeds[row.compartment])
        for row in rows
        if row.compartment in seeds
    }


def open_row(hub: Hub, row: Row, seed: bytes) -> bytes:
    """The JSON bytes of one sealed row."""
    aad = record_aad(hub.config.tenant, row.compartment, row.type, row.rid, row.version, row.codec, row.is_deleted)
    return hub.codec.decompress(row.codec, unseal(seed, row.body, aad))


def open_resources(hub: Hub, rows: Iterable[Row]) -> dict[Key, dict[str, Any]]:
    """Sealed rows as resource trees, decimals exact."""
    return {key: json.read(body) for key, body in open_rows(hub, rows).items()}
