"""What the agent remembers: for each visit a keyed name, a keyed digest, its day and its number, sealed. No content.

A thief of the file learns how many visits there were on a day and nothing else; the key lies in a 0600 file beside it.
Khanza and its like have no "changed at", so this is how a changed or vanished visit is found.
"""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.crypto import KeysUnavailable, LocalKeyFile, Tampered
from hub.errors import Category, HubError
from hub.model import Issue

RESUMES_MS = 24 * 3600 * 1000
"""An unfinished run over the window goes on within a day; after that its window has moved, and it starts anew."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS visit (
  name BLOB PRIMARY KEY, source BLOB NOT NULL, digest BLOB NOT NULL, day INTEGER,
  first INTEGER NOT NULL, seen INTEGER NOT NULL, sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS visit_by_day ON visit (source, day);
CREATE TABLE IF NOT EXISTS run (
  source BLOB NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, since INTEGER, started INTEGER NOT NULL,
  place BLOB, finished INTEGER, PRIMARY KEY (source, kind)
);
"""
_PLACE, _NUMBER, _KEY = b"agen/tempat", b"agen/nomor", b"agen/kunci"


@dataclass(frozen=True, slots=True)
class Run:
    """A walk over the source. `since`: first day of the window (ordinal), None = everything. `after`: where it is."""

    number: int
    since: int | None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as it is remembered. `key` are the values of the adapter's key columns, in order."""

    name: bytes
    digest: bytes
    day: int | None
    key: tuple[str, ...]


def state_place(home: Path, facility: str) -> Path:
    """Where the agent remembers what it sent for a facility, unless somebody names another file."""
    return home / "agen" / f"{facility}.db"


class State:
    """The memory of one source (facility and adapter) in an SQLite file that others may share, one run at a time."""

    def __init__(self, path: Path, source: str) -> None:
        """HubError HUB-2210 when the key does not fit the file, HUB-2211 when another run holds it."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(path, timeout=0.2, isolation_level=None)
        try:
            self._box = LocalKeyFile(path.with_name(f"{path.name}.key"))
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            self._secret = self._own_secret()
        except (sqlite3.DatabaseError, Tampered, KeysUnavailable) as error:
            self._db.close()
            if isinstance(error, sqlite3.OperationalError):
                raise HubError(Category.BUSY, Issue("HUB-2211", severity="fatal")) from None
            issue = Issue("HUB-2210", severity="fatal", args={"file": f"{path.name}.key"})
            raise HubError(Category.UNAVAILABLE, issue) from None
        self._source = self._keyed(b"source", source.encode())

    def _own_secret(self) -> bytes:
        """The key of names and digests, wrapped by the key file."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'secret'").fetchone()
        if row is None:
            row = (self._box.wrap(secrets.token_bytes(32), _KEY),)
            self._db.execute("INSERT INTO meta (name, value) VALUES ('secret', ?)", row)
        return self._box.unwrap(row[0], _KEY)

    def _keyed(self, use: bytes, message: bytes) -> bytes:
        return hmac.digest(self._secret, use + b"\0" + message, hashlib.sha256)[:16]

    def visit(self, key: Sequence[str], day: int | None, content: bytes) -> Visit:
        """What is to be remembered of a visit with this content."""
        name = self._keyed(b"visit", self._source + json.dumps(list(key)).encode())
        return Visit(name, self._keyed(b"digest", name + content), day, tuple(key))

    def digests(self, visits: Iterable[Visit]) -> dict[bytes, bytes]:
        """Name to remembered digest, of those that are known."""
        names = [visit.name for visit in visits]
        marks = ",".join("?" * len(names))
        rows = self._db.execute(f"SELECT name, digest FROM visit WHERE name IN ({marks})", names)  # noqa: S608 - marks only
        return dict(rows)

    def begin(self, since: int | None, now_ms: int) -> tuple[Run, bool]:
        """The run to walk: the unfinished one of this kind (True), or a new one."""
        kind = "all" if since is None else "window"
        found = self._db.execute(
            "SELECT number, since, started, place, finished FROM run WHERE source = ? AND kind = ?",
            (self._source, kind),
        ).fetchone()
        if found and found[4] is None and found[3] and (since is None or now_ms - found[2] < RESUMES_MS):
            return Run(found[0], found[1], self._box.unwrap(found[3], _PLACE).decode()), True
        (newest,) = self._db.execute("SELECT COALESCE(MAX(number), 0) FROM run").fetchone()
        run = Run(newest + 1, since)
        self._db.execute(
            "INSERT OR REPLACE INTO run (source, kind, number, since, started) VALUES (?, ?, ?, ?, ?)",
            (self._source, kind, run.number, since, now_ms),
        )
        return run, False

    def remember(
        self, run: Run, sent: Iterable[Visit], unchanged: Iterable[Visit] = (), after: str | None = None
    ) -> None:
        """Visits the hub has a receipt for, visits found as they were, and how far the walk came: one transaction."""
        rows = [(v.name, self._source, v.digest, v.day, run.number, run.number, self._sealed(v.key)) for v in sent]
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            "INSERT INTO visit (name, source, digest, day, first, seen, sealed) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, day = excluded.day, seen = excluded.seen",
            rows,
        )
        touched = [(run.number, visit.day, visit.name) for visit in unchanged]
        self._db.executemany("UPDATE visit SET seen = ?, day = ? WHERE name = ?", touched)
        if after is not None:
            place = self._box.wrap(after.encode(), _PLACE)
            self._db.execute(
                "UPDATE run SET place = ? WHERE source = ? AND number = ?", (place, self._source, run.number)
            )
        self._db.execute("COMMIT")

    def vanished(self, run: Run) -> tuple[list[Visit], int]:
        """The visits this run should have seen and did not, and how many it should have seen."""
        where = "source = ? AND first < ?" + ("" if run.since is None else " AND day >= ?")
        values: list[Any] = [self._source, run.number, *([] if run.since is None else [run.since])]
        (known,) = self._db.execute(f"SELECT COUNT(*) FROM visit WHERE {where}", values).fetchone()  # noqa: S608
        rows = self._db.execute(
            f"SELECT name, digest, day, sealed FROM visit WHERE {where} AND seen < ? ORDER BY day, name",  # noqa: S608
            [*values, run.number],
        ).fetchall()
        return [Visit(name, digest, day, self._opened(sealed)) for name, digest, day, sealed in rows], known

    def forget(self, visits: Iterable[Visit]) -> None:
        """The hub knows that these are gone."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("DELETE FROM visit WHERE name = ?", [(visit.name,) for visit in visits])
        self._db.execute("COMMIT")

    def finish(self, run: Run, now_ms: int) -> None:
        """The walk is over."""
        self._db.execute(
            "UPDATE run SET finished = ?, place = NULL WHERE source = ? AND number = ?",
            (now_ms, self._source, run.number),
        )

    def close(self) -> None:
        self._db.close()

    def _sealed(self, key: Sequence[str]) -> bytes:
        return self._box.wrap(json.dumps(list(key)).encode(), _NUMBER)

    def _opened(self, sealed: bytes) -> tuple[str, ...]:
        return tuple(json.loads(self._box.unwrap(sealed, _NUMBER)))
