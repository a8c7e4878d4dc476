"""A licence feed and a civil registry on this machine: pages, signatures, retries, a run that is cut, never twice."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from hub.access.papers import details
from hub.api.rates import Rates
from hub.bootstrap import build, close
from hub.config import read_config
from hub.errors import HubError
from hub.model import PATIENT_RID, Facility, Key, Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.registry.feeds import load_connectors
from hub.upkeep.civil import asking, check_person, household, last_check, population
from hub.upkeep.connecting import connection_state, pull_licences
from hub.upkeep.fetching import Keys, Link, read_keys
from hub.upkeep.peopling import set_population
from hub.upkeep.registering import register_facility
from hub.web.call import Call
from hub.web.pages.civil import ask, checker
from hub.web.pages.persons import person
from tests.web.conftest import ROW, START_MS, Clock, file_of

ROOT = Path(__file__).parents[2] / "connectors"
KEYS = Keys("token-uji", "rahasia-uji-yang-cukup-panjang")
A, B = "klinik-teratai", "klinik-bekantan"


@dataclass
class City:
    """Another system of the city: pages by cursor, answers to questions, and faults that are made on purpose."""

    pages: dict[str, Any] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    is_forged: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def city() -> Iterator[City]:
    known = City()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append(dict(parse_qsl(urlsplit(self.path).query)))
            self._answer(known.pages.get(known.asked[-1].get("halaman", "")))

        def do_POST(self) -> None:
            known.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(known.answers.pop(0) if not known.faults else None)

        def _answer(self, body: Any) -> None:
            status = known.faults.pop(0) if known.faults else 200 if body is not None else 404
            if self.headers["Authorization"] != f"Bearer {KEYS.token}":
                status = 401
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", known.url + "/lain")
            secret = b"orang lain" if known.is_forged else KEYS.secret.encode()
            self.send_header("X-Tanda-Tangan", hmac.new(secret, data, hashlib.sha256).hexdigest())
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield known
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def hub(tmp_path, database_url) -> Iterator[Hub]:
    config = read_config({"HUB_HOME": str(tmp_path / "home"), "HUB_DATABASE_URL": database_url})
    found = build(config, Clock(START_MS))
    register_facility(found, Facility(0, A, "Klinik Teratai"))
    register_facility(found, Facility(0, B, "Klinik Bekantan"))
    yield found
    close(found)


def link(city: City, name: str = "eperizinan", keys: Keys = KEYS) -> Link:
    return Link(load_connectors(ROOT)[name], city.url, keys, wait=lambda _: None)


def sample(name: str, connector: str = "eperizinan") -> Any:
    return json.loads((ROOT / connector / "sample" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def feed(city) -> City:
    city.pages = {"": sample("halaman-1"), "2": sample("halaman-2")}
    return city


def test_a_feed_is_taken_in_and_again_changes_nothing(hub, feed):
    report = pull_licences(hub, link(feed))
    assert (report.pages, report.entries, report.passed) == (2, 7, 1)
    assert report.changed == {
        A: {"licence", "address", "opened", "latitude", "longitude", "permits"},
        B: {"licence"},
    }
    assert report.unmatched == {"faskes-lain"}
    found = details(hub, A)
    assert [one.number for one in found.permits] == ["503/SIP/0001/2024"]
    assert str(details(hub, B).licence.until) == "2026-10-15"
    feed.pages = {"": sample("halaman-2")}  # what changed since then, told once more
    assert pull_licences(hub, link(feed)).changed == {}
    assert details(hub, A) == found
    assert feed.asked[-1]["sejak"] == "2026-11-21T18:00:00+08:00"
    assert "sejak" not in feed.asked[0]


def test_a_run_that_was_cut_goes_on_after_the_last_page(hub, feed):
    feed.pages["2"] = None
    with pytest.raises(HubError) as cut:
        pull_licences(hub, link(feed))
    assert cut.value.issues[0].code == "HUB-4316"
    assert details(hub, A).licence is not None
    assert connection_state(hub, link(feed).connector).cursor == "2"
    feed.pages["2"] = sample("halaman-2")
    report = pull_licences(hub, link(feed))
    assert (report.is_resumed, report.pages, report.entries) == (True, 1, 4)
    assert connection_state(hub, link(feed).connector).cursor == ""


def test_it_tries_again_but_not_for_ever(hub, feed):
    feed.faults = [503, 429, 500]
    assert pull_licences(hub, link(feed)).pages == 2
    feed.faults = [503] * 9
    with pytest.raises(HubError) as away:
        pull_licences(hub, link(feed))
    assert away.value.issues[0].code == "HUB-4314"
    assert len(feed.faults) == 5


def test_what_is_not_signed_or_not_promised_is_not_taken_in(hub, feed):
    feed.is_forged = True
    refusals = [_code(hub, link(feed))]
    feed.is_forged = False
    refusals.append(_code(hub, link(feed, keys=Keys("lain", KEYS.secret))))
    for body in ([], {"data": {}}, {"data": [], "berikut": 3}, b"{", b"[" * 100_000):
        feed.pages[""] = body
        refusals.append(_code(hub, link(feed)))
    feed.faults = [302]
    refusals.append(_code(hub, link(feed)))
    assert refusals == ["HUB-4315", "HUB-4317", *["HUB-4316"] * 6]
    assert details(hub, A).licence is None
    with pytest.raises(HubError) as plain:
        Link(link(feed).connector, "http://perizinan.example", KEYS).get("", {})
    assert plain.value.issues[0].code == "HUB-4316"


def test_an_entry_that_is_wrong_stops_no_other(hub, feed):
    feed.pages[""]["data"][0]["tgl_akhir"] = "1 Desember"
    feed.pages[""]["data"].append({"no_urut": 9})
    feed.pages[""]["data"].append("x")
    report = pull_licences(hub, link(feed))
    assert [(entry, issue.code) for entry, issue in report.refused] == [
        ("101", "HUB-4307"),
        ("9", "HUB-4316"),
        ("5", "HUB-4316"),
    ]
    assert [one.number for one in details(hub, A).permits] == ["503/SIP/0001/2024"]


def test_the_key_file_is_private(tmp_path):
    path = tmp_path / "kunci.json"
    path.write_text(json.dumps({"token": "t", "secret": "s" * 16}))
    path.chmod(0o644)
    with pytest.raises(HubError):
        read_keys(path)
    path.chmod(0o600)
    assert read_keys(path) == Keys("t", "s" * 16)
    path.write_text("{}")
    with pytest.raises(HubError):
        read_keys(path)


def _code(hub: Hub, to: Link) -> str:
    with pytest.raises(HubError) as refused:
        pull_licences(hub, to)
    return refused.value.issues[0].code


@pytest.fixture
def patients(hub) -> dict[str, str]:
    """One patient record at each of two facilities, of two people."""
    found = {}
    for facility, nik, name in ((A, "6371014509900001", "Siti Aminah"), (B, "6371010509900002", "Budi Santoso")):
        row = ROW | {"nik": nik, "nama_pasien": name, "jenis_kelamin": "P" if facility == A else "L"}
        who = Principal("clinic-client", "uji", "TREAT", facility=facility)
        assert submit(hub, who, "klinik_csv", file_of(row), "kunjungan.csv").counts["accepted"] == 1
        with hub.store.reading() as tx:
            (compartment,) = tx.mpi([hub.blinder.mpi("nik", nik)])[hub.blinder.mpi("nik", nik)]
        found[facility] = hub.ids.encode(Key(compartment, PATIENT_RID))
    return found


def test_a_nik_is_checked_field_by_field_and_the_record_stays(hub, city, patients):
    who = Principal("clinician", "ners.uji", "TREAT", facility=A, person="ners.uji")
    city.answers = [sample("jawaban-sesuai", "dukcapil")]
    check = check_person(hub, who, link(city, "dukcapil"), patients[A])
    assert check.is_whole
    assert check.fields == {"nik": True, "name": True, "birth_date": True, "sex": True, "kelurahan": False}
    assert city.asked[-1]["NIK"] == "6371014509900001"
    assert city.asked[-1]["TGL_LHR"] == "05-09-1990"
    key = hub.ids.decode(patients[A])
    assert last_check(hub, key.compartment) == check
    city.answers = [sample("jawaban-tidak-sesuai", "dukcapil")]
    assert not check_person(hub, who, link(city, "dukcapil"), patients[A]).is_whole
    assert last_check(hub, key.compartment).fields["name"] is False


def test_only_an_own_record_can_be_checked(hub, city, patients):
    who = Principal("clinician", "ners.uji", "TREAT", facility=A, person="ners.uji")
    for id_ in (patients[B], "x", patients[A] + "0"):
        with pytest.raises(HubError) as refused:
            check_person(hub, who, link(city, "dukcapil"), id_)
        assert refused.value.issues[0].code == "HUB-4322"
    assert city.asked == []


def test_a_household_is_only_proposed(hub, city, patients):
    keys = {facility: hub.ids.decode(id_).compartment for facility, id_ in patients.items()}
    for facility, id_ in patients.items():
        city.answers = [sample("jawaban-sesuai", "dukcapil")]
        who = Principal("clinician", "uji", "TREAT", facility=facility, person="uji")
        check_person(hub, who, link(city, "dukcapil"), id_)
    assert household(hub, keys[A]) == (keys[B],)
    steward = Principal("steward", "steward.uji", "HOPERAT", person="steward.uji")
    page = person(hub, Call("GET", "/petugas/orang", args={"id": patients[A]}, who=steward)).body.decode()
    assert f'href="/petugas/orang/catatan/{patients[B]}"' in page
    assert "Budi Santoso" not in page
    with hub.store.reading() as tx:
        assert tx.person([keys[A]]) == {keys[A]}
    city.answers = [sample("jawaban-tidak-sesuai", "dukcapil")]
    check_person(hub, who, link(city, "dukcapil"), patients[B])
    assert household(hub, keys[A]) == ()


def test_population_sums(hub, city):
    first = sample("agregat", "dukcapil")
    city.pages = {"": first | {"berikut": "2"}, "2": first}
    rows = list(population(link(city, "dukcapil"), 2026))
    assert len(rows) == 6
    assert rows[0] == {"year": 2026, "area": "6371011001", "sex": "male", "band": "5-9", "people": 412}
    assert city.asked[0] == {"tahun": "2026"}
    text = "\n".join(["year,area,sex,band,people", *(",".join(map(str, row.values())) for row in rows[:3])])
    assert set_population(hub, text, "dukcapil") == 3


def test_a_clinic_checks_at_the_counter_a_few_at_a_time(hub, city, patients, tmp_path):
    path = tmp_path / "kunci.json"
    path.write_text(json.dumps({"token": KEYS.token, "secret": KEYS.secret}))
    path.chmod(0o600)
    ready = replace(hub, config=replace(hub.config, dukcapil_url=city.url, dukcapil_key=path, connectors=ROOT))
    who = Principal("clinician", "ners.uji", "TREAT", facility=A, person="ners.uji")
    with pytest.raises(HubError) as off:
        asking(hub)
    assert off.value.issues[0].code == "HUB-4323"
    check = checker(Rates(0.5, ready.clock, holds=2))
    call = Call("POST", "/faskes/nik", form={"pasien": (patients[A],)}, who=who)
    for _ in range(2):
        city.answers = [sample("jawaban-sesuai", "dukcapil")]
        assert "✗ tidak sesuai" in check(ready, call).body.decode()
    with pytest.raises(HubError) as fast:
        check(ready, call)
    assert fast.value.issues[0].code == "HUB-4321"
    shown = ask(ready, Call("GET", "/faskes/nik", query={"pasien": patients[A]}, who=who)).body.decode()
    assert "Cocok" in shown
    with pytest.raises(HubError):
        ask(ready, Call("GET", "/faskes/nik", query={"pasien": patients[B]}, who=who))
