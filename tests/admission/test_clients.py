"""Onboarding of client systems."""

import pytest

from hub.admission import register_client
from tests.admission.conftest import SECRET
from tests.auth.attacks import PRIVATE, PUBLIC


def test_private_members_never_reach_the_store(hub):
    register_client(hub, "c", "klinik-a", jwks={"keys": [PRIVATE]})
    with hub.store.reading() as tx:
        assert tx.client("c").jwks == {"keys": [PUBLIC]}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"jwks": {"keys": [PUBLIC]}, "secret": SECRET},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": [PUBLIC]}, "scopes": ("user/*.rs",)},
        {"jwks": {"keys": [PUBLIC]}, "scopes": ("system/*.rs?x=y",)},
        {"jwks": {"keys": [PUBLIC]}, "scopes": ()},
        {"jwks": {"keys": [PUBLIC]}, "purposes": ()},
        {"secret": "short"},
        {"secret": SECRET, "scopes": ("system/*.rs",)},
    ],
)
def test_refused(hub, fields):
    with pytest.raises(ValueError):
        register_client(hub, "c", "klinik-a", **fields)
    with hub.store.reading() as tx:
        assert tx.client("c") is None


def test_no_such_facility(hub):
    with pytest.raises(ValueError):
        register_client(hub, "c", "nowhere", jwks={"keys": [PUBLIC]})
