"""Surveillance: diseases by area, signals with their clock, a disease's weeks, verification, the weekly report."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import itemgetter
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.responses import Response

from hub.access.entered_signals import enter, open_alike
from hub.access.signals import open_signals
from hub.access.surveillance import WeekOf, detail, grid
from hub.access.surveying import settings_of
from hub.access.urgency import by_disease, in_order, part_of_city
from hub.access.verification import SignalView, act, cases, place_name, seen_by, signal
from hub.access.weekly_reports import weekly_report
from hub.clock import city_time
from hub.errors import Category, HubError
from hub.fhir import day_text, moment
from hub.model import Facility, Issue
from hub.monitor import OUTSIDE
from hub.monitor.surveillance import CITY, RESULTS, Step
from hub.monitor.surveillance.signals import OUTCOMES
from hub.monitor.surveillance.w2 import w2_csv, w2_rows, w2_xlsx
from hub.parts import Hub
from hub.record.dates import in_words
from hub.registry import areas, kecamatan
from hub.web.call import Call, whole
from hub.web.charts_weeks import week_chart
from hub.web.faults import again
from hub.web.language import translator
from hub.web.render import download, fragment, go, page

HOME = "/dinas/surveilans"
_SHOWN = 20
"""So many signals of all are shown at first."""
_UNKNOWN = "?"
"""In an address: signals whose place nobody knows."""
_STEP_FIELDS = {"time": "waktu", "result": "hasil", "outcome": "hasil", "action": "tindakan", "note": "catatan"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def overview(hub: Hub, call: Call) -> Response:
    """GET /dinas/surveilans: what waits by disease, the signals in the order to be verified, and diseases by area.
    `penyakit`, `wilayah`: which signals; `semua`: all of them. For auditors: how many signals are open."""
    if call.caller.role == "auditor":
        return page(hub.config, call, "surveillance_open.html", found=open_signals(hub))
    found = grid(hub, call.caller)
    signals = in_order(found.signals) if found else []
    place = _places(hub, call)
    parts = {_UNKNOWN if (part := part_of_city(one.place)) == "" else part: place(part) for one in signals}
    diseases = {one.disease.code: one.disease.name[call.lang] for one in signals}
    code, part = _one_of(diseases, call.query.get("penyakit", "")), _one_of(parts, call.query.get("wilayah", ""))
    chosen = [
        one for one in signals if code in ("", one.disease.code) and part in ("", part_of_city(one.place) or _UNKNOWN)
    ]
    return page(
        hub.config,
        call,
        "surveillance.html",
        grid=found,
        waiting=chosen if code or part or "semua" in call.query else chosen[:_SHOWN],
        how_many=len(chosen),
        by_disease=by_disease(signals),
        diseases=sorted(diseases.items(), key=itemgetter(1)),
        code=code,
        parts=sorted(parts.items(), key=itemgetter(1)),
        part=part,
        summary=open_signals(hub),
        settings=settings_of(hub),
        place=place,
        left=_left(hub, call),
    )


def _one_of(known: Mapping[str, str], asked: str) -> str:
    """What was asked for where it can be chosen, "" else."""
    return asked if asked in known else ""


def block(hub: Hub, call: Call, facility: Facility) -> Markup:
    """The tab of signals on a facility's page: those it saw cases of. For auditors, who are told no signal's place: how
    many are open in the city."""
    if call.caller.role == "auditor":
        return fragment(call, "surveillance_block.html", found=None, summary=open_signals(hub))
    return fragment(
        call,
        "surveillance_block.html",
        found=seen_by(hub, call.caller, facility),
        place=_places(hub, call),
        left=_left(hub, call),
    )


def disease(hub: Hub, call: Call) -> Response:
    """GET /dinas/surveilans/{code}: a disease's weeks with the threshold, by kelurahan and facility."""
    found = detail(hub, call.caller, call.args["code"], call.query.get("tempat", CITY))
    t, place = translator(call.lang), _places(hub, call)
    title = t("surveillance.chart", name=found.disease.name[call.lang], place=place(found.place))

    def say(kind: str, week: WeekOf) -> str:
        day = in_words(week.start, call.lang)
        return t(f"surveillance.bar_{kind}", week=day, n=week.cases, limit=week.limit.limit if week.limit else "–")

    return page(
        hub.config,
        call,
        "surveillance_disease.html",
        found=found,
        chart=week_chart(found.weeks, title, say),
        place=place,
        link=lambda key: f"{HOME}/{quote(found.disease.code)}?{urlencode({'tempat': key})}",
    )


def one_signal(hub: Hub, call: Call) -> Response:
    """GET /dinas/surveilans/sinyal/{number}: the signal, its cases, its steps, what can be entered."""
    found = signal(hub, call.caller, _number(call))
    return page(
        hub.config,
        call,
        "surveillance_signal.html",
        one=found,
        cases=cases(hub, call.caller, found.number) if "kasus" in call.query else None,
        place=_places(hub, call),
        day=day_text,
        facility=lambda number: place_name(hub, f"#{number}"),
        left=_left(hub, call),
        is_own=found.owner == call.caller.subject,
        verified=next((each for each in reversed(found.steps) if each.kind == "verify"), None),
        ended=next((each for each in found.steps if each.kind == "close"), None),
        now=city_time(hub.clock())[:16],
        results=RESULTS,
        outcomes=OUTCOMES,
    )


def do_step(hub: Hub, call: Call) -> Response:
    """POST /dinas/surveilans/sinyal/{number}: enter a step; one that cannot be is shown again."""
    number = _number(call)
    try:
        act(hub, call.caller, number, _step(call))
    except HubError as error:
        return again(hub, call, error, one_signal, _STEP_FIELDS, _fault(call))
    return go(f"{HOME}/sinyal/{number}")


def _step(call: Call) -> Step:
    done = call.value("waktu")
    try:
        done_ms = round(moment(done).timestamp() * 1000) if done else 0
    except ValueError:
        raise HubError(Category.INCORRECT, Issue("HUB-4283", column="time")) from None
    return Step(
        0, "", call.value("langkah"), call.value("hasil"), call.value("tindakan"), call.value("catatan"), done_ms
    )


def new_signal(hub: Hub, call: Call) -> Response:
    """GET /dinas/surveilans/baru: the form for what no code tells, such as a cluster of an unusual disease."""
    return _new(hub, call)


def _new(hub: Hub, call: Call, alike: SignalView | None = None) -> Response:
    places = [(CITY, ""), *kecamatan().items(), *((area.code, area.name) for area in areas()), (OUTSIDE, "")]
    return page(
        hub.config,
        call,
        "surveillance_new.html",
        settings=settings_of(hub),
        places=[key for key, _ in places],
        place=_places(hub, call),
        alike=alike,
    )


def enter_signal(hub: Hub, call: Call) -> Response:
    """POST /dinas/surveilans/baru. Where a signal like it is open, the form comes back once and points to it."""
    count = whole(call.value("kasus"), 5)
    code, place, said = call.value("penyakit"), call.value("tempat"), call.value("catatan")
    form = (code, place, count, said, call.mark)
    try:
        if not call.value("tetap") and (alike := open_alike(hub, call.caller, *form)) is not None:
            return _new(hub, replace(call, faults={"": ""}), alike)
        number = enter(hub, call.caller, *form)
    except HubError as error:
        return again(hub, call, error, new_signal, {"cases": "kasus", "note": "catatan"}, _fault(call))
    return go(f"{HOME}/sinyal/{number}")


def _fault(call: Call) -> Callable[[Issue], str]:
    """What is wrong with a part of a form, in words of these pages."""
    t = translator(call.lang)
    return lambda issue: t(f"surveillance.fault.{issue.column}") if issue.code == "HUB-4283" else ""


def weekly(hub: Hub, call: Call) -> Response:
    """GET /dinas/surveilans/w2: who reported the week, and its cases."""
    found = weekly_report(hub, call.caller, call.query.get("minggu", ""))
    return page(hub.config, call, "surveillance_w2.html", found=found, report=found.report)


def weekly_csv(hub: Hub, call: Call) -> Response:
    """GET /dinas/surveilans/w2.csv."""
    rows, name = _rows(hub, call)
    return download(w2_csv(rows), "text/csv; charset=utf-8", f"{name}.csv")


def weekly_xlsx(hub: Hub, call: Call) -> Response:
    """GET /dinas/surveilans/w2.xlsx."""
    rows, name = _rows(hub, call)
    return download(w2_xlsx(rows, name), _XLSX, f"{name}.xlsx")


def _rows(hub: Hub, call: Call) -> tuple[list[list[str | int]], str]:
    found = weekly_report(hub, call.caller, call.query.get("minggu", ""))
    name = f"W2-{found.report.year}-{found.report.number:02}"
    t = translator(call.lang)
    return w2_rows(
        found.report,
        found.settings,
        lambda state: t(f"reported.{state}"),
        lambda kind: t(f"facility_kind.{kind}", default=kind),
        call.lang,
    ), name


def _number(call: Call) -> int:
    text = call.args["number"]
    if not (
        text.isascii() and text.removeprefix("-").isdecimal() and len(text) < 21 and -(1 << 63) <= int(text) < 1 << 63
    ):
        raise HubError(Category.NOT_FOUND, Issue("HUB-4282"))
    return int(text)


def _places(hub: Hub, call: Call) -> Callable[[str], str]:
    """A place in words."""
    t = translator(call.lang)
    words = {CITY: "surveillance.city", OUTSIDE: "surveillance.outside", "": "surveillance.unknown"}
    return lambda key: t(words[key]) if key in words else place_name(hub, key)


def _left(hub: Hub, call: Call) -> Callable[[SignalView], str]:
    """The clock of a signal in words: hours and minutes left, or over."""
    t, now = translator(call.lang), hub.clock()

    def left(one: SignalView) -> str:
        minutes = abs(one.due_ms - now) // 60_000
        key = "surveillance.left" if one.due_ms >= now else "surveillance.over"
        return t(key, hours=minutes // 60, minutes=f"{minutes % 60:02}")

    return left
