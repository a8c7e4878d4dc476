"""No code names the city it serves: not its name, its codes, its clock or how many areas it has. The folder does."""

import re
from functools import cache
from pathlib import Path

import pytest

from hub.cities import areas, city, of_city

ROOT = Path(__file__).parents[1]
ENDINGS = {".py", ".toml", ".html", ".css", ".js", ".csv", ".typ", ".svg"}
ZONES = {"hub/mapping/values/dates.py", "hub/mapping/context.py", "hub/record/dates.py", "hub/cities/folder.py"}
"""Files that name all three zones of the country, which a sender's program may keep, or say what one looks like."""
KINDS = re.compile(r"WIB|WIT\b|utc_offset")


@cache
def code() -> list[Path]:
    """Everything the program is made of but the cities' own folders, and the goldens and samples of adapters."""
    return [
        path
        for folder in ("hub", "adapters", "connectors", "migrations")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in ENDINGS
        and not path.is_relative_to(city().folder)
        and not {"golden", "sample", "__pycache__"} & set(path.parts)
    ]


def test_the_shipped_city_is_the_one_of_the_tests() -> None:
    assert (city().code, city().zone.tzname(None), len(areas())) == ("6371", "WITA", 52)


@pytest.mark.parametrize("word", [city().name, city().province, *sorted({area.kecamatan for area in areas()})])
def test_no_code_names_the_city(word: str) -> None:
    named = [path.relative_to(ROOT).as_posix() for path in code() if word.casefold() in _text(path).casefold()]
    assert [name for name in named if not name.endswith("adapter.toml")] == [], "adapters' examples may"


def test_no_code_holds_a_code_of_the_city() -> None:
    """Its codes with and without dots; SHIPPED is where the shipped folder is named."""
    own = re.compile(rf"(?<!\d){city().code}(?:\d{{2}}|\d{{6}})?(?!\d|\.\d)|63\.71")
    found = {path.relative_to(ROOT).as_posix() for path in code() if own.search(_text(path))}
    assert found == {"hub/cities/folder.py"}


def test_no_code_knows_the_citys_clock() -> None:
    found = []
    for path in code():
        for line in _text(path).splitlines():
            if re.search(rf"\b{city().time_zone}\b", line) and not KINDS.search(line):
                found.append(f"{path.relative_to(ROOT).as_posix()}: {line.strip()}")
    assert [each for each in found if each.split(":")[0] not in ZONES] == []


def test_texts_take_the_citys_names_from_its_folder() -> None:
    assert of_city("{city_id} / {city_en} / {office_id}, {city_zone}, {other}") == (
        "Kota Banjarmasin / City of Banjarmasin / Dinas Kesehatan Kota Banjarmasin, WITA (UTC+08:00), {other}"
    )
    with pytest.raises(KeyError):
        of_city("{city_mayor}")


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
