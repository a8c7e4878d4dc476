"""`hub city release`: nothing to release is said, a month that is none is refused."""

import os
import subprocess
import sys
from pathlib import Path


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "HUB_HOME": str(home)}
    command = [sys.executable, "-m", "hub", "city", "release", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_releasing_an_empty_hub(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 5, done.stderr
    assert "tidak ada bulan" in done.stdout
    wrong = run(tmp_path, "--month", "2999-01")
    assert wrong.returncode == 2
    assert "HUB-4204" in wrong.stderr
