"""The seeds of compartments and the keys derived from the tenant's root seed (docs/sealed-format.md §3)."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.crypto.envelope import FIRST_SEED_VERSION
from hub.crypto.framing import framed
from hub.crypto.provider import KeyProvider
from hub.crypto.seed_cache import SeedCache

ROOT = 0
"""The compartment number under which the tenant's root seed is kept; no patient ever has it."""

CACHE_SEEDS = 20_000
CACHE_SECONDS = 300.0


class SeedStore(Protocol):
    """Wrapped seeds in their own database (HUB_KEYS_URL), implemented by hub.store."""

    def read(self, compartments: Sequence[int]) -> dict[int, tuple[int, bytes]]:
        """compartment -> (seed version, wrapped seed), for those that exist."""

    def insert(self, rows: Sequence[tuple[int, int, bytes]]) -> None:
        """(compartment, seed version, wrapped); an existing compartment stays as it is; committed on return."""

    def delete(self, compartment: int) -> None:
        """The row is gone, committed on return."""


class Keyring:
    """Seeds by compartment, unwrapped on demand and cached; safe for threads and for several processes at once."""

    def __init__(
        self, provider: KeyProvider, seeds: SeedStore, tenant: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` is monotonic, in seconds: it bounds how long an unwrapped seed is kept."""
        self.tenant = tenant
        self._provider = provider
        self._store = seeds
        self._cache = SeedCache(clock, CACHE_SEEDS, CACHE_SECONDS)

    def create(self, compartments: Iterable[int]) -> dict[int, bytes]:
        """The seeds of new compartments, durable on return (an orphan seed is harmless, a record without one is lost).

        What is already there stays: two processes that create the same compartment get the same seed.
        """
        wanted = _patients(compartments)
        return self._create(wanted) if wanted else {}

    def seeds(self, compartments: Iterable[int]) -> dict[int, bytes]:
        """The 32-byte seeds of those that have one; a shredded compartment is absent.

        Tampered when a row was changed or moved; KeysUnavailable when the provider is out of reach and the cache cold.
        """
        return self._get(_patients(compartments))

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one stable purpose ("box/audit", "public-id"): the same for ever, unrelated between purposes."""
        root = self._get([ROOT]).get(ROOT) or self._create([ROOT])[ROOT]
        info = framed(b"jukung/derived/v1", self.tenant.encode(), purpose.encode())
        return HKDF(SHA256(), 32, None, info).derive(root)

    def shred(self, compartment: int) -> None:
        """Destroys the seed here: its records are unreadable once the key store's backups and other caches (≤ 5 min)
        have expired."""
        _patients([compartment])
        self._store.delete(compartment)
        self._cache.drop(compartment)

    def _get(self, wanted: list[int]) -> dict[int, bytes]:
        found = self._cache.get_all(wanted)
        missing = [compartment for compartment in wanted if compartment not in found]
        if missing:
            found |= self._load(missing)
        return found

    def _load(self, missing: list[int]) -> dict[int, bytes]:
        rows = self._store.read(missing)
        loaded = {
            compartment: self._provider.unwrap(wrapped, self._aad(compartment, version))
            for compartment, (version, wrapped) in rows.items()
        }
        self._cache.put_all(loaded)
        return loaded

    def _create(self, wanted: list[int]) -> dict[int, bytes]:
        version = FIRST_SEED_VERSION
        self._store.insert(
            [(c, version, self._provider.wrap(os.urandom(32), self._aad(c, version))) for c in sorted(set(wanted))]
        )
        created = self._load(wanted)  # read back: another process may have been first
        if len(created) != len(set(wanted)):
            raise RuntimeError("the seed store did not keep a new seed")
        return created

    def _aad(self, compartment: int, version: int) -> bytes:
        place = compartment.to_bytes(8, "big"), version.to_bytes(2, "big")
        return framed(b"jukung/seed/v1", self.tenant.encode(), *place)


def _patients(compartments: Iterable[int]) -> list[int]:
    wanted = list(compartments)
    if any(not 0 < compartment < 1 << 63 for compartment in wanted):
        raise ValueError("a compartment is a positive 63-bit number")
    return wanted
