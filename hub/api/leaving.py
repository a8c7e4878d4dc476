"""Whether who asked is still there: nobody tells, and what waits for its turn need not be done for who has left."""

from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

import anyio
from starlette.types import Message, Receive


async def _never() -> bool:
    return False


has_left: ContextVar[Callable[[], Awaitable[bool]]] = ContextVar("has_left", default=_never)
"""Whether the sender of the request at hand closed the connection."""


class Ear:
    """A request's `receive`, which can also be asked whether the sender has left. To find out, what was sent is heard
    up to its end; it is kept for who receives it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept: deque[Message] = deque()

    async def __call__(self) -> Message:
        return self._kept.popleft() if self._kept else await self._receive()

    async def has_left(self) -> bool:
        """True once the connection is closed. False while a body is under way: who reads it finds out."""
        while not self._kept or self._kept[-1]["type"] == "http.request":
            if self._kept and self._kept[-1].get("more_body"):
                return False
            heard: Message | None = None
            with anyio.CancelScope() as scope:
                scope.cancel()  # only what is there already
                heard = await self._receive()
            if heard is None:
                return False
            self._kept.append(heard)
        return True
