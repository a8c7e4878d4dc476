"""The processes of `hub serve`: forked from one that is ready, so that they share what start-up made. That one hands
out the connections, replaces a worker that dies, and stops them all together."""

import asyncio
import itertools
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Never

import uvicorn

GRACE_S = 20
"""Seconds the requests in hand get when the server stops."""
SHORT_S = 5.0
HOPELESS = 5
"""So many workers in a row that lived less than SHORT_S, and the server gives up."""
_STOPPING = (signal.SIGTERM, signal.SIGINT)
_HANDLED = (*_STOPPING, signal.SIGCHLD, signal.SIGALRM)


class Worker(uvicorn.Server):
    """Serves the connections it is handed. Stops when told to, and when the process that hands them out is gone."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(config)
        self.channel = channel

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's, and then the channel is listened to."""
        await super().startup(sockets or [])
        loop = asyncio.get_running_loop()
        self.channel.setblocking(False)
        loop.add_reader(self.channel, self._take, loop)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's: no more connections, then those in hand are finished."""
        asyncio.get_running_loop().remove_reader(self.channel)
        await super().shutdown(sockets)

    def _take(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            message, handed, _, _ = socket.recv_fds(self.channel, 1, 1)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            message, handed = b"", []
        if not message:
            loop.remove_reader(self.channel)
            self.should_exit = True
        for descriptor in handed:
            connection = socket.socket(fileno=descriptor)
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            taken = loop.create_task(loop.connect_accepted_socket(self._protocol, connection))
            taken.add_done_callback(lambda task: task.exception())  # a client that left at once concerns nobody

    def _protocol(self) -> asyncio.Protocol:
        kind: Any = self.config.http_protocol_class
        made: asyncio.Protocol = kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made


@dataclass(frozen=True, slots=True)
class _Running:
    """A worker process and the channel to it."""

    pid: int
    channel: socket.socket
    since: float


class Supervisor:
    """Hands the connections of a listening socket to workers in turn, so that each has its share of those kept open
    (processes that accept from one socket leave it to chance, and one may get them all)."""

    def __init__(self, listener: socket.socket, count: int, work: Callable[[socket.socket], None]) -> None:
        """`work` is a worker's whole life; it gets the channel connections arrive on."""
        self._listener, self._count, self._work = listener, count, work
        self._workers: list[_Running] = []
        self._turns = itertools.count()
        self._is_stopping = False
        self._short_lives = 0

    def run(self) -> int:
        """Until SIGTERM or SIGINT. The exit code: 1 when the workers keep dying."""
        woken, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        for number in _HANDLED:
            signal.signal(number, self._signalled)
        self._listener.setblocking(False)
        with selectors.DefaultSelector() as selector:
            selector.register(woken, selectors.EVENT_READ)
            selector.register(self._listener, selectors.EVENT_READ)
            while self._keep_up():
                ready = {key.fileobj for key, _ in selector.select()}
                if woken in ready:
                    woken.recv(4096)
                if self._listener in ready and not self._is_stopping:
                    self._hand_out()
        self._listener.close()
        while self._workers:
            woken.recv(4096)
            self._keep_up()
        signal.alarm(0)
        return 1 if self._short_lives >= HOPELESS else 0

    def _signalled(self, number: int, _frame: object) -> None:
        if number in _STOPPING:
            self._stop()
        elif number == signal.SIGALRM:
            self._send(signal.SIGKILL)

    def _stop(self) -> None:
        self._is_stopping = True
        signal.alarm(GRACE_S + 10)
        self._send(signal.SIGTERM)

    def _send(self, number: int) -> None:
        for worker in self._workers:
            os.kill(worker.pid, number)  # one that ended and was not waited for still has its number

    def _keep_up(self) -> bool:
        """Bury the dead and replace them; False once the server is to stop."""
        for worker in list(self._workers):
            pid, status = os.waitpid(worker.pid, os.WNOHANG)
            if pid == 0:
                continue
            self._workers.remove(worker)
            worker.channel.close()
            if self._is_stopping:
                continue
            print(f"hub serve: worker {pid} ended ({_ending(status)}) and is replaced", file=sys.stderr, flush=True)
            self._short_lives = self._short_lives + 1 if time.monotonic() - worker.since < SHORT_S else 0
            time.sleep(0.2 * self._short_lives)
            if self._short_lives >= HOPELESS:
                self._stop()
        while len(self._workers) < self._count and not self._is_stopping:
            self._start()
        return not self._is_stopping

    def _start(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)  # a signal to stop must find the new one in the list
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            mine.close()
            self._be_worker(its)
        its.close()
        mine.setblocking(False)
        self._workers.append(_Running(pid, mine, time.monotonic()))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)

    def _hand_out(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return
        except OSError:  # no file descriptors left: whoever waits may wait a little longer
            time.sleep(0.1)
            return
        with connection:
            for _ in self._workers:  # one that does not take them is passed over
                worker = self._workers[next(self._turns) % len(self._workers)]
                with suppress(OSError):
                    socket.send_fds(worker.channel, [b"c"], [connection.fileno()])
                    return

    def _be_worker(self, channel: socket.socket) -> Never:
        """A new process's whole life."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in _HANDLED:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
            self._listener.close()
            for other in self._workers:
                other.channel.close()
            self._work(channel)
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException as error:  # its message may hold a value of somebody's record
            print(f"hub serve: worker {os.getpid()}: {type(error).__name__}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)


def _ending(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"code {code}"
