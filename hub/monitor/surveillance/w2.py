"""The weekly report (W2): each facility's cases by disease and its visits, how many reported, and how many in time."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.monitor.surveillance.diseases import Settings

EXPECTED = ("on-time", "late", "none", "quiet")
REPORTED = ("on-time", "late")


@dataclass(frozen=True, slots=True)
class FacilityWeek:
    """A facility's line. `state`: as in hub.monitor.weeks; `owes`: it is one of those that owe the report; `visits`
    counts all of the week; `cases` in the order of the diseases."""

    id: str
    name: str
    kind: str
    area: str
    state: str
    owes: bool
    visits: int
    cases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The week from the Sunday `start`; `year` and `number` as in the epidemiological calendar."""

    start: str
    year: int
    number: int
    lines: tuple[FacilityWeek, ...]

    @property
    def expected(self) -> int:
        """Facilities that owe a report of this week."""
        return sum(line.owes and line.state in EXPECTED for line in self.lines)

    @property
    def awaited(self) -> int:
        """Facilities that owe a report for which they still have time."""
        return sum(line.owes and line.state == "open" for line in self.lines)

    @property
    def completeness(self) -> int | None:
        """Per cent of them that reported, None when none owes one."""
        return self._share(REPORTED)

    @property
    def timeliness(self) -> int | None:
        """Per cent of them that reported in time."""
        return self._share(("on-time",))

    def _share(self, states: Sequence[str]) -> int | None:
        done = sum(line.owes and line.state in states for line in self.lines)
        return done * 100 // self.expected if self.expected else None


def epi_week(sunday: int) -> tuple[int, int]:
    """Year and number of the week from a Sunday (days since 1970-01-01): week 1 is the first with at least four days in
    the year, as in the calendar of WHO's epidemiological weeks (MMWR)."""
    day = date(1970, 1, 1) + timedelta(days=sunday + 3)  # the Wednesday decides
    return day.year, (day.timetuple().tm_yday - 1) // 7 + 1


def w2_rows(
    report: Report, settings: Settings, state: Callable[[str], str], kind: Callable[[str], str], lang: str = "id"
) -> list[list[str | int]]:
    """The form as rows: a head, one line a facility, the sum. Columns: year, week, facility, kind, area, state, one
    for each disease by its code, X = all visits. `state`, `kind`: one of a facility in words."""
    names = [f"{each.code} {each.name[lang]}" for each in settings.diseases]
    head: list[str | int] = [*_HEAD[lang], *names, _VISITS[lang]]
    rows = [head]
    for line in report.lines:
        about = (line.id, line.name, kind(line.kind), line.area, state(line.state))
        rows.append([report.year, report.number, *about, *line.cases, line.visits])
    sums = [sum(line.cases[n] for line in report.lines) for n in range(len(settings.diseases))]
    total = sum(line.visits for line in report.lines)
    rows.append([report.year, report.number, "", _TOTAL[lang], "", "", "", *sums, total])
    return rows


def w2_csv(rows: Sequence[Sequence[str | int]]) -> bytes:
    """UTF-8 with a byte order mark and semicolons, which an Indonesian Excel opens in columns."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def w2_xlsx(rows: Sequence[Sequence[str | int]], title: str) -> bytes:
    """One sheet, the head frozen."""
    import xlsxwriter  # 2 MB that only a process that writes a workbook needs

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row, bold if number in (0, len(rows) - 1) else None)
        sheet.freeze_panes(1, 4)
        sheet.set_column(2, 3, 26)
    return out.getvalue()


def _plain(cell: str | int) -> str | int:
    """No cell that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


_HEAD = {
    "id": ("Tahun", "Minggu", "Kode faskes", "Faskes", "Jenis", "Kelurahan", "Laporan"),
    "en": ("Year", "Week", "Facility code", "Facility", "Kind", "Kelurahan", "Report"),
}
_VISITS = {"id": "X Jumlah kunjungan", "en": "X All visits"}
_TOTAL = {"id": "Jumlah", "en": "Total"}
