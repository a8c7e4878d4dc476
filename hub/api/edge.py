"""The outermost layer: request id, security headers, address length, and the last net under every error.

Logged per request: method, route pattern, status, time. Never an address, a header, a body or an exception's message:
each may hold personal data.
"""

import logging
import secrets
import time
import traceback

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.errors import language, refusal
from hub.api.lanes import lane
from hub.api.leaving import Ear, has_left
from hub.crypto import KeysUnavailable
from hub.errors import Category, HubError
from hub.model import Issue
from hub.store import Unavailable

URL_LIMIT = 4096
_log = logging.getLogger("hub.api")
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Set unless the handler said otherwise (pages bring their own Content-Security-Policy)."""


class Edge:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, is_https: bool) -> None:
        self.app = app
        headers = dict(_SECURITY)
        if is_https:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        lane.set(scope["client"][0] if scope.get("client") else "")
        ear = Ear(receive)
        has_left.set(ear.has_left)
        started, status = time.perf_counter(), 0

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in self.headers if header[0] not in given),
                    (b"x-request-id", state["request_id"].encode()),
                ]
            await send(message)

        try:
            if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > URL_LIMIT:
                raise HubError(Category.INCORRECT, Issue("HUB-5806", args={"limit": str(URL_LIMIT)}))
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:  # no text of a database can hold it
                raise HubError(Category.INCORRECT, Issue("HUB-5835"))
            await self.app(scope, ear, send_dressed)
        except ClientDisconnect:  # nobody is left to answer
            _log.info("%s sender gone", state["request_id"])
        except Exception as error:
            if status:  # the answer has begun: it can only be cut off, and the server's log says so
                raise
            response = last_answer(error, scope)
            await response(scope, receive, send_dressed)
        finally:
            elapsed = 1000 * (time.perf_counter() - started)
            route = state.get("route", "-")
            _log.info("%s %s %s %s %.1f ms", state["request_id"], scope["method"][:12], route, status, elapsed)


def last_answer(error: Exception, scope: Scope) -> Response:
    """The answer to a refusal, or to a fault: then the log gets the places it passed, never its message."""
    request_id = scope["state"]["request_id"]
    if isinstance(error, Unavailable | KeysUnavailable):
        _log.error("%s unavailable %s", request_id, type(error).__name__)
        error = HubError(Category.UNAVAILABLE, Issue("HUB-5810", args={"seconds": "5"}))
    if not isinstance(error, HubError):
        frames = traceback.extract_tb(error.__traceback__)
        places = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:])
        _log.error("%s fault %s at %s", request_id, type(error).__name__, places)
        error = HubError(Category.FAULT, Issue("HUB-5809", severity="fatal", args={"request": request_id}))
    return refusal(error, scope["path"], language(Headers(scope=scope)))
