"""A private MariaDB server for the tests: the system's binaries, a folder of its own, a unix socket, no durability.

`from tests.mariadb import mariadb` in a conftest gives the fixture; however many conftests do so, one server runs.
"""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.services import not_there

_OPTIONS = (
    "--skip-networking",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--character-set-server=latin1",
    "--sql-mode=NO_ENGINE_SUBSTITUTION",  # as at the hospitals: zero dates are legal
)


@dataclass
class MariaDb:
    """A running server. `url(…)` are SQLAlchemy URLs."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str, user: str = "root", password: str = "") -> str:
        return f"mysql+pymysql://{user}:{password}@/{database}?unix_socket={self.folder / 'server.sock'}"

    @contextmanager
    def connection(self, database: str | None = None, charset: str = "utf8mb4") -> "Iterator[pymysql.Connection[Any]]":
        """An administrator's connection, committing as it goes."""
        with closing(
            pymysql.connect(
                unix_socket=str(self.folder / "server.sock"),
                user="root",
                database=database,
                charset=charset,
                autocommit=True,
            )
        ) as found:
            yield found

    def run(self, sql: str, values: Sequence[Any] = (), database: str | None = None) -> list[tuple[Any, ...]]:
        """One statement by the administrator; its rows."""
        with self.connection(database) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())

    def create(self) -> str:
        """A new, empty latin1 database; its name."""
        name = f"sik_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} CHARACTER SET latin1 COLLATE latin1_swedish_ci")
        return name

    def drop(self, database: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {database}")

    def reader(self, database: str) -> str:
        """The URL of an account that may SELECT in this database and nothing else."""
        account = f"'baca_{database}'@'localhost'"
        self.run(f"CREATE OR REPLACE USER {account} IDENTIFIED BY 'rahasia@1'")
        self.run(f"GRANT SELECT ON {database}.* TO {account}")
        return self.url(database, f"baca_{database}", "rahasia%401")

    def kill_reader(self, database: str) -> int:
        """Cut every connection of that account; how many there were."""
        rows = self.run("SELECT id FROM information_schema.processlist WHERE user = %s", (f"baca_{database}",))
        for (number,) in rows:
            self.run(f"KILL CONNECTION {int(number)}")
        return len(rows)

    def stop(self) -> None:
        """Stops at once and removes the folder: nothing in it is kept."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start() -> MariaDb:
    """Makes a data folder and starts a server on it."""
    server = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/libexec")
    installer = shutil.which("mariadb-install-db")
    if server is None or installer is None:
        not_there("MariaDB is not installed")
    folder = Path(tempfile.mkdtemp(prefix="hub-my-"))
    who = ["--user=root"] if os.geteuid() == 0 else []
    data = [f"--datadir={folder / 'data'}", *who]
    made = subprocess.run(
        [str(installer), "--no-defaults", *data, "--auth-root-authentication-method=normal", "--skip-test-db"],
        capture_output=True,
        timeout=120,
        check=False,
    )
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise RuntimeError(f"mariadb-install-db: {made.stderr.decode()[-2000:]}")
    places = [f"--socket={folder / 'server.sock'}", f"--pid-file={folder / 'server.pid'}"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([str(server), "--no-defaults", *data, *places, *_OPTIONS], stdout=log, stderr=log)
    found = MariaDb(folder, process)
    deadline = time.monotonic() + 60
    while not _answers(folder / "server.sock"):
        if process.poll() is not None or time.monotonic() > deadline:
            text = (folder / "server.log").read_text(errors="replace")[-2000:]
            found.stop()
            raise RuntimeError(f"mariadbd: {text}")
        time.sleep(0.02)
    return found


def _answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as attempt:
        try:
            attempt.connect(str(place))
        except OSError:
            return False
    return True


@cache
def _running(config: pytest.Config) -> MariaDb:
    found = start()
    config.add_cleanup(found.stop)
    return found


@pytest.fixture(scope="session")
def mariadb(request: pytest.FixtureRequest) -> MariaDb:
    """A running MariaDB server."""
    return _running(request.config)
