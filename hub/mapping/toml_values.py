"""Values of an adapter's TOML files, each of the kind it must be: a fault is a ValueError that names the entry."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file. ValueError for what is none: no UTF-8, a fault of syntax, nesting without end."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("lists or tables are nested too deeply") from None
    except OSError as error:
        raise ValueError(f"the file can't be read ({type(error).__name__})") from error


def only(raw: Mapping[str, Any], place: str, known: Iterable[str]) -> None:
    """Refuse entries that nobody reads."""
    if unknown := set(raw) - set(known):
        raise ValueError(f"{place}: unknown entry {', '.join(sorted(unknown))}")


def text(raw: Mapping[str, Any], place: str, name: str, default: str | None = None) -> str:
    """A text; without a default it must be there."""
    value = raw.get(name, default)
    if value is None:
        raise ValueError(f"{place}: {name} is missing")
    if not isinstance(value, str):
        raise ValueError(f"{place}: {name} must be a text")
    return value


def flag(raw: Mapping[str, Any], place: str, name: str) -> bool:
    """true or false; absent is false."""
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{place}: {name} must be true or false")
    return value


def texts(raw: Mapping[str, Any], place: str, name: str) -> tuple[str, ...]:
    """A list of texts; absent is empty."""
    return list_of_texts(raw.get(name, []), f"{place}: {name}")


def list_of_texts(value: Any, what: str) -> tuple[str, ...]:
    """A list of texts; `what` names it in the fault."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{what} must be a list of texts")
    return tuple(value)


def tables(raw: Mapping[str, Any], place: str, name: str) -> list[dict[str, Any]]:
    """The tables of an [[array]]; absent is empty."""
    value = raw.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"{place + ': ' if place else ''}{name} must be written as [[{name}]]")
    return value


def part(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A [table], which must be there."""
    value = raw.get(name)
    if not isinstance(value, dict):
        raise ValueError(f"[{name}] is missing" if value is None else f"{name} must be written as [{name}]")
    return value
