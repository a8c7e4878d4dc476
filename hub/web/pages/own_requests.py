"""The patient's requests: each with its clock and every step, who did what and when; a new one, and taking one back."""

from collections.abc import Iterable, Mapping

from starlette.responses import Response

from hub.admission import counter
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.web.call import Call
from hub.web.durations import left_in_words
from hub.web.findings import sentences
from hub.web.known import facilities, names
from hub.web.render import go, page

HERE = "/saya/permintaan"
DONE = ("dibuat", "ditarik")


def show(hub: Hub, call: Call) -> Response:
    """GET /saya/permintaan"""
    return _board(hub, call, {"faskes": "", "jenis": "correction", "isi": ""})


def _board(
    hub: Hub, call: Call, typed: Mapping[str, str], faults: Iterable[Issue] = (), *, status: int = 200
) -> Response:
    mine = counter.own_requests(hub, call.caller)
    return page(
        hub.config,
        call,
        "own_requests.html",
        status=status,
        requests=[(one, left_in_words(one.left_ms, call.lang)) for one in mine],
        facilities=facilities(hub),
        names=names(hub),
        kinds=counter.KINDS,
        message=call.told(DONE),
        typed=typed,
        faults=sentences(faults, call.lang),
    )


def ask(hub: Hub, call: Call) -> Response:
    """POST /saya/permintaan: a new request to a facility; what can't be taken is shown again with what to mend."""
    typed = {name: call.value(name) for name in ("faskes", "jenis", "isi")}
    try:
        counter.ask(hub, call.caller, typed["faskes"], typed["jenis"], typed["isi"], call.mark)
    except HubError as error:
        if error.category != Category.INCORRECT:
            raise
        return _board(hub, call, typed, error.issues, status=422)
    return go(f"{HERE}?pesan=dibuat")


def withdraw(hub: Hub, call: Call) -> Response:
    """POST /saya/permintaan/{id}/cabut"""
    counter.withdraw(hub, call.caller, call.args["id"])
    return go(f"{HERE}?pesan=ditarik")
