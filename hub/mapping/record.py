"""One row of a source. Each field is taken or ignored on purpose; what nobody touched is reported as a leftover."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, get_args

from hub.errors import catalogue
from hub.mapping.values.unfit import Doubtful, Unfit, is_empty
from hub.model import Issue
from hub.model.issue import Severity

T = TypeVar("T")
MAX_TYPED = 500
"""Characters a typed cell may have: nothing that has a form is longer, and conversions may remember what they read."""
_MARK = "§"
"""Prefix of the keys under which `raw` carries faults of the row's shape; no column name starts with it, and readers
keep senders' names from doing so (`unknown_name`)."""
_REMOVED = f"{_MARK}removed"
_MEMBER = re.compile(r"([^\[\].]+)\[([1-9][0-9]{0,5})\]\..+")
_NUMBERED = re.compile(r"\[([0-9]+)\](?=\.)")
_SEVERITIES: tuple[str, ...] = get_args(Severity)


class Record:
    """A row's values by column name, the row number as the sender's program shows it, and the issues found so far.

    An adapter reads every field first and asks `refused` then: all errors of a row are found at once. What the source
    has many of (the diagnoses of a visit) lies flat under keys `diagnosa[1].kode` and is read through `group`.
    `is_removed`: the source says that it no longer has this row; only its key is there.
    """

    __slots__ = (
        "_headers",
        "_members",
        "_prefix",
        "_shape",
        "_taken",
        "_values",
        "blank",
        "is_removed",
        "issues",
        "row",
    )

    def __init__(
        self,
        row: int,
        values: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        shape: Sequence[Issue] = (),
        *,
        is_removed: bool = False,
    ) -> None:
        self.row = row
        self.is_removed = is_removed
        self._prefix = ""
        self._members: dict[str, list[int]] | None = None
        self._values = values
        self._headers = headers or {}
        self._shape = tuple(shape)
        self._taken: set[str] = set()
        self.blank: set[str] = set()
        self.issues: list[Issue] = list(shape)

    @classmethod
    def from_raw(cls, row: int, raw: Mapping[str, str]) -> "Record":
        """The record whose `raw()` this is (a quarantined row, perhaps corrected in between). What stands under a mark
        and is no fault that `raw` would write is dropped: rows are kept for years, and some came from elsewhere."""
        values = {key: value for key, value in raw.items() if not key.startswith(_MARK)}
        faults = [_fault(row, value) for key, value in raw.items() if key.startswith(_MARK) and key != _REMOVED]
        shape = [fault for fault in faults if fault is not None]
        return cls(row, values, shape=shape, is_removed=_REMOVED in raw)

    def raw(self) -> dict[str, str]:
        """All that is needed to map this row again: filled cells, and faults of its shape under keys with §."""
        filled = {name: value for name, value in self._values.items() if value}
        if self.is_removed:
            filled[_REMOVED] = "1"
        for number, issue in enumerate(self._shape):
            filled[f"{_MARK}{number}"] = json.dumps(
                {
                    "code": issue.code,
                    "severity": issue.severity,
                    "args": dict(issue.args),
                    "column": issue.column,
                    "value": issue.value,
                },
                ensure_ascii=False,
            )
        return filled

    def fresh(self) -> "Record":
        """The same row, untouched."""
        return Record(self.row, self._values, self._headers, self._shape, is_removed=self.is_removed)

    def group(self, name: str) -> "list[Record]":
        """The rows that belong to this one, in the source's order; what is found in them is said of the whole row."""
        if self._members is None:
            self._members = _members(self._values)
        return [self._member(f"{name}[{number}].") for number in self._members.get(name, ())]

    def _member(self, prefix: str) -> "Record":
        """A view of the fields under `prefix`; issues, and which fields were taken, are the whole row's."""
        member = Record(self.row, self._values, self._headers)
        member._prefix = prefix
        member._taken, member.blank, member.issues = self._taken, self.blank, self.issues
        return member

    def full_name(self, name: str) -> str:
        """A field's name in the whole row: "diagnosa[2].kode"; the name itself outside a group."""
        return self._prefix + name

    def cell(self, name: str) -> str:
        """The text of a field without taking it; "" when absent."""
        return self._values.get(self._prefix + name, "")

    def is_blank(self, name: str) -> bool:
        """True when the field is absent, blank or a sign for "nothing"."""
        value = self._values.get(self._prefix + name)
        return not value or is_empty(value)

    def text(self, name: str) -> str | None:
        """Take a field as it stands; None when empty."""
        whole = self._prefix + name
        self._taken.add(whole)
        value = self._values.get(whole)
        return None if not value or is_empty(value) else value.strip()

    def take(self, name: str, convert: Callable[[str], T | Doubtful[T] | None]) -> T | None:
        """Take a field through a conversion of `hub.mapping.values`; None when empty or unfit (an issue says why)."""
        whole = self._prefix + name
        self._taken.add(whole)
        value = self._values.get(whole)
        if not value or is_empty(value):
            return None
        if len(value) > MAX_TYPED:
            self.refuse(name, "HUB-2032", limit=str(MAX_TYPED))
            return None
        try:
            found = convert(value)
        except Unfit as unfit:
            self.refuse(name, unfit.code, **unfit.args_of_text)
            return None
        if isinstance(found, Doubtful):
            self.warn(name, found.code, **dict(found.args))
            return found.value
        if found is None:
            self.blank.add(whole)
        return found

    def ignore(self, *names: str) -> None:
        """Leave fields out on purpose (better: an [[ignore]] entry of the manifest, with its reason)."""
        self._taken.update(self._prefix + name for name in names)

    def refuse(self, name: str, code: str, **args: str) -> None:
        """An error at a field: the whole row goes to quarantine."""
        self.issues.append(self.issue(name, code, **args))

    def warn(self, name: str, code: str, **args: str) -> None:
        """A warning at a field: the row is accepted, its sender should look."""
        self.issues.append(replace(self.issue(name, code, **args), severity="warning"))

    def header(self, name: str) -> str:
        """What the sender's own file calls a column."""
        return self._headers.get(self._prefix + name, self._prefix + name)

    def issue(self, name: str, code: str, **args: str) -> Issue:
        """An issue located at a field, under the header the sender's own file uses."""
        return Issue(code, args=args, row=self.row, column=self.header(name), value=self.cell(name))

    @property
    def refused(self) -> bool:
        """True once an error was found."""
        return any(issue.severity in ("error", "fatal") for issue in self.issues)

    @property
    def leftovers(self) -> tuple[str, ...]:
        """Filled fields of the whole row that nobody took or ignored."""
        return tuple(name for name, value in self._values.items() if value and name not in self._taken)


def unknown_name(name: str) -> str:
    """The name under which a record holds a cell that no column takes: the sender's own, but never with the mark in
    front, nor like a field of a group; "?" where nothing is left."""
    return _NUMBERED.sub(r"(\1)", name.lstrip(f"{_MARK} \t\r\n\xa0")) or "?"


def _fault(row: int, text: str) -> Issue | None:
    """A fault of the row's shape as `raw` wrote it; None when it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.keys() != {"code", "severity", "args", "column", "value"}:
        return None
    code, severity, args, column, value = (found[part] for part in ("code", "severity", "args", "column", "value"))
    if not isinstance(code, str) or code not in catalogue() or severity not in _SEVERITIES:
        return None
    if not isinstance(args, dict) or not all(isinstance(each, str) for each in args.values()):
        return None
    if not all(each is None or isinstance(each, str) for each in (column, value)):
        return None
    return Issue(code, severity=severity, args=args, row=row, column=column, value=value)


def _members(values: Mapping[str, str]) -> dict[str, list[int]]:
    """The numbers of the rows of each group that hold anything, in order."""
    found: dict[str, set[int]] = {}
    for name, value in values.items():
        if value and "[" in name and (member := _MEMBER.fullmatch(name)):
            found.setdefault(member[1], set()).add(int(member[2]))
    return {name: sorted(numbers) for name, numbers in found.items()}
