"""The parts of one running hub, wired by `hub.bootstrap` and handed to every join; fields, no methods."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from hub.clock import Clock
from hub.config import Config
from hub.consent import Policy
from hub.crypto import Blinder, Box, Codec, Ids, Keyring, Signer
from hub.mapping import Adapter
from hub.model import Facility
from hub.store import Outbox, SeedRows, Store

SELF = "jukung"
"""The facility id under which the hub keeps what patients themselves say."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Tenant-level sealing, one derived key per purpose, so that no box opens another's content."""

    answer: Box
    audit: Box
    case: Box
    civil: Box
    detail: Box
    cell: Box
    export: Box
    fact: Box
    follow: Box
    link: Box
    page: Box
    release: Box
    request: Box
    session: Box
    signal: Box
    staff: Box
    submission: Box
    tag: Box
    word: Box


@dataclass(slots=True)
class Indexes:
    """What this process knows of the search index: by type the parameters it is not complete for, how far their build
    is, and when the process last saw that its own tokens fit in (epoch ms). Kept by hub.access.indexes."""

    lacking: Mapping[str, frozenset[str]]
    percent: int = 0
    admitted_ms: int = 0


@dataclass(frozen=True, slots=True)
class Hub:
    """A running hub. `facilities` by id and `numbers` by number are one set. `encoding` is held while a part is
    encoded: more threads there make the whole slower (GIL)."""

    config: Config
    clock: Clock
    store: Store
    outbox: Outbox
    seeds: SeedRows
    keyring: Keyring
    blinder: Blinder
    codec: Codec
    ids: Ids
    boxes: Boxes
    signer: Signer
    feed_signer: Signer
    policy: Policy
    adapters: Mapping[str, Adapter]
    facilities: dict[str, Facility]
    numbers: dict[int, Facility]
    encoding: threading.Lock
    indexes: Indexes
