"""/faskes/nik: does the civil registry agree with a patient record of this facility? Yes or no, one at a time."""

import threading
from collections.abc import Callable

from starlette.responses import Response

from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.upkeep.civil import WAIT_S, asking, check_person, own_state
from hub.web.call import Call
from hub.web.pages.presence import Limiter
from hub.web.render import page

AT_ONCE = 4
"""How many pages of a process wait for the registry at a time: a slow one must not hold all threads that make pages."""


def ask(hub: Hub, call: Call) -> Response:
    """GET /faskes/nik?pasien=: the form, and what was answered before about this record."""
    patient = call.query.get("pasien", "")[:64]
    state = own_state(hub, call.caller, patient) if patient else None
    return page(hub.config, call, "civil.html", patient=patient, state=state, is_ready=hub.config.dukcapil_url != "")


def checker(limiter: Limiter) -> Callable[[Hub, Call], Response]:
    """POST /faskes/nik: asks, keeps the answer beside the record, shows it. `limiter` counts a facility's questions:
    whoever has a list of numbers must not find out whose they are."""

    places = threading.BoundedSemaphore(AT_ONCE)

    def check(hub: Hub, call: Call) -> Response:
        link = asking(hub)
        if not places.acquire(blocking=False):
            raise _busy(round(WAIT_S))
        try:
            if seconds := limiter.wait_s(call.caller.facility or ""):
                raise _busy(seconds)
            patient = call.value("pasien")[:64]
            state = check_person(hub, call.caller, link, patient)
        finally:
            places.release()
        return page(hub.config, call, "civil.html", patient=patient, state=state, is_ready=True)

    return check


def _busy(seconds: int) -> HubError:
    return HubError(Category.BUSY, Issue("HUB-4321", args={"seconds": str(seconds)}))
