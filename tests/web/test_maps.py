"""The map: every kelurahan once, shades by class, closed cells hatched, boundaries from a file or a clear refusal."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.registry import areas
from hub.web.maps import CLASSES, Shade, city_map, class_of, class_steps, outlines, tiles

CODES = [area.code for area in areas()]


def link(code: str) -> str:
    return f"/dinas/isi/visits-area/{code}?bulan=2026-10"


def test_each_kelurahan_has_a_tile_of_its_own_about_where_it_lies():
    found = tiles()
    assert sorted(found) == CODES
    assert len(set(found.values())) == len(CODES)
    south = min(areas(), key=lambda area: area.latitude)
    north = max(areas(), key=lambda area: area.latitude)
    assert found[north.code][1] < found[south.code][1]


def test_no_two_tiles_read_the_same_and_no_word_is_cut():
    svg = str(city_map({}, "Peta", link, None))
    words = [re.findall(r">([^<]+)</tspan>", text) for text in re.findall(r"<text.*?</text>", svg)]
    names = ["|".join(each).replace("-|", "").replace("|", " ") for each in words]
    assert names == [area.name for area in areas()]
    assert ["Pengam-", "bangan"] in words
    assert max(len(word) for each in words for word in each) <= 10, "what a tile is wide enough for"


def test_none_is_not_fewest():
    shades = {code: Shade(n, str(n)) for n, code in enumerate(CODES)}
    svg = str(city_map(shades, "Peta", link, None))
    assert re.findall(r'<title>(\d+)</title><path class="mz"', svg) == ["0"]
    assert re.search(r'<title>1</title><path class="m0"', svg)


def test_the_map_links_titles_and_hatches():
    shades = {code: Shade(None if n == 3 else n, f"<b>{n}</b>") for n, code in enumerate(CODES)}
    svg = str(city_map(shades, "Peta", link, None))
    assert svg.count("<a href=") == len(CODES)
    assert svg.count('class="mx"') == 1
    assert "<b>" not in svg
    assert "&lt;b&gt;7&lt;/b&gt;" in svg
    assert {f"m{n}" for n in range(CLASSES)} <= set(re.findall(r'class="(m\d)"', svg))
    assert "style=" not in svg


@given(st.lists(st.integers(min_value=0, max_value=10**6)))
def test_more_is_never_lighter(values):
    steps = class_steps(values)
    classes = [class_of(value, steps) for value in sorted(values)]
    assert classes == sorted(classes)
    assert all(0 <= each < CLASSES for each in classes)


def square(code: str, x: float) -> dict:
    ring = [[x, -3.3], [x + 0.01, -3.3], [x + 0.01, -3.31], [x, -3.31], [x, -3.3]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"bps_code": CODES[9], "kode": code}, "geometry": geometry}


def test_boundaries_come_from_a_file(tmp_path):
    dotted = f"{CODES[1][:2]}.{CODES[1][2:4]}.{CODES[1][4:6]}.{CODES[1][6:]}"
    path = tmp_path / "batas.geojson"
    path.write_text(json.dumps({"features": [square(CODES[0], 114.5), square(dotted, 114.52), square("99", 114.6)]}))
    shapes, height = outlines(path)
    assert sorted(shapes) == CODES[:2]
    assert height > 100
    svg = str(city_map({CODES[0]: Shade(1, "satu")}, "Peta", link, path))
    assert svg.count("<a href=") == 2


@pytest.mark.parametrize(
    "content", ["", "{}", '{"features": 3}', '{"features": []}', '{"features": [{"properties": {}}]}']
)
def test_a_file_that_is_none_is_refused_by_the_name_of_its_setting(tmp_path, content):
    path = tmp_path / "bukan.geojson"
    path.write_text(content)
    with pytest.raises(ValueError, match="HUB_BOUNDARIES"):
        outlines(path)
    with pytest.raises(ValueError, match="HUB_BOUNDARIES"):
        outlines(tmp_path / "tidak-ada.geojson")


def feature(geometry, properties=None):
    return {
        "type": "Feature",
        "properties": {"kode": CODES[0]} if properties is None else properties,
        "geometry": geometry,
    }


def polygon(*points):
    return {"type": "Polygon", "coordinates": [list(points)]}


DEEP = "[" * 100_000
BROKEN = {
    "no properties": json.dumps({"features": [square(CODES[0], 114.5) | {"properties": None}]}),
    "no geometry": json.dumps({"features": [feature(None)]}),
    "a point": json.dumps({"features": [feature(polygon([114, -3], [114, -3], [114, -3], [114, -3]))]}),
    "a vertical line": json.dumps({"features": [feature(polygon([114, -3], [114, -4], [114, -5], [114, -3]))]}),
    "no ring": json.dumps({"features": [feature({"type": "Polygon", "coordinates": []})]}),
    "an empty ring": json.dumps({"features": [feature(polygon())]}),
    "a type of its own": json.dumps({"features": [feature({"type": ["x"], "coordinates": [114, -3]})]}),
    "numbers for rings": json.dumps({"features": [feature({"type": "MultiPolygon", "coordinates": [[5]]})]}),
    "texts": json.dumps({"features": [feature(polygon(["a", "b"], ["c", "d"]))]}),
    "NaN": json.dumps({"features": [feature(polygon([float("nan"), -3], [114, -4], [115, -3]))]}),
    "Infinity": json.dumps({"features": [feature(polygon([float("inf"), -3], [114, -4], [115, -3]))]}),
    "far away": json.dumps({"features": [feature(polygon([1e308, -3], [-1e308, -4], [115, -3]))]}),
    "metres": json.dumps({"features": [feature(polygon([230000, 9630000], [230100, 9630000], [230000, 9630100]))]}),
    "huge": json.dumps({"features": [feature(polygon([10**400, -3], [114, -4], [115, -3]))]}),
    "deep": '{"features": ' + DEEP,
    "a list": "[1]",
    "features of none": '{"features": [1, null]}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_boundaries_that_can_not_be_drawn_are_refused(tmp_path, name):
    path = tmp_path / "rusak.geojson"
    path.write_text(BROKEN[name])
    with pytest.raises(ValueError, match=r"HUB_BOUNDARIES: .*rusak\.geojson"):
        outlines(path)


def test_an_area_without_a_shape_is_skipped(tmp_path):
    path = tmp_path / "batas.geojson"
    odd = [square(CODES[1], 114.6) | {"geometry": None}, square(CODES[2], 114.6) | {"properties": None}]
    line = square(CODES[3], 114.5) | {"geometry": polygon([114, -3], [114, -4], [114, -5], [114, -3])}
    path.write_text(json.dumps({"features": [square(CODES[0], 114.5), *odd, line]}))
    shapes, height = outlines(path)
    assert list(shapes) == [CODES[0]]
    assert 0 < height < 10_000
