"""The key file: made once, private, refused when it is not."""

import base64
import os
from pathlib import Path

import pytest

from hub.crypto import KeysUnavailable, LocalKeyFile, Tampered
from hub.crypto.provider import prove

KEY = bytes(range(32))


def test_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hub.key"
    first = LocalKeyFile(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    content = path.read_bytes()
    assert LocalKeyFile(path).unwrap(first.wrap(KEY, b"a"), b"a") == KEY
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["hub.key"]


def test_wraps_under_the_place(tmp_path: Path) -> None:
    provider = LocalKeyFile(tmp_path / "hub.key")
    provider.health()
    wrapped = provider.wrap(KEY, b"a")
    assert KEY not in wrapped
    assert wrapped != provider.wrap(KEY, b"a")
    with pytest.raises(Tampered):
        provider.unwrap(wrapped, b"b")
    for position in range(len(wrapped) * 8):
        changed = bytearray(wrapped)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            provider.unwrap(bytes(changed), b"a")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601])
def test_refused_when_others_may_read_or_write_it(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "hub.key"
    LocalKeyFile(path)
    path.chmod(mode)
    with pytest.raises(KeysUnavailable, match="600"):
        LocalKeyFile(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"jukung-key-file 1\n",
        b"jukung-key-file 2\n" + base64.b64encode(KEY),
        b"jukung-key-file 1\nAAAA\n",
        b"\xff\n",
    ],
)
def test_refused_when_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hub.key"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(content)
    with pytest.raises(KeysUnavailable):
        LocalKeyFile(path)


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable):
        LocalKeyFile(tmp_path)


def test_a_new_key_on_top_wraps_and_the_old_still_unwraps(tmp_path: Path) -> None:
    path = tmp_path / "hub.key"
    old = LocalKeyFile(path).wrap(KEY, b"")
    title, line = path.read_text().splitlines()
    path.write_text("\n".join([title, base64.b64encode(os.urandom(32)).decode(), line, ""]))
    rotated = LocalKeyFile(path)
    assert rotated.unwrap(old, b"") == KEY
    assert rotated.wrap(KEY, b"")[:4] != old[:4]
    path.write_text(f"{title}\n{line}\n")
    with pytest.raises(Tampered, match="not in the key file"):
        LocalKeyFile(path).unwrap(rotated.wrap(KEY, b""), b"")


class _NoAad:
    """A provider that forgets the place."""

    def wrap(self, key: bytes, aad: bytes) -> bytes:
        return bytes(byte ^ 0x55 for byte in key)

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        return self.wrap(wrapped, aad)

    def health(self) -> None:
        prove(self)


def test_the_self_test_finds_a_provider_that_ignores_the_place() -> None:
    with pytest.raises(KeysUnavailable, match="associated data"):
        _NoAad().health()
