"""What a sender hands in, in memory only: a temporary file of the usual form parsers would lie on disk in clear."""

import logging
import re
import unicodedata
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import unquote

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from starlette.datastructures import Headers

from hub.errors import Category, HubError
from hub.model import Issue

FIELD = "file"
MAX_PARTS = 10
_LONGEST_NAME = 120
_BY_TYPE = {
    "application/json": "kiriman.json",
    "text/csv": "kiriman.csv",
    "text/plain": "kiriman.csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "kiriman.xlsx",
    "application/octet-stream": "",
    "": "",
}
ACCEPTED = "multipart/form-data / text/csv / application/json / .xlsx"


# it writes bytes of malformed bodies to the log
logging.getLogger("python_multipart.multipart").disabled = True


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as handed in: its bytes and a safe version of the name its sender gave it."""

    data: bytes
    filename: str


def upload_of(headers: Headers, body: bytes) -> Upload:
    """The file of a request: the part "file" of a form, or the raw body named by X-Filename or Content-Disposition.

    INCORRECT without a file or name; UNSUPPORTED_MEDIA for other types.
    """
    media, options = _header(headers.get("content-type", ""))
    if media == "multipart/form-data":
        return _from_form(body, options.get("boundary", ""))
    if media not in _BY_TYPE:
        raise HubError(Category.UNSUPPORTED_MEDIA, Issue("HUB-5803", args={"accepted": ACCEPTED}))
    given = unquote(headers.get("x-filename", "")) or _header(headers.get("content-disposition", ""))[1].get("filename")
    filename = safe_name(given or "") or _BY_TYPE[media]
    if not body or not filename:
        raise _no_file()
    return Upload(body, filename)


def safe_name(name: str) -> str:
    """The last part of a path, without control characters, quotes and direction marks, at most 120 characters."""
    name = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in name if unicodedata.category(c)[0] not in "C" and c not in '"<>|:*?')
    return kept.strip(" .")[-_LONGEST_NAME:]


@dataclass(slots=True)
class _Part:
    headers: dict[str, str] = field(default_factory=dict)
    name: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    data: bytearray = field(default_factory=bytearray)


def _from_form(body: bytes, boundary: str) -> Upload:
    try:
        parts = _parts(body, boundary)
    except (MultipartParseError, ValueError):
        raise _no_file() from None
    for part in parts:
        _, options = _header(part.headers.get("content-disposition", ""))
        filename = safe_name(options.get("filename", ""))
        if options.get("name") == FIELD and filename and part.data:
            return Upload(bytes(part.data), filename)
    raise _no_file()


def _parts(body: bytes, boundary: str) -> list[_Part]:
    parts: list[_Part] = []
    ends: list[bool] = []

    def begin() -> None:
        if len(parts) == MAX_PARTS:
            raise ValueError("too many parts")
        parts.append(_Part())

    def header_end() -> None:
        part = parts[-1]
        part.headers[part.name.decode("latin-1").lower()] = part.value.decode("utf-8", "replace")
        part.name.clear()
        part.value.clear()

    parser = MultipartParser(
        boundary.encode("latin-1"),
        {
            "on_part_begin": begin,
            "on_header_field": lambda data, start, end: parts[-1].name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: parts[-1].value.extend(data[start:end]),
            "on_header_end": header_end,
            "on_part_data": lambda data, start, end: parts[-1].data.extend(data[start:end]),
            "on_end": lambda: ends.append(True),
        },
    )
    parser.write(body)
    parser.finalize()
    if not ends:
        raise ValueError("cut off")
    return parts


def _header(value: str) -> tuple[str, dict[str, str]]:
    """A header's main value in lower case, and its parameters (RFC 2231 forms too)."""
    message = Message()
    message["content-type"] = value.replace("\r", " ").replace("\n", " ")[:1000]
    try:
        found = message.get_params(failobj=[]) or []
    except (TypeError, ValueError):  # continued parameters that contradict each other
        return "", {}
    options = {name.lower(): _text(text) for name, text in found[1:]}
    return (found[0][0].strip().lower() if found else ""), options


def _text(value: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(value, str):
        return value
    _, _, text = value  # UTF-8 whatever character set is named: the few old senders of others lose only their accents
    return text.encode("latin-1", "replace").decode("utf-8", "replace")


def _no_file() -> HubError:
    return HubError(Category.INCORRECT, Issue("HUB-5818"))
