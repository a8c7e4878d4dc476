"""docs/sealed-format.md, decoded by an independent reader: HKDF and HMAC by hand, nothing of hub.crypto.

The vectors were written once and stay: whatever the hub becomes, it must open them.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.crypto import Blinder, Box, Codec, Ids, Keyring, LocalKeyFile, record_aad, seal, unseal
from hub.model import Key

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text())
DICTIONARIES = Path(__file__).parents[2] / "hub" / "crypto" / "dictionaries"
TENANT: str = VECTORS["tenant"]
RECORDS = pytest.mark.parametrize("record", VECTORS["records"], ids=lambda r: f"type{r['type']}")


def lp(*parts: bytes) -> bytes:
    out = b""
    for part in parts:
        out += len(part).to_bytes(4, "big") + part
    return out


def be(number: int, size: int = 8) -> bytes:
    return number.to_bytes(size, "big")


def expand(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand, RFC 5869 section 2.3."""
    out, block, n = b"", b"", 0
    while len(out) < length:
        n += 1
        block = hmac.new(key, block + info + bytes([n]), hashlib.sha256).digest()
        out += block
    return out[:length]


def derive(root: bytes, purpose: str) -> bytes:
    extracted = hmac.new(bytes(32), root, hashlib.sha256).digest()
    return expand(extracted, lp(b"jukung/derived/v1", TENANT.encode(), purpose.encode()), 32)


def open_sealed(seed: bytes, blob: bytes, aad: bytes) -> bytes:
    assert blob[:2] == b"\x01\x01"
    material = expand(seed, b"fhirhub/rec/v1" + blob[4:36], 64)
    assert hmac.compare_digest(material[32:], blob[36:68])
    return AESGCM(material[:32]).decrypt(bytes(12), blob[68:], blob[:4] + aad)


def place(record: dict[str, Any]) -> bytes:
    head = lp(b"jukung/record/v1", TENANT.encode(), be(record["compartment"]), be(record["type"], 2), be(record["rid"]))
    return head + lp(be(record["version"], 4), be(record["codec"], 2), bytes([record["deleted"]]))


def decode(record: dict[str, Any], seed: bytes, blob: bytes) -> bytes:
    data = open_sealed(seed, blob, place(record))
    assert len(data) % 64 == 0
    frame = data[: data.rindex(b"\x80")]
    number = record["codec"]
    dictionary = zstandard.ZstdCompressionDict((DICTIONARIES / f"{number}.zdict").read_bytes()) if number else None
    return zstandard.ZstdDecompressor(dict_data=dictionary).decompress(frame)


def seed_of(compartment: int) -> bytes:
    return next(bytes.fromhex(s["seed"]) for s in VECTORS["seeds"] if s["compartment"] == compartment)


@RECORDS
def test_independent_decoder_reads_the_vectors(record: dict[str, Any]) -> None:
    plain = decode(record, seed_of(record["compartment"]), bytes.fromhex(record["blob"]))
    assert plain == record["plain"].encode()


@RECORDS
def test_independent_decoder_reads_what_the_hub_seals_now(record: dict[str, Any]) -> None:
    seed = seed_of(record["compartment"])
    codec, data = Codec(record["codec"]).compress(record["plain"].encode())
    assert codec == record["codec"]
    assert decode(record, seed, seal(seed, 1, data, place(record))) == record["plain"].encode()


@RECORDS
def test_the_hub_reads_the_vectors(record: dict[str, Any]) -> None:
    aad = record_aad(TENANT, *(record[name] for name in ("compartment", "type", "rid", "version", "codec", "deleted")))
    data = unseal(seed_of(record["compartment"]), bytes.fromhex(record["blob"]), aad)
    assert Codec().decompress(record["codec"], data) == record["plain"].encode()


@pytest.mark.parametrize("row", VECTORS["seeds"], ids=lambda row: str(row["compartment"]))
def test_wrapped_seeds(row: dict[str, Any]) -> None:
    key = base64.b64decode(VECTORS["key_file"].splitlines()[1])
    wrapped = bytes.fromhex(row["wrapped"])
    assert wrapped[:4] == hashlib.sha256(b"jukung/kek-id/v1" + key).digest()[:4]
    aad = lp(b"jukung/seed/v1", TENANT.encode(), be(row["compartment"]), be(row["version"], 2))
    assert AESGCM(key).decrypt(wrapped[4:16], wrapped[16:], wrapped[:4] + aad).hex() == row["seed"]


@pytest.fixture
def vector_keyring(tmp_path: Path, seeds: Any) -> Keyring:
    key_file = tmp_path / "vector.key"
    key_file.touch(mode=0o600)
    key_file.write_text(VECTORS["key_file"])
    seeds.insert([(row["compartment"], row["version"], bytes.fromhex(row["wrapped"])) for row in VECTORS["seeds"]])
    return Keyring(LocalKeyFile(key_file), seeds, TENANT)


def test_the_hub_unwraps_the_vectors(vector_keyring: Keyring) -> None:
    for row in VECTORS["seeds"]:
        if row["compartment"]:
            assert vector_keyring.seeds([row["compartment"]])[row["compartment"]].hex() == row["seed"]


@pytest.mark.parametrize("vector", VECTORS["derived"], ids=lambda v: v["purpose"])
def test_derived_keys(vector_keyring: Keyring, vector: dict[str, str]) -> None:
    assert vector_keyring.derived(vector["purpose"]).hex() == vector["key"]
    assert derive(seed_of(0), vector["purpose"]).hex() == vector["key"]


@pytest.mark.parametrize("vector", VECTORS["boxes"], ids=["short", "long"])
def test_boxes(vector_keyring: Keyring, vector: dict[str, str]) -> None:
    aad, blob = bytes.fromhex(vector["aad"]), bytes.fromhex(vector["blob"])
    assert Box(vector_keyring, vector["purpose"]).open(blob, aad).hex() == vector["plain"]
    context = lp(b"jukung/box/v1", TENANT.encode(), vector["purpose"].encode(), aad)
    content = open_sealed(derive(seed_of(0), f"box/{vector['purpose']}"), blob, context)
    data = content[1 : content.rindex(b"\x80")]
    assert (zstandard.ZstdDecompressor().decompress(data) if content[0] else data).hex() == vector["plain"]


def test_blind_values(vector_keyring: Keyring) -> None:
    blinder = Blinder(vector_keyring)
    blind = VECTORS["blind"]
    cases: list[tuple[str, Callable[..., bytes | int], int, Callable[..., bytes]]] = [
        ("source", blinder.source, 16, lambda facility, type_, value: be(facility) + short(type_) + value.encode()),
        ("mpi", blinder.mpi, 16, lambda kind, value: short(kind) + value.encode()),
        ("token", blinder.token, 8, lambda author, param, value: be(author) + short(param) + value.encode()),
        ("pseudonym", blinder.pseudonym, 8, be),
    ]
    for name, ours, size, message in cases:
        *arguments, expected = blind[name]
        assert shown(ours(*arguments)) == expected
        assert shown(keyed(name, size, message(*arguments))) == expected
    compartment, pseudonym = blind["pseudonym"]
    assert blinder.pseudonym(compartment) == pseudonym
    author, labels, tag = blind["tag"]
    assert blinder.tag(seed_of(compartment), author, labels) == tag
    assert shown(keyed("tag", 8, seed_of(compartment) + be(author) + labels.encode())) == tag
    plain, within, digest = blind["digest"]
    assert blinder.digest(bytes.fromhex(plain), within).hex() == digest
    assert shown(keyed("digest", 16, be(within) + bytes.fromhex(plain))) == digest


def short(text: str) -> bytes:
    return be(len(text.encode()), 2) + text.encode()


def keyed(name: str, size: int, message: bytes) -> bytes:
    return hashlib.blake2b(message, key=derive(seed_of(0), f"blind/{name}"), digest_size=size).digest()


def shown(value: bytes | int) -> str | int:
    if isinstance(value, int):
        return value
    return value.hex() if len(value) == 16 else int.from_bytes(value, "big", signed=True)


def test_public_ids(vector_keyring: Keyring) -> None:
    for vector in VECTORS["ids"]:
        key = Key(vector["compartment"], vector["rid"])
        assert Ids(vector_keyring).encode(key) == vector["id"]
        assert Ids(vector_keyring).decode(vector["id"]) == key
        aes = Cipher(algorithms.AES(derive(seed_of(0), "public-id")), modes.ECB()).decryptor()
        assert aes.update(bytes.fromhex(vector["id"])) == be(key.compartment) + be(key.rid)
