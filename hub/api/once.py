"""Idempotency-Key: a request with side effects that may be sent again without having them again.

https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07. A key belongs to the client that
sent it. A refused request leaves nothing behind, so its key may be used again.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request

from hub import pipeline
from hub.api.site import Site
from hub.errors import Category, HubError
from hub.model import Issue, Principal

MOST = 255
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_PARTS = ("content-type", "if-none-exist", "if-match", "prefer")
_NAMES = ("x-filename", "content-disposition")
SAID = "A UUID, new for each request; the same request sent again with it gets the same answer for 48 hours."
PARAMETER = {"name": "Idempotency-Key", "in": "header", "description": SAID, "schema": {"type": "string"}}
"""How openapi.json describes it."""
T = TypeVar("T")


async def once(
    site: Site, request: Request, who: Principal, body: bytes, work: Callable[[pipeline.Once | None], T]
) -> T:
    """Run `work` in a worker thread, with the key of a POST if it has one. CONFLICT (with Retry-After) while another
    request with the same key is being worked on here; one that runs elsewhere ends with the same answer."""
    key = key_of(request) if request.method == "POST" else None
    if key is None:
        return await site.run(lambda: work(None))
    keyed = await site.run(lambda: pipeline.once_of(site.hub, who, key, _said(request, body)))
    if keyed.token in site.flights:
        raise pipeline.in_flight()
    site.flights.add(keyed.token)
    try:
        return await site.run(lambda: work(keyed))
    finally:
        site.flights.discard(keyed.token)


async def told(
    site: Site, request: Request, who: Principal, body: bytes, work: Callable[[pipeline.Note], pipeline.Done]
) -> pipeline.Done:
    """The same for work whose answer is one (hub.pipeline.once.told_once)."""
    return await once(site, request, who, body, lambda key: pipeline.told_once(site.hub, key, work))


def key_of(request: Request) -> str | None:
    """The key, None without the header; quotes (it is a structured field) may be left out. INCORRECT otherwise."""
    values = request.headers.getlist("idempotency-key")
    if not values:
        return None
    key = values[0].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(values) > 1 or not _KEY.fullmatch(key) or '"' in key:
        raise HubError(Category.INCORRECT, Issue("HUB-5825", args={"most": str(MOST)}))
    return key


def _said(request: Request, body: bytes) -> bytes:
    """Everything of the request that its answer depends on."""
    parts = [request.method, request.url.path, request.scope["query_string"].decode("latin-1")]
    parts += [request.headers.get(name, "") for name in _PARTS]
    parts += [f"{name}: {request.headers[name]}" for name in _NAMES if name in request.headers]
    return "\n".join(parts).encode() + b"\n" + body
