"""The health office on data quality: who reported which week, how completely, and what stops rows at the door."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from hub.access.quality import Reporter, Reporting, reasons, reporting
from hub.errors import Category, HubError, text
from hub.model import Facility, Issue
from hub.parts import Hub
from hub.registry import KINDS, kecamatan
from hub.web.call import Call, whole
from hub.web.render import fragment, go, page

HERE = "/dinas/mutu-data"
MOST = 130
"""Lines of the matrix on one page; a city with more is shown by kecamatan, or only what needs attention."""
STANDINGS = ("unreachable", "silent", "empty", "never", "late", "good", "closed", "new")
"""What a line may be called, the gravest first."""
ATTENTION = frozenset(["unreachable", "silent", "empty", "never"])
OWNERSHIPS = ("public", "private")


@dataclass(frozen=True, slots=True)
class Filter:
    """What was asked for; "" everything."""

    kecamatan: str = ""
    kind: str = ""
    ownership: str = ""
    standing: str = ""

    def takes(self, line: Reporter) -> bool:
        """Whether a line is asked for."""
        pairs = (
            (self.kecamatan, line.kecamatan),
            (self.kind, line.kind),
            (self.ownership, line.ownership),
            (self.standing, line.standing),
        )
        return all(not wanted or wanted == own for wanted, own in pairs)

    def address(self, path: str, **more: str) -> str:
        """A page's address with this filter, so that it can be kept and sent on."""
        names = {"kecamatan": self.kecamatan, "jenis": self.kind, "milik": self.ownership, "keadaan": self.standing}
        query = {name: value for name, value in {**names, **more}.items() if value}
        return f"{path}?{urlencode(query)}" if query else path


def board(hub: Hub, call: Call) -> Response:
    """GET /dinas/mutu-data: the matrix, filtered as the address says."""
    asked = filter_of(call)
    matrix = reporting(hub, call.caller)
    lines = [line for line in matrix.lines if asked.takes(line)]
    is_folded = len(lines) > MOST and not asked.kecamatan
    shown = [line for line in lines if line.standing in ATTENTION] if is_folded else lines
    shown.sort(key=lambda line: (STANDINGS.index(line.standing), line.name))
    pages = max(1, -(-len(shown) // MOST))
    number = min(max(whole(call.query.get("hal", ""), 4), 1), pages)
    return page(
        hub.config,
        call,
        "reporting.html",
        matrix=matrix,
        asked=asked,
        here=HERE,
        total=len(lines),
        lines=shown[(number - 1) * MOST : number * MOST],
        is_folded=is_folded,
        number=number,
        pages=pages,
        week=replace(matrix, lines=tuple(lines)).last_week(),
        districts=_districts(matrix, asked),
        standings=Counter(line.standing for line in matrix.lines),
        months=_months(matrix.weeks),
        faults=[
            (each, text(Issue(each.code, path="…", column=each.field or "…"), call.lang)) for each in matrix.faults
        ],
        now_ms=hub.clock(),
        **choices(),
    )


def show(hub: Hub, call: Call) -> Response:
    """GET /dinas/mutu-data/{id}: why each week of a facility is called what it is."""
    line, found = reasons(hub, call.caller, call.args["id"])
    return page(hub.config, call, "reporting_facility.html", line=line, reasons=found, here=HERE, now_ms=hub.clock())


def block(hub: Hub, call: Call, facility: Facility) -> Markup:
    """The tab about reporting on a facility's page: standing, content, doubts, last contact; and where to read why."""
    line = next((each for each in reporting(hub, call.caller).lines if each.facility == facility.id), None)
    return fragment(call, "reporting_block.html", line=line, now_ms=hub.clock())


def old(_: Hub, call: Call) -> Response:
    """GET /dinas/pelaporan: where the matrix was."""
    query = {name: value for name, value in call.query.items() if name == "lang"}
    return go(HERE + (f"?{urlencode(query)}" if query else ""))


def filter_of(call: Call) -> Filter:
    """The filter in the address. HUB-5907 (not found) for a value that is none of the choices."""
    found = Filter(*(call.query.get(name, "")[:40] for name in ("kecamatan", "jenis", "milik", "keadaan")))
    allowed = (
        (found.kecamatan, kecamatan()),
        (found.kind, KINDS),
        (found.ownership, OWNERSHIPS),
        (found.standing, STANDINGS),
    )
    if any(value and value not in known for value, known in allowed):
        raise HubError(Category.NOT_FOUND, Issue("HUB-5907"))
    return found


def choices() -> dict[str, Any]:
    """What the filter bar offers."""
    return {"kecamatan": kecamatan(), "kinds": KINDS, "ownerships": OWNERSHIPS, "all_standings": STANDINGS}


def _districts(matrix: Reporting, asked: Filter) -> list[tuple[str, str, Counter[str], int]]:
    """By kecamatan (code, name): states in the last closed week, and how many facilities need attention."""
    week, _ = matrix.last_week()
    at = matrix.weeks.index(week) if week else -1
    found = []
    for code, name in (*kecamatan().items(), ("", "")):
        lines = [line for line in matrix.lines if line.kecamatan == code and asked.takes(line)]
        if lines:
            states = Counter(line.weeks[at].state for line in lines)
            found.append((code, name, states, sum(line.standing in ATTENTION for line in lines)))
    return found


def _months(weeks: Sequence[str]) -> list[tuple[str, list[int]]]:
    """The Sundays as days of the month, by month (YYYY-MM)."""
    return [(month, [date.fromisoformat(week).day for week in of]) for month, of in groupby(weeks, lambda w: w[:7])]
