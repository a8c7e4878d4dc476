"""A civil registry on this machine: one person at the counter, households, population; never a list."""

import json
import random
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest

from fixtures.bigcity.denominators import FOLD, as_civil_registry
from fixtures.bigcity.denominators import population as invented_population
from fixtures.city.people import Census
from hub.access import seen
from hub.access.indicators import known
from hub.admission.links import patient_principal
from hub.api.rates import Rates
from hub.errors import HubError
from hub.model import PATIENT_RID, Key, Principal
from hub.parts import Hub
from hub.pipeline import submit
from hub.upkeep.civil import asking, check_person, household, last_check, population
from hub.upkeep.peopling import expected, set_population
from hub.web.call import Call
from hub.web.pages.civil import AT_ONCE, ask, checker
from hub.web.pages.persons import person
from tests.registry.conftest import KEYS, ROOT, A, B, link, sample
from tests.web.conftest import ROW, file_of


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
    for answer in ({"kode": "99", "content": {}}, {"kode": "00", "content": "sesuai"}, {"content": {"NIK": "Sesuai"}}):
        city.answers = [answer]
        with pytest.raises(HubError, match="HUB-4316"):
            check_person(hub, who, link(city, "dukcapil"), patients[A])
    assert set(last_check(hub, key.compartment).fields) == {"nik", "name", "birth_date"}, "no answer is no no"


def test_an_answer_about_somebody_else_or_of_yesterday_verifies_nobody(hub, city, patients):
    who = Principal("clinician", "ners.uji", "TREAT", facility=A, person="ners.uji")
    city.answers = [sample("jawaban-sesuai", "dukcapil") for _ in range(3)]
    first = check_person(hub, who, link(city, "dukcapil"), patients[A])
    city.replayed = [city.sent[0]]
    codes = []
    for swapped in (None, json.dumps(city.asked[0] | {"NIK": "6371010509900002"}).encode()):
        city.swapped = swapped
        with pytest.raises(HubError) as refused:
            check_person(hub, who, link(city, "dukcapil"), patients[A])
        codes.append(refused.value.issues[0].code)
    assert codes == ["HUB-4315", "HUB-4315"]
    assert last_check(hub, hub.ids.decode(patients[A]).compartment) == first


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


def test_the_civil_registry_and_the_invented_citys_own_file_tell_the_same_population(hub, city):
    census = Census(random.Random(4), date(2026, 11, 22))
    while len(census.people) < 200:
        census.household()
    lines = invented_population(census.people, [2026])
    born = [one for one in census.people if one.birth <= date(2026, 6, 30)]
    assert sum(one.people for one in lines) == FOLD * len(born) > FOLD * 180
    city.pages = {"": {"data": as_civil_registry(lines), "berikut": None}}
    assert list(population(link(city, "dukcapil"), 2026)) == [one._asdict() for one in lines]
    text = "\n".join([",".join(lines[0]._fields), *(",".join(map(str, one)) for one in lines)])
    assert set_population(hub, text, "penduduk.csv") == len(lines) == 52 * 2 * 12
    adults = expected(hub, known(hub)["spm-06"], "2026-10")["area"]
    of_age = [one for one in census.people if 15 <= one.age(date(2026, 6, 30)) <= 59]
    assert adults["city"] == FOLD * len(of_age)


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
    before = _looks(hub, patients[A])
    shown = ask(ready, Call("GET", "/faskes/nik", query={"pasien": patients[A]}, who=who)).body.decode()
    assert "Cocok" in shown
    assert _looks(hub, patients[A]) == before + 1, "what was answered before is the patient's too"
    with pytest.raises(HubError):
        ask(ready, Call("GET", "/faskes/nik", query={"pasien": patients[B]}, who=who))


def test_a_registry_that_does_not_answer_holds_few_pages(hub, patients, tmp_path):
    path = tmp_path / "kunci.json"
    path.write_text(json.dumps({"token": KEYS.token, "secret": KEYS.secret}))
    path.chmod(0o600)
    who = Principal("clinician", "ners.uji", "TREAT", facility=A, person="ners.uji")
    call = Call("POST", "/faskes/nik", form={"pasien": (patients[A],)}, who=who)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        ready = replace(hub, config=replace(hub.config, dukcapil_url=url, dukcapil_key=path, connectors=ROOT))
        check = checker(Rates(600, ready.clock))

        def wait() -> None:
            with suppress(HubError):
                check(ready, call)

        waiting = [threading.Thread(target=wait) for _ in range(AT_ONCE)]
        for one in waiting:
            one.start()
        lines = [deaf.accept()[0] for _ in waiting]
        with pytest.raises(HubError) as busy:
            check(ready, call)
        assert busy.value.issues[0].code == "HUB-4321"
        for line in lines:
            line.close()
        for one in waiting:
            one.join(20)


def _looks(hub: Hub, patient: str) -> int:
    return len(seen(hub, patient_principal(hub, hub.ids.decode(patient).compartment)))
