"""The Command Centre's wall in a real Chromium: three scenes, a screen's token, and a hub that goes away and comes
back."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Page, expect

from fixtures.city import make
from hub.admission.screens import add_screen, end_screen, screens
from hub.api import create_app
from hub.bootstrap import close
from hub.model import Principal
from hub.monitor.charts import Chart, p_chart
from hub.monitor.indicators import definitions
from hub.parts import Hub
from hub.pipeline import submit
from hub.registry import from_dict
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import release_closed
from hub.web import mount
from hub.web.wall import _worth
from tests.ports import free_port
from tests.web.browsing import Watched, audited_page, axe_faults
from tests.web.conftest import START_MS, Clock, hub_at

CLINICS = ("klinik-teratai", "puskesmas-ramania")
SIZES = """() => [...document.querySelectorAll(".scene:not([hidden]) *")]
  .filter((each) => each.matches("dt, dd, small, p, h1, h2, figcaption"))
  .map((each) => [each.tagName, parseFloat(getComputedStyle(each).fontSize)])"""
"""Element and size in pixels of everything with words in the scene shown."""
FULL_HD = {"viewport": {"width": 1920, "height": 1080}}


@contextmanager
def up(hub: Hub) -> Iterator[None]:
    """The hub serves while the block runs, at its own address."""
    app = create_app(hub)
    mount(app, hub)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=hub.config.port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = server.force_exit = True
        thread.join(30)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Iterator[Hub]:
    """A hub with released months, not served."""
    folder: Path = tmp_path_factory.mktemp("wall")
    made = make(5, 250, folder / "kota", only=CLINICS)
    port = free_port()
    hub = hub_at(folder / "hub", f"http://127.0.0.1:{port}", Clock(START_MS), HUB_PORT=str(port))
    for row in made.facilities:
        register_facility(hub, from_dict(row))
        who = Principal("clinic-client", row["id"], "TREAT", facility=row["id"])
        for path in made.files[row["id"]]:
            submit(hub, who, row["adapter"], path.read_bytes(), path.name)
    assert release_closed(hub)
    yield hub
    close(hub)


def only_away(faults: list[str]) -> list[str]:
    """The browser's own complaint that the hub is away is none of ours."""
    return [fault for fault in faults if "ERR_CONNECTION_REFUSED" not in fault and "Failed to fetch" not in fault]


def shown(page: Page) -> str:
    return page.locator(".scene:visible h1").inner_text()


@pytest.mark.chromium
def test_the_wall_lives_through_an_outage_of_ten_minutes(hub, browser):
    one = Watched(browser, hub.config.base_url, **FULL_HD)
    page = one.page
    page.clock.install()
    with up(hub):
        page.goto(f"/papan#layar={add_screen(hub, 'uji-1')}")
        expect(page.locator(".scene:visible h1")).to_have_text("Situasi")
        assert page.locator("#sampai").inner_text().startswith("Data s.d. ")
        assert re.fullmatch(r"\d\d[.:]\d\d WITA", page.locator("#jam").inner_text())
        for expected in ("Situasi", "Mutu data", "Surveilans"):
            assert shown(page) == expected
            assert page.evaluate("document.documentElement.scrollHeight <= 1080"), expected
            sizes = page.evaluate(SIZES)
            assert min(size for _, size in sizes) >= 18
            assert all(size >= 41 for tag, size in sizes if tag == "DD")
            page.clock.run_for(46_000)
        assert shown(page) == "Situasi"
        page.keyboard.press("Space")
        assert page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        before = page.locator(".scene:visible").inner_text()
    page.clock.run_for(10 * 60_000)
    expect(page.locator("#lama")).to_contain_text("Data lama")
    assert page.locator(".scene:visible").inner_text() == before
    assert "grey" not in (page.locator("body").get_attribute("class") or "")
    page.clock.run_for(6 * 60_000)
    assert "grey" in (page.locator("body").get_attribute("class") or "")
    page.reload()
    expect(page.locator("#lama")).to_contain_text("Data lama")
    assert page.locator(".scene:visible").inner_text() == before
    with up(hub):
        page.clock.run_for(61_000)
        expect(page.locator("#lama")).to_be_hidden()
        assert "grey" not in (page.locator("body").get_attribute("class") or "")
    assert only_away(one.faults) == []
    one.context.close()


@pytest.mark.chromium
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_scene_is_accessible(hub, browser, lang):
    with up(hub):
        page, found = audited_page(browser, hub.config.base_url, lang)
        page.set_viewport_size(FULL_HD["viewport"])
        page.goto(f"/papan?lang={lang}#layar={add_screen(hub, 'uji-2')}")
        for _ in range(3):
            expect(page.locator(".scene:visible h1")).to_be_visible()
            assert axe_faults(page) == {}
            page.keyboard.press("ArrowRight")
        assert only_away(found.get("console", [])) == []
        page.context.close()


def test_only_a_screens_token_opens_the_content(hub):
    with up(hub), httpx.Client(base_url=hub.config.base_url) as client:
        page = client.get("/papan")
        assert page.status_code == 200
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        token = add_screen(hub, "uji-3")
        assert client.get("/papan/adegan", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        newer = add_screen(hub, "uji-3")
        for wrong in ("", token, "uji-3.", f"uji-4.{newer.partition('.')[2]}", "uji-3" * 50, "é.ü"):
            headers = {"Authorization": f"Bearer {wrong}".encode()} if wrong else {}
            answer = client.get("/papan/adegan", headers=headers)
            assert answer.status_code == 401, wrong
            assert "scene" not in answer.text
        assert client.get("/fhir/Patient", headers={"Authorization": f"Bearer {newer}"}).status_code == 401
        assert end_screen(hub, "uji-3")
        assert not screens(hub)["uji-3"]
        assert client.get("/papan/adegan", headers={"Authorization": f"Bearer {newer}"}).status_code == 401


def test_what_deserves_a_look_comes_first():
    one = next(each for each in definitions() if each.id == "hipertensi-terkendali")

    def chart(newest: int) -> Chart:
        months = [(f"2026-{month:02}", 60, 100) for month in range(1, 10)]
        found = p_chart([*months, ("2026-10", newest, 100)], one.direction, 0.8)
        assert found is not None
        return found

    worse, better, usual, near = chart(20), chart(98), chart(58), chart(64)
    ranked = sorted((near, usual, better, worse), key=lambda each: _worth(one, each))
    assert ranked == [worse, better, usual, near]
