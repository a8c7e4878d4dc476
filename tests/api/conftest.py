"""The whole application over a real hub, asked over HTTP without a network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from hub.admission.granting import ASSERTION_TYPE
from hub.api import create_app
from tests.admission.conftest import clock, hub
from tests.auth.attacks import OTHER_PRIVATE, PRIVATE, claims, signed

__all__ = ["app", "client", "clock", "hub", "token"]


@pytest.fixture
def app(hub):
    return create_app(hub)


PLAIN = {"Accept-Encoding": "identity"}
"""Packed answers are of random length; tests compare answers byte by byte."""


class Caller:
    """An HTTP client of an application, from one address, in plain calls."""

    def __init__(self, http: httpx.AsyncClient, call: Callable[..., Any]) -> None:
        self._http, self._call = http, call

    def request(self, method: str, path: str, **fields: Any) -> httpx.Response:
        answer: httpx.Response = self._call(partial(self._http.request, method, path, **fields))
        return answer

    def get(self, path: str, **fields: Any) -> httpx.Response:
        return self.request("GET", path, **fields)

    def post(self, path: str, **fields: Any) -> httpx.Response:
        return self.request("POST", path, **fields)

    def put(self, path: str, **fields: Any) -> httpx.Response:
        return self.request("PUT", path, **fields)


@contextmanager
def calling(app: Any, address: str = "10.0.0.9") -> Iterator[Caller]:
    """A caller of `app` from an address."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
    with start_blocking_portal() as portal:
        yield Caller(httpx.AsyncClient(transport=transport, base_url="https://hub.test", headers=PLAIN), portal.call)


@pytest.fixture
def client(app) -> Iterator[Caller]:
    with calling(app) as found:
        yield found


@pytest.fixture
def token(client) -> Callable[..., dict[str, str]]:
    """Headers with a fresh token: `token()` for klinik-a, `token("klinik-b", scope=…)`."""
    count = iter(range(10_000))

    def fresh(who: str = "klinik-a", **fields: str) -> dict[str, str]:
        key = PRIVATE if who == "klinik-a" else OTHER_PRIVATE
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signed(claims(iss=who, sub=who, jti=f"jti-{next(count)}"), key),
        }
        answer = client.post("/oauth2/token", data=form | fields)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return fresh
