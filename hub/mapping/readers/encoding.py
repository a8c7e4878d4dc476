"""Text of a CSV whatever program wrote it: UTF-8 with or without BOM, UTF-16, cp1252, latin-1, UTF-8 encoded twice."""

import re

_CP1252 = r"\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122"
_NOT_ASCII = re.compile(rf"[\x80-\xff{_CP1252}]{{2,}}")


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of what it was: "utf-8", "utf-16", "cp1252", "latin-1" or "utf-8 twice"."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), "utf-16"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return data.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            return data.decode("latin-1"), "latin-1"
    once = repaired(text)
    return (once, "utf-8 twice") if once != text else (text, "utf-8")


def repaired(text: str) -> str:
    """Text of which runs may be UTF-8 read as cp1252 (as a latin1 column gives it), with those runs read rightly."""
    return text if text.isascii() else _NOT_ASCII.sub(_once, text)


def _once(run: re.Match[str]) -> str:
    """A run of letters that is UTF-8 read as cp1252, read rightly; anything else stays."""
    try:
        return b"".join(_byte(letter) for letter in run[0]).decode("utf-8")
    except UnicodeError:
        return run[0]


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")  # the five bytes cp1252 leaves open
