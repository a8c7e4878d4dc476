"""Facilities on the city's map: a square is public, a circle private; by shape, not by colour alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from hub.web.maps import on_outlines, on_tile, tiles

_MOST = 9
"""So many facilities are drawn one by one on a tile; more are counted."""
_STEP, _FIRST, _FLOOR = 6, 5, 54


@dataclass(frozen=True, slots=True)
class Dot:
    """A facility: its kelurahan, and where it lies in it (WGS84 degrees) as far as the registry knows. `is_flagged`:
    its reporting needs attention."""

    kelurahan: str
    ownership: str
    label: str
    latitude: float | None = None
    longitude: float | None = None
    is_flagged: bool = False


def dots(found: Iterable[Dot], boundaries: Path | None) -> Markup:
    """The marks as SVG, to be laid over `hub.web.maps.city_map`: at their place where there are boundaries and
    coordinates, else in a row at the foot of their kelurahan's tile."""
    if boundaries is not None:
        return Markup("").join(_mark(each, *at) for each in found if (at := _place(each, boundaries)) is not None)
    by_tile: dict[str, list[Dot]] = defaultdict(list)
    for each in found:
        if each.kelurahan in tiles():
            by_tile[each.kelurahan].append(each)
    return Markup("").join(_row(code, here) for code, here in sorted(by_tile.items()))


def _place(dot: Dot, boundaries: Path) -> tuple[float, float] | None:
    if dot.longitude is None or dot.latitude is None:
        return None
    return on_outlines(boundaries, dot.longitude, dot.latitude)


def _row(code: str, here: list[Dot]) -> Markup:
    left, top = on_tile(code)
    here.sort(key=lambda dot: (dot.ownership == "private", dot.label))
    if len(here) <= _MOST:
        return Markup("").join(_mark(dot, left + _FIRST + n * _STEP, top + _FLOOR) for n, dot in enumerate(here))
    counted = Counter(dot.ownership for dot in here)
    words = Markup('<text class="dots" x="{}" y="{}" aria-hidden="true">■ {} ○ {}</text>')
    return words.format(left + 30, top + _FLOOR + 3, counted["public"], counted["private"])


def _mark(dot: Dot, x: float, y: float) -> Markup:
    look = " df" if dot.is_flagged else ""
    if dot.ownership == "public":
        shape = Markup('<path class="dp{}" d="M{:g} {:g}h5v5h-5z"').format(look, round(x - 2.5, 1), round(y - 2.5, 1))
    else:
        shape = Markup('<circle class="dq{}" cx="{:g}" cy="{:g}" r="2.5"').format(look, round(x, 1), round(y, 1))
    return shape + Markup("><title>{}</title></{}>").format(
        dot.label, "path" if dot.ownership == "public" else "circle"
    )
