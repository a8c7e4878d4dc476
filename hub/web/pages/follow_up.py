"""The follow-up thread: the office's remark with a due day, the facility's reply, the decision.

A block on the indicator's page and on the facility's page at the office; the reply is on the facility's own page.
"""

from datetime import timedelta

from markupsafe import Markup
from starlette.responses import Response

from hub.access.follow_up import OUTCOMES, decide, remark, reply, threads
from hub.access.indicators import known, months
from hub.access.papers import city_day, counted_facilities
from hub.model import Facility
from hub.parts import Hub
from hub.web.call import Call
from hub.web.render import fragment, go

DAYS = 14
"""How many days ahead a due day is proposed."""


def thread_of(hub: Hub, call: Call, *, facility: str = "", indicator: str = "", month: str = "") -> Markup:
    """The threads about a facility or an indicator, with the forms the caller may use."""
    is_office = call.caller.role == "auditor"
    return fragment(
        call,
        "follow_up.html",
        threads=threads(hub, call.caller, facility=facility, indicator=indicator),
        is_office=is_office,
        outcomes=OUTCOMES,
        facilities=sorted(counted_facilities(hub), key=lambda each: each.name) if is_office else (),
        indicators=[each for each in known(hub).values() if each.sql],
        titles={each.id: each.title[call.lang] for each in known(hub).values()},
        fixed_facility=facility,
        fixed_indicator=indicator,
        month=month,
        months=months(hub, call.caller) if is_office and not month else (),
        here=call.path + ("?bagian=mutu" if facility else ""),
        due=(city_day(hub) + timedelta(days=DAYS)).isoformat(),
    )


def block(hub: Hub, call: Call, facility: Facility) -> Markup:
    """What is followed up with a facility, for its page at the health office."""
    return thread_of(hub, call, facility=facility.id)


def write(hub: Hub, call: Call) -> Response:
    """POST /dinas/tindak-lanjut: a remark."""
    facility, indicator = call.value("faskes"), call.value("indikator")
    month, said, due = call.value("bulan"), call.value("isi"), call.value("tenggat")
    remark(hub, call.caller, facility, indicator, month, said, due, call.mark)
    return go(_back(call, f"/dinas/indikator/{indicator}"))


def settle(hub: Hub, call: Call) -> Response:
    """POST /dinas/tindak-lanjut/{id}: the decision."""
    decide(hub, call.caller, call.args["id"], call.value("keputusan"), call.value("isi"))
    return go(_back(call, "/dinas/indikator"))


def answer(hub: Hub, call: Call) -> Response:
    """POST /faskes/mutu/{id}: the facility's reply."""
    reply(hub, call.caller, call.args["id"], call.value("isi"))
    return go("/faskes/mutu#tindak-lanjut")


def _back(call: Call, other: str) -> str:
    """The page the form stood on, where it is one of ours."""
    asked = call.value("dari")
    return f"{asked}#tindak-lanjut" if _is_ours(asked) else other


def _is_ours(path: str) -> bool:
    return path.startswith(("/dinas/indikator/", "/dinas/faskes/")) and "//" not in path and path.isprintable()
