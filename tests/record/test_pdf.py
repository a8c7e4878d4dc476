import dataclasses
import io

import pytest
from pypdf import PdfReader

from hub.record import Summary, pdf, summary
from hub.record.lines import Person


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_pdf_is_tagged_titled_and_in_its_language(resources, facilities, made_ms, lang):
    reader = PdfReader(io.BytesIO(pdf(summary(resources, facilities, lang), made_ms)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(lang)
    assert "/StructTreeRoot" in root
    assert "Siti" in reader.metadata.title


def test_names_that_try_to_be_markup_stay_text(resources, facilities, made_ms):
    shown = text_of(pdf(summary(resources, facilities, "id"), made_ms))
    assert "Siti <b>Aminah</b> & #panic()" in shown
    assert "Darah tinggi (hipertensi)" in shown
    assert "130/85 mmHg" in shown


@pytest.mark.parametrize("name", ['#read("/etc/passwd")', '"); #sys', "*a* _b_ $x$ = y", "\\", "\u202e\x00", "名前 😀"])
def test_no_text_breaks_it(name, made_ms):
    assert pdf(Summary("id", Person(name, "", "")), made_ms).startswith(b"%PDF")


def test_the_banner_is_on_every_page_of_the_demo(resources, facilities, made_ms):
    record = summary(resources, facilities, "id")
    many = dataclasses.replace(record, visits=record.visits * 12)
    pages = PdfReader(io.BytesIO(pdf(many, made_ms, is_synthetic=True))).pages
    assert len(pages) > 2
    assert all("DATA SINTETIS" in page.extract_text() for page in pages)
    assert "SINTETIS" not in text_of(pdf(record, made_ms))


def test_the_same_record_is_the_same_file(resources, facilities, made_ms):
    record = summary(resources, facilities, "id")
    assert pdf(record, made_ms) == pdf(record, made_ms)
