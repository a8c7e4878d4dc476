"""Before a workbook is opened: how large would it become? The parser lays cells out in a full rectangle: two cells in
opposite corners of a sheet, or one long text that many cells share, a file of a few kB, would take all memory and the
whole process with it.

So nothing is taken on trust: sizes are counted while unpacking, and a sheet is known by what it holds, not its name.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import NoReturn
from xml.parsers import expat

from hub.model import Issue

MAX_UNPACKED = 100 * 1024 * 1024
MAX_TEXT = 50 * 1024 * 1024
"""Characters in all cells: each becomes up to four bytes, several times over."""
MAX_CELL = 1024 * 1024
"""Characters in one cell; Excel itself takes 32,767."""
MAX_CELLS = 6_000_000
_CHUNK = 1024 * 1024
_SHEET = b"sheetData"
"""The element every sheet's cells stand in; the parser compares these very bytes."""
_TEXTS = "xl/sharedstrings.xml"
_OTHER_BOOKS = frozenset({"xl/workbook.bin", "content.xml"})
"""Marks of the zipped forms of workbook we do not read (XLSB, ODS), which the parser would try as well."""
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_DIGITS = 9
"""Of the number of a shared text."""
_ROW = re.compile(r"[0-9]{1,7}")
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, ValueError, LookupError, RuntimeError)


class Unreadable(Exception):
    """The bytes are no file we can read; `issue` says why."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.issue = Issue(code, severity="fatal", args=args)


def check_extent(data: bytes) -> None:
    """Raises `Unreadable` unless this is a whole XLSX of at most 100 MiB unpacked, 50 Mi characters in its cells (texts
    that cells share counted for each of them), 1 Mi in one cell, and 6 million cells in all rectangles."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, data)
    except _DAMAGED as error:
        raise Unreadable("HUB-2005", found="XLSX") from error


def _check(archive: zipfile.ZipFile, data: bytes) -> None:
    names = [part.filename.lower() for part in archive.infolist()]
    if "xl/workbook.xml" not in names or len(set(names)) < len(names) or not _OTHER_BOOKS.isdisjoint(names):
        raise Unreadable("HUB-2005", found="ZIP")
    left, sheets = MAX_UNPACKED, []
    texts = _Texts()
    for part in archive.infolist():
        is_sheet, size = _measure(data, part, left)
        left -= size
        if part.filename.lower() == _TEXTS:
            _parse(texts.parser, data, part)
        elif is_sheet:
            sheets.append(part)
    extent = _Extent(texts.lengths)
    for part in sheets:
        extent.begin()
        _parse(extent.parser, data, part)


def _parse(parser: expat.XMLParserType, data: bytes, part: zipfile.ZipInfo) -> None:
    for chunk in _unpacked(data, part):
        parser.Parse(chunk)
    parser.Parse(b"", True)


def _refuse(*_: object) -> NoReturn:
    raise Unreadable("HUB-2005", found="XLSX")


def _parser() -> expat.XMLParserType:
    """A parser that lets no document type in, so that nothing can be defined and multiplied."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _measure(data: bytes, part: zipfile.ZipInfo, limit: int) -> tuple[bool, int]:
    """Whether a part holds cells, and its real size."""
    is_sheet, size, kept = False, 0, b""
    for chunk in _unpacked(data, part):
        size += len(chunk)
        if size > limit:
            raise Unreadable("HUB-2002", limit=f"{MAX_UNPACKED // 1048576} MiB")
        is_sheet = is_sheet or _SHEET in kept + chunk
        kept = chunk[-len(_SHEET) :]
    return is_sheet, size


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's content as its packed bytes have it, whatever size the directory gives."""
    name, extra = struct.unpack_from("<HH", data, part.header_offset + 26)
    start = part.header_offset + 30 + int(name) + int(extra)
    packed = data[start : start + part.compress_size]
    if part.flag_bits & 1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("HUB-2005", found="ZIP")
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    engine = zlib.decompressobj(wbits=-15)
    while not engine.eof:
        chunk = engine.decompress(packed, _CHUNK)
        packed = engine.unconsumed_tail
        if not chunk and not engine.eof:
            raise zlib.error("cut off")
        yield chunk


def _too_long(limit: int) -> NoReturn:
    raise Unreadable("HUB-2002", limit=f"{limit >> 20} MiB")


class _Texts:
    """The lengths of the texts that cells share, in their order."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.parser = _parser()
        self.parser.StartElementHandler = self._element
        self.parser.CharacterDataHandler = self._characters

    def _element(self, name: str, _: object) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def _characters(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)
            if self.lengths[-1] > MAX_CELL:
                _too_long(MAX_CELL)


class _Extent:
    """What the sheets become: for each the rectangle from A1 that holds every cell, and every cell with a text of its
    own. A cell may leave its place out and then follows the one before."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self._lengths, self._characters = lengths, 0
        self._before = self._cells = 0
        self.begin()

    def begin(self) -> None:
        """A further sheet, with a parser of its own."""
        self._before += self._cells
        self._cells = self._rows = self._columns = self._row = self._column = 0
        self._is_shared = self._is_number = False
        self._digits, self._length = "", 0
        self.parser = _parser()
        self.parser.StartElementHandler = self._element
        self.parser.CharacterDataHandler = self._text

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if self._digits:
            self._shared()
        self._is_number = local == "v" and self._is_shared
        if local == "c":
            self._is_shared, self._length = attributes.get("t") == "s", 0
            self._cell(attributes.get("r"))
        elif local == "row":
            given = attributes.get("r")
            if given is not None and not _ROW.fullmatch(given):
                _refuse()
            self._row, self._column = int(given) if given else self._row + 1, 0

    def _cell(self, given: str | None) -> None:
        if given is None:
            self._column += 1
        elif found := _REFERENCE.fullmatch(given):
            self._row, self._column = int(found[2]), 0
            for letter in found[1].upper():
                self._column = self._column * 26 + ord(letter) - 64
        else:
            _refuse()
        if self._row > self._rows or self._column > self._columns:
            self._rows, self._columns = max(self._row, self._rows), max(self._column, self._columns)
            self._cells = self._rows * self._columns
            if self._before + self._cells > MAX_CELLS:
                raise Unreadable("HUB-2002", limit=f"{MAX_CELLS} sel/cells")

    def _text(self, text: str) -> None:
        """What stands in the sheet itself; of a shared text only its number does."""
        if self._is_number:
            self._digits += text.strip()
            if len(self._digits) > _DIGITS:
                _refuse()
        self._length += len(text)
        self._count(len(text), self._length)

    def _shared(self) -> None:
        """A shared text by its number: each cell gets a copy of its own."""
        if not self._digits.isdecimal() or int(self._digits) >= len(self._lengths):
            _refuse()
        length = self._lengths[int(self._digits)]
        self._digits, self._is_shared = "", False
        self._count(length, length)

    def _count(self, more: int, length: int) -> None:
        self._characters += more
        if length > MAX_CELL or self._characters > MAX_TEXT:
            _too_long(MAX_CELL if length > MAX_CELL else MAX_TEXT)
