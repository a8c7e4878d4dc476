"""What a source's database says no with, as our own codes: its numbers are kept, its words and addresses are not."""

import re
from typing import Any

from hub.errors import Category, HubError
from hub.model import Issue

_DENIED = {"1044", "1045", "1130", "1142", "1143", "1227", "1698", "28000", "28P01", "42501"}
_MISSING = {"1054", "1146", "42P01", "42703", "1049", "3D000"}
_SLOW = {"1969", "3024", "57014"}
_GONE = {"1053", "1927", "2002", "2003", "2005", "2006", "2013", "4031", "57P01", "57P02", "57P03", "0"}
_SQLITE = (
    ("unable to open", "HUB-2217"),
    ("no such", "HUB-2206"),
    ("not a database", "HUB-2217"),
    ("interrupted", "HUB-2207"),
)


def refusal(origin: BaseException | None, is_lost: bool = False) -> HubError:
    """The HubError for a driver's fault: unreachable or lost 2201, denied 2202, missing 2206, slow 2207, no
    SQLite file 2217, else 2215."""
    number = _number(origin)
    code = "HUB-2215"
    if number in _DENIED:
        code = "HUB-2202"
    elif number in _MISSING:
        code = "HUB-2206"
    elif number in _SLOW:
        code = "HUB-2207"
    elif number in _GONE or number[:2] == "08" or is_lost:
        code = "HUB-2201"
    elif origin is not None and type(origin).__module__.startswith("sqlite3"):
        code = next((code for words, code in _SQLITE if words in str(origin)), code)
    elif origin is not None and type(origin).__name__ == "OperationalError" and not number:
        code = "HUB-2201"  # a host that does not answer has no number
    return HubError(Category.UNAVAILABLE, Issue(code, severity="fatal", args={"number": number or "-"}))


def _number(origin: Any) -> str:
    """MariaDB's error number, else the SQLSTATE; "" when there is none."""
    first = next(iter(getattr(origin, "args", ())), "")
    found = str(first if isinstance(first, int) else getattr(origin, "sqlstate", None) or "")
    return found if re.fullmatch(r"[0-9A-Z]{1,5}", found) else ""
