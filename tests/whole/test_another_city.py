"""docs/another-city.md, done: an invented city with other codes, another clock, another number of areas, end to end."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.cities import read_areas, read_city
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/another-city.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)(?: (\S+))?\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for kind, _, text in BLOCKS if kind == "sh" for line in text.splitlines()]


class City:
    """The folder the page tells to make, and the commands it tells to run there."""

    def __init__(self, place: Path) -> None:
        self.place = place
        for _, name, text in BLOCKS:
            if name:
                file = place / name
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8")
        self.env = {**os.environ, "HUB_HOME": str(place / "home"), "PYTHONPATH": str(ROOT)}

    def run(self, line: str, *, fits: bool = True) -> str:
        """One line of the page's commands; `export` holds for the lines after it."""
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            self.env[name] = value
            return ""
        done = subprocess.run(
            [sys.executable, "-m", *line.split()],
            cwd=self.place,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode == 0) == fits, done.stdout + done.stderr
        return done.stdout + ("" if fits else done.stderr)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return City(tmp_path_factory.mktemp("lain"))


@pytest.fixture(scope="module")
def pages(city: City) -> Iterator[tuple[httpx.Client, dict[str, str]]]:
    """What each command said, and a signed-in look at the city's pages."""
    port = free_port()
    city.env |= {"HUB_PORT": str(port)}
    said = {line: city.run(line) for line in COMMANDS if line != "hub serve"}
    server = subprocess.Popen([sys.executable, "-m", "hub", "serve"], cwd=city.place, env=city.env)
    try:
        with httpx.Client(follow_redirects=True, timeout=30, headers={"accept-language": "id"}) as browser:
            link = re.search(r"http\S+", said["hub login-link --role auditor --person dinas"])
            assert link
            _wait(browser, f"http://127.0.0.1:{port}/healthz")
            _enter(browser, link[0])
            browser.base_url = httpx.URL(f"http://127.0.0.1:{port}")
            yield browser, said
    finally:
        server.terminate()
        server.wait(20)


def _wait(browser: httpx.Client, address: str) -> None:
    for _ in range(200):
        try:
            if browser.get(address).status_code == 200:
                return
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def _enter(browser: httpx.Client, link: str) -> None:
    """The link asks for a click, so that a preview does not use it up."""
    page = browser.get(link)
    action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
    assert action, page.text[:500]
    assert browser.post(str(page.url.join(action[1])), data=hidden).status_code == 200


def test_the_page_runs_from_a_file_to_the_citys_numbers(pages: tuple[httpx.Client, dict[str, str]]) -> None:
    browser, said = pages
    assert said["hub city release"].split() == ["2026-03"], "in the zone next door the visit at 23.30 is of April"
    city = words(browser.get("/dinas"))
    for name in ("Kota Telaga Sari", "Telaga Sari Barat", "Telaga Sari Timur", "Telaga Sari Utara", " WIB"):
        assert name in city
    assert "Banjarmasin" not in city
    assert re.search(r"Telaga Sari Barat 0 0 0 Telaga Sari Timur 0 5 5 Telaga Sari Utara 0 5 5", city)
    assert "Tempat tinggal tidak diketahui 0 5 5" in city, "Cempaka is two kelurahan, Mantuil none of this city"
    assert browser.get("/dinas").text.count("<path ") >= 7, "a tile a kelurahan"
    east = words(browser.get("/dinas/isi/visits-area/329902?bulan=2026-03"))
    assert "Kebon Wening" in east
    assert re.search(r"Kebon Wening 0 5 5", east), east
    older = words(browser.get("/dinas/indikator/spm-07?bulan=2026-03"))
    assert re.search(r"/ 2\.940\b", older), older
    assert re.search(r"Kebon Wening \S+ / 510\b|Kebon Wening \D*510\b", older), older
    english = words(browser.get("/dinas?lang=en"))
    assert "City of Telaga Sari" in english


def words(page: httpx.Response) -> str:
    """What a page says, without its marks."""
    assert page.status_code == 200, page.text[:300]
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("city.toml", 'code = "3299"', 'code = "32.99"', "4 digits without a dot"),
        ("city.toml", '"+07:00"', '"WIB"', "utc_offset must be of the form"),
        ("city.toml", 'tenant = "telaga-sari"', "", "needs tenant"),
        ("city.toml", '"WIB"', '"WXB"', "WIB +07:00, WITA +08:00, WIT +09:00"),
        ("areas.csv", "3299031002", "3298031002", "line 8: code must be 10 digits that begin with 3299"),
        ("areas.csv", "329903,Telaga", "329901,Telaga", "line 7: kecamatan_code must be"),
        ("areas.csv", "-6.8801", "-6,8801", "line 7: more cells than columns"),
        ("areas.csv", "-6.8801", "utara", "line 7: latitude, longitude and area_km2 must be numbers"),
        ("areas.csv", "3299011002", "3299011001", "line 3: 3299011001 stands there twice"),
    ],
)
def test_a_folder_that_does_not_fit_is_refused_in_words(
    city: City, tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    for name in ("city.toml", "areas.csv"):
        (tmp_path / name).write_text((city.place / "telaga-sari" / name).read_text())
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new))
    with pytest.raises(ValueError, match=re.escape(said)):
        read_areas(read_city(tmp_path))


def test_a_start_with_a_folder_that_is_none_says_so_in_one_sentence(city: City) -> None:
    lost = City(city.place)
    lost.run("export HUB_CITY=tidak-ada")
    said = lost.run("hub city release", fits=False)
    assert "HUB_CITY" in said
    assert "city.toml" in said
    assert "Traceback" not in said
