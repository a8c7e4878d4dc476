"""A hub's whole HTTP interface with clients that really sign in."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from hub.admission import register_client
from hub.admission.granting import ASSERTION_TYPE, token_url
from hub.api import create_app
from hub.auth import new_keypair, sign_assertion
from hub.parts import Hub
from tests.api.conftest import Caller, calling


@contextmanager
def online(hub: Hub) -> Iterator[Caller]:
    """The application of a hub, to be called without a network."""
    with calling(create_app(hub)) as caller:
        yield caller


def signed_in(
    hub: Hub, caller: Caller, facility: str, scopes: tuple[str, ...] | None = None, name: str = "rme"
) -> dict[str, str]:
    """Headers with a fresh token for a facility's client system `name`; they end when it signs in so again."""
    private, public = new_keypair("EC")
    client_id = f"{facility}-{name}"
    register_client(hub, client_id, facility, jwks={"keys": [public]}, scopes=scopes)
    now = int(time.time())
    claims: dict[str, Any] = {"iss": client_id, "sub": client_id, "aud": token_url(hub)}
    claims |= {"iat": now, "exp": now + 240, "jti": secrets.token_hex(8)}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": sign_assertion(claims, private),
    }
    answer = caller.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def bare(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """Everything of an answer that may not tell two hidden things apart."""
    varying = ("date", "x-request-id")
    return answer.status_code, {k: v for k, v in answer.headers.items() if k not in varying}, answer.content
