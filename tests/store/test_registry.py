"""Facilities and client systems come back as they went in."""

from dataclasses import replace

import pytest

from hub.model import Client, Facility
from hub.store import Conflict, Store

TERATAI = Facility(
    7, "klinik-teratai", "Klinik Teratai", labels=frozenset({"HIV"}), settings={"columns": "No. RM=no_rm"}
)


def test_facilities(store: Store) -> None:
    with store.writing() as tx:
        tx.set_facility(TERATAI)
        tx.set_facility(replace(TERATAI, number=2, id="klinik-lain", labels=frozenset()))
        tx.set_facility(replace(TERATAI, name="Klinik Pratama Teratai"))
    with store.reading() as tx:
        assert tx.facility("klinik-teratai") == replace(TERATAI, name="Klinik Pratama Teratai")
        assert tx.facility("none") is None
        assert [facility.number for facility in tx.facilities()] == [2, 7]
    with pytest.raises(Conflict), store.writing() as tx:
        tx.set_facility(replace(TERATAI, number=9))


def test_clients(store: Store) -> None:
    full = Client("a", "klinik-teratai", ("system/*.rs",), ("TREAT", "ETREAT"), {"keys": [{"kty": "EC"}]})
    plain = Client("b", "klinik-teratai", (), secret_hash=b"\0\1", is_active=False)
    with store.writing() as tx:
        for client in (plain, replace(full, is_active=False), full):
            tx.set_client(client)
    with store.reading() as tx:
        assert tx.clients() == [full, plain]
        assert tx.client("b") == plain
        assert tx.client("c") is None
