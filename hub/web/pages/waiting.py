"""What waits for somebody: at the office follow-up threads and case reviews of the whole city on one page, counted in a
line on the first page; at a facility the remarks to answer and the reviews to match, on its first page."""

from collections.abc import Container
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from hub.access.case_steps import facility_cases, waiting_cases
from hub.access.follow_up import WAITING, threads, undecided
from hub.access.indicators import known
from hub.parts import Hub
from hub.web.call import Call
from hub.web.known import names
from hub.web.language import translator
from hub.web.render import fragment, page

STATES = (*WAITING[1:], "decided")
"""What the list can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter, which lives in the address."""

    state: str
    facility: str
    indicator: str


def office(hub: Hub, call: Call) -> Response:
    """GET /dinas/tindak-lanjut?keadaan=&faskes=&indikator=: what is not decided, the first due first; the reviews that
    wait for a second person."""
    t, asked = translator(call.lang), call.query.get("keadaan", "")
    state = asked if asked in STATES else WAITING[0]
    chosen = Chosen(
        state, _known(call, "faskes", hub.facilities), _known(call, "indikator", titles := _titles(hub, call))
    )
    return page(
        hub.config,
        call,
        "waiting.html",
        chosen=chosen,
        threads=threads(hub, call.caller, facility=chosen.facility, indicator=chosen.indicator, state=state),
        cases=waiting_cases(hub, call.caller),
        states=[(each, t(f"waiting.state_{each}")) for each in STATES],
        names=names(hub),
        titles=titles,
    )


def office_line(hub: Hub, call: Call) -> Markup:
    """How much waits for the office, for its first page."""
    cases = waiting_cases(hub, call.caller)
    mine = sum(each.may_approve for each in cases)
    return fragment(call, "waiting_line.html", found=undecided(hub, call.caller), cases=len(cases), mine=mine)


def own(hub: Hub, call: Call) -> Markup:
    """What waits for a facility, for its first page; nothing where nothing waits."""
    remarks = threads(hub, call.caller, state="open")
    cases = facility_cases(hub, call.caller) if call.caller.role == "clinician" else ()
    return fragment(
        call,
        "waiting_own.html",
        remarks=remarks,
        cases=[each for each in cases if each.may_reply and each.steps[-1].what != "replied"],
        titles=_titles(hub, call),
    )


def _titles(hub: Hub, call: Call) -> dict[str, str]:
    return {each.id: each.title[call.lang] for each in known(hub).values()}


def _known(call: Call, name: str, values: Container[str]) -> str:
    asked = call.query.get(name, "")
    return asked if asked in values else ""
