"""RFC 6962: published vectors, and laws against a tree written out recursively as the RFC defines it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.audit import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_content,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The test leaves and roots of the Certificate Transparency reference implementation.
LEAVES = [
    bytes.fromhex(data)
    for data in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
SIZES = st.integers(1, 70)


def tree(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()


def some(size: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert root_of(HASHES[:size]).hex() == ROOTS[size]
    assert tree(LEAVES[:size]).hex() == ROOTS[size]


def test_published_inclusion_proofs() -> None:
    proof = inclusion_proof(HASHES, 0)
    assert [step.hex() for step in proof] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [step.hex() for step in inclusion_proof(HASHES[:3], 2)] == [ROOTS[2]]


@given(SIZES, st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    leaves, index = some(size), data.draw(st.integers(0, size - 1))
    root, proof = root_of(leaves), inclusion_proof(leaves, index)
    assert verify_inclusion(leaves[index], index, size, proof, root)
    other = data.draw(st.integers(0, size))
    assert not verify_inclusion(leaf_hash(b"altered"), index, size, proof, root)
    if other != index:
        assert not verify_inclusion(leaves[index], other, size, proof, root)
    assert not verify_inclusion(leaves[index], index, size, [*proof, leaves[0]], root)
    assert not proof or not verify_inclusion(leaves[index], index, size, proof[:-1], root)
    assert not verify_inclusion(leaves[index], index, size, proof, leaf_hash(b""))


@given(SIZES, st.data())
def test_consistency(size: int, data: st.DataObject) -> None:
    leaves, old = some(size), data.draw(st.integers(1, size))
    proof, root, old_root = consistency_proof(leaves, old), root_of(leaves), root_of(leaves[:old])
    assert verify_consistency(old, size, old_root, root, proof)
    if old < size:
        assert not verify_consistency(old, size, leaf_hash(b"fork"), root, proof)
        assert not verify_consistency(old, size, old_root, leaf_hash(b"fork"), proof)
        assert not verify_consistency(old, size, old_root, root, [])
        rewritten = [leaf_hash(b"rewritten"), *leaves[1:]]
        forged = consistency_proof(rewritten, old)
        assert not verify_consistency(old, size, old_root, root_of(rewritten), forged)
    assert not verify_consistency(size + 1, size, old_root, root, proof)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_frontier_resumes_from_its_state(first: int, more: int) -> None:
    leaves = some(first + more)
    frontier = Frontier()
    for leaf in leaves[:first]:
        frontier.append(leaf)
    resumed = Frontier.from_state(frontier.state())
    for leaf in leaves[first:]:
        resumed.append(leaf)
    assert resumed.size == first + more
    assert resumed.root() == tree([str(n).encode() for n in range(first + more)])
    assert len(resumed.state()) == 8 + 32 * (first + more).bit_count()


@pytest.mark.parametrize("state", [b"", bytes(7), bytes(9), bytes(40), b"\0" * 7 + b"\x03" + bytes(32)])
def test_a_damaged_state_is_refused(state: bytes) -> None:
    with pytest.raises(ValueError):
        Frontier.from_state(state)


def test_outside_the_tree() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(HASHES, 8)
    for old in (0, 9):
        with pytest.raises(ValueError):
            consistency_proof(HASHES, old)
    assert not verify_inclusion(HASHES[0], 0, 0, [], ROOTS[0].encode())


def test_a_leaf_covers_time_name_and_body() -> None:
    base = leaf_content(1, 2, 3, b"sealed")
    others = [leaf_content(2, 2, 3, b"sealed"), leaf_content(1, 3, 3, b"sealed"), leaf_content(1, 2, 4, b"sealed")]
    assert len({base, *others, leaf_content(1, 2, 3, b"seale")}) == 5
