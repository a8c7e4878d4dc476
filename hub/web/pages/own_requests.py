"""The patient's requests: each with its clock and every step, who did what and when; a new one, and taking one back."""

from starlette.responses import Response

from hub.admission import counter
from hub.parts import Hub
from hub.web.call import Call
from hub.web.durations import left_in_words
from hub.web.known import facilities, names
from hub.web.render import go, page

HERE = "/saya/permintaan"
DONE = ("dibuat", "ditarik")


def show(hub: Hub, call: Call) -> Response:
    """GET /saya/permintaan"""
    mine = counter.own_requests(hub, call.caller)
    return page(
        hub.config,
        call,
        "own_requests.html",
        requests=[(one, left_in_words(one.left_ms, call.lang)) for one in mine],
        facilities=facilities(hub),
        names=names(hub),
        kinds=counter.KINDS,
        message=call.query["pesan"] if call.query.get("pesan") in DONE else "",
    )


def ask(hub: Hub, call: Call) -> Response:
    """POST /saya/permintaan: a new request to a facility."""
    counter.ask(hub, call.caller, call.value("faskes"), call.value("jenis"), call.value("isi"))
    return go(f"{HERE}?pesan=dibuat")


def withdraw(hub: Hub, call: Call) -> Response:
    """POST /saya/permintaan/{id}/cabut"""
    counter.withdraw(hub, call.caller, call.args["id"])
    return go(f"{HERE}?pesan=ditarik")
