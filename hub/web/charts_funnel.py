"""A funnel drawn: every facility by how much it counted, inside limits for chance and for what differs anyway."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from hub.monitor.charts import Funnel, Placed, limits_at
from hub.monitor.charts.funnel import Z95, Z998
from hub.web.charts import SHAPES, foot, framed, grid, line, plane, share_text, ticks
from hub.web.language import Translate

STEPS = 40


def funnel_chart(
    name: str,
    found: Funnel,
    names: Mapping[str, str],
    link: Callable[[str], str] | None,
    t: Translate,
    lang: str,
    title: str,
    target: float | None = None,
    own: str = "",
) -> Markup:
    """The funnel; every point leads to its facility (`link`), `own` is drawn as one's own."""
    most = max(unit.denominator for unit in found.units)
    sizes = [max(1.0, most * 1.05 * (n / STEPS) ** 2) for n in range(1, STEPS + 1)]
    least = min(unit.denominator for unit in found.units)
    curves = {z: [limits_at(found, size, z) for size in sizes] for z in (Z95, Z998)}
    inside = [unit.share for unit in found.units] + [found.centre]
    inside += [end for size, ends in zip(sizes, curves[Z998], strict=True) if size >= least for end in ends]
    area = plane(most * 1.05, [*inside, *([target] if target is not None and target <= 1 else [])])
    parts = [grid(area, lang)]
    parts += [foot(area.x(each), f"{each:g}") for each in ticks(0, most * 1.05)]
    for z, kind in ((Z95, "limit inner"), (Z998, "limit")):
        for end in (0, 1):
            parts.append(line([(area.x(s), area.y(c[end])) for s, c in zip(sizes, curves[z], strict=True)], kind))
    parts.append(line([(area.x(0), area.y(found.centre)), (area.x(area.wide), area.y(found.centre))], "mean"))
    if target is not None and area.low <= target <= area.high:
        parts.append(line([(area.x(0), area.y(target)), (area.x(area.wide), area.y(target))], "target"))
    for unit in found.units:
        parts.append(_point(unit, area.x(unit.denominator), area.y(unit.share), names, link, t, lang, own))
    told = t(
        "indicator.funnel_described",
        n=len(found.units),
        mean=share_text(found.centre, lang),
        watch=sum(unit.where == "watch" for unit in found.units),
        outside=sum(unit.where == "outside" for unit in found.units),
    )
    return framed(name, title, told, parts)


def meaning(unit: Placed) -> str:
    """How a place in the funnel is drawn and called: usual inside, else worse, better or changed."""
    if unit.where == "inside":
        return "usual"
    return "worse" if unit.is_worse else "better"


def _point(
    unit: Placed,
    x: float,
    y: float,
    names: Mapping[str, str],
    link: Callable[[str], str] | None,
    t: Translate,
    lang: str,
    own: str,
) -> Markup:
    label = t(
        "indicator.unit",
        name=names.get(unit.key, unit.key),
        share=share_text(unit.share, lang),
        n=unit.denominator,
        where=t(f"indicator.where_{unit.where}"),
    )
    path = SHAPES[meaning(unit)].format(x=f"{x:g}", y=f"{y:g}")
    more = " own" if unit.key == own else ""
    drawn = Markup('<path class="p {}{}" d="{}"/>').format(meaning(unit), more, path)
    if link is None:
        return Markup("<g><title>{}</title>{}</g>").format(label, drawn)
    return Markup('<a href="{}"><title>{}</title>{}</a>').format(link(unit.key), label, drawn)
