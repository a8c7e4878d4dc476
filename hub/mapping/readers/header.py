"""Finding the header line and matching its names to the manifest's columns; case, blanks, signs, units do not count."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from hub.mapping.manifest import Group, Manifest
from hub.mapping.readers.wording import BRACKETED
from hub.mapping.record import unknown_name
from hub.model import Issue

SEARCHED_LINES = 30
IGNORED = "-"
"""What a facility's renaming says of a header that is never to be taken."""
LONGEST_NAME = 500
"""Characters; a longer cell is no header."""


@dataclass(frozen=True, slots=True)
class Header:
    """`columns[i]` is the column of cell i: None if nameless, "" if dropped. `names`: the sender's headers; `long`: the
    places (from 1) of cells too long to be one."""

    row: int
    columns: tuple[str | None, ...]
    names: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=())
    long: tuple[int, ...] = ()


def plain(name: str) -> str:
    """A header name as it is compared: "No. RM*" and "no_rm" are the same."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def is_ours(name: str, ours: str) -> bool:
    """True for the column that we added to a file; its title may carry notes on the whole file."""
    return plain(name).startswith(plain(ours))


def known_names(manifest: Manifest | Group, renames: Mapping[str, str]) -> dict[str, str]:
    """Compared form of every accepted header to its column; a facility's renames come first, IGNORED among them."""
    known: dict[str, str] = {}
    for column in (*manifest.columns, *manifest.ignored):
        for name in (column.name, *column.aliases):
            if plain(name):
                known.setdefault(plain(name), column.name)
    known.update({plain(theirs): unknown_name(ours) for theirs, ours in renames.items() if plain(theirs)})
    return known


def long_name(row: int, place: str) -> Issue:
    """The refusal of a header or key that is too long to be one; `place`: which of its row it is, from 1."""
    return Issue("HUB-2027", row=row, args={"place": place, "limit": str(LONGEST_NAME)})


def find_header(
    rows: Sequence[Sequence[str]], manifest: Manifest, known: Mapping[str, str], dropped: str
) -> Header | None:
    """The first line among 30 that names every required column, else the one that names most; None when none names at
    least two."""
    best: tuple[int, int] | None = None
    required = set(manifest.required)
    for index, cells in enumerate(rows[:SEARCHED_LINES]):
        matched = {column for cell in cells if (column := _match(cell, known)) and column != IGNORED}
        if len(matched) >= 2 and (best is None or len(matched) > best[1]):
            best = (index, len(matched))
            if required and required <= matched:
                break
    if best is None:
        return None
    index, cells = best[0], rows[best[0]]
    below = rows[index + 1] if index + 1 < len(rows) else ()
    if _is_second_line(cells, below, known):
        index, cells = index + 1, [under or over for over, under in zip_longest(cells, below, fillvalue="")]
    return _read_header(index, cells, manifest, known, dropped)


def _is_second_line(over: Sequence[str], under: Sequence[str], known: Mapping[str, str]) -> bool:
    """True for the lower half of a header of two lines ("SOAP" over Assessment, Subjective, ...): nothing but names of
    columns, each under a cell that names none."""
    filled = [(at, cell) for at, cell in enumerate(under) if cell]
    return len(filled) > 1 and all(
        _match(cell, known) and not (at < len(over) and _match(over[at], known)) for at, cell in filled
    )


def _match(cell: str, known: Mapping[str, str]) -> str | None:
    if len(cell) > LONGEST_NAME:
        return None
    found = known.get(plain(cell))
    return found or (known.get(plain(BRACKETED.sub("", cell))) if "(" in cell or "[" in cell else None)


def _is_long(cell: str, dropped: str) -> bool:
    return len(cell) > LONGEST_NAME and not is_ours(cell, dropped)


def _read_header(
    index: int, cells: Sequence[str], manifest: Manifest, known: Mapping[str, str], dropped: str
) -> Header:
    columns: list[str | None] = []
    names: dict[str, str] = {}
    unknown, doubled = [], []
    taken: set[str] = set()
    long = tuple(place for place, cell in enumerate(cells, 1) if _is_long(cell, dropped))
    for cell in cells:
        name = "" if _is_long(cell, dropped) else cell.strip()
        column = _match(name, known)
        if not name or is_ours(name, dropped):
            columns.append(None)
        elif column is None:
            name = unknown_name(name)
            unknown.append(name)
            columns.append(name if name not in taken else None)
            taken.add(name)
        elif column == IGNORED:
            columns.append("")
        elif column in names:
            doubled.append(name)
            columns.append(None)
        else:
            names[column] = name
            columns.append(column)
            taken.add(column)
    missing = tuple(name for name in manifest.required if name not in names)
    dropped_at = {i for i, cell in enumerate(cells) if is_ours(cell, dropped)}
    width = tuple("" if i in dropped_at else column for i, column in enumerate(columns))
    return Header(index + 1, width, names, tuple(unknown), tuple(doubled), missing, long)
