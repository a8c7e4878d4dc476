"""The monthly bulletin as a tagged PDF, with the pages' own drawings; public numbers only."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from hub.access.bulletin import Issue, issue
from hub.access.indicators import chart_of
from hub.monitor.tables import HIDDEN, Row, Table
from hub.parts import Hub
from hub.record.dates import in_words, moment_in_words
from hub.record.typeset import typeset
from hub.web.call import Lang
from hub.web.charts import spark
from hub.web.language import Translate, translator
from hub.web.maps import Shade, city_map

_LOOK = (
    "<style>.m0{fill:#eef6fb}.m1{fill:#cfe5f2}.m2{fill:#a3cce6}.m3{fill:#74afd6}.m4{fill:#4a93c4}.mz{fill:#fff}"
    ".map path{stroke:#b9c2c9}.map .hatch{stroke:#6b7a85;stroke-width:1.5}"
    "text{font:600 9px 'Libertinus Serif';text-anchor:middle;fill:#1d2b33}"
    ".run{fill:none;stroke:#4a5560;stroke-width:2}.mean{fill:none;stroke:#a6a6a6;stroke-dasharray:3 3}"
    ".p{fill:#4a5560}.better{fill:#0078b4}.worse{fill:#c35500}.changed{fill:#490092}</style>"
)
"""A drawing in a PDF does not know the pages' stylesheet."""
_MOST = 64
_set: dict[tuple[Path, str, int, str], bytes] = {}


def bulletin(hub: Hub, month: str, lang: Lang) -> bytes:
    """A month's bulletin as PDF/UA-1. HUB-4381 (not found) when the month is not released.

    What is released never changes, so it is set once for each month and language (0.1 to 0.3 s).
    """
    found = issue(hub, month)
    key = hub.config.home, month, found.made_ms, lang
    if key not in _set:
        if len(_set) >= _MOST:
            _set.clear()
        _set[key] = typeset(_template(), _content(hub, found, lang), found.made_ms)
    return _set[key]


def _content(hub: Hub, found: Issue, lang: Lang) -> dict[str, object]:
    t = translator(lang)
    month = in_words(found.month, lang)
    return {
        "lang": lang,
        "title": t("bulletin.title", month=month),
        "lead": t("bulletin.lead"),
        "made": t("bulletin.made", at=moment_in_words(found.made_ms, lang)),
        "synthetic": t("site.synthetic") if hub.config.mode == "demo" else "",
        "map": _drawing(_map(hub, found.visits, t)),
        "map_alt": t("bulletin.map", month=month),
        "visits": _visits(found, t),
        "indicators": _indicators(found, t, lang),
        "notes": {"title": t("bulletin.notes"), "lines": [t(f"bulletin.note_{n}") for n in (1, 2, 3)]},
    }


def _visits(found: Issue, t: Translate) -> dict[str, object]:
    before = {row.key: _total(found.before, row) for row in found.before.rows} if found.before else {}
    rows = [
        [
            t("level.city") if row.level == "city" else t(f"level.{row.key}", default=row.name),
            _number(_total(found.visits, row), t),
            _number(before.get(row.key), t),
        ]
        for row in found.visits.rows
        if row.level != "kelurahan"
    ]
    head = [t("bulletin.area"), t("bulletin.now"), t("bulletin.before")]
    return {"title": t("bulletin.visits"), "text": t("bulletin.visits_text"), "head": head, "rows": rows}


def _indicators(found: Issue, t: Translate, lang: Lang) -> dict[str, object]:
    rows = []
    for one, seen in found.series:
        chart = chart_of(seen, one)
        share = seen[-1].value.share
        unit = " %" if one.per == 100 else f" / {one.per}"
        shown = "–" if share is None else f"{share * one.per:.1f}{unit}"
        target = "–" if one.target is None else f"{one.target:g}{unit}"
        rows.append(
            {
                "name": one.title[lang],
                "value": shown.replace(".", ",") if lang == "id" else shown,
                "target": target.replace(".", ",") if lang == "id" else target,
                "chart": _drawing(spark(chart, one.title[lang])) if chart is not None else "",
                "alt": one.title[lang],
            }
        )
    head = [t(f"bulletin.{name}") for name in ("indicator", "value", "target", "months")]
    text = t("bulletin.indicators_text") if rows else t("bulletin.none")
    return {"title": t("bulletin.indicators"), "text": text, "head": head, "rows": rows}


def _map(hub: Hub, table: Table, t: Translate) -> Markup:
    numbers = {row.key: _total(table, row) for row in table.rows if row.level == "kelurahan"}
    shades = {key: Shade(number, "") for key, number in numbers.items()}
    return city_map(shades, t("bulletin.map", month=table.month), None, hub.config.boundaries) if shades else Markup("")


def _drawing(svg: Markup) -> str:
    """A page's drawing as a file of its own."""
    text = str(svg)
    if not text:
        return ""
    at = text.index(">") + 1
    return text[: at - 1].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1) + ">" + _LOOK + text[at:]


def _total(table: Table, row: Row) -> int | None:
    number = row.cells[table.columns.index("total")]
    return None if number == HIDDEN else number


def _number(value: int | None, t: Translate) -> str:
    return t("bulletin.closed") if value is None else f"{value:,}".replace(",", t("bulletin.thousands"))


@cache
def _template() -> bytes:
    return files("hub.web").joinpath("bulletin.typ").read_bytes()
