"""The monthly bulletin as everybody gets it: a tagged PDF with the released public numbers and nothing else."""

import io

import httpx
import pytest
from pypdf import PdfReader

from hub.access.bulletin import issue, issues
from hub.monitor.tables import HIDDEN
from tests.web.test_wall_browser import hub, up

__all__ = ["hub"]


@pytest.mark.parametrize(("lang", "title"), [("id", "Buletin kesehatan"), ("en", "Health bulletin")])
def test_every_released_month_has_one(hub, lang, title):
    months = issues(hub)
    assert len(months) >= 3
    with up(hub), httpx.Client(base_url=hub.config.base_url) as client:
        page = client.get(f"/buletin?lang={lang}")
        assert all(f"/buletin/{month}.pdf?lang={lang}" in page.text for month in months)
        for month in months[:3]:
            answer = client.get(f"/buletin/{month}.pdf?lang={lang}")
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/pdf"
            pdf = PdfReader(io.BytesIO(answer.content))
            words = " ".join("\n".join(page.extract_text() for page in pdf.pages).split())
            assert title in words
            assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
            found = issue(hub, month)
            row = next(row for row in found.visits.rows if row.level == "city")
            total = row.cells[found.visits.columns.index("total")]
            assert (str(total) if total != HIDDEN else {"id": "ditutup", "en": "closed"}[lang]) in words
            assert client.get(f"/buletin/{month}.pdf?lang={lang}").content == answer.content


def test_a_month_that_is_not_released_has_none(hub):
    with up(hub), httpx.Client(base_url=hub.config.base_url) as client:
        for wrong in ("2031-01", "2026-13", "x" * 80, "..%2F..%2Fetc"):
            answer = client.get(f"/buletin/{wrong}.pdf")
            assert answer.status_code == 404, wrong
            assert "pdf" not in answer.headers["content-type"]
