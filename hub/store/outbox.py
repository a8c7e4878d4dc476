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
    """One caller's entries and, once `done`, what became of them."""

    __slots__ = ("done", "entries", "error")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.done = threading.Event()
        self.error: Exception | None = None


class Outbox:
    """Group commit by one writer thread, started by the first event.

    While a commit runs, the events that arrive queue up and share the next one; nobody waits for company.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: list[_Waiter] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False
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
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="audit-outbox", daemon=True)
                self._thread.start()
            self._changed.notify()
        waiter.done.wait()
        if waiter.error is not None:
            raise Unavailable("the audit event could not be written") from waiter.error

    def close(self) -> None:
        """Writes what is queued and ends the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._is_closed:
                    self._changed.wait()
                if not self._queue:
                    return
                waiters = self._next()
            error: Exception | None = None
            try:
                with self._store.writing() as tx:
                    tx.outbox([entry for waiter in waiters for entry in waiter.entries])
            except Exception as failure:
                error = failure
            for waiter in waiters:
                waiter.error = error
                waiter.done.set()

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
        self._queue, self._thread, self._is_closed = [], None, False
        self._changed = threading.Condition()


_open_outboxes: "weakref.WeakSet[Outbox]" = weakref.WeakSet()


def _after_fork() -> None:
    """A child has no writer thread, and the entries queued at the fork are the parent's to write."""
    for outbox in list(_open_outboxes):
        outbox._begin_anew()


os.register_at_fork(after_in_child=_after_fork)
