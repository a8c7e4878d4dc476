"""kill -9 at any moment of a load, then the same command again: the end is that of one undisturbed run."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from fixtures.city import THREE, TODAY, make
from hub.config import Config
from hub.store import open_store
from tests.whole.conftest import Homes, register
from tests.whole.sending import A

CRASHES = int(os.environ.get("HUB_CRASHES", "5"))
PATIENCE_S = 120


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One clinic's rows in one file of two parts, its later rows about the same patients as its earlier ones."""
    city = make(23, 1250, tmp_path_factory.mktemp("kota"), min(TODAY, date.today()), only=THREE)
    paths = city.files[A]
    lines = [path.read_bytes().splitlines(keepends=True) for path in paths]
    whole = paths[0].with_name("semua.csv")
    whole.write_bytes(lines[0][0] + b"".join(line for each in lines for line in each[1:]))
    return whole


def start(config: Config, *command: str) -> "subprocess.Popen[str]":
    """A `hub` command in a process of its own on a home."""
    settings = {
        "HUB_HOME": str(config.home),
        "HUB_DATABASE_URL": config.database_url,
        "HUB_KEYS_URL": config.keys_url,
        "HUB_BASE_URL": config.base_url,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "hub", *command],
        env={"PATH": os.defpath, "HOME": str(config.home), **settings},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(config: Config, *command: str) -> str:
    """What a command says when it is left alone. 1 is "done, some rows refused"."""
    process = start(config, *command)
    out, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, 1), errors
    return out


def load(config: Config, file: Path) -> "subprocess.Popen[str]":
    return start(config, "submit", "--facility", A, str(file))


def submissions(config: Config) -> int:
    store = open_store(config.database_url)
    with store.reading() as tx:
        number = len(tx.submissions(A, 10_000))
    store.close()
    return number


def begun(process: "subprocess.Popen[str]", config: Config, known: int) -> bool:
    """Wait until the process has registered its submission: from here on it works on the file."""
    deadline = time.monotonic() + PATIENCE_S
    while submissions(config) == known:
        if process.poll() is not None:
            return False
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return True


def await_moment(process: "subprocess.Popen[str]", config: Config, seconds: float, *, after_first_part: bool) -> None:
    """The moment to kill: after so many seconds, or as soon as one part is stored and the next is on its way."""
    deadline = time.monotonic() + (PATIENCE_S if after_first_part else seconds)
    while time.monotonic() < deadline and process.poll() is None:
        if after_first_part and clinical(config)["resource"]:
            return
        time.sleep(0.02)


def clinical(config: Config) -> dict[str, int]:
    store = open_store(config.database_url)
    with store.reading() as tx:
        found = tx.counts()
    store.close()
    return {name: found[name] for name in ("resource", "history", "compartment", "fact")}


def state(config: Config) -> tuple[str, dict[str, int]]:
    return run(config, "digest").strip(), clinical(config)


def test_killed_at_random_and_run_again_it_ends_where_one_clean_run_ends(homes: Homes, city, file, capsys):
    homes.close(register(homes.open(), city))
    clean = homes.copy()
    process = load(clean, file)
    assert begun(process, clean, 0)
    started = time.monotonic()
    process.communicate(timeout=PATIENCE_S)
    took = time.monotonic() - started

    chance = random.Random(os.urandom(8))
    config, killed, parts = homes.config, 0, set()
    for number in range(CRASHES):
        known = submissions(config)
        process = load(config, file)
        if begun(process, config, known):
            await_moment(process, config, chance.uniform(0, 0.8 * took), after_first_part=number % 2 == 1)
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
        killed += process.returncode == -signal.SIGKILL
        parts.add(clinical(config)["resource"])
    again = run(config, "submit", "--facility", A, str(file))
    assert re.search(r"\d+ sudah ada", again)
    with capsys.disabled():
        print(f"[killed {killed} of {CRASHES} runs of {took:.1f} s; rows found after each: {sorted(parts)}] ", end="")
    assert killed > 0
    assert state(config) == state(clean)
    assert "The audit trail holds" in run(config, "audit", "verify")
    assert once(config)


def once(config: Config) -> bool:
    """Every source identifier of the store leads to one living place of its own."""
    store = open_store(config.database_url)
    with store.reading() as tx:
        lines = tx.content_lines()
        resources = tx.counts()["resource"]
    store.close()
    # The facilities' own compartments hold no resource but practitioners, which have source identifiers too.
    return len({token for token, *_ in lines}) == len(lines) == resources
