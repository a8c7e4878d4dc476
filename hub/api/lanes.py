"""Who waits, client by client: of one client what came first, and the clients in turn."""

from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Generic, TypeVar

from hub.errors import Category, HubError
from hub.model import Issue

QUEUE = 1024
"""What may wait in all…"""
OF_ONE = 512
"""…and of one client."""
lane: ContextVar[str] = ContextVar("lane", default="")
"""Whose work the request at hand is: the client's, or before it is known the address the request came from."""
T = TypeVar("T")


class Lanes(Generic[T]):
    """A queue for each client. Not thread-safe: the event loop's."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[T]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, whose: str, item: T) -> None:
        """To the end of the client's queue. UNAVAILABLE when there is no room at all, BUSY when that client waits for
        too much already."""
        if self._count >= QUEUE:
            raise HubError(Category.UNAVAILABLE, Issue("HUB-5810", args={"seconds": "2"}))
        queue = self._waiting.setdefault(whose, deque())
        if len(queue) >= OF_ONE:
            raise HubError(Category.BUSY, Issue("HUB-5833", args={"limit": str(OF_ONE), "seconds": "5"}))
        queue.append(item)
        self._count += 1

    def take(self, may: Callable[[str], bool] = lambda _: True) -> tuple[str, T] | None:
        """The first of the client whose turn it is, of those that `may`; its next turn comes after everybody else's."""
        whose = next(filter(may, self._waiting), None)
        if whose is None:
            return None
        queue = self._waiting.pop(whose)
        item = queue.popleft()
        self._count -= 1
        if queue:
            self._waiting[whose] = queue
        return whose, item
