"""Entries as bytes."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.audit import decode_entry, encode_entry
from hub.model import AuditEntry

TEXT = st.text(max_size=20)
ENTRIES = st.builds(
    AuditEntry,
    at_ms=st.integers(0, 2**45),
    event=TEXT,
    action=st.sampled_from("CRUDE"),
    outcome=st.sampled_from(["permit", "deny", "error"]),
    subject=TEXT,
    role=TEXT,
    facility=TEXT,
    purpose=TEXT,
    reason=TEXT,
    compartments=st.lists(st.integers(1, 2**63 - 1), max_size=4).map(tuple),
    resource=TEXT,
    count=st.integers(0, 10**6),
    query=TEXT,
    request_id=TEXT,
    is_person=st.booleans(),
    details=st.dictionaries(TEXT, TEXT, max_size=3),
)


@given(ENTRIES)
def test_there_and_back(entry: AuditEntry) -> None:
    assert decode_entry(encode_entry(entry)) == entry


@given(st.dictionaries(TEXT, TEXT, max_size=4))
def test_the_same_entry_gives_the_same_bytes(details: dict[str, str]) -> None:
    def made(pairs: dict[str, str]) -> bytes:
        return encode_entry(AuditEntry(1, "read", "R", "permit", "s", "r", "f", "TREAT", details=pairs))

    assert made(details) == made(dict(reversed(details.items())))


def test_small(entry: Callable[..., AuditEntry]) -> None:
    assert len(encode_entry(entry())) < 160


def test_a_later_field_does_not_hinder_an_older_reader(entry: Callable[..., AuditEntry]) -> None:
    later = msgspec.msgpack.encode([*msgspec.msgpack.decode(encode_entry(entry())), "a field of 2031"])
    assert decode_entry(later) == entry()


@pytest.mark.parametrize("data", [b"", b"\x90", b"{}", msgspec.msgpack.encode([1, "x"])])
def test_what_is_no_entry_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode_entry(data)


def test_another_format_is_refused(entry: Callable[..., AuditEntry]) -> None:
    items = msgspec.msgpack.decode(encode_entry(entry()))
    with pytest.raises(ValueError, match="format 2"):
        decode_entry(msgspec.msgpack.encode([2, *items[1:]]))
