"""Start-up: the only place that knows every implementation. Refuses to start with a part missing or unsafe."""

import ctypes
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hub.access.indexes import find_indexes
from hub.clock import Clock, system_clock
from hub.config import Config
from hub.consent import Policy
from hub.crypto import Blinder, Box, Codec, Ids, Keyring, LocalKeyFile, Signer, Tampered
from hub.mapping import load_adapters, read_kfa
from hub.model import Facility
from hub.monitor.surveillance import read_settings
from hub.parts import SELF, Boxes, Hub, Indexes
from hub.search import Definition, adopt, read_own
from hub.store import Outbox, SeedRows, open_store
from hub.upkeep.registering import refresh_facilities, register_facility

_ONE_HEAP, _LARGE_FROM = -8, -3
"""M_ARENA_MAX and M_MMAP_THRESHOLD of malloc.h."""


class Unready(Exception):
    """The hub can't start: what is missing and how to set it."""


def build(config: Config, clock: Clock = system_clock) -> Hub:
    """A hub ready to serve: keys found or made, schema at its newest version, facilities and adapters loaded."""
    _check(config)
    adopt(_own_parameters(config))
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    provider = LocalKeyFile(config.home / "kek.key")
    seeds = SeedRows(config.keys_url)
    keyring = Keyring(provider, seeds, config.tenant)
    store = open_store(config.database_url)
    store.migrate()
    _check_keys(config, keyring)
    hub = Hub(
        config=config,
        clock=clock,
        store=store,
        outbox=Outbox(store),
        seeds=seeds,
        keyring=keyring,
        blinder=Blinder(keyring),
        codec=Codec(),
        ids=Ids(keyring),
        boxes=Boxes(**{name: Box(keyring, name) for name in Boxes.__dataclass_fields__}),
        signer=Signer(config.home / "audit.key", provider, config.tenant),
        feed_signer=Signer(config.home / "feed.key", provider, config.tenant),
        policy=Policy(adolescent_age=config.adolescent_age),
        adapters=load_adapters(config.adapters, read_kfa(config.kfa) if config.kfa else None),
        facilities={},
        numbers={},
        encoding=threading.Lock(),
        indexes=Indexes({}),
    )
    find_indexes(hub)
    refresh_facilities(hub)
    if SELF not in hub.facilities:
        register_facility(hub, Facility(0, SELF, "Jukung (pernyataan pasien sendiri)", kind="hub", ownership="public"))
    return hub


def settle() -> None:
    """Take what start-up made out of the garbage collector's way: a full collection over it costs 40 ms again and again
    while a load or a server makes millions of short-lived objects. And give large buffers back to the system at once:
    a heap for each thread with the holes they leave is a tenth of a process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    with suppress(AttributeError):  # (only the GNU C library has it)
        adjust = ctypes.CDLL(None).mallopt
        adjust(_ONE_HEAP, 1)
        adjust(_LARGE_FROM, 512 * 1024)


def rest(hub: Hub) -> None:
    """Let go of every idle connection; the next use opens new ones."""
    hub.store.close()
    hub.seeds.close()


def close(hub: Hub) -> None:
    """Write what waits and let go of every connection."""
    hub.outbox.close()
    rest(hub)


@contextmanager
def opened(config: Config) -> Iterator[Hub]:
    """A hub for one piece of work, closed at its end however it ends."""
    hub = build(config)
    try:
        yield hub
    finally:
        close(hub)


def _check_keys(config: Config, keyring: Keyring) -> None:
    try:
        keyring.derived("start")
    except Tampered:
        raise Unready(
            f"{config.home}: what is kept there does not open for the tenant {config.tenant} with this kek.key. Another"
            " city or tenant needs a HUB_HOME (and database) of its own; otherwise put back HUB_CITY, HUB_TENANT and"
            " kek.key"
        ) from None


def _own_parameters(config: Config) -> list[Definition]:
    if config.search_parameters is None:
        return []
    try:
        return read_own(config.search_parameters.read_bytes())
    except OSError as error:
        raise Unready(f"HUB_SEARCH_PARAMETERS: {config.search_parameters}: {error.strerror}") from None
    except ValueError as error:
        raise Unready(f"HUB_SEARCH_PARAMETERS: {config.search_parameters.name}: {error}") from None


def _check(config: Config) -> None:
    if config.mode not in ("demo", "production"):
        raise Unready(f"HUB_MODE is {config.mode!r}: set it to demo or production")
    if config.mode == "production" and config.adolescent_age is None:
        raise Unready(
            "HUB_ADOLESCENT_AGE is not set. From which age a guardian no longer sees an adolescent's confidential "
            "records is for the city to decide; no default is safe. Set it, for example HUB_ADOLESCENT_AGE=12."
        )
    if config.mode == "production" and not config.base_url.startswith("https://"):
        raise Unready("HUB_BASE_URL must begin with https:// in production: set it to the address users see")
    try:
        read_settings(config.surveillance)
    except ValueError as error:
        raise Unready(str(error)) from None
    for name, folder in (("HUB_ADAPTERS", config.adapters), ("HUB_INDICATORS", config.indicators)):
        if folder is not None and not folder.is_dir():
            raise Unready(f"{name} does not name a folder: {folder}")
