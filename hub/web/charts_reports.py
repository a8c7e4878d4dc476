"""How many of the facilities that were due reported, week by week: bars for all reports, a darker part for those in
time, dashed lines for the targets."""

from collections.abc import Sequence

from markupsafe import Markup

from hub.access.wall import WeekShare
from hub.web.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, foot, level
from hub.web.language import Translate

TARGETS = (("complete", 0.9), ("in_time", 0.8))
"""Completeness and timeliness of SKDR (facts: buletin SKDR; to be confirmed by the health office)."""


def report_chart(weeks: Sequence[WeekShare], title: str, t: Translate) -> Markup:
    """The chart as SVG; empty when there is no week."""
    if not weeks:
        return Markup("")
    high, wide = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / len(weeks)

    def y(share: float) -> float:
        return round(TOP + high * (1 - share), 1)

    parts = [
        Markup('<svg class="chart reports" role="img" aria-label="{}" viewBox="0 0 {} {}">').format(
            title, WIDTH, HEIGHT
        )
    ]
    parts += [level(y(tick), f"{round(100 * tick)} %") for tick in (0, 0.5, 1)]
    for at, week in enumerate(weeks):
        x = round(LEFT + at * wide + 3, 1)
        for kind, n in (("sent", week.sent), ("timely", week.in_time)):
            share = n / week.due if week.due else 0
            said = t(f"wall.week_{kind}", week=week.week, n=n, due=week.due)
            parts.append(
                Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
                    kind, x, y(share), round(wide - 6, 1), round(high * share, 1), said
                )
            )
        parts.append(foot(round(x + wide / 2 - 3, 1), f"{week.week[8:]}/{week.week[5:7]}"))
    for name, share in TARGETS:
        parts.append(
            Markup('<path class="limit" d="M{} {}H{}"><title>{}</title></path>').format(
                LEFT, y(share), WIDTH - RIGHT, t(f"wall.target_{name}")
            )
        )
    return Markup("").join([*parts, Markup("</svg>")])
