"""Which language a page is in, and its texts: one catalogue per language, same keys (`texts/LANG/AREA.toml`)."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from hub.cities import of_city
from hub.web.call import Lang

Translate = Callable[..., str]


@cache
def texts(lang: Lang) -> dict[str, str]:
    """All texts of a language by dotted key. ValueError when two files hold the same key."""
    found: dict[str, str] = {}
    for file in sorted(files("hub.web").joinpath("texts", lang).iterdir(), key=lambda each: each.name):
        for key, value in _flat(tomllib.loads(file.read_text(encoding="utf-8"))):
            text = of_city(value)
            if found.setdefault(key, text) is not text:
                raise ValueError(f"{key} is written twice (again in {file.name})")
    return found


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
    return found


def translator(lang: Lang) -> Translate:
    """A function (key, default=None, **arguments) -> text. Arguments are plain text: escaping is the template's.

    KeyError when the key is unknown and no default is given.
    """
    catalogue = texts(lang)

    def translate(key: str, default: str | None = None, **arguments: object) -> str:
        text = catalogue[key] if default is None else catalogue.get(key, default)
        return text.format_map(arguments) if arguments else text

    return translate


def choose(query: str | None, cookie: str | None, accept: str | None) -> Lang:
    """The language asked for in the address, else remembered, else the browser's first of ours, else Indonesian."""
    for wish in (query, cookie):
        if wish in ("id", "en"):
            return "en" if wish == "en" else "id"
    ranked = sorted((_quality(part) for part in (accept or "")[:200].split(",")), key=lambda x: x[1], reverse=True)
    for tag, quality in ranked:
        if quality > 0 and tag[:2] in ("id", "en"):
            return "en" if tag[:2] == "en" else "id"
    return "id"


def _quality(part: str) -> tuple[str, float]:
    tag, _, rest = part.strip().partition(";")
    try:
        return tag.strip().lower(), float(rest.strip().removeprefix("q=")) if rest else 1.0
    except ValueError:
        return "", 0.0
