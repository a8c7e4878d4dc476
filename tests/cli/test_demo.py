"""`hub demo`: a city invented, loaded and served, with everything in demo.json that a visitor or a script needs."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.auth import new_keypair, sign_assertion
from tests.cli.conftest import ROOT, Run
from tests.ports import free_port


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with started(tmp_path_factory.mktemp("demo")) as found:
        yield found


@contextmanager
def started(home: Path) -> Iterator[dict[str, Any]]:
    """`hub demo` in a process of its own until the block is left: what demo.json says."""
    port = free_port()
    env = {**os.environ, "HUB_HOME": str(home), "HUB_PORT": str(port), "HUB_DEMO_VISITS": "240"}
    with (home / "log.txt").open("a") as log:
        process = subprocess.Popen([sys.executable, "-m", "hub", "demo"], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            yield _wait(home, port, process)
        finally:
            process.terminate()
            process.wait(20)


def _wait(home: Path, port: int, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                found: dict[str, Any] = json.loads((home / "demo.json").read_text())
                return found
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError((home / "log.txt").read_text())


def home_of(demo: dict[str, Any]) -> Path:
    """HUB_HOME of the demo that runs."""
    return Path(demo["facilities"][0]["sample_files"][0]).parents[2]


def token(demo: dict[str, Any], facility: dict[str, Any]) -> str:
    now = int(time.time())
    name, url = facility["client_id"], demo["token_endpoint"]
    claims = {"iss": name, "sub": name, "aud": url, "iat": now, "exp": now + 200, "jti": os.urandom(8).hex()}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": sign_assertion(claims, facility["private_jwk"]),
    }
    return str(httpx.post(url, data=form).raise_for_status().json()["access_token"])


def test_the_first_read_of_the_manual_reads(demo: dict[str, Any], tmp_path: Path) -> None:
    manual = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"^```python file=first_read\.py\n(.*?)^```$", manual, re.MULTILINE | re.DOTALL)
    facility = demo["facilities"][0]
    (tmp_path / "first_read.py").write_text(script)
    (tmp_path / "private.json").write_text(json.dumps(facility["private_jwk"]))
    arguments = [demo["base"], facility["client_id"], str(tmp_path / "private.json"), "Condition?_count=1"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(tmp_path / "first_read.py"), *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["total"] > 0


def test_the_demo_never_runs_in_production(run: Run, home: Path) -> None:
    settings = {"HUB_MODE": "production", "HUB_ADOLESCENT_AGE": "14", "HUB_BASE_URL": "https://hub.example.id"}
    done = run("demo", **settings)
    assert done.returncode == 2
    assert "never runs with HUB_MODE=production" in done.stderr
    assert not (home / "hub.db").exists()


def test_the_big_city_does_not_join_the_small_one(run: Run, home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "demo.json").write_text('{"city": "small"}')
    done = run("demo", HUB_DEMO_CITY="big")
    assert done.returncode == 2
    assert "holds the small demo" in done.stderr
    assert not (home / "hub.db").exists()


def test_a_port_in_use_is_told_before_anything_is_loaded(run: Run, home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run("demo", HUB_PORT=str(other.getsockname()[1]))
    assert done.returncode == 2
    assert "HUB_PORT" in done.stderr
    assert not (home / "hub.db").exists()


def test_demo_json_has_what_it_promises(demo: dict[str, Any]) -> None:
    keys = {"base", "city", "fhir", "token_endpoint", "facilities", "logins", "everywhere", "patients", "wall"}
    assert demo.keys() == keys
    adapters = Counter((facility["adapter"], facility["ownership"]) for facility in demo["facilities"])
    assert adapters == {("klinik_csv", "private"): 12, ("epuskesmas", "public"): 6, ("simrs_khanza", "public"): 1}
    for facility in demo["facilities"]:
        about = {"id", "name", "kind", "ownership", "adapter", "client_id", "private_jwk", "database", "sample_files"}
        assert facility.keys() == about | {"try_file"}
        assert {"kty", "n", "e", "d", "p", "q", "dp", "dq", "qi"} <= facility["private_jwk"].keys()
        is_hospital = facility["adapter"] == "simrs_khanza"
        assert (facility["database"] is not None, facility["sample_files"] == []) == (is_hospital, is_hospital)
        assert (facility["try_file"] is None) == is_hospital
        assert facility["try_file"] not in facility["sample_files"]
        files = [*facility["sample_files"], facility["database"] or facility["try_file"]]
        assert all(Path(path).is_file() for path in files)
    roles = {"clinician", "auditor", "surveillance", "privacy-officer", "steward"}
    assert {login["role"] for login in demo["logins"]} == roles
    assert len([login for login in demo["logins"] if login["role"] == "clinician"]) == 19
    shown = [demo["everywhere"], *demo["patients"]]
    assert all(patient.keys() == {"nik", "name", "facilities", "login_url"} for patient in shown)
    assert len({patient["nik"] for patient in shown}) == len(shown) > 1


def test_one_person_is_named_who_is_known_at_all_three_kinds(demo: dict[str, Any]) -> None:
    kinds = {row["id"]: row["kind"].replace("praktik", "klinik") for row in demo["facilities"]}
    one = demo["everywhere"]
    assert {kinds[place] for place in one["facilities"]} == {"rumah-sakit", "puskesmas", "klinik"}
    names = {row["id"]: row["name"] for row in demo["facilities"]}
    with httpx.Client(base_url=demo["base"], follow_redirects=True) as browser:
        form = browser.get(one["login_url"]).text
        (csrf,) = re.findall(r'name="csrf" value="([^"]+)"', form)
        page = browser.post(one["login_url"], data={"csrf": csrf}, headers={"Origin": demo["base"]}).text
    for place in one["facilities"]:
        assert names[place] in page


def test_the_console_speaks_indonesian_and_ends_with_the_address(demo: dict[str, Any]) -> None:
    told = (home_of(demo) / "log.txt").read_text(encoding="utf-8")
    assert "240 kunjungan dari 19 faskes dimuat dalam" in told
    assert "satu orang, dikenali di" in told
    assert re.search(r"Angka kota dirilis untuk (9|1[0-3]) bulan", told)
    assert f"Beranda   {demo['base']}/" in told[-200:]
    assert not re.search(r"\b(resources|compartments|clinician|steward|accepted|refused)\b", told)


def test_each_facility_sees_its_own_and_the_same_file_adds_nothing(demo: dict[str, Any]) -> None:
    unchanged = 0
    for facility in demo["facilities"]:
        headers = {"Authorization": f"Bearer {token(demo, facility)}"}
        mine = httpx.get(f"{demo['fhir']}/Encounter", headers=headers).raise_for_status().json()
        assert mine["total"] > 3
        assert f"sid/{facility['id']}/" in mine["entry"][0]["resource"]["identifier"][0]["system"]
        if facility["adapter"] == "simrs_khanza":
            continue  # a database is read by the agent, not uploaded
        path = Path(facility["sample_files"][0])
        url = f"{demo['base']}/submissions/{facility['adapter']}"
        again = httpx.post(url, headers=headers, files={"file": (path.name, path.read_bytes())}, timeout=60)
        counts = again.raise_for_status().json()["counts"]
        assert (counts["accepted"], counts["corrected"]) == (0, 0)
        assert counts["unchanged"] + counts["quarantined"] > 0
        unchanged += counts["unchanged"]
    assert unchanged > 50


def test_every_page_says_that_the_data_are_invented(demo: dict[str, Any]) -> None:
    with httpx.Client(base_url=demo["base"], follow_redirects=True) as browser:
        for address in ("/", demo["patients"][0]["login_url"]):
            assert "DATA SINTETIS" in browser.get(address).text


def test_a_facility_registered_while_the_server_runs_can_read_and_sign_in(demo: dict[str, Any], tmp_path: Path) -> None:
    home = home_of(demo)
    private, public = new_keypair("EC")
    facility = {"id": "klinik-baru", "name": "Klinik Baru", "adapter": "klinik_csv"}
    (tmp_path / "new.json").write_text(json.dumps(facility))
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [public]}))
    env = {**os.environ, "HUB_HOME": str(home), "HUB_BASE_URL": demo["base"]}
    for arguments in (
        ["facility", "add", str(tmp_path / "new.json")],
        ["facility", "client", "klinik-baru", "klinik-baru-rme", "--jwks", str(tmp_path / "jwks.json")],
    ):
        subprocess.run([sys.executable, "-m", "hub", *arguments], cwd=ROOT, env=env, check=True, capture_output=True)
    time.sleep(3)
    found = {"client_id": "klinik-baru-rme", "private_jwk": private}
    answer = httpx.get(f"{demo['fhir']}/Observation", headers={"Authorization": f"Bearer {token(demo, found)}"})
    assert (answer.status_code, answer.json()["total"]) == (200, 0)


def test_running_it_again_keeps_what_is_there(demo: dict[str, Any]) -> None:
    facility = demo["facilities"][0]

    def encounters(about: dict[str, Any]) -> int:
        headers = {"Authorization": f"Bearer {token(about, facility)}"}
        return int(httpx.get(f"{about['fhir']}/Encounter", headers=headers).raise_for_status().json()["total"])

    before = encounters(demo)
    with started(home_of(demo)) as again:
        assert again["facilities"] == demo["facilities"]
        assert again["everywhere"]["nik"] == demo["everywhere"]["nik"]
        assert {each["nik"] for each in again["patients"]} == {each["nik"] for each in demo["patients"]}
        assert encounters(again) == before
    told = (home_of(demo) / "log.txt").read_text(encoding="utf-8")
    assert told.count("kunjungan dari 19 faskes dimuat") == 1
