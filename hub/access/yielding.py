"""Long work gives way to short: a process runs Python in one thread at a time, so a search that opens thousands of
resources would stand in the way of every other request. Between two of them it stops while the work of another client
has just begun. Of the long ones only one runs at a time, each for a moment; and as they would fill every core, the
processes of one server let one fewer of them run than there are processes.

While others ask it also rests longer than it runs. Unsealing gives the interpreter's lock away every few microseconds
and has it back before a thread that waits has woken up; that thread, woken again and again, never waits long enough to
ask for it (CPython's take_gil counts only whole switch intervals). Only who sleeps really lets others run.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from hub.store.turn import Turn

SHORT_S = 0.01
"""Work gives way only when it has taken longer than this, waiting included…"""
YOUNG_S = 0.05
"""…and long work stops for what others began less than so long ago."""
PATIENCE_S = 0.05
"""Long work stands still at most so long…"""
SLICE_S = 0.005
"""…and is then left alone for this long: slow, but not for ever, however much short work comes."""
RUN_S, REST_S = 0.0005, 0.001
"""How long it runs when nothing else is in hand, and rests after it: a request that just arrives is not yet work in
hand, and needs the interpreter to become it…"""
QUIET_S = 1.0
"""…unless no other client asked for so long."""
TURN_S = 0.02
"""One long work's turn, when others wait for theirs."""
_POLL_S = 0.001
_LONGEST_S = 30


class Work:
    """One client's work in hand: from when a thread is given it until it is done."""

    __slots__ = ("has_turn", "since", "turn_ends", "until", "whose")

    def __init__(self, whose: str) -> None:
        self.whose, self.since = whose, monotonic()
        self.until = self.since + SHORT_S
        self.turn_ends = 0.0
        self.has_turn = False


class _Turns:
    """Whose turn it is of the long works: first come, first served in a process, and by a file's lock among them."""

    def __init__(self) -> None:
        self._turn = Turn()
        self._file: int | None = None

    def share(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)

    def take(self) -> bool:
        if not self._turn.take(_LONGEST_S):
            return False
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        return True

    def give(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._turn.give()


_in_hand: dict[Work, None] = {}
_latest: list[Work] = []
"""The newest work of the two clients that asked last, the last one's at the end."""
_turns = _Turns()
_mine = threading.local()


def leave_room(home: Path, processes: int) -> None:
    """Call in each of several processes that serve one home, before it serves."""
    _turns.share(home / f"long-{os.getpid() % (processes - 1)}.lock")


def take_up(whose: str) -> Work:
    """Before the work is given to a thread: what is long stops for it from now on."""
    work = Work(whose)
    _in_hand[work] = None
    _latest[:] = [*(each for each in _latest[-2:] if each.whose != whose), work][-2:]
    return work


def put_down(work: Work) -> None:
    """When it is done."""
    _in_hand.pop(work, None)


@contextmanager
def doing(work: Work) -> Iterator[None]:
    """What the thread does inside is this work."""
    _mine.work = work
    try:
        yield
    finally:
        _mine.work = None
        if work.has_turn:
            _turns.give()


def begin_long() -> None:
    """Call before what is known to be long: its turn is awaited."""
    work: Work | None = getattr(_mine, "work", None)
    if work is not None:
        work.until = 0.0
        give_way()


def give_way() -> None:
    """Call between two pieces of what may be long, where no other transaction can wait for this one to end. Returns at
    once in short work, and outside of served requests."""
    work: Work | None = getattr(_mine, "work", None)
    if work is None or (now := monotonic()) < work.until:
        return
    if now >= work.turn_ends:
        if work.has_turn:
            _turns.give()
        work.has_turn = _turns.take()
        now = monotonic()
        work.turn_ends = now + TURN_S
    work.until = now + RUN_S
    if not any(now - each.since < QUIET_S and each.whose != work.whose for each in _latest):
        return
    sleep(REST_S)
    patience = now + PATIENCE_S
    while (now := monotonic()) < patience and _is_new_elsewhere(work.whose, now - YOUNG_S):
        sleep(_POLL_S)
    work.until = now + (RUN_S if now < patience else SLICE_S)


def _is_new_elsewhere(whose: str, after: float) -> bool:
    return any(work.since > after and work.whose != whose for work in list(_in_hand))
