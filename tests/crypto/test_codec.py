"""Compression: exact, padded, safe for threads, pinned dictionaries."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from hub.crypto import Codec, Undecodable
from hub.crypto.codec import LARGEST, padded, unpadded
from hub.crypto.invented import invented_records

DICTIONARIES = Path(__file__).parents[2] / "hub" / "crypto" / "dictionaries"
RECORDS = list(invented_records(77, 40))


@given(st.binary(max_size=3000), st.sampled_from([0, 1]))
def test_gives_back_what_it_took_in_steps_of_64(plain: bytes, number: int) -> None:
    codec, data = Codec(number).compress(plain)
    assert codec == number
    assert len(data) % 64 == 0
    assert Codec().decompress(codec, data) == plain


@given(st.binary(max_size=300))
def test_padding_is_exact(data: bytes) -> None:
    assert unpadded(padded(data)) == data
    assert 0 < len(padded(data)) - len(data) <= 64


@pytest.mark.parametrize("data", [b"", bytes(64), b"\x80" + bytes(64), b"a" * 64, b"a\x80", b"\x80" + bytes(127)])
def test_what_is_not_padded_is_refused(data: bytes) -> None:
    with pytest.raises(Undecodable):
        unpadded(data)


def test_the_dictionary_pays() -> None:
    plain, small = sum(map(len, RECORDS)), sum(len(Codec(1).compress(record)[1]) for record in RECORDS)
    assert small * 4 < plain
    assert small * 2 < sum(len(Codec(0).compress(record)[1]) for record in RECORDS)


def test_dictionaries_are_the_ones_the_readme_names() -> None:
    """A changed dictionary would make every row that used it unreadable."""
    table = dict(
        re.findall(r"^\| (\d+) \| \d+ \|.*\| ([0-9a-f]{64}) \|$", (DICTIONARIES / "README.md").read_text(), re.M)
    )
    found = {f.stem: hashlib.sha256(f.read_bytes()).hexdigest() for f in DICTIONARIES.glob("*.zdict")}
    assert found == table
    assert all(f.stat().st_size <= 112 << 10 for f in DICTIONARIES.glob("*.zdict"))


def test_unknown_codec_wrong_dictionary_and_damage_are_refused() -> None:
    _, data = Codec(1).compress(RECORDS[0])
    with pytest.raises(Undecodable):
        Codec(99)
    for codec, changed in ((99, data), (0, data), (1, data[:10] + data[74:]), (1, padded(b"no frame"))):
        with pytest.raises(Undecodable):
            Codec().decompress(codec, changed)


def test_a_bomb_is_refused_before_it_grows() -> None:
    with pytest.raises(ValueError, match="larger"):
        Codec().compress(bytes(LARGEST + 1))
    bomb = zstandard.ZstdCompressor(write_content_size=True).compress(bytes(LARGEST + 1))
    with pytest.raises(Undecodable, match="too large"):
        Codec().decompress(0, padded(bomb))
    stream = zstandard.ZstdCompressor(write_content_size=False).compress(b"unknown size")
    with pytest.raises(Undecodable, match="unknown size"):
        Codec().decompress(0, padded(stream))


def test_one_codec_in_many_threads() -> None:
    codec = Codec()

    def work(offset: int) -> bool:
        mine = RECORDS[offset:] + RECORDS[:offset]
        return all(codec.decompress(*codec.compress(record)) == record for record in mine * 3)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(24)))
