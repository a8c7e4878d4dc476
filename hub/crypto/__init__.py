"""Keys, sealing, compression and blind values: the only place where ciphers are used (docs/sealed-format.md)."""

from hub.crypto.blinder import Blinder
from hub.crypto.box import Box
from hub.crypto.codec import Codec, Undecodable
from hub.crypto.envelope import (
    FIRST_SEED_VERSION,
    OVERHEAD,
    Tampered,
    record_aad,
    seal,
    seed_version_of,
    unseal,
)
from hub.crypto.ids import Ids, new_rid, random_key
from hub.crypto.keyring import Keyring, SeedStore
from hub.crypto.local_key_file import LocalKeyFile
from hub.crypto.provider import KeyProvider, KeysUnavailable
from hub.crypto.signer import Signer, verify_signature

__all__ = [
    "FIRST_SEED_VERSION",
    "OVERHEAD",
    "Blinder",
    "Box",
    "Codec",
    "Ids",
    "KeyProvider",
    "Keyring",
    "KeysUnavailable",
    "LocalKeyFile",
    "SeedStore",
    "Signer",
    "Tampered",
    "Undecodable",
    "new_rid",
    "random_key",
    "record_aad",
    "seal",
    "seed_version_of",
    "unseal",
    "verify_signature",
]
