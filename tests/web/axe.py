"""axe-core for the accessibility tests: taken from npm at test time by tests/node/package-lock.json, never shipped.

`python -m tests.web.axe` fetches it ahead of a run.
"""

import subprocess
from pathlib import Path

from tests.services import NODE_FOLDER, executable, not_there

SCRIPT = NODE_FOLDER / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_FETCH_S = 120


def axe_script() -> str:
    """The source of axe-core, fetched if need be; ends the calling test where npm is missing or can't fetch."""
    if not SCRIPT.exists():
        problem = fetch()
        if problem:
            not_there(problem)
    return SCRIPT.read_text(encoding="utf-8")


def fetch(folder: Path = NODE_FOLDER) -> str:
    """Install what the lock names. "" when done, else what was in the way."""
    npm = executable("npm")
    if npm is None:
        return "npm is not installed (axe-core)"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_FETCH_S, check=False)
    except subprocess.TimeoutExpired:
        return f"npm ci took more than {_FETCH_S} s (axe-core)"
    return "" if done.returncode == 0 and SCRIPT.exists() else f"npm ci failed with {done.returncode} (axe-core)"


if __name__ == "__main__":
    raise SystemExit(fetch() or 0)
