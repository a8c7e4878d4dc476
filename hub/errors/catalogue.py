"""The catalogue of stable issue codes: `texts/*.toml`, one file per area, Indonesian and English side by side.

HUB-1xxx FHIR validation, 2xxx files and rows, 3xxx the way in, 4xxx the way out, 5xxx sign-in, 6xxx city rules.
A code never changes its meaning; a retired one stays listed.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hub.cities import of_city
from hub.model import Issue

_CODE = re.compile(r"HUB-[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A code's FHIR issue type (https://www.hl7.org/fhir/R4/valueset-issue-type.html) and its four texts."""

    code: str
    kind: str
    id: str
    en: str
    fix_id: str
    fix_en: str


@cache
def catalogue() -> dict[str, Entry]:
    """All codes. Raises ValueError when two files claim one code."""
    entries: dict[str, Entry] = {}
    for file in sorted(files("hub.errors").joinpath("texts").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        for code, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if code in entries:
                raise ValueError(f"{code} is defined twice (again in {file.name})")
            entries[code] = Entry(code=code, **{name: of_city(text) for name, text in texts.items()})
    return entries


def text(issue: Issue, lang: str = "id") -> str:
    """What is wrong, in `lang` ("id" or "en"). Holds no personal value."""
    entry = _entry(issue)
    return (entry.en if lang == "en" else entry.id).format_map(_Args(issue))


def fix(issue: Issue, lang: str = "id") -> str:
    """What to do about it, in `lang`."""
    entry = _entry(issue)
    return (entry.fix_en if lang == "en" else entry.fix_id).format_map(_Args(issue))


def kind(issue: Issue) -> str:
    """The FHIR issue type of its code."""
    return _entry(issue).kind


def _entry(issue: Issue) -> Entry:
    """The code's entry; a neutral one for a code that nobody here knows: an old row must not hide the others."""
    if isinstance(issue.code, str) and (found := catalogue().get(issue.code)) is not None:
        return found
    shown = issue.code if isinstance(issue.code, str) and _CODE.fullmatch(issue.code) else "HUB-?"
    return Entry(
        code=shown,
        kind="processing",
        id=f"Ada masalah dengan kode {shown}, yang tidak dikenal oleh versi hub ini.",
        en=f"There is a problem with the code {shown}, which this version of the hub does not know.",
        fix_id="Kirim ulang data dari sumbernya; bila tetap muncul, beri tahu pengelola hub.",
        fix_en="Send the data again from its source; if it stays, tell the hub's operator.",
    )


class _Args(dict[str, str]):
    """Arguments of a text; a missing one shows as an ellipsis instead of failing the answer."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.args)
        self["path"] = issue.path
        self["column"] = issue.column or ""
        self["row"] = "" if issue.row is None else str(issue.row)

    def __missing__(self, key: str) -> str:
        return "…"
