"""What the tests take from npm: tests/node/package-lock.json says what, `npm ci` fetches it at test time, none of it is
shipped.

`python -m tests.npm` fetches it ahead of a run.
"""

import fcntl
import json
import subprocess
from pathlib import Path

from tests.services import NODE_FOLDER, executable, not_there

_FETCH_S = 120


def packages() -> Path:
    """The folder of the packages, fetched if need be; ends the calling test where npm is missing or can't fetch."""
    with (NODE_FOLDER / "package.json").open() as turn:  # several test processes may want them at once
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not is_fetched(NODE_FOLDER) and (problem := fetch()):
            not_there(problem)
    return NODE_FOLDER / "node_modules"


def is_fetched(folder: Path) -> bool:
    """Whether what lies in node_modules is what the lock names: another lock fetches anew."""
    try:
        return _locked(folder / "node_modules" / ".package-lock.json") == _locked(folder / "package-lock.json")
    except FileNotFoundError:
        return False


def fetch(folder: Path = NODE_FOLDER) -> str:
    """Install what the lock names. "" when done, else what was in the way."""
    npm = executable("npm")
    if npm is None:
        return "npm is not installed"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_FETCH_S, check=False)
    except subprocess.TimeoutExpired:
        return f"npm ci took more than {_FETCH_S} s"
    return "" if done.returncode == 0 and is_fetched(folder) else f"npm ci failed with {done.returncode}"


def _locked(lock: Path) -> dict[str, str]:
    """Each package's place and the hash of its content."""
    found = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {place: package["integrity"] for place, package in found.items() if place}


if __name__ == "__main__":
    raise SystemExit(fetch() or 0)
