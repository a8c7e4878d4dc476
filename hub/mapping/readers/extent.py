"""Before a workbook is opened: how large would it become? The parser lays cells out in a full rectangle: two cells in
opposite corners of a sheet, a file of 2 kB, would take all memory."""

import re
import zipfile

from hub.model import Issue

MAX_UNPACKED = 200 * 1024 * 1024
MAX_CELLS = 6_000_000
_CHUNK = 1024 * 1024
_CELL = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_LONGEST_REFERENCE = 16


class Unreadable(Exception):
    """The bytes are no file we can read; `issue` says why."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.issue = Issue(code, severity="fatal", args=args)


def check_extent(archive: zipfile.ZipFile) -> None:
    """Raises `Unreadable` unless this is an XLSX of at most 200 MiB unpacked and 6 million cells in all rectangles."""
    parts = archive.infolist()
    if "xl/workbook.xml" not in archive.namelist():
        raise Unreadable("HUB-2005", found="ZIP")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable("HUB-2002", limit=f"{MAX_UNPACKED // 1048576} MiB")
    sheets = [part for part in parts if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")]
    if sum(_rectangle(archive, part) for part in sheets) > MAX_CELLS:
        raise Unreadable("HUB-2002", limit=f"{MAX_CELLS} sel/cells")


def _rectangle(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Rows times columns of the rectangle from A1 that holds every cell of a sheet."""
    row, column, kept = 0, b"", b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            for letters, digits in _CELL.findall(kept + chunk):
                row = max(row, int(digits))
                if (len(letters), letters) > (len(column), column):
                    column = letters
            kept = chunk[-_LONGEST_REFERENCE:]
    width = 0
    for letter in column:
        width = width * 26 + letter - 64
    return row * width
