"""CSV files as offices write them."""

from pathlib import Path

import pytest

from hub.cli.output import read_text
from hub.registry.papers import check_details, rows_of_csv
from hub.registry.sheet import sheet


@pytest.mark.parametrize(
    "text",
    [
        "facility,phone\na,1\nb,\n",
        "\ufeffFacility; Phone \r\n a ;1;too much\r\n\r\nb\r\n",
        "facility,phone\ra,1\rb",
    ],
)
def test_whatever_separates_cells_and_ends_lines(text: str) -> None:
    headings, rows = sheet(text)
    assert headings == ["facility", "phone"]
    assert [row for _, row in rows] == [{"facility": "a", "phone": "1"}, {"facility": "b", "phone": ""}]


def test_what_is_no_csv_is_said_with_its_line() -> None:
    with pytest.raises(ValueError, match="line 2"):
        rows_of_csv(f'facility,address\na,"{"x" * 2_000_000}"\n')
    with pytest.raises(ValueError, match="phone stands there twice"):
        sheet("facility,phone,Phone\na,1,2\n")
    assert sheet("")[0] == []


@pytest.mark.parametrize("content", [b"\0" * 20_000_001, b"facility\n\xff\n"])
def test_what_is_too_large_or_no_text_is_not_read(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "izin.csv").write_bytes(content)
    with pytest.raises(ValueError, match="20 MB"):
        read_text(tmp_path / "izin.csv")


@pytest.mark.parametrize("day", ["2026-W01-1", "20260101", "2026-1-1", "2026-02-30", "1899-12-31", "２０２６-01-01", 5])
def test_a_day_is_written_as_a_day(day: object) -> None:
    assert [issue.code for issue in check_details({"facility": "a", "opened": day})] == ["HUB-4307"]
