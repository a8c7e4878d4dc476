"""What a search, or the conditions of a request that writes, may look at before it is refused as too costly."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from hub.errors import Category, HubError
from hub.model import Issue

MOST_OPENED = 5_000
"""Resources opened, or found along the way, for one search."""
MOST_SCANNED = 50_000
"""Rows of a type looked through for packed tokens."""
MOST_CONDITIONS = 100
"""Searches that the conditions of one request may come to."""


def too_costly(most: int = MOST_OPENED) -> HubError:
    """The refusal of a search that would look at too much."""
    return HubError(Category.UNPROCESSABLE, Issue("HUB-4105", args={"limit": str(most)}))


@dataclass(slots=True)
class Budget:
    """What the conditions of one request may look at together, since other writes wait for it."""

    opened: int = MOST_OPENED
    searches: int = MOST_CONDITIONS

    def open(self, count: int) -> None:
        """Before so many are opened. UNPROCESSABLE when that is too much."""
        self.opened -= count
        if self.opened < 0:
            raise HubError(Category.UNPROCESSABLE, Issue("HUB-4113", args={"limit": str(MOST_OPENED)}))

    def search(self) -> None:
        """Before another search. UNPROCESSABLE when there were too many."""
        self.searches -= 1
        if self.searches < 0:
            raise HubError(Category.UNPROCESSABLE, Issue("HUB-4114", args={"limit": str(MOST_CONDITIONS)}))

    def go_back(self, to: "Budget") -> None:
        """What is done again costs once."""
        self.opened, self.searches = to.opened, to.searches


_shared: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def one_budget() -> Iterator[None]:
    """Whatever is written inside, in however many parts, has one budget."""
    token = _shared.set(Budget())
    try:
        yield
    finally:
        _shared.reset(token)


def budget() -> Budget:
    """The budget of the request at hand; one of its own for what is not inside `one_budget`."""
    return _shared.get() or Budget()
