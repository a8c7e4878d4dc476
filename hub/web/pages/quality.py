"""A facility's own mirror: its figures, the errors in what it sent, and where it stands, without a ranking."""

from collections import Counter

from starlette.responses import Response

from hub.access.reporters import Own, Position, own_figures
from hub.errors import fix, text
from hub.model import Issue
from hub.parts import Hub
from hub.pipeline import waiting
from hub.web.call import Call
from hub.web.pages.follow_up import thread_of
from hub.web.pages.own_indicators import own_block
from hub.web.render import page

TOP = 20


def mirror(hub: Hub, call: Call) -> Response:
    """GET /faskes/mutu: of the newest released month, or the one asked for."""
    facility = hub.facilities[call.own_facility]
    own = own_figures(hub, call.caller, call.query.get("bulan", ""))
    return page(
        hub.config,
        call,
        "quality.html",
        facility=facility,
        own=own,
        period=own.period if own else "",
        diagnoses=own.diagnoses[:TOP] if own else (),
        positions=[(each, _place(each)) for each in own.positions] if own else (),
        peers=_peers(own, facility.ownership),
        faults=_faults(hub, call),
        indicators=own_block(hub, call),
        thread=thread_of(hub, call),
    )


def _place(position: Position) -> str:
    """below, within or above the middle half of those compared; "" where that is not told."""
    if position.own is None or position.quartiles is None:
        return ""
    low, _, high = position.quartiles
    return "below" if position.own < low else "above" if position.own > high else "within"


def _peers(own: Own | None, ownership: str) -> str:
    """Whom the middle range is of, as the key of its text: a release of an older version does not say it."""
    if own is None or not any(each.quartiles for each in own.positions):
        return "none"
    return ownership if own.peers == "ownership" else own.peers or "some"


def _faults(hub: Hub, call: Call) -> list[tuple[str, int, str, str]]:
    """Rows that still wait to be mended, by code: (code, rows, what is wrong, what to do); the most frequent first."""
    counts: Counter[str] = Counter()
    example: dict[str, Issue] = {}
    for _, held in waiting(hub, call.own_facility):
        for code, issue in {issue.code: issue for issue in held.issues if issue.severity != "warning"}.items():
            counts[code] += 1
            example.setdefault(code, issue)
    words = {code: (text(issue, call.lang), fix(issue, call.lang)) for code, issue in example.items()}
    return [(code, rows, *words[code]) for code, rows in counts.most_common()]
