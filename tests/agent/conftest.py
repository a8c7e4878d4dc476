"""A small hospital program with two latin1 tables, as an SQLite file and in a real MariaDB, its adapter, and a sink."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.mapping import Adapter, load_adapter
from tests import mariadb as server
from tests.mariadb import MariaDb

mariadb = server.mariadb

NOW = 1_795_312_800_000
"""2026-11-22T02:00:00Z, 10:00 in Banjarmasin: the window of 30 days begins on 2026-10-23."""

TABLES = {
    "sqlite": (
        "CREATE TABLE kunjungan (no_rawat TEXT PRIMARY KEY, tgl TEXT, jam TEXT, nama TEXT, jk TEXT, lahir TEXT, "
        "suhu TEXT, keluhan TEXT, biaya REAL)",
        "CREATE TABLE diagnosa (no_rawat TEXT, kd TEXT, urutan INTEGER, status TEXT, PRIMARY KEY (no_rawat, kd))",
    ),
    "mariadb": (
        "CREATE TABLE kunjungan (no_rawat VARCHAR(17) PRIMARY KEY, tgl DATE, jam TIME, nama VARCHAR(40), "
        "jk ENUM('L','P'), lahir DATE NOT NULL DEFAULT '0000-00-00', suhu VARCHAR(5), keluhan TEXT, biaya DOUBLE) "
        "ENGINE=InnoDB CHARACTER SET latin1",
        "CREATE TABLE diagnosa (no_rawat VARCHAR(17), kd VARCHAR(15), urutan TINYINT, status ENUM('Lama','Baru'), "
        "PRIMARY KEY (no_rawat, kd)) ENGINE=MyISAM CHARACTER SET latin1",
    ),
}
VISIT = "INSERT INTO kunjungan (no_rawat, tgl, jam, nama, jk, lahir, suhu, keluhan, biaya) VALUES (?,?,?,?,?,?,?,?,?)"
DIAGNOSIS = "INSERT INTO diagnosa (no_rawat, kd, urutan, status) VALUES (?,?,?,?)"


@dataclass
class Hospital:
    """A running program: `url` is what the agent gets."""

    url: str
    path: Path | None = None
    server: MariaDb | None = None
    database: str = ""

    def run(self, sql: str, rows: Iterable[tuple[Any, ...]] = ((),)) -> None:
        """A change made by the hospital's people."""
        if self.path is not None:
            with closing(sqlite3.connect(self.path)) as connection, connection:
                connection.executemany(sql, rows)
        elif self.server is not None:
            with self.server.connection(self.database) as connection, connection.cursor() as cursor:
                cursor.executemany(sql.replace("?", "%s"), [row or None for row in rows])

    def fill(self, visits: int, first: int = 1, day: str = "2026/11/18") -> None:
        """So many visits of one day, each with two diagnoses."""
        numbers = [f"{day}/{number:06}" for number in range(first, first + visits)]
        iso = day.replace("/", "-")
        self.run(
            VISIT,
            [
                (number, iso, "08:15:00", f"Siti Contoh {index}", "P", "1990-09-05", "36,5", "batuk", 25000.5)
                for index, number in enumerate(numbers, first)
            ],
        )
        self.run(DIAGNOSIS, [(number, code, n, "Baru") for number in numbers for n, code in ((1, "J06.9"), (2, "I10"))])


@pytest.fixture
def file_hospital(tmp_path: Path) -> Hospital:
    """An empty program in an SQLite file."""
    return _with_tables(Hospital(f"sqlite:///{tmp_path / 'sik.db'}", tmp_path / "sik.db"), "sqlite")


@pytest.fixture
def server_hospital(mariadb: MariaDb) -> Iterator[Hospital]:
    """An empty program in MariaDB; the agent gets an account that may only SELECT."""
    name = mariadb.create()
    yield _with_tables(Hospital(mariadb.reader(name), None, mariadb, name), "mariadb")
    mariadb.drop(name)


@pytest.fixture(params=["file_hospital", "server_hospital"], ids=["sqlite", "mariadb"])
def hospital(request: pytest.FixtureRequest) -> Hospital:
    """Each in turn."""
    found: Hospital = request.getfixturevalue(request.param)
    return found


def _with_tables(hospital: Hospital, kind: str) -> Hospital:
    for sql in TABLES[kind]:
        hospital.run(sql)
    return hospital


@pytest.fixture(scope="session")
def rawat() -> Adapter:
    return load_adapter(Path(__file__).parent / "adapters" / "rawat")


class Cut(Exception):
    """The line to the hub broke."""


@dataclass
class Postbox:
    """A hub that keeps what it is given. `cut_after`: so many parts get their receipt, then the line is dead."""

    parts: list[list[dict[str, Any]]] = field(default_factory=list)
    cut_after: int | None = None
    state: str = "stored"

    def __call__(self, data: bytes, name: str) -> dict[str, Any]:
        if self.cut_after is not None and len(self.parts) >= self.cut_after:
            raise Cut
        self.parts.append(msgspec.json.decode(data))
        counts = {"accepted": len(self.parts[-1])}
        return {"id": f"KJ-{len(self.parts)}", "state": self.state, "counts": counts, "issues": []}

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [row for part in self.parts for row in part]

    @property
    def names(self) -> list[str]:
        return [row["no_rawat"] for row in self.rows]
