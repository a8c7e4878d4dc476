"""What can go wrong in the store that a caller must handle. Everything else is a bug and propagates."""

import sqlite3

import psycopg


class Conflict(Exception):
    """Somebody else wrote first: another version, another owner of an identifier, another sequencer. Redo the part."""


class TooSlow(Exception):
    """A reader asked for more than its time allows."""


class Unavailable(Exception):
    """The database cannot be reached, is locked beyond the waiting time, or refuses to commit."""


def translated(error: Exception) -> Exception:
    """The store's word for a driver's error; a bug (syntax, wrong type) stays what it is."""
    if isinstance(error, sqlite3.IntegrityError | psycopg.errors.UniqueViolation):
        return Conflict(str(error).splitlines()[0] if isinstance(error, sqlite3.IntegrityError) else "duplicate key")
    if isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure):
        return Conflict(type(error).__name__)
    is_interrupted = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
    if is_interrupted or isinstance(error, psycopg.errors.QueryCanceled):
        return TooSlow(type(error).__name__)
    if isinstance(error, sqlite3.OperationalError) and _is_machine_trouble(error):
        return Unavailable(str(error))
    if isinstance(error, psycopg.OperationalError):
        return Unavailable(type(error).__name__)
    return error


def _is_machine_trouble(error: sqlite3.OperationalError) -> bool:
    """Locked, full disk, unreadable file: sqlite3 gives all of these and syntax errors one class."""
    return error.sqlite_errorcode & 0xFF in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
