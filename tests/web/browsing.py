"""What tests in a real Chromium share: a watched page, signing in, axe. Its fixtures are in conftest.py."""

import os
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from hub.admission import mint_login_link
from tests.web.axe import TAGS, axe_script

IS_FOR_DOCS = os.environ.get("HUB_SCREENSHOTS") == "1"
"""The pictures of docs/screenshots show an ordinary name; the tests one that tries to be markup."""
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
LARGEST = 150 * 1024
PICTURE = {"width": 900, "height": 1000}
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "device_scale_factor": 1}
"""Options of a small telephone for `watched`."""


class Watched:
    """A page in a context of its own, and everything it should not have done."""

    def __init__(self, browser: Browser, base: str, **options: object) -> None:
        self.base = base
        options = {
            "locale": "id-ID",
            "timezone_id": "Asia/Makassar",
            "viewport": {"width": 900, "height": 900},
        } | options
        self.context = browser.new_context(base_url=base, **options)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.context.on("request", lambda request: self._outside(request.url))

    def _outside(self, address: str) -> None:
        if not address.startswith((self.base, "data:")):
            self.faults.append(f"outside request: {address}")

    def shot(self, name: str, size: Mapping[str, int] = PICTURE) -> None:
        if not IS_FOR_DOCS:
            return
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path, clip={"x": 0, "y": 0, **size}, full_page=True)
        assert path.stat().st_size <= LARGEST, name


class Keys:
    """Somebody without a mouse: Tab until it is reached, then letters, Enter or the space bar."""

    def __init__(self, page: Page, most: int = 150) -> None:
        self.page, self.most = page, most

    def to(self, target: Locator) -> None:
        for _ in range(self.most):
            if target.evaluate("each => each === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target}")

    def write(self, label: str, text: str) -> None:
        """Into a field; in a list the first letters choose."""
        self.to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def press(self, target: Locator) -> None:
        """A link or a button that leads to a page."""
        self.to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name))

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name).first)


def sign_in(hub, page: Page, role: str, **who: str) -> None:
    page.goto(mint_login_link(hub, role, **who))
    page.get_by_role("button", name="Masuk").click()


def fits(page: Page) -> bool:
    """Nothing sticks out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def audited_page(browser: Browser, base: str, lang: str) -> tuple[Page, dict[str, list[str]]]:
    """A page into which axe can be loaded (past the CSP), and an empty collection of faults."""
    return browser.new_context(base_url=base, bypass_csp=True, locale=lang).new_page(), {}


def axe_faults(page: Page) -> dict[str, list[str]]:
    """What axe objects to on the page shown, under its address; empty when nothing."""
    page.evaluate(axe_script())
    result = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations'], preload: false})", list(TAGS))
    problems = [f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:120]}" for v in result["violations"]]
    return {page.url: problems} if problems else {}
