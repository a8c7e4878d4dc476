"""The plain form of a FHIR read: a GET by id with a token and nothing special, which is nearly every request. It goes
past FastAPI and the router; everything else takes the general way (`hub.api.fhir.reading`), with the same answer."""

import re
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from hub.api.errors import FHIR_JSON
from hub.api.fhir.address import version_headers
from hub.api.media import require_json_answer
from hub.api.site import Ask, Site, request_id
from hub.errors import HubError
from hub.fhir import RESOURCE_TYPES

_PATH = re.compile(r"/fhir/([A-Za-z]+)/([A-Za-z0-9.-]{1,64})")
_TYPES = frozenset(RESOURCE_TYPES)
_SPECIAL = frozenset({b"if-none-match", b"if-modified-since", b"prefer", b"range"})


class PlainReads:
    """An ASGI application for the requests it claims."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def claims(self, scope: Scope) -> bool:
        """Whether this is a plain read; what it asks for then stands in the scope."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            return False
        place = _PATH.fullmatch(scope["path"])
        if place is None or place[1] not in _TYPES:
            return False
        tokens = []
        for name, value in scope["headers"]:
            if name == b"authorization":
                tokens.append(value)
            elif name in _SPECIAL or (name == b"accept" and not _takes_json(value)):
                return False
        scheme, _, token = tokens[0].decode("latin-1").partition(" ") if len(tokens) == 1 else ("", "", "")
        if scheme.lower() != "bearer" or not token.strip():
            return False
        scope["hub.ask"] = Ask(token.strip(), place[1], place[2])
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's own form
        scope["state"]["route"] = "/fhir/{type}/{id}"
        found = await self.site.read(scope["hub.ask"], request_id(scope))
        named = version_headers(found.version, found.updated_ms)
        headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
        headers += [(b"content-length", b"%d" % len(found.body)), (b"content-type", FHIR_JSON.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found.body})


@lru_cache(maxsize=256)
def _takes_json(accept: bytes) -> bool:
    try:
        require_json_answer(Headers(raw=[(b"accept", accept)]))
    except HubError:
        return False
    return True
