"""The checkpoint signer."""

from pathlib import Path

import pytest

from hub.crypto import KeysUnavailable, LocalKeyFile, Signer, Tampered, verify_signature


def test_signs_with_one_key_for_ever(tmp_path: Path) -> None:
    provider = LocalKeyFile(tmp_path / "hub.key")
    signer = Signer(tmp_path / "audit.key", provider, "banjarmasin")
    again = Signer(tmp_path / "audit.key", LocalKeyFile(tmp_path / "hub.key"), "banjarmasin")
    signature = signer.sign(b"root")
    assert len(signature) == 64
    assert again.public_key == signer.public_key
    assert again.verify(b"root", signature)
    assert verify_signature(signer.public_key, b"root", signature)
    assert not again.verify(b"toor", signature)
    assert not again.verify(b"root", signature[:-1])
    assert not verify_signature(b"short", b"root", signature)


def test_the_key_is_wrapped_private_and_bound_to_the_tenant(tmp_path: Path) -> None:
    provider, path = LocalKeyFile(tmp_path / "hub.key"), tmp_path / "audit.key"
    Signer(path, provider, "banjarmasin")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Tampered):
        Signer(path, provider, "banjarbaru")
    with pytest.raises(Tampered):
        Signer(path, LocalKeyFile(tmp_path / "other.key"), "banjarmasin")
    path.chmod(0o644)
    with pytest.raises(KeysUnavailable):
        Signer(path, provider, "banjarmasin")


def test_rfc_8032_vector() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verify_signature(public, b"", signature)
    assert not verify_signature(public, b"x", signature)
