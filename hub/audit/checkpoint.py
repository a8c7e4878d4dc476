"""Signed statements about the log: C2SP tlog-checkpoint in a C2SP signed-note (https://c2sp.org/tlog-checkpoint,
https://c2sp.org/signed-note). Third-party witnesses and tools read them as they are; the signer is injected."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.audit.merkle import HASH_SIZE, verify_consistency

ED25519 = b"\x01"
"""The note format's type byte of Ed25519 signatures."""

_DASH = "— "
_LARGEST_NOTE = 64 << 10

Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, message, signature) -> whether it holds."""


class Signs(Protocol):
    """Holds an Ed25519 key (hub.crypto.Signer)."""

    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""


class Unsigned(Exception):
    """Not a checkpoint of this log, or not signed by its key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first `size` entries of log `origin` have the root hash `root`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text: origin, size, root in base64; each line ends with a newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign_checkpoint(checkpoint: Checkpoint, signer: Signs) -> str:
    """The signed note; the key's name is the log's origin, as the format recommends."""
    text = checkpoint.text()
    return f"{text}\n{_line(checkpoint.origin, signer.public_key, signer.sign(text.encode()))}"


def cosign(note: str, name: str, signer: Signs) -> str:
    """The note with one more signature, a witness's; the witness has checked `accepts` before."""
    text = _divided(note)[0]
    return note + _line(name, signer.public_key, signer.sign(text.encode()))


def open_checkpoint(
    note: str, origin: str, public_key: bytes, verify: Verify, *, name: str | None = None
) -> Checkpoint:
    """The checkpoint, when `name` (default: the log itself) signed it with `public_key`; Unsigned otherwise.

    Signatures of unknown keys are ignored, as the format demands; a known key's bad signature spoils the note.
    """
    text, signatures = _divided(note)
    name = origin if name is None else name
    wanted = key_id(name, public_key)
    ours = [signature for who, signature in signatures if who == name and signature[:4] == wanted]
    if not ours or not all(verify(public_key, text.encode(), signature[4:]) for signature in ours):
        raise Unsigned(f"not signed by {name}")
    checkpoint = _parsed(text)
    if checkpoint.origin != origin:
        raise Unsigned("a checkpoint of another log")
    return checkpoint


def accepts(last: Checkpoint | None, new: Checkpoint, proof: Sequence[bytes] = ()) -> bool:
    """Whether a witness (or the log itself) may sign `new` after `last`: same log, not smaller, same history.

    `proof` is `merkle.consistency_proof` from last.size to new.size.
    """
    if last is None:
        return True
    if last.origin != new.origin or new.size < last.size:
        return False
    return verify_consistency(last.size, new.size, last.root, new.root, proof)


def key_id(name: str, public_key: bytes) -> bytes:
    """The 4 bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """The public key as tools of the format take it: name+id+base64. To be published."""
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode()}"


def _line(name: str, public_key: bytes, signature: bytes) -> str:
    if not name or "+" in name or any(sign.isspace() for sign in name):
        raise ValueError("a key's name has no space and no plus")
    return f"{_DASH}{name} {base64.b64encode(key_id(name, public_key) + signature).decode()}\n"


def _divided(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note) > _LARGEST_NOTE or any(sign < " " and sign != "\n" for sign in note):
        raise Unsigned("not a note")
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Unsigned("not a note")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, space, encoded = line.removeprefix(_DASH).partition(" ")
        signature = _bytes(encoded, "not a signature line")
        if not line.startswith(_DASH) or not space or not name or len(signature) < 5:
            raise Unsigned("not a signature line")
        signatures.append((name, signature))
    return text + "\n", signatures


def _bytes(encoded: str, otherwise: str) -> bytes:
    """The bytes of this base64 and of no other spelling of them (the last digit has bits that a decoder ignores)."""
    try:
        found = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise Unsigned(otherwise) from None
    if base64.b64encode(found).decode() != encoded:
        raise Unsigned(otherwise)
    return found


def _parsed(text: str) -> Checkpoint:
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Unsigned("not a checkpoint")
    origin, size, encoded = lines[:3]
    root = _bytes(encoded, "not a root hash")
    if not size.isascii() or not size.isdecimal() or str(int(size)) != size or len(root) != HASH_SIZE:
        raise Unsigned("not a checkpoint")
    return Checkpoint(origin, int(size), root)
