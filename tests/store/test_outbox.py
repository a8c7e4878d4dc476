"""An audit event that was acknowledged is on disk, whatever happens next."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.store import Entry, Outbox, Store, Unavailable, open_store

ROOT = Path(__file__).parents[2]

WRITER = """
import sys, threading
from hub.store import Entry, Outbox, open_store
outbox = Outbox(open_store(sys.argv[1]))
said = threading.Lock()
def write(thread):
    for n in range(10**6):
        body = f"{thread}/{n}"
        outbox.append([Entry(1, body.encode(), (7,))])
        with said:
            print(body, flush=True)
for thread in range(4):
    threading.Thread(target=write, args=(thread,)).start()
"""


def bodies(store: Store) -> list[bytes]:
    with store.reading() as tx:
        return [row.body for row in tx.unsequenced(10**6)]


def test_threads_share_commits_and_nothing_is_lost(store: Store) -> None:
    outbox = Outbox(store)

    def write(thread: int) -> None:
        for n in range(25):
            outbox.append([Entry(5, b"%d/%d" % (thread, n), (thread, 99))])
            assert b"%d/%d" % (thread, n) in bodies(store)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    outbox.close()
    assert sorted(bodies(store)) == sorted(b"%d/%d" % (t, n) for t in range(8) for n in range(25))
    with store.reading() as tx:
        assert len(tx.seen([99], limit=500)) == 200
        assert [row.body for row in tx.seen([3], limit=3)] == [b"3/24", b"3/23", b"3/22"]


def test_what_was_acknowledged_survives_kill_9(database_url: str) -> None:
    command = [sys.executable, "-c", WRITER, database_url]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(60)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [line.strip() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
    writer.stdout.close()
    writer.wait()
    store = open_store(database_url)
    assert set(acknowledged) <= set(bodies(store))
    store.close()


def test_a_failed_commit_reaches_every_waiter(engine: str, empty_url: str) -> None:
    store = open_store(empty_url)  # no tables: every commit fails
    outbox = Outbox(store)

    def write(_: int) -> bool:
        try:
            outbox.append([Entry(1, b"x")])
        except Unavailable:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(8))) == [False] * 8
    outbox.close()
    store.close()


def test_closing_returns_when_what_waits_is_written(store: Store) -> None:
    outbox = Outbox(store)
    with store.writing() if store.dialect == "sqlite" else store.reading():
        waiting = [threading.Thread(target=outbox.append, args=([Entry(1, b"%d" % n)],)) for n in range(5)]
        for thread in waiting:
            thread.start()
        time.sleep(0.05)
    outbox.close()
    assert sorted(bodies(store)) == [b"%d" % n for n in range(5)]
    for thread in waiting:
        thread.join()
    with pytest.raises(Unavailable):
        outbox.append([Entry(1, b"late")])
    outbox.append([])


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_writes_on_its_own(store: Store) -> None:
    outbox = Outbox(store)
    outbox.append([Entry(1, b"parent before")])
    child = os.fork()
    if child == 0:
        try:
            outbox.append([Entry(1, b"child")])
            outbox.close()
            with store.writing() as tx:
                tx.outbox([Entry(1, b"child in a transaction")])
            os._exit(0)
        except BaseException:
            os._exit(1)
    outbox.append([Entry(1, b"parent after")])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    outbox.append([Entry(1, b"parent at the end")])
    outbox.close()
    expected = [b"child", b"child in a transaction", b"parent after", b"parent at the end", b"parent before"]
    assert sorted(bodies(store)) == expected
    with store.reading() as tx:
        assert len({row.node for row in tx.unsequenced(9)}) == 2
