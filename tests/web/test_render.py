import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from hub.config import read_config
from hub.model import Issue, Principal, Seen
from hub.record import Summary, summary
from hub.record.lines import Person
from hub.web.call import Call
from hub.web.findings import SHOWN_ROWS, grouped
from hub.web.qr import qr_svg
from hub.web.render import download, page, stylesheet

DEMO = read_config({"HUB_MODE": "demo"})
LIVE = read_config({"HUB_MODE": "production", "HUB_BASE_URL": "https://hub.example"})
PATIENT = Principal("patient", "p", "PATRQT", compartment=1, session="s")
NASTY = "<script>alert(1)</script>\"'&{{ 7*7 }}"


def of(response) -> str:
    return response.body.decode()


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def me(record: Summary, config=DEMO, lang="id", people=()) -> str:
    call = Call("GET", "/saya", lang=lang, who=PATIENT, secret="s")
    rest = {"first_visits": 5, "people": people, "automatic": 2, "is_sharing": False}
    return of(page(config, call, "me.html", record=record, **rest))


@pytest.fixture
def record() -> Summary:
    text = Path(__file__).parent.parent.joinpath("record", "resources.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_float=Decimal)
    return summary(found, {"klinik-teratai": "Klinik Teratai", "klinik-bekantan": "Klinik Bekantan"}, "id")


def test_what_senders_wrote_never_becomes_markup(record):
    looks = [Seen(1, NASTY, NASTY, NASTY, NASTY, NASTY, NASTY, NASTY, True)]
    html = me(Summary("id", Person(NASTY, "", "")), people=looks) + me(record)
    assert "<script" not in html
    assert "<b>Aminah" not in html
    assert "Siti &lt;b&gt;Aminah&lt;/b&gt;" in html
    assert "{{ 7*7 }}" in html


def test_the_page_says_its_language_and_offers_the_other(record):
    html = me(record)
    tags = Tags(html).found
    assert ("html", {"lang": "id"}) in tags
    assert 'href="/saya?lang=en"' in html
    assert ("html", {"lang": "en"}) in Tags(me(record, lang="en")).found
    assert "Darah tinggi (hipertensi)" in html


def test_the_demo_says_that_its_data_are_synthetic(record):
    assert "DATA SINTETIS" in me(record)
    assert "DATA SINTETIS" in me(record, lang="en")
    assert "SINTETIS" not in me(record, config=LIVE)


def test_every_form_that_changes_something_carries_the_token():
    for template in files("hub.web").joinpath("templates").iterdir():
        for form in re.findall(r'<form method="post".*?</form>', template.read_text(encoding="utf-8"), re.DOTALL):
            assert "csrf" in form, template.name


def test_templates_need_no_script_no_inline_style_and_no_other_host():
    for template in files("hub.web").joinpath("templates").iterdir():
        source = template.read_text(encoding="utf-8")
        if template.name == "wall.html":  # the one page with a script: a file of ours
            source = source.replace('<script src="/papan/papan.js" defer></script>', "")
        assert not re.search(r"<script|<style|<iframe|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe|autoescape", source)
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", source)
    css = stylesheet().decode()
    assert "url(" not in css
    assert "@import" not in css
    assert len(css) < 16_000


def test_findings_are_grouped_by_code_with_row_and_column():
    issues = [Issue("HUB-5906", row=n, column="nik", value=NASTY) for n in range(80, 0, -1)]
    issues += [Issue("HUB-5907", severity="warning", row=3, column="nama"), Issue("HUB-5902", args={"limit": "1"})]
    many, alone = grouped(issues, "id", is_blocking=True)
    assert (many.code, many.count, many.columns, len(many.findings)) == ("HUB-5906", 80, ("nik",), SHOWN_ROWS)
    assert [f.row for f in many.findings[:3]] == [1, 2, 3]
    assert (alone.findings[0].row, alone.findings[0].problem) == (None, "Kiriman terlalu besar: paling banyak 1 MB.")
    (note,) = grouped(issues, "en", is_blocking=False)
    assert note.findings[0].problem == "This choice is not known."
    assert NASTY not in repr(issues[0])


def test_a_qr_code_is_one_inline_picture():
    svg = str(qr_svg("https://hub.example/x", 'Kode <"x">'))
    tags = Tags(svg).found
    assert tags[0][0] == "svg"
    assert tags[0][1]["role"] == "img"
    assert "style" not in svg
    assert "Kode &lt;" in svg


def test_a_download_is_saved_never_shown():
    response = download(b"x", "application/pdf", "rekam.pdf")
    assert response.headers["content-disposition"] == 'attachment; filename="rekam.pdf"'
