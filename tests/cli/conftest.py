"""The command `hub` in a process of its own, in an empty HUB_HOME."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]
CLINIC = {"id": "klinik-uji", "name": "Klinik Uji Coba", "adapter": "klinik_csv", "ownership": "private"}
ROW = (
    "no_kunjungan;tanggal_kunjungan;no_rm;nama_pasien;jenis_kelamin;tanggal_lahir;diagnosis_1\n"
    "K-1;{day};RM-1;Siti Contoh;P;{birth};J06.9\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    def command(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hub", *arguments],
            cwd=ROOT,
            env={**os.environ, "HUB_HOME": str(home), **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

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
