"""A p-chart drawn: the series, its mean, limits that vary with the number counted, the target, and what changed."""

from collections.abc import Sequence

from markupsafe import Markup

from hub.monitor.charts import Chart
from hub.web.charts import foot, framed, grid, line, plane, shape, share_text
from hub.web.language import Translate

EVERY = 8
"""At most so many months are written below the axis."""


def control_chart(
    name: str,
    chart: Chart,
    labels: Sequence[str],
    t: Translate,
    lang: str,
    title: str,
    per: int = 100,
) -> Markup:
    """The chart of `labels` (all months, oldest first); those that are closed leave a gap."""
    at = {label: n for n, label in enumerate(labels)}
    inside = [value for each in chart.points for value in (each.low, each.high, each.share)]
    if chart.target is not None and chart.target <= 1:
        inside.append(chart.target)
    area = plane(max(1, len(labels) - 1), inside)
    parts = [grid(area, lang, per)]
    parts += [foot(area.x(n), _short(labels[n])) for n in range(0, len(labels), -(-len(labels) // EVERY))]
    places = [(area.x(at[each.label]), each) for each in chart.points]
    parts.append(line([(x, area.y(each.low)) for x, each in places], "limit"))
    parts.append(line([(x, area.y(each.high)) for x, each in places], "limit"))
    parts.append(line([(area.x(0), area.y(chart.centre)), (area.x(area.wide), area.y(chart.centre))], "mean"))
    if chart.target is not None and area.low <= chart.target <= area.high:
        level = area.y(chart.target)
        parts.append(line([(area.x(0), level), (area.x(area.wide), level)], "target"))
    parts.append(line([(x, area.y(each.share)) for x, each in places], "run"))
    for x, each in places:
        told = t(
            "indicator.point", month=_short(each.label), share=share_text(each.share, lang, per), n=each.denominator
        )
        marks = ", ".join(t(f"indicator.mark_{mark}") for mark in each.marks)
        parts.append(shape(x, area.y(each.share), each.meaning, f"{told}{': ' + marks if marks else ''}"))
    return framed(name, title, described(chart, t, lang, per), parts)


def described(chart: Chart, t: Translate, lang: str, per: int = 100) -> str:
    """The chart in a sentence or two."""
    last = chart.points[-1]
    told = t(
        "indicator.described",
        n=len(chart.points),
        mean=share_text(chart.centre, lang, per),
        last=share_text(last.share, lang, per),
        meaning=t(f"indicator.meaning_{last.meaning}"),
    )
    return told + (" " + t("indicator.provisional") if chart.is_provisional else "")


def _short(month: str) -> str:
    """2026-10 as 10/26."""
    return f"{month[5:]}/{month[2:4]}"
