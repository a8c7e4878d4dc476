"""Opening, waiting and losing the database."""

import os
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest

from hub.model import Key
from hub.store import Store, Unavailable, open_store
from hub.store.turn import Turn
from tests.postgres import Server
from tests.store.rows_made import sealed


@pytest.mark.parametrize("url", ["mysql://localhost/hub", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite"):
        open_store(url)


def test_sqlite_is_private_and_durable(tmp_path: Path) -> None:
    path = tmp_path / "state" / "hub.db"
    store = open_store(f"sqlite:///{path}")
    store.migrate()
    with store.writing() as tx:
        names = ("journal_mode", "synchronous", "secure_delete")
        settings = {name: tx.db.rows(f"PRAGMA {name}")[0][0] for name in names}
        tx.put([sealed(1, 1)])
    assert settings == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    store.close()


def test_a_writer_waits_for_another_process(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    store.migrate()
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    release.start()
    with store.writing() as tx:
        tx.put([sealed(1, 1)])
    release.join()
    other.close()
    store.close()


def test_writers_come_in_turn() -> None:
    turn, order = Turn(), []
    assert turn.take(1)

    def wait(number: int) -> None:
        assert turn.take(5)
        order.append(number)
        turn.give()

    threads = []
    for number in range(6):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        time.sleep(0.01)
    assert not turn.take(0.01)
    turn.give()
    for thread in threads:
        thread.join()
    assert order == list(range(6))
    assert turn.take(0)


def test_a_forked_child_does_not_disturb_its_parent(store: Store) -> None:
    with store.writing() as tx:
        tx.put([sealed(1, 1)])
    children = []
    for number in range(2, 5):
        child = os.fork()
        if child == 0:
            try:
                for rid in range(20):
                    with store.writing() as tx:
                        tx.put([sealed(number, rid)])
                    with store.reading() as tx:
                        assert tx.get([Key(1, 1)])
                os._exit(0)
            except BaseException:
                os._exit(1)
        children.append(child)
    for rid in range(20):
        with store.writing() as tx:
            tx.put([sealed(9, rid)])
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    with store.reading() as tx:
        assert tx.counts()["resource"] == 1 + 4 * 20


def test_a_lost_server_is_unavailable_and_then_found_again(postgres: Server, postgres_template: str) -> None:
    url = postgres.create("lost", postgres_template)
    store = open_store(url)
    with store.reading() as tx:
        tx.counts()
    with postgres.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'lost'")
    with pytest.raises(Unavailable), store.reading() as tx:
        tx.counts()
    with store.reading() as tx:
        tx.counts()
    store.close()
    postgres.drop("lost")
    with pytest.raises(Unavailable), store.reading() as tx:
        tx.counts()
