"""The command `hub`, in an empty HUB_HOME."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from hub.cli.main import run as command_line

ROOT = Path(__file__).parents[2]
Run = Callable[..., CompletedProcess[str]]
CLINIC = {"id": "klinik-uji", "name": "Klinik Uji Coba", "adapter": "klinik_csv", "ownership": "private"}
ROW = (
    "no_kunjungan;tanggal_kunjungan;no_rm;nama_pasien;jenis_kelamin;tanggal_lahir;diagnosis_1\n"
    "K-1;{day};RM-1;Siti Contoh;P;{birth};J06.9\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def program(home: Path) -> Run:
    """The command in a process of its own, as a user starts it."""

    def command(*arguments: str) -> CompletedProcess[str]:
        environment = {**os.environ, "HUB_HOME": str(home)}
        started = [sys.executable, "-m", "hub", *arguments]
        return subprocess.run(
            started, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return command


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process: one of its own for each would take a second and more."""
    monkeypatch.setenv("HUB_HOME", str(home))

    def command(*arguments: str, **env: str) -> CompletedProcess[str]:
        capsys.readouterr()
        with monkeypatch.context() as here:
            here.setattr(sys, "argv", ["hub", *arguments])
            for name, value in env.items():
                here.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                command_line()
        out, err = capsys.readouterr()
        return CompletedProcess(arguments, int(ended.value.code or 0), out, err)

    return command


@pytest.fixture
def clinic(run: Run, tmp_path: Path) -> str:
    place = tmp_path / "faskes.json"
    place.write_text(json.dumps([CLINIC]))
    done = run("facility", "add", str(place))
    assert done.returncode == 0, done.stderr
    return CLINIC["id"]


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    place = tmp_path / "kunjungan.csv"
    place.write_text(ROW.format(day="2026-10-05", birth="1990-02-03"))
    return place
