"""The access log on paper: whatever stands in a cell stays text."""

import io

import pytest
from pypdf import PdfReader

from hub.record.sheet import sheet

COLUMNS = ("Waktu", "Siapa")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_sheet_is_tagged_titled_and_in_its_language(made_ms, lang):
    made = sheet("Siapa melihat", "Dua baris.", COLUMNS, [("1", "A"), ("2", "B")], made_ms, lang)
    reader = PdfReader(io.BytesIO(made))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith(lang)
    assert reader.metadata.title == "Siapa melihat"


@pytest.mark.parametrize("cell", ['#read("/etc/passwd")', '"); #sys', "*a* _b_ $x$ = y", "<b>&", "[", "\\"])
def test_what_tries_to_be_markup_stays_text(made_ms, cell):
    made = sheet("T", "L", COLUMNS, [(cell, "B")], made_ms, "id", is_synthetic=True)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert cell in text
    assert "DATA SINTETIS" in text


def test_many_rows_go_on_over_pages_with_the_headings(made_ms):
    made = sheet("T", "L", COLUMNS, [(str(n), "Klinik Contoh") for n in range(150)], made_ms, "id")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert len(pages) > 1
    assert all("Waktu" in text for text in pages)


def test_a_character_without_a_glyph_breaks_nothing(made_ms):
    assert sheet("名前 😀", "L", COLUMNS, [("\u202e\x00", "")], made_ms, "id").startswith(b"%PDF")
