"""Numbers that rise with time and never repeat, without a sequence in the database."""

import os
import secrets
import threading
import time


class Serial:
    """(number, node): microseconds since 1970, made strictly rising in this process, and a random 31-bit node.

    A forked child gets its own node: the two would otherwise give out the same numbers.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._last = 0
        self.node = secrets.randbits(31)
        os.register_at_fork(after_in_child=self._renew)

    def take(self, count: int) -> range:
        """`count` consecutive numbers."""
        with self._guard:
            first = max(self._last + 1, time.time_ns() // 1_000)
            self._last = first + count - 1
        return range(first, first + count)

    def _renew(self) -> None:
        self._guard = threading.Lock()
        self.node = secrets.randbits(31)


SERIAL = Serial()
"""The process's own."""
