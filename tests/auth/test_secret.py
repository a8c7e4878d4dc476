"""Secrets, tokens and codes."""

from hypothesis import given
from hypothesis import strategies as st

from hub.auth import code_hash, hash_secret, is_secret, is_token, new_code, new_token, normal_code, token_hash
from hub.auth.codes import ALPHABET


def test_a_secret_is_known_by_its_hash_only():
    stored = hash_secret("rahasia")
    assert b"rahasia" not in stored
    assert stored != hash_secret("rahasia")
    assert is_secret("rahasia", stored)
    assert not is_secret("rahasia ", stored)
    for broken in (None, b"", stored[:-1], b"s2" + stored[2:]):
        assert not is_secret("rahasia", broken)
    assert not is_secret("\ud800", stored)


def test_tokens():
    token = new_token()
    assert is_token(token)
    assert len(token_hash(token)) == 32
    assert token != new_token()
    assert not any(is_token(text) for text in ("", token + "x", token[:-1] + "%", token + "\n"))


@given(st.text(ALPHABET, min_size=8, max_size=8) | st.builds(new_code))
def test_a_code_survives_being_read_aloud(code):
    assert set(code) <= set(ALPHABET)
    assert normal_code(f" {code[:4].lower()}-{code[4:]} ") == code
    assert code_hash(code, b"k" * 32) != code_hash(code, b"l" * 32)


def test_what_is_no_code():
    for text in ("", "ABCDEFG", "ABCDEFGH2", "ABCDEFG0", "ABCDEFGO", "A" * 100, "ABCDEFGI"):
        assert normal_code(text) is None
