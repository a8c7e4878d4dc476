"""A real seed store on SQLite, written for these tests alone, and a keyring on it."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from hub.crypto import Keyring, LocalKeyFile


class SqliteSeeds:
    """SeedStore on a file; each call has a connection of its own, as another process would."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as db:
            db.execute("CREATE TABLE IF NOT EXISTS seed (compartment INTEGER PRIMARY KEY, ver INTEGER, wrapped BLOB)")

    def read(self, compartments: Sequence[int]) -> dict[int, tuple[int, bytes]]:
        marks = ",".join("?" * len(compartments))
        with self._open() as db:
            rows = db.execute(f"SELECT * FROM seed WHERE compartment IN ({marks})", list(compartments)).fetchall()
        return {compartment: (version, wrapped) for compartment, version, wrapped in rows}

    def insert(self, rows: Sequence[tuple[int, int, bytes]]) -> None:
        with self._open() as db:
            db.executemany("INSERT INTO seed VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def delete(self, compartment: int) -> None:
        with self._open() as db:
            db.execute("DELETE FROM seed WHERE compartment = ?", [compartment])

    def set(self, compartment: int, version: int, wrapped: bytes) -> None:
        with self._open() as db:
            db.execute("UPDATE seed SET ver = ?, wrapped = ? WHERE compartment = ?", [version, wrapped, compartment])

    def _open(self) -> "_Connection":
        return _Connection(self.path)


class _Connection:
    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, timeout=30)

    def __enter__(self) -> sqlite3.Connection:
        return self.db

    def __exit__(self, kind: object, *_: object) -> None:
        self.db.rollback() if kind else self.db.commit()
        self.db.close()


@pytest.fixture
def seeds(tmp_path: Path) -> SqliteSeeds:
    return SqliteSeeds(tmp_path / "keys.db")


@pytest.fixture
def new_keyring(tmp_path: Path, seeds: SqliteSeeds) -> Callable[..., Keyring]:
    """Keyrings as separate processes would have them: same key file, same seed store."""

    def make(tenant: str = "banjarmasin", **options: object) -> Keyring:
        return Keyring(LocalKeyFile(tmp_path / "hub.key"), seeds, tenant, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def keyring(new_keyring: Callable[..., Keyring]) -> Keyring:
    return new_keyring()


@pytest.fixture(scope="session")
def session_keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """For property tests, which may not use a fixture made anew per test function."""
    folder = tmp_path_factory.mktemp("keys")
    return Keyring(LocalKeyFile(folder / "hub.key"), SqliteSeeds(folder / "keys.db"), "banjarmasin")
