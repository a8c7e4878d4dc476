"""The pictures of docs/screenshots that need a city. Not collected with the tests; about five minutes with

HUB_SCREENSHOTS=1 HUB_BIG_VISITS=30000 HUB_BIG_FACILITIES=120 python -m pytest tests/web/pictures.py
"""

import pytest

from fixtures.bigcity import BigCity
from hub.access.verification import act, signal_views
from hub.admission.screens import add_screen
from hub.model import Principal
from hub.monitor.surveillance import Step
from hub.parts import Hub
from tests.web.browsing import PICTURE, Watched, fits, sign_in
from tests.whole import test_big_city as big

city, hub = big.city, big.hub
OFFICER = Principal("surveillance", "surveilans.uji", "PUBHLTH", person="surveilans.uji")
WIDE = {"viewport": {"width": 1280, "height": 900}, "device_scale_factor": 0.75}
FULL_HD = {"width": 1920, "height": 1080}
INDICATOR = "/dinas/indikator/hipertensi-terkendali"


def take(one: Watched, address: str, name: str, height: int = 1000) -> None:
    one.page.goto(f"{address}{'&' if '?' in address else '?'}lang=id")
    assert fits(one.page), address
    width = (one.page.viewport_size or PICTURE)["width"]
    one.shot(name, {"width": width, "height": height})
    assert one.faults == []


@pytest.mark.timeout(1200)
def test_the_office(city: BigCity, hub: Hub, browser) -> None:
    poor = city.told["hypertension"]["facility"]
    one = Watched(browser, hub.config.base_url)
    sign_in(hub, one.page, "auditor", person="auditor.uji")
    take(one, "/dinas/peta", "dinas-peta", 1180)
    take(one, "/dinas/izin", "dinas-izin")
    take(one, f"/dinas/faskes/{poor}", "dinas-faskes")
    take(one, "/dinas/indikator", "dinas-indikator")
    wide = Watched(browser, hub.config.base_url, **WIDE)
    sign_in(hub, wide.page, "auditor", person="auditor.uji")
    take(wide, "/dinas", "dinas", 1250)
    take(wide, INDICATOR, "dinas-indikator-satu", 1650)
    take(wide, "/dinas/mutu-data", "dinas-mutu-data", 1350)


def test_surveillance(hub: Hub, browser) -> None:
    views = [each for each in signal_views(hub) if each.disease.code == "C"]
    for each in views[:2]:
        act(hub, OFFICER, each.number, Step(0, "", "own"))
    done = Step(0, "", "verify", "real", "Penyelidikan epidemiologi, PSN di tiga RT", "", hub.clock())
    act(hub, OFFICER, views[0].number, done)
    one = Watched(browser, hub.config.base_url)
    sign_in(hub, one.page, "surveillance", person=OFFICER.subject)
    take(one, "/dinas/surveilans", "dinas-surveilans")
    take(one, f"/dinas/surveilans/sinyal/{views[0].number}", "dinas-surveilans-sinyal")
    take(one, "/dinas/surveilans/C", "dinas-surveilans-penyakit")


def test_the_wall(hub: Hub, browser) -> None:
    one = Watched(browser, hub.config.base_url, viewport=FULL_HD, device_scale_factor=0.5)
    one.page.goto(f"/papan#layar={add_screen(hub, 'uji-1')}")
    one.page.locator(".scene:visible h1").wait_for()
    one.shot("papan", FULL_HD)
    assert one.faults == []
