"""A lock that serves waiters in the order they came, so that a bulk load cannot starve the audit outbox."""

import threading
from collections import deque


class Turn:
    """Mutual exclusion, first come first served."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._is_taken = False

    def take(self, timeout_s: float) -> bool:
        """Waits for the turn. False when it did not come in time."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            ticket = threading.Lock()
            ticket.acquire()
            self._queue.append(ticket)
        if ticket.acquire(timeout=timeout_s):
            return True
        with self._guard:
            if ticket in self._queue:
                self._queue.remove(ticket)
                return False
        return True  # it came between the timeout and the guard

    def give(self) -> None:
        """Passes the turn to the next waiter."""
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._is_taken = False
