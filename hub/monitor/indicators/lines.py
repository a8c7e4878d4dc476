"""On which line of a TOML file a key stands, so that a fault can be found with an editor."""

import re

_TABLE = re.compile(r"\s*\[(?!\[)([^\]]+)\]\s*(?:#.*)?$")
_TABLES = re.compile(r"\s*\[\[([^\]]+)\]\]\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=")


def lines_of(text: str) -> dict[str, int]:
    """Paths ("denominator.with[1].codes") to line numbers, counted from 1; tables have their header's line."""
    found: dict[str, int] = {"": 1}
    table = ""
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLES.match(line):
            name = _place(match[1], seen)
            seen[name] = seen.get(name, -1) + 1
            table = f"{name}[{seen[name]}]"
            found.setdefault(table, number)
            found.setdefault(name, number)
        elif match := _TABLE.match(line):
            table = _place(match[1], seen)
            found.setdefault(table, number)
        elif match := _KEY.match(line):
            path = f"{table}.{match[1]}" if table else match[1]
            found.setdefault(path, number)
    return found


def line_of(found: dict[str, int], path: str) -> int:
    """The line of a path, or of the nearest table or key around it."""
    while path and path not in found:
        path = path.rpartition("[" if path.endswith("]") else ".")[0]
    return found.get(path, 1)


def _place(name: str, seen: dict[str, int]) -> str:
    """A table's path; inside an array of tables it is in the last one."""
    parts: list[str] = []
    for part in name.strip().split("."):
        parts.append(part.strip())
        path = ".".join(parts)
        if path in seen and path != name.strip():
            parts[-1] = f"{parts[-1]}[{seen[path]}]"
    return ".".join(parts)
