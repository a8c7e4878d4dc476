"""Reading the keys of a TOML table one by one, noting every fault with its line instead of stopping at the first."""

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Any

from hub.model import Issue
from hub.monitor.indicators.lines import line_of

_SHOWN = 40


class Faults:
    """What is wrong with one file."""

    def __init__(self, file: str, lines: dict[str, int]) -> None:
        self.file, self.lines = file, lines
        self.issues: list[Issue] = []

    def add(self, code: str, path: str, **args: str) -> None:
        """One fault of the key at `path`."""
        row = line_of(self.lines, path)
        key = re.sub(r"\[\d+\]", "", path)  # the line tells which one is meant
        self.issues.append(Issue(code, path=key, row=row, args={"file": self.file, **args}))


class Table:
    """A TOML table at `path`; what was not asked for when `close` is called is a fault."""

    def __init__(self, data: Mapping[str, Any], path: str, faults: Faults) -> None:
        self._data, self.path, self.faults = data, path, faults
        self._asked: list[str] = []

    def at(self, key: str) -> str:
        """The path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        self._ask(key)
        return key in self._data

    def raw(self, key: str) -> Any:
        """Its value as TOML gives it, None when absent."""
        self._ask(key)
        return self._data.get(key)

    def missing(self, key: str, example: str) -> None:
        """A fault: the key must be there."""
        self.faults.add("HUB-4241", self.at(key), example=example)

    def wrong(self, key: str, example: str, found: object = None) -> None:
        """A fault: its value is not of the right form."""
        shown = str(self._data.get(key) if found is None else found)[:_SHOWN]
        self.faults.add("HUB-4243", self.at(key), found=shown, example=example)

    def text(self, key: str, example: str, is_needed: bool = False) -> str:
        """A text; "" when absent or wrong."""
        value = self.raw(key)
        if value is None:
            if is_needed:
                self.missing(key, example)
            return ""
        if not isinstance(value, str) or not value.strip() or len(value) > 2000:
            self.wrong(key, example)
            return ""
        return value.strip()

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of some words; the first of them when it is wrong (the fault is noted)."""
        value = self.raw(key)
        if value is None:
            if default is None:
                self.missing(key, f'{key} = "{allowed[0]}"')
                return allowed[0]
            return default
        if value not in allowed:
            self.wrong(key, ", ".join(f'"{each}"' for each in allowed))
            return allowed[0]
        return str(value)

    def several(self, key: str, allowed: Collection[str], example: str = "") -> tuple[str, ...]:
        """One of some words or a list of them, each once; () when absent or wrong."""
        value = self.raw(key)
        if value is None:
            return ()
        written = value if isinstance(value, list) else [value]
        if not written or not all(isinstance(each, str) and each in allowed for each in written):
            self.wrong(key, example or ", ".join(f'"{each}"' for each in allowed))
            return ()
        return tuple(dict.fromkeys(written))

    def whole(self, key: str, low: int, high: int, default: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.wrong(key, f"{low} .. {high}")
            return default
        return value

    def number(self, key: str) -> float | None:
        """A number from 0 to 100,000; None when absent."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 100_000:
            self.wrong(key, f"{key} = 80")
            return None
        return float(value)

    def flag(self, key: str) -> bool:
        """true or false; false when absent."""
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, "true, false")
        return value is True

    def words(self, key: str, is_needed: bool = True) -> dict[str, str]:
        """Words in Indonesian and English; {} when absent."""
        value = self.raw(key)
        example = f'{key} = {{ id = "…", en = "…" }}'
        if value is None:
            if is_needed:
                self.missing(key, example)
            return {}
        if not isinstance(value, Mapping):
            self.wrong(key, example)
            return {}
        return self._spoken(Table(value, self.at(key), self.faults), is_closed=True)

    def own_words(self) -> dict[str, str]:
        """The keys id and en of this table itself."""
        return self._spoken(self, is_closed=False)

    def tables(self, key: str) -> list["Table"]:
        """A table or an array of tables; [] when absent."""
        value = self.raw(key)
        if value is None:
            return []
        if isinstance(value, Mapping):
            return [Table(value, self.at(key), self.faults)]
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value) or len(value) > 40:
            self.wrong(key, f"[[{self.at(key)}]]", "?")
            return []
        return [Table(each, f"{self.at(key)}[{at}]", self.faults) for at, each in enumerate(value)]

    def close(self) -> None:
        """Every key was asked for; what is left over is a fault."""
        for key in self._data:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                known = ", ".join(near or sorted(self._asked))
                self.faults.add("HUB-4242", self.at(key), known=known)

    def _spoken(self, table: "Table", is_closed: bool) -> dict[str, str]:
        found = {lang: table.text(lang, f'{lang} = "…"', is_needed=True) for lang in ("id", "en")}
        if is_closed:
            table.close()
        return found

    def _ask(self, key: str) -> None:
        if key not in self._asked:
            self._asked.append(key)
