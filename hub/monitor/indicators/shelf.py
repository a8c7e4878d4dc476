"""The indicators the hub knows: those it ships, and the city's own folder, which adds to them or replaces them."""

import re
import tomllib
from errno import ENOENT
from functools import cache
from importlib.resources import files
from pathlib import Path

from hub.errors import Category, HubError
from hub.model import Issue
from hub.monitor.indicators.indicator import Indicator
from hub.monitor.indicators.reading import MOST_BYTES, read
from hub.monitor.indicators.selecting import Lists

LISTS = "lists.toml"
_NAME = re.compile(r"[a-z][a-z0-9-]{1,40}")
_ORDER = ("spm", "inm", "bpjs", "clinical", "city")


def definitions(folder: Path | None = None) -> tuple[Indicator, ...]:
    """All indicators, by group and code. `folder` (HUB_INDICATORS): the city's own; one with the code of a shipped one
    takes its place. HubError UNPROCESSABLE with every fault of every file."""
    found = {each.id: each for each in _shipped()}
    issues: list[Issue] = []
    mine: dict[str, str] = {}
    for file in _own(folder):
        one, faults = read(_bytes(file), file.name, lists(folder))
        issues += faults
        if one is not None:
            if one.id in mine:
                issues.append(_twice(file.name, one.id, mine[one.id]))
            mine[one.id] = file.name
            found[one.id] = one
    if issues:
        raise HubError(Category.UNPROCESSABLE, *issues)
    return tuple(sorted(found.values(), key=lambda each: (_ORDER.index(each.group), each.id)))


def shelved(folder: Path | None) -> tuple[Indicator, ...]:
    """The same for a process that lives long: read anew when a file of the folder changed; while something is wrong
    with one, as they last were."""
    mark, held = _mark(folder), _held.get(folder)
    if held is None or held[0] != mark:
        try:
            held = (mark, definitions(folder))
        except (HubError, OSError):
            if held is None:
                raise
            held = (mark, held[1])
        _held[folder] = held
    return held[1]


def _mark(folder: Path | None) -> object:
    try:
        files_ = [*_own(folder), *([folder / LISTS] if folder and (folder / LISTS).is_file() else [])]
        return tuple((file.name, (about := file.stat()).st_mtime_ns, about.st_size) for file in files_)
    except OSError:  # gone since it was listed
        return None


_held: dict[Path | None, tuple[object, tuple[Indicator, ...]]] = {}


def check(file: Path, folder: Path | None = None) -> tuple[Indicator | None, list[Issue]]:
    """One file: the indicator, or everything that is wrong with it, also that another file of `folder` has its code.
    OSError when it cannot be read."""
    one, issues = read(_bytes(file), file.name, lists(folder or file.parent))
    for other in _own(folder):
        if one is not None and other.name != file.name and _code(other) == one.id:
            issues.append(_twice(file.name, one.id, other.name))
    return (None if issues else one), issues


def _own(folder: Path | None) -> list[Path]:
    """The city's own definitions: not what an editor keeps beside an open one (.#name, a dangling link)."""
    files_ = sorted(folder.glob("*.toml")) if folder else []
    if folder and not files_ and not folder.is_dir():
        raise FileNotFoundError(ENOENT, "HUB_INDICATORS does not name a folder", str(folder))
    return [file for file in files_ if file.name != LISTS and not file.name.startswith(".") and file.is_file()]


def _code(file: Path) -> str:
    try:
        return str(tomllib.loads(_bytes(file).decode("utf-8-sig")).get("id", ""))
    except (OSError, ValueError, RecursionError):
        return ""


def _twice(file: str, code: str, other: str) -> Issue:
    return Issue("HUB-4246", path="id", row=1, args={"file": file, "found": code, "other": other})


def lists(folder: Path | None = None) -> Lists:
    """Named lists of codes: those the hub ships, and those of lists.toml in `folder`."""
    own = folder / LISTS if folder else None
    return _shipped_lists() | (_lists(own.read_bytes(), LISTS) if own and own.is_file() else {})


@cache
def _shipped() -> tuple[Indicator, ...]:
    found: list[Indicator] = []
    for file in files(__package__).joinpath("definitions").iterdir():
        if file.name.endswith(".toml") and file.name != LISTS:
            one, issues = read(file.read_bytes(), file.name, _shipped_lists())
            if one is None:
                raise HubError(Category.FAULT, *issues)
            found.append(one)
    return tuple(found)


@cache
def _shipped_lists() -> dict[str, tuple[str, ...]]:
    return _lists(files(__package__).joinpath("definitions", LISTS).read_bytes(), LISTS)


def _lists(data: bytes, name: str) -> dict[str, tuple[str, ...]]:
    try:
        found = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        issue = Issue("HUB-4240", row=1, args={"file": name, "problem": str(error)[:80]})
        raise HubError(Category.UNPROCESSABLE, issue) from None
    issues = []
    known: dict[str, tuple[str, ...]] = {}
    for key, table in found.items():
        codes = table.get("codes") if isinstance(table, dict) else None
        if not _NAME.fullmatch(key) or not isinstance(codes, list) or not all(isinstance(one, str) for one in codes):
            args = {"file": name, "found": key[:40], "example": 'codes = ["J01"]'}
            issues.append(Issue("HUB-4243", path=key, row=1, args=args))
        else:
            known[key] = tuple(codes)
    if issues:
        raise HubError(Category.UNPROCESSABLE, *issues)
    return known


def _bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)
