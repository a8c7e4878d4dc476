"""Checkpoints: the format to the byte, and when a witness signs."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from hub.audit import (
    Checkpoint,
    Unsigned,
    accepts,
    consistency_proof,
    cosign,
    leaf_hash,
    open_checkpoint,
    root_of,
    sign_checkpoint,
    verifier_key,
)

ORIGIN = "jukung.id/audit/banjarmasin"
LEAVES = [leaf_hash(str(n).encode()) for n in range(20)]
Verifies = Callable[[bytes, bytes, bytes], bool]


def at(size: int, leaves: list[bytes] = LEAVES) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root_of(leaves[:size]))


def test_format_to_the_byte(signer: Any) -> None:
    note = sign_checkpoint(at(0), signer)
    lines = note.split("\n")
    assert lines[:4] == [ORIGIN, "0", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", ""]
    assert lines[4].startswith(f"— {ORIGIN} ")
    assert lines[5:] == [""]
    assert len(base64.b64decode(lines[4].rsplit(" ", 1)[1])) == 68


def test_published_key_id() -> None:
    """The example key of the Go checksum database: its name, id and public key are published together."""
    published = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    public_key = base64.b64decode(published.split("+", 2)[2])[1:]
    assert verifier_key("sum.golang.org", public_key) == published


@pytest.mark.parametrize("size", [0, 1, 2, 19, 20])
def test_opens_what_it_signed(size: int, signer: Any, verifies: Verifies) -> None:
    assert open_checkpoint(sign_checkpoint(at(size), signer), ORIGIN, signer.public_key, verifies) == at(size)


def test_another_spelling_of_the_same_signature_is_refused(signer: Any, verifies: Verifies) -> None:
    note = sign_checkpoint(at(12), signer)
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = note.rstrip("\n").rstrip("=")[-1]  # its two lowest bits say nothing
    other = note[::-1].replace(last, digits[digits.index(last) ^ 1], 1)[::-1]
    with pytest.raises(Unsigned):
        open_checkpoint(other, ORIGIN, signer.public_key, verifies)


def test_any_change_is_refused(signer: Any, other_signer: Any, verifies: Verifies) -> None:
    note = sign_checkpoint(at(12), signer)
    for position in range(len(note)):
        changed = note[:position] + ("A" if note[position] != "A" else "B") + note[position + 1 :]
        with pytest.raises(Unsigned):
            open_checkpoint(changed, ORIGIN, signer.public_key, verifies)
    with pytest.raises(Unsigned):
        open_checkpoint(note, ORIGIN, other_signer.public_key, verifies)
    with pytest.raises(Unsigned):
        open_checkpoint(note, "jukung.id/audit/banjarbaru", signer.public_key, verifies)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n012\n{'A' * 43}=\n",
        f"{ORIGIN}\n-1\n{'A' * 43}=\n",
        f"{ORIGIN}\n١\n{'A' * 43}=\n",
        f"{ORIGIN}\n1\nAAAA\n",
        f"{ORIGIN}\n1\n???\n",
        f"{ORIGIN}\n1\n",
        f"other\n1\n{'A' * 43}=\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str, signer: Any, verifies: Verifies) -> None:
    line = sign_checkpoint(at(1), signer).rpartition("\n\n")[2]
    head = line.rpartition(" ")[0]
    raw = base64.b64decode(line.rpartition(" ")[2])[:4] + signer.sign(text.encode())
    with pytest.raises(Unsigned):
        open_checkpoint(f"{text}\n{head} {base64.b64encode(raw).decode()}\n", ORIGIN, signer.public_key, verifies)


@pytest.mark.parametrize(
    "note", ["", "a", "a\n\n", "a\n\nb\n", "a\n\n— x\n", "a\n\n— x !!!\n", "\x00\n\n— x AAAA\n", "a" * 70_000]
)
def test_what_is_no_note_is_refused(note: str, signer: Any, verifies: Verifies) -> None:
    with pytest.raises(Unsigned):
        open_checkpoint(note, ORIGIN, signer.public_key, verifies)


def test_a_witness_adds_its_signature(signer: Any, other_signer: Any, verifies: Verifies) -> None:
    note = cosign(sign_checkpoint(at(9), signer), "inspektorat.example/saksi", other_signer)
    assert open_checkpoint(note, ORIGIN, signer.public_key, verifies) == at(9)
    found = open_checkpoint(note, ORIGIN, other_signer.public_key, verifies, name="inspektorat.example/saksi")
    assert found == at(9)
    with pytest.raises(ValueError, match="space"):
        cosign(note, "two words", other_signer)


def test_a_witness_refuses_a_shorter_log_and_another_history() -> None:
    """L-04: truncated to an older checkpoint; two histories."""
    fork = [leaf_hash(b"forged"), *LEAVES[1:]]
    assert accepts(None, at(12))
    assert accepts(at(12), at(20), consistency_proof(LEAVES, 12))
    assert accepts(at(12), at(12))
    assert not accepts(at(20), at(12), consistency_proof(LEAVES, 12))
    assert not accepts(at(12), at(20, fork), consistency_proof(fork, 12))
    assert not accepts(at(12), at(12, fork))
    assert not accepts(at(12), at(20))
    assert not accepts(at(12), Checkpoint("other", 20, root_of(LEAVES)), consistency_proof(LEAVES, 12))
