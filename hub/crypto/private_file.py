"""A small secret file: created once and atomically, readable by its owner alone."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from hub.crypto.provider import KeysUnavailable


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's bytes; when it is missing, what `make` gives, written so that of two processes both use the first.

    KeysUnavailable when group or others may read or write it, or when it cannot be read.
    """
    with contextlib.suppress(FileNotFoundError):
        return _read(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename, a link never replaces what another process made first
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & 0o077:
                raise KeysUnavailable(f"{path.name} may be read by others (mode {mode & 0o777:o}): chmod 600")
            return file.read()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeysUnavailable(f"{path.name} cannot be read: {error.strerror}") from error
