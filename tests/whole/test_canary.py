"""Distinctive values go in by every door; afterwards nothing on disk may hold them, in no form, on either database.

In clear are only the days of service, the facilities and what operates the hub (docs/architecture.md, "Stored").
"""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from hub.access import own_record, seen
from hub.admission import new_presence_code, patient_by_nik, presence
from hub.cli.queue import Queue
from hub.mapping import annotate
from hub.model import Principal
from hub.pipeline import choose
from hub.store import Conflict
from hub.upkeep.sequencing import sequence
from tests import postgres as pg
from tests.conftest import not_run
from tests.whole.calling import online, signed_in
from tests.whole.conftest import Homes, register
from tests.whole.sending import A, B, client_of, file_of, row
from tests.whole.traces import exact_forms, forms, traces

NIK, BPJS, PHONE = "6371014509909137", "0009137750462", "081099137462"
NAME = "Zulqarnaina Xaveriandari"
STREET = "Jl. Wadaikukus Gang Bintalak 77"
COMPLAINT = "Nyeri zygomatikus sejak kuartal"
DIAGNOSIS, WRONG_DIAGNOSIS = "Radang Qlyphaxitis", "sakit wuryantoro"
MEDICINE, SIGNA = "Qwandarisol 500 mg", "3 x sehari sesudah mandi"
DOCTOR = "dr. Vhokkarina Ulfahnia"
FILE = "Rekap Qudsyiahwati.csv"
SECRETS = [
    *("Zulqarnaina", "Xaveriandari", NIK, BPJS, PHONE, PHONE[1:], f"+62{PHONE[1:]}", "Wadaikukus", "Bintalak"),
    *("zygomatikus", "Qlyphaxitis", "wuryantoro", "Qwandarisol", "sesudah mandi", "Vhokkarina", "Qudsyiahwati"),
    *("1990-09-05", "05/09/1990", "RM-QX-7750", "KUNJ-QX-7750"),
]


@pytest.fixture
def server(engine: str) -> Iterator[pg.Server | None]:
    """A PostgreSQL of its own: nobody else's data lie in its folder."""
    if engine == "sqlite":
        yield None
        return
    try:
        found = pg.start()
    except pg.NoPostgres as error:
        not_run(str(error))
    yield found
    found.stop()


@pytest.fixture
def database_url(server: pg.Server | None, tmp_path: Path) -> str:
    return server.create("canary") if server else f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Everything anybody logs, down to debugging, in a file; temporary files beside it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = tmp_path / "log.txt"
    handler = logging.FileHandler(path)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    handler.addFilter(lambda record: record.name != "httpx")  # the caller's log, not the hub's
    yield path
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


def canary(**changes: str) -> dict[str, str]:
    return row(
        no_kunjungan="KUNJ-QX-7750",
        no_rm="RM-QX-7750",
        nik=NIK,
        no_bpjs=BPJS,
        nama_pasien=NAME,
        no_hp=PHONE,
        alamat=STREET,
        nama_nakes=DOCTOR,
        keluhan=COMPLAINT,
        obat_1=MEDICINE,
        aturan_pakai_1=SIGNA,
        **changes,
    )


def upload(http, headers, facility_file: bytes, name: str = FILE):
    return http.post(
        "/submissions/klinik_csv",
        content=facility_file,
        headers=headers | {"Content-Type": "application/octet-stream", "X-Filename": quote(name)},
    )


def everything_in(hub) -> None:
    """Every door: files good, bad and corrected, the FHIR API used rightly and wrongly, the patient's own page."""
    with online(hub) as http:
        a, b = signed_in(hub, http, A), signed_in(hub, http, B)
        bad = canary(diagnosis_1=WRONG_DIAGNOSIS) | {"no_kunjungan": "KUNJ-QX-7751"}
        data = file_of(canary(), bad)
        receipt = upload(http, a, data).json()
        assert receipt["counts"] == {"accepted": 1, "unchanged": 0, "corrected": 0, "withdrawn": 0, "quarantined": 1}
        assert http.get(f"/submissions/{receipt['id']}/errors.xlsx", headers=a).status_code == 200
        assert upload(http, a, file_of(canary(suhu="38,1"), bad)).json()["counts"]["corrected"] == 1
        workbook = annotate(file_of(canary()), "x.csv", [], "id")
        assert upload(http, b, workbook, FILE.replace(".csv", ".xlsx")).status_code == 200
        condition(http, a)
        asked_wrongly(http, a)
    patient = Principal("patient", "patient:1", "PATRQT", person="patient:1", compartment=patient_by_nik(hub, NIK))
    choose(hub, patient, "optin")
    presence(hub, client_of(B), new_presence_code(hub, patient)[0])
    assert any(DIAGNOSIS in str(resource) for resource in own_record(hub, patient))
    assert seen(hub, patient)
    Queue(hub.config.home).put("https://hub.test", "klinik", "klinik_csv", FILE, data)
    sequence(hub)


def condition(http, headers) -> None:
    form = {"identifier": f"https://fhir.kemkes.go.id/id/nik|{NIK}"}
    found = http.post("/fhir/Patient/_search", data=form, headers=headers).json()
    assert found["total"] == 1
    subject = {"reference": f"Patient/{found['entry'][0]['resource']['id']}"}
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    sent = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": system, "code": "active"}]},
        "code": {"text": DIAGNOSIS},
        "subject": subject,
    }
    made = http.post("/fhir/Condition", json=sent, headers=headers)
    assert made.status_code == 201, made.text
    changed = made.json() | {"note": [{"text": COMPLAINT}]}
    assert http.put(f"/fhir/Condition/{changed['id']}", json=changed, headers=headers).status_code == 200
    assert COMPLAINT in http.get(f"/fhir/Condition/{changed['id']}/_history", headers=headers).text
    assert http.get("/fhir/Patient", params={"name": NAME.split()[0]}, headers=headers).json()["total"] == 1


def asked_wrongly(http, headers) -> None:
    """Refusals and mistakes, which like to end up in logs."""
    wrong = {"resourceType": "Patient", "gender": NAME, "birthDate": "1990-09-05", "surname": NAME}
    assert http.post("/fhir/Patient", json=wrong, headers=headers).status_code == 422
    assert http.get("/fhir/Patient", params={NAME: NIK}, headers=headers).status_code == 400
    assert http.get("/fhir/Patient", params={"birthdate": NAME}, headers=headers).status_code == 400
    assert http.get(f"/fhir/Patient/{NIK}", headers=headers).status_code == 404
    assert http.get(f"/{NIK}", headers=headers).status_code == 404
    assert http.post("/fhir", content=f'{{"{NAME}": ', headers=headers).status_code in (400, 415)


def test_nothing_that_went_in_can_be_read_on_disk(homes: Homes, city, server, tmp_path, logs):
    hub = register(homes.open(), city)
    everything_in(hub)
    with pytest.raises(Conflict), hub.store.writing() as tx:  # the database itself complains in its log
        tx.add_compartments(list(tx.compartments([patient_by_nik(hub, NIK)]).values()))
    places = [tmp_path]
    if server is not None:
        with server.admin() as connection:
            (oid,) = connection.execute("SELECT oid FROM pg_database WHERE datname = 'canary'").fetchone() or (0,)
        data = server.folder / "data"
        places += [data / "base" / str(oid), data / "global", data / "pg_wal", server.folder / "server.log"]
    for _ in range(2):
        if server is not None:
            with server.admin() as connection:
                connection.execute("CHECKPOINT")
        assert traces(SECRETS, places) == []
        # The facility's name may be read: so the search looks where the records lie, and would have found them.
        assert traces(["Klinik Bekantan Sehat"], places)
        homes.close(hub)
        hub = homes.open()


@pytest.mark.parametrize("text", [NAME, NIK, "1990-09-05"])
def test_the_search_would_find_a_leak_in_every_form(text, tmp_path):
    for number, form in enumerate(sorted(forms(text) | exact_forms(text))):
        place = tmp_path / f"{number}.bin"
        place.write_bytes(b"\x00\xff" * 7 + form + b"\x91" * 5)
        assert traces([text], [place])
    (tmp_path / "big.bin").write_bytes(text.upper().encode("utf-16-le"))
    assert traces([text], [tmp_path / "big.bin"])
    (tmp_path / "x.xlsx").write_bytes(annotate(file_of(canary()), "x.csv", [], "id"))
    assert traces([text.split()[0]] if text != "1990-09-05" else ["05/09/1990"], [tmp_path / "x.xlsx"])
