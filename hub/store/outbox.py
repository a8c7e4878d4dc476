"""Audit or nothing: an event is on disk before the answer it reports leaves. Many threads share one commit."""

import os
import threading
import weakref
from collections.abc import Sequence

from hub.store.errors import Unavailable
from hub.store.rows import Entry
from hub.store.store import Store

MOST = 2_000
"""Entries in one commit."""


class _Waiter:
    """One caller's entries; when `woken` it is `done`, or else the next to commit."""

    __slots__ = ("done", "entries", "error", "woken")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.woken = threading.Event()
        self.done = False
        self.error: Exception | None = None


class Outbox:
    """Group commit without a thread of its own: whoever comes while nobody commits, commits for all that wait.

    While a commit runs, the events that arrive queue up; the first of them commits next, with all the others. Nobody
    waits for company.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: list[_Waiter] = []
        self._is_busy = self._is_closed = False
        self._changed = threading.Condition()
        _open_outboxes.add(self)

    def append(self, entries: Sequence[Entry]) -> None:
        """Returns when the entries are durable; raises what the commit raised (to everyone who shared it), and
        Unavailable after close()."""
        if not entries:
            return
        waiter = _Waiter(entries)
        with self._changed:
            if self._is_closed:
                raise Unavailable("the audit outbox is closed")
            self._queue.append(waiter)
            is_next, self._is_busy = not self._is_busy, True
        if not is_next:
            waiter.woken.wait()
        if not waiter.done:
            self._commit()
        if waiter.error is not None:
            raise Unavailable("the audit event could not be written") from waiter.error

    def close(self) -> None:
        """Takes no more, and returns when what is queued is written."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._is_busy)

    def _commit(self) -> None:
        """One commit for those who wait, the caller being the first of them; then the next one's turn."""
        with self._changed:
            waiters = self._next()
        error: Exception | None = Unavailable("interrupted")
        try:
            with self._store.writing() as tx:
                tx.outbox([entry for waiter in waiters for entry in waiter.entries])
            error = None
        except Exception as failure:
            error = failure
        finally:
            for waiter in waiters:
                waiter.done, waiter.error = True, error
                waiter.woken.set()
            with self._changed:
                if self._queue:
                    self._queue[0].woken.set()
                else:
                    self._is_busy = False
                    self._changed.notify_all()

    def _next(self) -> list[_Waiter]:
        """The waiters of the next commit: at least one, at most MOST entries in all."""
        count = size = 0
        for waiter in self._queue:
            size += len(waiter.entries)
            if count and size > MOST:
                break
            count += 1
        taken, self._queue = self._queue[:count], self._queue[count:]
        return taken

    def _begin_anew(self) -> None:
        self._queue, self._is_busy, self._is_closed = [], False, False
        self._changed = threading.Condition()


_open_outboxes: "weakref.WeakSet[Outbox]" = weakref.WeakSet()


def _after_fork() -> None:
    """What was queued at the fork is the parent's to write, and so is the commit that may be running."""
    for outbox in list(_open_outboxes):
        outbox._begin_anew()


os.register_at_fork(after_in_child=_after_fork)
