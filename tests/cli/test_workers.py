"""Several processes serve one address: evenly, without end when one dies, and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.clients.serving import wait_for
from tests.ports import free_port

PATIENCE_S = 30
WORKERS = 2

DYING = """
import os, socket
from hub.cli.workers import Supervisor
with socket.socket() as listener:
    listener.listen()
    raise SystemExit(Supervisor(listener, 2, lambda channel: os._exit(7)).run())
"""


class Serving:
    """`hub serve` with two workers on a fresh home."""

    def __init__(self, home: Path) -> None:
        port = free_port()
        self.place = ("127.0.0.1", port)
        self.base = f"http://127.0.0.1:{port}"
        self.log = home.with_suffix(".log")
        settings = {"PATH": os.defpath, "HOME": str(home), "HUB_HOME": str(home), "HUB_PORT": str(port)}
        with self.log.open("wb") as out:
            command = [sys.executable, "-m", "hub", "serve", "--workers", str(WORKERS)]
            self.process = subprocess.Popen(
                command, env=settings, cwd=Path(__file__).parents[2], stdout=out, stderr=out
            )
        wait_for(self.process, self.base, self.log)

    def workers(self) -> set[int]:
        pid = self.process.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def healthy(self) -> bool:
        return httpx.get(f"{self.base}/healthz", timeout=PATIENCE_S).status_code == 200


def connections(pid: int) -> int:
    """TCP connections a process has open."""
    inodes = set()
    for place in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(os.readlink(place))
        except FileNotFoundError:  # closed while we looked
            continue
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(f"socket:[{row[9]}]" in inodes and row[3] == "01" for row in rows)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    found = Serving(tmp_path_factory.mktemp("workers") / "home")
    yield found
    found.process.kill()
    found.process.wait()


def test_each_worker_has_its_share_of_the_connections(serving: Serving) -> None:
    before = {pid: connections(pid) for pid in serving.workers()}
    opened = [socket.create_connection(serving.place) for _ in range(16)]
    try:
        until(lambda: sum(map(connections, serving.workers())) >= sum(before.values()) + 16)
        shares = [connections(pid) - before[pid] for pid in serving.workers()]
        assert sorted(shares) == [8, 8]
    finally:
        for each in opened:
            each.close()


def test_a_worker_that_dies_is_replaced(serving: Serving) -> None:
    for number in (signal.SIGKILL, signal.SIGTERM):
        before = serving.workers()
        assert len(before) == WORKERS
        victim = min(before)
        os.kill(victim, number)
        until(lambda before=before: len(serving.workers()) == WORKERS and serving.workers() != before)
        assert all(serving.healthy() for _ in range(2 * WORKERS))
    assert serving.log.read_text().count("is replaced") == 2


def test_stopping_is_clean_and_lets_requests_finish(serving: Serving) -> None:
    """A request whose body is still on its way when the signal comes is answered."""
    workers = serving.workers()
    with socket.create_connection(serving.place, timeout=PATIENCE_S) as slow:
        slow.sendall(b"POST /oauth2/token HTTP/1.1\r\nHost: hub\r\nContent-Type: application/x-www-form-urlencoded\r\n")
        slow.sendall(b"Content-Length: 29\r\n\r\ngrant_type=client_")
        time.sleep(0.3)
        serving.process.send_signal(signal.SIGTERM)
        until(lambda: not _accepts(serving.place))
        slow.sendall(b"credentials")
        assert slow.recv(100).startswith(b"HTTP/1.1 400")
    assert serving.process.wait(PATIENCE_S) == 0
    assert all(map(is_gone, workers))
    assert "Traceback" not in serving.log.read_text()


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    serving = Serving(tmp_path / "home")
    workers = serving.workers()
    serving.process.kill()
    serving.process.wait()
    until(lambda: all(map(is_gone, workers)))


def test_workers_that_keep_dying_end_the_server() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DYING],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "code 7" in done.stderr


def _accepts(place: tuple[str, int]) -> bool:
    try:
        socket.create_connection(place, timeout=1).close()
    except OSError:
        return False
    return True
