"""Presence: the patient shows a code, the facility types it, and a care relationship begins."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from starlette.responses import Response

from hub.admission import new_presence_code, presence
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.web.call import Call
from hub.web.language import translator
from hub.web.qr import qr_svg
from hub.web.render import page


class Limiter(Protocol):
    """Counts tries per facility; shared with the API, so that nobody tries twice as often through both doors."""

    def wait_s(self, *key: str, cost: float = 1.0) -> int:
        """Seconds to wait; 0 = go on."""

    def give_back(self, *key: str) -> None:
        """The code was right: it does not count."""


def recorder(limiter: Limiter | None) -> Callable[[Hub, Call], Response]:
    """POST /faskes/hadir: says which patient, and until when the relationship holds."""

    def record_presence(hub: Hub, call: Call) -> Response:
        facility = call.caller.facility or ""
        if limiter and (seconds := limiter.wait_s(facility)):
            raise HubError(Category.BUSY, Issue("HUB-5103", args={"seconds": str(seconds)}))
        found = presence(hub, call.caller, call.value("kode"))
        if limiter:
            limiter.give_back(facility)
        until_ms = round(datetime.fromisoformat(found["until"]).timestamp() * 1000)
        return page(hub.config, call, "presence.html", found=found, until_ms=until_ms)

    return record_presence


def ask_code(hub: Hub, call: Call) -> Response:
    """GET /saya/kode: explains; nothing is made yet."""
    return page(hub.config, call, "code.html", code="")


def new_code(hub: Hub, call: Call) -> Response:
    """POST /saya/kode: a code, large and as QR, on a slip that can be printed."""
    code, expires_ms = new_presence_code(hub, call.caller)
    qr = qr_svg(code, translator(call.lang)("code.qr"))
    return page(hub.config, call, "code.html", code=code, spaced=f"{code[:4]} {code[4:]}", expires_ms=expires_ms, qr=qr)
