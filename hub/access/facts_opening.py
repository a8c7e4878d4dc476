"""Opening many months of sealed facts with several processes: a core opens some hundred thousand facts a second."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from hub.access.facts import open_month
from hub.parts import Hub

_inherited: list[Hub] = []


def opened_months(hub: Hub, marks: Sequence[int], processes: int) -> Iterator[tuple[int, list[bytes]]]:
    """The columns of these months, as plain blocks. Forks when there is more than one month and process: only where no
    other thread runs."""
    if processes < 2 or len(marks) < 2:
        for mark in marks:
            yield mark, open_month(hub, mark)
        return
    _inherited.append(hub)
    try:
        with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
            yield from zip(marks, pool.map(_open, marks), strict=True)
    finally:
        _inherited.remove(hub)


def _open(mark: int) -> list[bytes]:
    return open_month(_inherited[-1], mark)
