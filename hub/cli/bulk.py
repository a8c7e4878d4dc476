"""`hub load`: NDJSON files of another server, such as a bulk export leaves, into this machine's store."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap import opened, settle
from hub.cli.output import OK, SOME_REFUSED, USAGE, fail, show
from hub.config import read_config
from hub.errors import fix, text
from hub.model import Issue, Principal
from hub.pipeline import load

FIRST = ("Organization", "Location", "Practitioner", "PractitionerRole", "Patient", "RelatedPerson", "Encounter")
"""What others refer to comes first, so that few lines have to wait."""
_FILE = 10**9
"""A line's number carries the number of its file above this."""


def load_files(
    files: Annotated[list[Path], typer.Argument(help="NDJSON files, or folders of them: one resource a line")],
    facility: Annotated[str, typer.Option(help="the facility whose records they become")],
    ids: Annotated[Path | None, typer.Option(help="write old and new reference of each line to this CSV")] = None,
) -> None:
    """Load NDJSON in bulk; running it again with the same files changes nothing."""
    paths = sorted((path for each in files for path in _within(each)), key=_rank)
    if not paths:
        fail("no .ndjson file there", USAGE)
    with opened(read_config()) as hub:
        settle()
        if facility not in hub.facilities:
            fail(f"no such facility; known: {', '.join(hub.facilities)}", USAGE)
        who = Principal("clinic-client", "hub-load", "TREAT", facility=facility)
        with ExitStack() as stack:
            table = csv.writer(stack.enter_context(ids.open("w", encoding="utf-8", newline=""))) if ids else None
            if table:
                table.writerow(("old", "new"))
            tell = (lambda old, new: table.writerow((old, new))) if table else None
            done = load(hub, who, _lines(paths), tell=tell)
    for issue in done.issues:
        place = issue.row or 0
        issue = _placed(issue, place % _FILE)
        print(f"{paths[place // _FILE].name}:{place % _FILE}: {issue.code} {issue.path} {text(issue)} {fix(issue)}")
    show(done.counts)
    raise typer.Exit(SOME_REFUSED if done.counts["refused"] else OK)


def _placed(issue: Issue, line: int) -> Issue:
    """The issue with the line of its file where its text names one."""
    return replace(issue, args={**issue.args, "line": str(line)}) if "line" in issue.args else issue


def _within(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.ndjson"))
    if not path.is_file():
        fail(f"{path} does not exist", USAGE)
    return [path]


def _rank(path: Path) -> tuple[int, str]:
    """By what its name begins with, as bulk exports name their files."""
    type_ = path.name.partition(".")[0]
    return FIRST.index(type_) if type_ in FIRST else len(FIRST), path.name


def _lines(paths: Sequence[Path]) -> Iterator[tuple[int, bytes]]:
    for number, path in enumerate(paths):
        with path.open("rb") as file:
            for line, data in enumerate(file, 1):
                yield number * _FILE + line, data
