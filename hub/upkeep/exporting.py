"""Carrying out bulk exports: any process may take a job; one whose process died is taken over."""

import logging
import time

from hub.access.exporting import LIFE_MS
from hub.access.gathering import CalledOff, gather
from hub.access.yielding import Work, doing
from hub.parts import Hub
from hub.store import Conflict, Unavailable

DEAD_MS = 60_000
"""A running job that was not heard of for so long has lost its process."""
_IDLE_S = 1.0
_log = logging.getLogger("hub.exports")


def export_next(hub: Hub) -> bool:
    """Carry out the oldest job that waits; False when there is none. A job that fails says so to who ordered it."""
    now = hub.clock()
    with hub.store.reading() as tx:
        row = tx.next_export(now - DEAD_MS)
    if row is None:
        return False
    with hub.store.writing() as tx:
        if not tx.claim_export(row, now):
            return True
    try:
        with doing(Work("exports")):  # nobody's request, so others' long work does not rest for it
            gather(hub, row)
    except CalledOff:
        pass
    except Exception as error:  # its message may hold personal data; the kind of fault may be told
        _log.error("export failed: %s", type(error).__name__)
        with hub.store.writing() as tx:
            tx.end_export(row.id, "failed", row.body, now + LIFE_MS)
    return True


def run_exports(hub: Hub) -> None:
    """Carry out exports for ever (a daemon thread). A database that does not answer is tried again."""
    while True:
        try:
            if not export_next(hub):
                time.sleep(_IDLE_S)
        except (Conflict, Unavailable):
            time.sleep(4 * _IDLE_S)
