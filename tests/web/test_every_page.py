"""Every page there is, met as somebody meets it: by links, from the first page of each role.

It answers in both languages, is small, breaks no rule of the CSP, asks nobody else and fits a phone; axe finds nothing
on it, and Tab goes through it in order and shows where it is.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.routing import Match, Route

from hub.admission import mint_login_link
from hub.parts import Hub
from hub.web.areas import public
from hub.web.render import HOME
from hub.web.routes import routes
from tests.web.browsing import PHONE, Watched, axe_faults, fits
from tests.web.conftest import BAD, NIK, ROW, A, file_of, serving
from tests.web.town import SECRET, build_town

pytestmark = pytest.mark.chromium
LARGEST = 60_000
"""Bytes of a page's HTML, compressed."""
WIDE = {"width": 900, "height": 900}
TABS = 8
"""So many presses of Tab from a page's first field on."""
FIELD = "main :is(input:not([type=hidden]), select, textarea, button):visible"
ROLES: dict[str, dict[str, str]] = {
    "": {},
    "clinician": {"facility": A, "person": "ners.uji"},
    "patient": {"nik": NIK},
    "privacy-officer": {"person": "pdp.uji"},
    "steward": {"person": "steward.uji"},
    "auditor": {"person": "auditor.1"},
    "surveillance": {"person": "surveilans.uji"},
}
FIRST = {"": ["/", "/keluar", "/saya"], "auditor": ["/dinas", "/dinas/pelaporan"]}
"""Where a walk begins: a role's first page, and what no link leads to (the page after signing out, an address of old;
/saya without signing in is the page of a refusal)."""
ELSEWHERE = re.compile(r"/papan|/static/|/dinas/fhir/")
"""Not met here: the wall (test_wall_browser.py), the stylesheet of every page, FHIR for programs."""
PUBLIC = {path for _, path, _, _ in public.TABLE}
"""Met by who is not signed in; the others' links to them are not followed."""
STATES = ("bagian", "kasus")
"""What in an address makes another page of it; filters don't."""
FILE = re.compile(r"\.\w+$|/fhir|^/(static|fhir)")
Fields = dict[str, str | bytes]
FORMS: dict[str, list[tuple[str, Fields, str]]] = {
    "clinician": [
        ("/faskes", {"#berkas": file_of(ROW | {"no_kunjungan": "E-1"}, BAD)}, "form[enctype] button"),
        ("", {}, "form[action$=kirim] button"),
        ("/faskes", {"#berkas": file_of(ROW).replace(b"nama_pasien", b"Nma Pasien", 1)}, "form[enctype] button"),
        ("/faskes/kolom", {}, ""),
        ("/faskes/permintaan", {"#nomor": NIK, "#nama": "Siti", "#keterangan": "x"}, "main form button"),
        ("", {}, "form[action$=identitas] button"),
        ("", {"#penjelasan": "Tidak dapat dipastikan"}, "form[action$=tolak] button"),
    ],
    "patient": [
        ("/saya/kode", {}, "main form button"),
        ("/saya/persetujuan", {}, "main form button"),
        ("/saya/permintaan", {"#keterangan": "Alamat keliru"}, "main form button"),
    ],
    "privacy-officer": [("/petugas", {}, "main form button")],
    "steward": [
        ("/petugas/orang", {}, "tbody a"),
        ("", {"textarea": "Dicocokkan dengan KTP"}, "button[value=satu]"),
        ("", {}, "thead a"),
    ],
    "auditor": [("/dinas/audit", {"#kode": "tidak benar", "#tulisan": "Audit berkala"}, "main form button")],
}
"""Pages that answer a form: (address, "" = the page before; what is filled in; what is pressed)."""
LISTEN = """() => {
  window.met = [];
  addEventListener("focusin", (event) => {
    const look = getComputedStyle(event.target);
    const before = window.met.at(-1)?.[0];
    const isRoundAgain = event.target.className === "skip";
    const isAfter = !before || isRoundAgain || Boolean(before.compareDocumentPosition(event.target) & 4);
    const isSeen = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
    window.met.push([event.target, isAfter && isSeen]);
  });
}"""
MET = "() => [window.met.length, window.met.filter((each) => !each[1]).map((each) => each[0].outerHTML.slice(0, 99))]"

OUT = """() => [...document.querySelectorAll("main *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5 && !each.parentElement.closest(".scroll"))
  .map((each) => each.outerHTML.slice(0, 80)).slice(0, 3)"""
"""What sticks out at the side."""


class Walk:
    """One role's way through all the pages it can reach."""

    def __init__(self, hub: Hub, browser, role: str) -> None:
        self.hub, self.role = hub, role
        self.one = Watched(browser, hub.config.base_url, viewport=WIDE)
        self.page = self.one.page
        self.routes = [route for route in routes(hub) if isinstance(route, Route)]
        self.faults: list[tuple[str, object]] = []
        self.met: set[str] = set()
        self.pages: list[str] = []
        if role:
            self.page.goto(mint_login_link(hub, role, **ROLES[role]))  # type: ignore[arg-type]
            self._look("/masuk", 200, is_known="/masuk/{secret}" in self.met)
            self.met.add("/masuk/{secret}")
            self.page.get_by_role("button").last.click()
            assert urlsplit(self.page.url).path == HOME[role]

    def follow(self) -> None:
        """Meet each page once, in Indonesian; its links are what is met next."""
        todo, known = list(FIRST.get(self.role, [HOME.get(self.role, "/")])), set()
        while todo:
            address = todo.pop(0)
            kind = self._kind(address)
            if kind in known or (self.role and kind[0] in PUBLIC):
                continue
            known.add(kind)
            self.met.add(kind[0])
            if FILE.search(urlsplit(address).path):
                self._check(address, self.page.request.get(address).status == 200, "a link to nothing")
                continue
            answer = self.page.goto(address)
            assert answer
            expected = 401 if address == "/saya" and not self.role else 200
            self._check(address, answer.status == expected, answer.status)
            self._look(address, len(gzip.compress(answer.body())))
            if answer.status == 200:
                self.pages.append(address)
            if address.startswith("/dinas"):
                self._check(address, not any(each in answer.text() for each in (SECRET, NIK)), "names a person")
            todo += self._links()

    def again(self, lang: str) -> None:
        """The same pages in the other language, on a phone."""
        self.page.set_viewport_size(PHONE["viewport"])
        for address in self.pages:
            answer = self.page.goto(f"{address}{'&' if '?' in address else '?'}lang={lang}")
            assert answer
            self._check(address, answer.status == 200, answer.status)
            self._measure(address, lang, len(gzip.compress(answer.body())))
        self.page.set_viewport_size(WIDE)

    def answers(self) -> None:
        """The pages that answer forms."""
        for address, fields, button in FORMS.get(self.role, []):
            if address:
                self.page.goto(f"{address}?lang=id")
            for selector, value in fields.items():
                where = self.page.locator(selector).first
                if isinstance(value, bytes):
                    where.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": value})
                else:
                    where.fill(value)
            if button:
                with self.page.expect_navigation():  # by key: right after a change of size a click may miss
                    self.page.locator(button).first.press("Enter")
            self._look(f"{address} {button}", len(gzip.compress(self.page.content().encode())))
            for file in filter(FILE.search, self._links()):
                self.met.add(self._kind(file)[0])
                self._check(file, self.page.request.get(file).status == 200, "a link to nothing")

    def end(self) -> list[tuple[str, object]]:
        self.one.context.close()
        own = [("", fault) for fault in self.one.faults if not fault.startswith("Failed to load resource")]
        return self.faults + own

    def _links(self) -> list[str]:
        """The addresses of ours that the page shown leads to, without itself in the other language."""
        there = self.page.locator("a[href^='/']:not([hreflang])")
        return there.evaluate_all("all => all.map((each) => each.getAttribute('href'))")

    def _kind(self, address: str) -> tuple[str, ...]:
        """Which page an address is of: its route, and the state of it that is asked for."""
        parts = urlsplit(address)
        scope = {"type": "http", "method": "GET", "path": parts.path, "root_path": ""}
        route = next((each.path for each in self.routes if each.matches(scope)[0] == Match.FULL), parts.path)
        query = parse_qs(parts.query)
        return (route, *(f"{name}={value}" for name in STATES for value in query.get(name, ())))

    def _look(self, address: str, size: int, is_known: bool = False) -> None:
        if is_known:
            return
        self.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        for fault in axe_faults(self.page).values():
            self.faults.append((address, fault))
        if self.page.locator(FIELD).count():
            self._tab(address)
        self.page.set_viewport_size(PHONE["viewport"])
        self._measure(address, "id", size)
        self.page.set_viewport_size(WIDE)

    def _tab(self, address: str) -> None:
        self.page.evaluate(LISTEN)
        self.page.locator(FIELD).first.focus()
        for _ in range(TABS):
            self.page.keyboard.press("Tab")
        count, wrong = self.page.evaluate(MET)
        self._check(address, count > 1, "Tab goes nowhere")
        self._check(address, wrong == [], ("focus out of order, or not seen", wrong))

    def _measure(self, address: str, lang: str, size: int) -> None:
        self._check(address, size < LARGEST, f"{size} bytes")
        self._check(address, fits(self.page), f"{lang}, on a phone: {self.page.evaluate(OUT)}")
        self._check(address, self.page.locator("html").get_attribute("lang") == lang, f"not in {lang}")

    def _check(self, address: str, is_right: bool, said: object) -> None:
        if not is_right:
            self.faults.append((address, said))


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Iterator[Hub]:
    with serving(build_town(tmp_path_factory.mktemp("town")), tmp_path_factory.mktemp("served") / "hub") as served:
        yield served


@pytest.fixture(scope="module")
def walk(town, browser) -> Callable[[str], Walk]:
    done: dict[str, Walk] = {}

    def of(role: str) -> Walk:
        if role not in done:
            done[role] = Walk(town, browser, role)
            done[role].follow()
        return done[role]

    return of


@pytest.mark.parametrize("role", ROLES)
def test_every_page_a_role_can_reach(walk, role) -> None:
    found = walk(role)
    found.again("en")
    found.answers()
    faults = found.end()
    assert faults == [], "\n".join(f"{where}: {what}" for where, what in faults)


def test_every_address_of_the_pages_was_met(town, walk) -> None:
    """A new page that no link leads to, or that the town has nothing for, is found here."""
    there = {route.path for route in routes(town) if "GET" in route.methods}  # type: ignore[attr-defined]
    met = set[str]().union(*(walk(role).met for role in ROLES))
    assert [path for path in sorted(there - met) if not ELSEWHERE.match(path)] == []
