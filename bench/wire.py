"""The driver: many kept-open connections in one thread over plain sockets, so that it takes little of the processor.

What a connection does is a script: a generator that yields steps (a label and the bytes to send) and is given each
answer. Closed loop: a connection sends its next step as soon as it has the answer. At a fixed rate every step has a
time at which it is due, and its latency counts from then: a server that stalls is charged for everybody who would have
asked meanwhile (no coordinated omission).
"""

import gc
import heapq
import re
import select
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_READ = 1 << 18


class Answer(NamedTuple):
    """What came back; `head` is the status line and the headers as they came, `ms` the time it took."""

    status: int
    head: bytes
    body: bytes
    ms: float = 0.0


class Step(NamedTuple):
    """A request under the name its latency is kept by."""

    label: str
    request: bytes


Script = Generator[Step, Answer, None]


class Broken(Exception):
    """The server closed the connection in the middle of an answer, or did not speak HTTP/1.1."""


@dataclass(slots=True)
class Run:
    """What came of the scripts: wall seconds, milliseconds per label, statuses, and what the driver itself took."""

    elapsed: float = 0.0
    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    driver_cpu_us: float = 0.0

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())

    @property
    def rps(self) -> float:
        return self.requests / self.elapsed


def drive(
    place: tuple[str, int],
    scripts: Sequence[Script],
    seconds: float | None = None,
    per_s: float | None = None,
    warm_s: float = 0.0,
) -> Run:
    """Run every script on a connection of its own, to its end or for so long; `per_s` requests a second over all of
    them together, or as fast as they are answered. Before the seconds that count, the connections begin one after the
    other during `warm_s`, so that they are not all at the same step. What a script raises ends the run."""
    return _Loop(place, scripts, seconds, per_s, warm_s).run()


class _Connection:
    """A socket, its script and the answer that is coming in."""

    def __init__(self, place: tuple[str, int], script: Script) -> None:
        self.place, self.script = place, script
        self.label, self.since = "", 0.0
        self.due = 0.0
        self.step = next(script, None)
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(self.place, timeout=300)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.waiting = b""

    def send(self, data: bytes) -> bool:
        """Whether all of it went out; the rest waits until the socket takes more."""
        try:
            sent = self.socket.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        self.waiting = data[sent:]
        return not self.waiting


class _Loop:
    """The state of one `drive`."""

    def __init__(
        self,
        place: tuple[str, int],
        scripts: Sequence[Script],
        seconds: float | None,
        per_s: float | None,
        warm_s: float,
    ) -> None:
        self.connections = {each.socket.fileno(): each for each in (_Connection(place, script) for script in scripts)}
        self.seconds, self.warm_s = seconds, warm_s
        self.interval = len(scripts) / per_s if per_s else None
        self.poll = select.epoll()
        self.found = Run()
        self.later: list[tuple[float, int]] = []
        self.busy = self.answered = 0

    def run(self) -> Run:
        gc.collect()
        gc.freeze()
        cpu, begun = time.process_time(), time.perf_counter()
        started = self.started = begun + self.warm_s
        self.deadline = started + self.seconds if self.seconds is not None else float("inf")
        for number, (place, connection) in enumerate(list(self.connections.items())):
            self.poll.register(place, select.EPOLLIN)
            apart = max(self.warm_s, self.interval or 0.0)  # evenly, not all at once
            connection.due = begun + apart * number / len(self.connections)
            heapq.heappush(self.later, (connection.due, place))
        try:
            while self.busy or self.later:
                self._turn()
            self.found.elapsed = min(time.perf_counter(), self.deadline) - started
        finally:
            self.poll.close()
            for connection in self.connections.values():
                connection.script.close()
                connection.socket.close()
            gc.unfreeze()
        if self.answered:
            self.found.driver_cpu_us = 1e6 * (time.process_time() - cpu) / self.answered
        return self.found

    def _turn(self) -> None:
        patience = 300.0
        if self.later:
            patience = max(0.0, self.later[0][0] - time.perf_counter())
        events = self.poll.poll(patience)
        if not events and not self.later:
            raise Broken("no answer within 300 s")
        for place, event in events:
            connection = self.connections[place]
            if event & select.EPOLLOUT and connection.send(connection.waiting):
                self.poll.modify(place, select.EPOLLIN)
            if event & ~select.EPOLLOUT:
                self._take(connection)
        now = time.perf_counter()
        while self.later and self.later[0][0] <= now:
            self._send(self.connections[heapq.heappop(self.later)[1]], now)

    def _take(self, connection: _Connection) -> None:
        data = connection.socket.recv(_READ)
        if not data:
            raise Broken(f"connection closed at {connection.label}")
        connection.received += data
        answer = parsed(connection.received)
        if answer is None:
            return
        now = time.perf_counter()
        self.busy -= 1
        self.answered += 1
        took = 1000 * (now - connection.since)
        if self.started <= now <= self.deadline:
            self.found.ms[connection.label].append(took)
            self.found.statuses[answer.status] += 1
        connection.received = bytearray()
        if _CLOSE.search(answer.head):
            self._reopen(connection)
        try:
            connection.step = connection.script.send(answer._replace(ms=took))
        except StopIteration:
            connection.step = None
        self._next(connection, now)

    def _reopen(self, connection: _Connection) -> None:
        self.poll.unregister(connection.socket.fileno())
        del self.connections[connection.socket.fileno()]
        connection.socket.close()
        connection.open()
        self.connections[connection.socket.fileno()] = connection
        self.poll.register(connection.socket.fileno(), select.EPOLLIN)

    def _next(self, connection: _Connection, now: float) -> None:
        """The connection's next step: now, or when it is due."""
        if connection.step is None or now >= self.deadline:
            return
        if self.interval is None:
            self._send(connection, now)
            return
        if connection.due >= self.deadline:
            return
        heapq.heappush(self.later, (connection.due, connection.socket.fileno()))

    def _send(self, connection: _Connection, now: float) -> None:
        if connection.step is None:
            return
        connection.label, request = connection.step
        connection.since = now
        if self.interval is not None:
            connection.since = connection.due
            connection.due += self.interval
        self.busy += 1
        if not connection.send(request):
            self.poll.modify(connection.socket.fileno(), select.EPOLLIN | select.EPOLLOUT)


def parsed(data: bytearray) -> Answer | None:
    """The answer once it is whole."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(data[:end])
    if not head.startswith(b"HTTP/1.1 "):
        raise Broken(repr(head[:80]))
    status = int(head[9:12])
    if found := _LENGTH.search(head):
        whole = end + 4 + int(found[1])
        return Answer(status, head, bytes(data[end + 4 : whole])) if len(data) >= whole else None
    if _CHUNKED.search(head):
        body = _unchunked(data, end + 4)
        return Answer(status, head, body) if body is not None else None
    if status in (204, 304):
        return Answer(status, head, b"")
    raise Broken("neither a content length nor chunks")


def _unchunked(data: bytearray, at: int) -> bytes | None:
    if not data.endswith(b"\r\n\r\n"):
        return None
    parts: list[bytes] = []
    while (line := data.find(b"\r\n", at)) >= 0:
        size = int(data[at:line].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(bytes(data[line + 2 : line + 2 + size]))
        at = line + 2 + size + 2
    return None
