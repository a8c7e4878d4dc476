"""What a facility observes and asks about itself, entered by month; and an indicator's month as FHIR."""

from urllib.parse import urlencode

from starlette.responses import Response

from hub.access.indicators import known
from hub.access.measures import report as fhir_report
from hub.access.self_reports import Pair, asked, months, not_right, own, released, report, reported
from hub.errors import Category, HubError
from hub.fhir import json
from hub.model import Issue
from hub.parts import Hub
from hub.web.call import Call, whole
from hub.web.faults import again
from hub.web.render import download, go, page

_DONE = ("tersimpan", "diganti", "ditarik")
"""What the address says that a form has done: the counts of `Kept`."""


def form(hub: Hub, call: Call) -> Response:
    """GET /faskes/pengamatan: the month asked for, the newest ended one by default."""
    known = months(hub)
    month = call.value("bulan") or call.query.get("bulan") or known[0]
    if month not in known:
        raise HubError(Category.INCORRECT, Issue("HUB-4255", args={"period": month[:7]}))
    wanted = asked(hub, call.caller)
    before = own(hub, call.caller, month)
    new, replaced, taken_back = (whole(call.query.get(name, ""), 3) for name in _DONE)
    return page(
        hub.config,
        call,
        "audit_forms.html",
        lines=[(each, before.get(each.id)) for each in wanted],
        months=known,
        month=month,
        released=released(hub),
        is_sent=_DONE[0] in call.query,
        new=new,
        replaced=replaced,
        taken_back=taken_back,
        shown=" ".join(f"{id_}:{one.numerator}/{one.denominator}" for id_, one in before.items()),
    )


def save(hub: Hub, call: Call) -> Response:
    """POST /faskes/pengamatan: every indicator of which both numbers are filled in and not as the form showed them;
    those that it showed and that are empty now are taken back. What can't be taken comes back as it was filled in."""
    month, shown = call.value("bulan"), _shown(call.value("tampak"))
    numbers: dict[str, Pair] = {}
    taken_back, faults = [], []
    for each in asked(hub, call.caller):
        some, every = call.value(f"a-{each.id}").strip(), call.value(f"b-{each.id}").strip()
        if not some and not every:
            taken_back += [each.id] if each.id in shown else []
        elif not (_is_number(some) and _is_number(every) and int(some) <= int(every) <= each.most_reported):
            faults.append(not_right(each))
        elif shown.get(each.id) != (int(some), int(every)):
            numbers[each.id] = (int(some), int(every))
    try:
        if faults:
            raise HubError(Category.INCORRECT, *faults)
        kept = report(hub, call.caller, month, numbers, shown, taken_back)
    except HubError as error:
        if error.category is Category.CONFLICT:  # the form shows what stands there now
            error = HubError(Category.INCORRECT, *error.issues)
        return again(hub, call, error, form, {each.id: each.id for each in asked(hub, call.caller)})
    told = urlencode({"bulan": month} | dict(zip(_DONE, kept, strict=True)))
    return go(f"/faskes/pengamatan?{told}")


def _shown(text: str) -> dict[str, Pair]:
    """What the form showed when it was opened, as it says itself: an untrue one only refuses or repeats a number."""
    found: dict[str, Pair] = {}
    for part in text.split():
        id_, _, pair = part.partition(":")
        some, _, whole = pair.partition("/")
        if _is_number(some) and _is_number(whole):
            found[id_] = (int(some), int(whole))
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9


def fhir(hub: Hub, call: Call) -> Response:
    """GET /dinas/indikator/{kode}/fhir: Measure and MeasureReport of a released month."""
    id_ = call.args["kode"]
    found = fhir_report(hub, call.caller, id_, call.query.get("bulan", ""))
    return download(json.write(found), "application/fhir+json", f"{id_}.json")


def office(hub: Hub, call: Call) -> Response:
    """GET /dinas/indikator/dilaporkan: who reported of themselves, month by month; the numbers are where all are."""
    known_months = months(hub)
    month = call.query.get("bulan") or known_months[0]
    if month not in known_months:
        raise HubError(Category.INCORRECT, Issue("HUB-4255", args={"period": month[:7]}))
    found = reported(hub, call.caller, month)
    groups = [(each, _lines(hub, found[each.id])) for each in known(hub).values() if each.id in found]
    return page(hub.config, call, "audit_reported.html", groups=groups, months=known_months, month=month)


def _lines(hub: Hub, by_facility: dict[str, int]) -> list[tuple[str, int]]:
    """Facilities by name, and when they reported."""
    return sorted((hub.facilities[id_].name, at) for id_, at in by_facility.items() if id_ in hub.facilities)
