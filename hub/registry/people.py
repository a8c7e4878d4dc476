"""The population and the targets of services, as CSV files a statistics office writes."""

from collections.abc import Collection, Iterator, Mapping

from hub.cities import areas
from hub.model import Issue
from hub.model.population import Residents, Target
from hub.registry.sheet import sheet

MOST_ROWS = 100_000
MOST_PEOPLE = 500_000_000
_YEARS = range(2000, 2100)
_SEXES = {"": "", "male": "male", "female": "female", "l": "male", "p": "female"}


def population_of(text: str, file: str, bands: Collection[str]) -> tuple[list[Residents], list[Issue]]:
    """The rows of year,area,sex,band,people, and everything that is wrong (HUB-425x). No row is to be taken when
    anything is."""
    sheet = _Sheet(text, file, ("year", "area", "sex", "band", "people"))
    found: list[Residents] = []
    for row, line in sheet.rows():
        sex = _SEXES.get(row["sex"].lower())
        if sex is None:
            sheet.wrong("sex", line, "male, female")
        if row["band"] not in ("", *bands):
            sheet.wrong("band", line, ", ".join(bands))
        one = Residents(sheet.year(row, line), sheet.area(row, line), sex or "", row["band"], sheet.people(row, line))
        sheet.once(one[:-1], line)
        found.append(one)
    return found, sheet.issues


def targets_of(
    text: str, file: str, indicators: Collection[str], facilities: Collection[str]
) -> tuple[list[Target], list[Issue]]:
    """The rows of year,indicator,area,facility,people, and everything that is wrong (HUB-425x)."""
    sheet = _Sheet(text, file, ("year", "indicator", "area", "facility", "people"))
    found: list[Target] = []
    for row, line in sheet.rows():
        if row["indicator"] not in indicators:
            sheet.wrong("indicator", line, ", ".join(sorted(indicators)))
        if row["facility"] and row["facility"] not in facilities:
            sheet.wrong("facility", line, ", ".join(sorted(facilities)[:5]) + " …")
        if row["facility"] and row["area"]:
            sheet.wrong("area", line, '""')
        year, area, people = sheet.year(row, line), sheet.area(row, line), sheet.people(row, line)
        one = Target(year, row["indicator"], area, row["facility"], people)
        sheet.once(one[:-1], line)
        found.append(one)
    return found, sheet.issues


class _Sheet:
    """A CSV file with a line of headings, and what is wrong with it."""

    def __init__(self, text: str, file: str, columns: tuple[str, ...]) -> None:
        self._text, self._file, self._columns = text, file, columns
        self._known = {area.code for area in areas()}
        self._seen: dict[tuple[object, ...], int] = {}
        self.issues: list[Issue] = []

    def rows(self) -> Iterator[tuple[dict[str, str], int]]:
        """Each row with its line."""
        headings, rows = sheet(self._text)
        for column in self._columns:
            if column not in headings:
                args = {"file": self._file, "known": ", ".join(self._columns)}
                self.issues.append(Issue("HUB-4250", column=column, args=args))
        if self.issues:
            return
        count = 0
        for line, row in rows:
            count += 1
            if count > MOST_ROWS:
                break
            yield row, line
        if not 0 < count <= MOST_ROWS:
            self.issues.append(Issue("HUB-4253", args={"file": self._file, "most": str(MOST_ROWS)}))

    def wrong(self, column: str, line: int, example: str) -> None:
        """A value that does not fit."""
        args = {"file": self._file, "example": example}
        self.issues.append(Issue("HUB-4251", row=line, column=column, args=args))

    def once(self, key: tuple[object, ...], line: int) -> None:
        """Each thing is said on one line."""
        if (other := self._seen.setdefault(key, line)) != line:
            self.issues.append(Issue("HUB-4252", row=line, args={"file": self._file, "other": str(other)}))

    def year(self, row: Mapping[str, str], line: int) -> int:
        """The row's year."""
        found = _whole(row["year"])
        if found not in _YEARS:
            self.wrong("year", line, "2026")
            return 0
        return found

    def area(self, row: Mapping[str, str], line: int) -> str:
        """The row's kelurahan, "" for the whole city."""
        code = row["area"].replace(".", "")
        if code and code not in self._known:
            self.wrong("area", line, min(self._known))
        return code

    def people(self, row: Mapping[str, str], line: int) -> int:
        """The row's number."""
        found = _whole(row["people"])
        if not 0 <= found <= MOST_PEOPLE:
            self.wrong("people", line, "1250")
        return found


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1
