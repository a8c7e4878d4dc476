"""The Merkle tree of RFC 6962 section 2.1: a leaf per audit entry, one root that commits to all of them in order.

The sequencer keeps only a `Frontier` (at most one hash per bit of the size); proofs are made from stored leaf hashes.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

_place = struct.Struct(">QQI").pack
_size = struct.Struct(">Q")


def leaf_hash(content: bytes) -> bytes:
    """SHA-256(0x00 | content)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 | left | right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf_content(at_ms: int, entry: int, node: int, body: bytes) -> bytes:
    """What the leaf of a stored row covers: its time, its name (entry, node) and the sealed body.

    The body stays sealed, so the tree can be verified without keys and still holds after a patient's keys are shredded.
    """
    return _place(at_ms, entry, node) + body


class Frontier:
    """The tree of the first `size` leaves, reduced to the roots of its complete subtrees, largest first."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self._roots = list(roots)
        if len(self._roots) != size.bit_count() or any(len(root) != HASH_SIZE for root in self._roots):
            raise ValueError("not a frontier of this size")

    def append(self, leaf: bytes) -> None:
        """Adds a leaf hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._roots.pop(), leaf)
            size >>= 1
        self._roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root hash; EMPTY_ROOT when empty."""
        if not self._roots:
            return EMPTY_ROOT
        *rest, root = self._roots
        for left in reversed(rest):
            root = node_hash(left, root)
        return root

    def state(self) -> bytes:
        """Size and roots: at most 8 + 64 * 32 bytes."""
        return _size.pack(self.size) + b"".join(self._roots)

    @classmethod
    def from_state(cls, state: bytes) -> "Frontier":
        """ValueError when `state` is none."""
        if len(state) < 8 or (len(state) - 8) % HASH_SIZE:
            raise ValueError("not the state of a frontier")
        (size,) = _size.unpack(state[:8])
        return cls(size, [state[at : at + HASH_SIZE] for at in range(8, len(state), HASH_SIZE)])


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree over `leaves` (hashes), from the leaf up. IndexError when outside."""
    if not 0 <= index < len(leaves):
        raise IndexError("no such leaf")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `leaf` (a hash) is number `index` of the `size` leaves under `root` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    last, current = size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            current = node_hash(step, current)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            current = node_hash(current, step)
        index, last = index >> 1, last >> 1
    return last == 0 and current == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """That the tree over the first `old_size` leaves is a prefix of the tree over all. ValueError when it can't be."""
    if not 0 < old_size <= len(leaves):
        raise ValueError("the old size lies outside the tree")
    return _subproof(leaves, old_size, is_whole=True)


def verify_consistency(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `size` leaves only appended to the one of `old_size` (RFC 9162 section 2.1.4.2)."""
    if old_size == size:
        return not proof and old_root == root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not 0 < old_size < size or not proof:
        return False
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == root


def _subproof(leaves: Sequence[bytes], old_size: int, *, is_whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if is_whole else [root_of(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, is_whole=is_whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split, is_whole=False), root_of(leaves[:split])]


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1
