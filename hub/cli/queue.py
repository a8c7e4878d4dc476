"""The sender's queue: a file is sealed on disk before the first attempt to send it, and leaves when the hub has it."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from hub.crypto import LocalKeyFile


class Queue:
    """Sealed files waiting for a hub, oldest first, one per content: queueing the same file twice keeps one."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "antre"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.key = LocalKeyFile(home / "antre.key")

    def put(self, to: str, client_id: str, adapter: str, name: str, data: bytes) -> Path:
        """Seal a file into the queue; durable when it returns."""
        plain = msgspec.msgpack.encode({"adapter": adapter, "name": name, "data": data})
        stem = hashlib.sha256(f"{to}\n{client_id}\n".encode()).hexdigest()[:12]
        place = self.folder / f"{stem}-{hashlib.sha256(data).hexdigest()[:24]}"
        draft = place.with_suffix(".tulis")
        draft.write_bytes(self.key.wrap(plain, b"antre"))
        draft.chmod(0o600)
        draft.replace(place)
        return place

    def waiting(self, to: str, client_id: str) -> list[Path]:
        """What waits for this hub and client, oldest first."""
        stem = hashlib.sha256(f"{to}\n{client_id}\n".encode()).hexdigest()[:12]
        found = [place for place in self.folder.glob(f"{stem}-*") if not place.suffix]
        return sorted(found, key=lambda place: place.stat().st_mtime_ns)

    def open(self, place: Path) -> dict[str, Any]:
        """A queued file: adapter, name, data."""
        plain: dict[str, Any] = msgspec.msgpack.decode(self.key.unwrap(place.read_bytes(), b"antre"))
        return plain

    def done(self, place: Path) -> None:
        """The hub has it."""
        place.unlink()
