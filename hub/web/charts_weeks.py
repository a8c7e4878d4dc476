"""A disease's weeks as bars under a dashed threshold: one SVG; the page has the numbers in a table below it.

The week that is not over is pale and striped at its edge, a week with a signal is orange and carries a mark: neither
hangs on colour alone. An epidemiological week begins on Sunday.
"""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from hub.access.surveillance import WeekOf
from hub.web.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, foot, level, ticks

_EVERY = 4
"""Every fourth week has its day written below."""


def week_chart(weeks: Sequence[WeekOf], title: str, say: Callable[[str, WeekOf], str]) -> Markup:
    """The bars. `say`: what one means in words, by its kind: past, open, alert."""
    most = max([1, *(week.cases for week in weeks), *(week.limit.limit for week in weeks if week.limit)])
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(weeks))
    high = HEIGHT - TOP - BOTTOM

    def y(value: float) -> float:
        return round(TOP + high * (1 - value / most), 1)

    parts = [
        Markup('<svg class="chart bars" role="img" aria-label="{}" viewBox="0 0 {} {}">').format(title, WIDTH, HEIGHT)
    ]
    parts += [level(y(tick), str(round(tick))) for tick in ticks(0, most) if tick == round(tick)]
    for number, week in enumerate(weeks):
        x = round(LEFT + number * wide, 1)
        kind = "alert" if week.is_alert else "past" if week.is_over else "open"
        parts.append(
            Markup('<rect class="bar {}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
                kind, x + 2, y(week.cases), round(wide - 4, 1), round(TOP + high - y(week.cases), 1), say(kind, week)
            )
        )
        if week.is_alert:
            middle = round(x + wide / 2, 1)
            parts.append(Markup('<path class="mark" d="M{} {}l5 -9h-10z"/>').format(middle, max(12, y(week.cases) - 2)))
        if (len(weeks) - 1 - number) % _EVERY == 0:
            parts.append(foot(round(x + wide / 2, 1), f"{week.start[8:]}/{week.start[5:7]}"))
    line = "".join(
        f"{'L' if number and weeks[number - 1].limit else 'M'}"
        f"{round(LEFT + number * wide, 1)} {y(week.limit.limit)}h{round(wide, 1)}"
        for number, week in enumerate(weeks)
        if week.limit
    )
    parts.append(Markup('<path class="limit" d="{}"/></svg>').format(line))
    return Markup("").join(parts)
