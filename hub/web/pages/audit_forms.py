"""What a facility observes and asks about itself, entered by month; and an indicator's month as FHIR."""

from starlette.responses import Response

from hub.access.indicators import known
from hub.access.measures import report as fhir_report
from hub.access.self_reports import Reported, asked, months, own, report, reported
from hub.errors import Category, HubError
from hub.fhir import json
from hub.model import Issue
from hub.parts import Hub
from hub.web.call import Call
from hub.web.render import download, go, page


def form(hub: Hub, call: Call) -> Response:
    """GET /faskes/pengamatan: the month asked for, the newest ended one by default."""
    known = months(hub)
    month = call.query.get("bulan") or known[0]
    if month not in known:
        raise HubError(Category.INCORRECT, Issue("HUB-4255", args={"period": month[:7]}))
    wanted = asked(hub, call.caller)
    before = own(hub, call.caller, month)
    lines = [(each, before.get(each.id), _share(before.get(each.id), each.per)) for each in wanted]
    saved = call.query.get("tersimpan", "")
    return page(
        hub.config, call, "audit_forms.html", lines=lines, months=known, month=month, is_saved=saved.isdecimal()
    )


def save(hub: Hub, call: Call) -> Response:
    """POST /faskes/pengamatan: every indicator of which both numbers are filled in."""
    month = call.value("bulan")
    numbers: dict[str, tuple[int, int]] = {}
    for each in asked(hub, call.caller):
        some, whole = call.value(f"a-{each.id}").strip(), call.value(f"b-{each.id}").strip()
        if not some and not whole:
            continue
        if not all(text.isascii() and text.isdecimal() and len(text) < 9 for text in (some, whole)):
            raise HubError(Category.INCORRECT, Issue("HUB-4254", args={"name": each.title[call.lang]}))
        numbers[each.id] = (int(some), int(whole))
    kept = report(hub, call.caller, month, numbers)
    return go(f"/faskes/pengamatan?bulan={month}&tersimpan={kept}")


def fhir(hub: Hub, call: Call) -> Response:
    """GET /dinas/indikator/{kode}/fhir: Measure and MeasureReport of a released month."""
    id_ = call.args["kode"]
    found = fhir_report(hub, call.caller, id_, call.query.get("bulan", ""))
    return download(json.write(found), "application/fhir+json", f"{id_}.json")


def office(hub: Hub, call: Call) -> Response:
    """GET /dinas/indikator/dilaporkan: what facilities report of themselves, month by month."""
    known_months = months(hub)
    month = call.query.get("bulan") or known_months[0]
    if month not in known_months:
        raise HubError(Category.INCORRECT, Issue("HUB-4255", args={"period": month[:7]}))
    found = reported(hub, call.caller, month)
    groups = [
        (each, _lines(hub, found[each.id], each.per))
        for each in known(hub).values()
        if each.self_reported and each.id in found
    ]
    return page(hub.config, call, "audit_reported.html", groups=groups, months=known_months, month=month)


def _lines(hub: Hub, by_facility: dict[str, Reported], per: int) -> list[tuple[str, Reported, str]]:
    """Facilities by name, and all of them together (named "")."""
    names = {id_: hub.facilities[id_].name for id_ in by_facility if id_ in hub.facilities}
    lines = [(name, by_facility[id_], _share(by_facility[id_], per)) for id_, name in names.items()]
    some, whole = (sum(pair) for pair in zip(*((one.numerator, one.denominator) for _, one, _ in lines), strict=True))
    total = Reported(some, whole, "")
    return [*sorted(lines, key=lambda line: line[0]), ("", total, _share(total, per))]


def _share(one: Reported | None, per: int) -> str:
    return f"{one.numerator * per / one.denominator:.1f}" if one else ""
