"""What every command shares: exit codes, one way to fail, one way to print."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import typer

OK = 0
SOME_REFUSED = 1
USAGE = 2
NOT_AUTHORISED = 3
QUEUED = 4
NOTHING = 5
SOURCE_AWAY = 6
FAULT = 10
_MOST_BYTES = 20_000_000


def fail(message: str, code: int) -> NoReturn:
    """One sentence on standard error (none when the library has shown its help), then leave."""
    if message:
        print(f"hub: {message}", file=sys.stderr)
    sys.exit(code)


def read_text(file: Path) -> str:
    """The text of a table somebody named. ValueError when it is larger than 20 MB, or not UTF-8."""
    with file.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError
        return data.decode("utf-8-sig")
    except ValueError:
        raise ValueError(f"{file} is larger than 20 MB or not text in UTF-8") from None


def read_json(file: Path) -> Any:
    """The content of a JSON file somebody named. ValueError says in words what is wrong with it."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{file} is not JSON: it breaks at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError(f"{file} is nested too deeply") from None


def show(data: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def listed(lines: Iterable[str]) -> None:
    """Line by line on standard output; when there is none, leave saying so (NOTHING)."""
    found = list(lines)
    print("\n".join(found), end="\n" if found else "")
    if not found:
        raise typer.Exit(NOTHING)
