"""The city as a map drawn on the server: real boundaries where the operator has set a file, else one tile a kelurahan.

Without any tile server or script: the map is there when the network is not. GeoJSON: RFC 7946.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import cos, isqrt, radians
from pathlib import Path

from markupsafe import Markup

from hub.registry import Area, areas

CLASSES = 5
_TILE = 60
_WIDTH = 600
_LINE = 12
_LONGEST = 10
_SYLLABLE = re.compile(r"(?:ng|ny|[b-df-hj-np-tv-z])(?=[aeiou])")
_HATCH = Markup(
    '<defs><pattern id="closed" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<path class="hatch" d="M0 8 8 0"/></pattern></defs>'
)
NOTHING = Markup("")
_CLOSED = Markup('class="mx" fill="url(#closed)"')
_LEAST = 1e-5
"""Degrees that a ring must span; less is a point or a line."""
Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Shade:
    """How an area is drawn: `value` None = closed or unknown (hatched); `label` is its title in words."""

    value: int | None
    label: str
    is_apart: bool = False
    """Not what was asked for: drawn without a shade, for the map to stay a map."""


def city_map(
    shades: Mapping[str, Shade],
    title: str,
    link: Callable[[str], str] | None,
    boundaries: Path | None,
    over: Markup = NOTHING,
) -> Markup:
    """The map as SVG: each kelurahan in one of `CLASSES` shades, linked to its page. Hatched: no number;
    a true 0 has a shade of its own, apart from the fewest. `link` None: nothing is linked. `over`: what is drawn on
    top (hub.web.dots)."""
    steps = class_steps([shade.value for shade in shades.values() if shade.value])
    if boundaries is None:
        drawn = [(area, _tile(area), _caption(area)) for area in areas()]
        size = f"{_grid() * _TILE} {_grid() * _TILE}"
    else:
        shapes, height = outlines(boundaries)
        drawn = [(area, shapes[area.code], Markup("")) for area in areas() if area.code in shapes]
        size = f"{_WIDTH} {height}"
    parts = [Markup('<svg class="map" role="graphics-document" aria-label="{}" viewBox="0 0 {}">').format(title, size)]
    parts.append(_HATCH)
    for area, shape, caption in drawn:
        shade = shades.get(area.code, Shade(None, area.name))
        look = (
            Markup('class="mo"')
            if shade.is_apart
            else _CLOSED
            if shade.value is None
            else Markup('class="m{}"').format(class_of(shade.value, steps) if shade.value else "z")
        )
        content = Markup('<title>{}</title><path {} d="{}"/>{}').format(shade.label, look, shape, caption)
        frame = Markup("<g>{}</g>") if link is None else Markup('<a href="{}">{{}}</a>').format(link(area.code))
        parts.append(frame.format(content))
    parts += [over, Markup("</svg>")]
    return Markup("").join(parts)


def class_steps(values: Sequence[int]) -> tuple[int, ...]:
    """The upper bounds of all classes but the last: quantiles of the values shown, each once."""
    ordered = sorted(values)
    if not ordered:
        return ()
    cuts = (len(ordered) * n // CLASSES for n in range(1, CLASSES))
    return tuple(dict.fromkeys(ordered[cut - 1] for cut in cuts if cut))


def class_of(value: int, steps: Sequence[int]) -> int:
    """0 (least) to CLASSES - 1."""
    return sum(value > step for step in steps)


def _tile(area: Area) -> str:
    column, row = tiles()[area.code]
    return f"M{column * _TILE + 1} {row * _TILE + 1}h{_TILE - 2}v{_TILE - 2}h-{_TILE - 2}z"


def _caption(area: Area) -> Markup:
    """A tile's name in full, one word a line, so that no two tiles read the same."""
    column, row = tiles()[area.code]
    words = [part for word in area.name.split() for part in _fitting(word)]
    lines = Markup("").join(
        Markup('<tspan x="{}" dy="{}">{}</tspan>').format(column * _TILE + _TILE // 2, _LINE if n else 0, word)
        for n, word in enumerate(words)
    )
    top = row * _TILE + _TILE // 2 + 4 - (len(words) - 1) * _LINE // 2
    return Markup('<text y="{}" aria-hidden="true">{}</text>').format(top, lines)


def _fitting(word: str) -> list[str]:
    """A word too long for a tile in two, hyphenated before the syllable nearest its middle (Pengam-, bangan)."""
    if len(word) <= _LONGEST:
        return [word]
    cuts = [found.start() for found in _SYLLABLE.finditer(word, 2) if found.start() < len(word) - 2]
    cut = min(cuts or [len(word) // 2], key=lambda at: abs(at - len(word) / 2))
    return [word[:cut] + "-", word[cut:]]


@cache
def _grid() -> int:
    """Tiles a side: a third or so stay free, so that each kelurahan finds one near its place."""
    return max(3, isqrt(len(areas()) * 3 // 2) + 1)


@cache
def tiles() -> dict[str, tuple[int, int]]:
    """Column and row of each kelurahan's tile: the free cell nearest to its place, the nearest pairs first. Places are
    ranks, west to east and north to south, because the middle of the city holds most of the kelurahan."""
    across = {area.code: n for n, area in enumerate(sorted(areas(), key=lambda a: (a.longitude, a.code)))}
    down = {area.code: n for n, area in enumerate(sorted(areas(), key=lambda a: (-a.latitude, a.code)))}
    step = (_grid() - 1) / max(1, len(areas()) - 1)
    place = {code: (across[code] * step, down[code] * step) for code in across}
    found: dict[str, tuple[int, int]] = {}
    pairs = sorted(
        ((place[code][0] - x) ** 2 + (place[code][1] - y) ** 2, code, (x, y))
        for code, x, y in product(place, range(_grid()), range(_grid()))
    )
    taken: set[tuple[int, int]] = set()
    for _, code, cell in pairs:
        if code not in found and cell not in taken:
            found[code] = cell
            taken.add(cell)
    return found


@cache
def outlines(path: Path) -> tuple[dict[str, str], int]:
    """The SVG path of each kelurahan in a GeoJSON file (WGS84), and the drawing's height at a width of 600; errors as
    `_frame`."""
    frame = _frame(path)

    def draw(ring: Ring) -> str:
        return "M" + "L".join("{:.1f} {:.1f}".format(*frame.place(x, y)) for x, y in ring) + "z"

    return {code: "".join(map(draw, shape)) for code, shape in frame.rings.items()}, frame.height


def on_outlines(path: Path, longitude: float, latitude: float) -> tuple[float, float] | None:
    """Where a point lies on the drawing of `outlines`; None outside of it."""
    frame = _frame(path)
    x, y = frame.place(longitude, latitude)
    return (x, y) if 0 <= x <= _WIDTH and 0 <= y <= frame.height else None


def on_tile(code: str) -> tuple[int, int]:
    """The left upper corner of a kelurahan's tile; a tile is 60 wide."""
    column, row = tiles()[code]
    return column * _TILE, row * _TILE


@dataclass(frozen=True, slots=True)
class _Frame:
    """A file's areas, and how degrees become the drawing's units."""

    rings: Mapping[str, Sequence[Ring]]
    west: float
    north: float
    flat: float
    scale: float
    height: int

    def place(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.west) * self.flat * self.scale, (self.north - y) * self.scale


@cache
def _frame(path: Path) -> _Frame:
    """A GeoJSON file of areas.

    A feature belongs to the kelurahan whose 10-digit Kemendagri code one of its properties holds, with or without dots.
    Features without such a code or without an area are skipped. ValueError says what is wrong with the file, also when
    nothing is left, or a coordinate is no longitude and latitude in degrees.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        shapes = {code: _rings(each["geometry"], code) for each in features if (code := _code(each["properties"]))}
    except _OutOfPlace as error:
        raise ValueError(
            f"HUB_BOUNDARIES: {path.name}, area {error}: a coordinate is no longitude from -180 to 180 and latitude "
            "from -90 to 90 (WGS84, degrees)"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"HUB_BOUNDARIES: {path.name} is no readable GeoJSON of areas ({type(error).__name__})"
        ) from error
    rings = {code: shape for code, shape in shapes.items() if shape}
    if not rings:
        raise ValueError(
            f"HUB_BOUNDARIES: no area of {path.name} carries the 10-digit code of a kelurahan of this city"
        )
    points = [point for shape in rings.values() for ring in shape for point in ring]
    west, north = min(x for x, _ in points), max(y for _, y in points)
    east, south = max(x for x, _ in points), min(y for _, y in points)
    flat = cos(radians((north + south) / 2))  # a degree of longitude is shorter than one of latitude
    scale = _WIDTH / ((east - west) * flat)

    return _Frame(rings, west, north, flat, scale, round((north - south) * scale) + 1)


class _OutOfPlace(ValueError):
    """A coordinate that is nowhere on earth, in the area of this code."""


def _code(properties: object) -> str:
    if not isinstance(properties, dict):
        return ""
    known = {area.code for area in areas()}
    plain = (re.sub(r"\D", "", str(value)) for name, value in properties.items() if "bps" not in name.casefold())
    return next((code for code in plain if code in known), "")


def _rings(geometry: object, code: str) -> list[Ring]:
    """The rings of an area that enclose anything; none for a point, a line or what is no geometry."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return []
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = [[_point(each, code) for each in ring] for polygon in polygons for ring in polygon]
    return [ring for ring in rings if _is_area(ring)]


def _point(position: Sequence[object], code: str) -> tuple[float, float]:
    x, y, *_ = position
    if not (_is_within(x, 180) and _is_within(y, 90)):
        raise _OutOfPlace(code)
    return float(x), float(y)  # type: ignore[arg-type]


def _is_within(value: object, most: int) -> bool:
    """True for a number in ±most; NaN is in no range."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -most <= value <= most


def _is_area(ring: Ring) -> bool:
    """True when the ring has a width and a height that a drawing can show: more than about a metre."""
    wide = max((x for x, _ in ring), default=0.0) - min((x for x, _ in ring), default=0.0)
    high = max((y for _, y in ring), default=0.0) - min((y for _, y in ring), default=0.0)
    return wide > _LEAST and high > _LEAST
