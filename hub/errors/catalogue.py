"""The catalogue of stable issue codes: `texts/*.toml`, one file per area, Indonesian and English side by side.

HUB-1xxx FHIR validation, 2xxx files and rows, 3xxx the way in, 4xxx the way out, 5xxx sign-in, 6xxx city rules.
A code never changes its meaning; a retired one stays listed.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hub.model import Issue


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
            entries[code] = Entry(code=code, **texts)
    return entries


def text(issue: Issue, lang: str = "id") -> str:
    """What is wrong, in `lang` ("id" or "en"). Holds no personal value."""
    entry = catalogue()[issue.code]
    return (entry.en if lang == "en" else entry.id).format_map(_Args(issue))


def fix(issue: Issue, lang: str = "id") -> str:
    """What to do about it, in `lang`."""
    entry = catalogue()[issue.code]
    return (entry.fix_en if lang == "en" else entry.fix_id).format_map(_Args(issue))


def kind(issue: Issue) -> str:
    """The FHIR issue type of its code."""
    return catalogue()[issue.code].kind


class _Args(dict[str, str]):
    """Arguments of a text; a missing one shows as an ellipsis instead of failing the answer."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.args)
        self["path"] = issue.path
        self["column"] = issue.column or ""
        self["row"] = "" if issue.row is None else str(issue.row)

    def __missing__(self, key: str) -> str:
        return "…"
