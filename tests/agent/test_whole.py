"""From a hospital's database into a hub: first and second run, a changed row, a deleted visit, one that comes back."""

from pathlib import Path

import msgspec
import pytest

from hub.access import search
from hub.agent import pull
from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Facility, Principal
from hub.pipeline import submit
from hub.upkeep.registering import register_facility
from tests.agent.conftest import NOW

WHO = Principal("clinic-client", "rs-uji-agen", "TREAT", facility="rs-uji", scopes=("system/*.rs",), request_id="uji")


@pytest.fixture
def hub(database_url, tmp_path):
    env = {
        "HUB_HOME": str(tmp_path / "home"),
        "HUB_DATABASE_URL": database_url,
        "HUB_ADAPTERS": str(Path(__file__).parent / "adapters"),
    }
    found = build(read_config(env))
    settings = {"utc_offset": "WIB"}
    register_facility(found, Facility(0, "rs-uji", "RS Uji", "rumah-sakit", "public", "rawat", settings=settings))
    yield found
    close(found)


def encounters(hub):
    found = msgspec.json.decode(search(hub, WHO, "Encounter", [("_count", "100")], False, "https://hub.test/fhir"))
    return {each["resource"]["identifier"][0]["value"]: each["resource"] for each in found.get("entry", ())}


def test_the_counts_of_every_run_and_what_is_stored(rawat, hospital, hub, tmp_path):
    def run(**options):
        def sink(data, name):
            return submit(hub, WHO, "rawat", data, name).to_dict()

        report = pull(rawat, hospital.url, tmp_path / "agen.db", sink, facility="rs-uji", now=NOW, load=1.0, **options)
        hub_counts = tuple(
            report.hub[name] for name in ("accepted", "corrected", "unchanged", "withdrawn", "quarantined")
        )
        return (report.new, report.changed, report.removed, report.unchanged), hub_counts, report.clock

    hospital.fill(30)
    found, stored, clock = run()
    assert (found, stored) == ((30, 0, 0, 0), (30, 0, 0, 0, 0))
    assert len(clock) == 1
    assert "WIB (UTC+07:00)" in clock[0]
    assert run()[:2] == ((0, 0, 0, 30), (0, 0, 0, 0, 0))
    (tmp_path / "agen.db").rename(tmp_path / "lama.db")  # a lost memory sends all again, and nothing changes
    assert run()[:2] == ((30, 0, 0, 0), (0, 0, 30, 0, 0))

    hospital.run("UPDATE kunjungan SET keluhan = 'demam' WHERE no_rawat = '2026/11/18/000002'")
    hospital.run("DELETE FROM kunjungan WHERE no_rawat = '2026/11/18/000003'")
    hospital.run("UPDATE kunjungan SET jk = NULL WHERE no_rawat = '2026/11/18/000004'")
    assert run()[:2] == ((0, 2, 1, 27), (0, 1, 0, 1, 1))
    stored_now = encounters(hub)
    assert len(stored_now) == 30
    assert stored_now["2026/11/18/000002"]["reasonCode"] == [{"text": "demam"}]
    once = "2026-11-18T09:15:00+08:00"
    assert stored_now["2026/11/18/000002"]["period"] == {"start": once, "end": once}
    assert stored_now["2026/11/18/000003"]["status"] == "entered-in-error"
    assert stored_now["2026/11/18/000004"]["status"] == "finished"
    assert run()[:2] == ((0, 0, 0, 29), (0, 0, 0, 0, 0))  # the refused row waits in quarantine and is not sent again

    hospital.run("UPDATE kunjungan SET jk = 'P' WHERE no_rawat = '2026/11/18/000004'")
    hospital.run("DELETE FROM diagnosa WHERE no_rawat = '2026/11/18/000003'")
    hospital.fill(1, first=3)
    found, stored, _ = run()
    assert found == (1, 1, 0, 28)
    assert stored == (0, 1, 1, 0, 0)
    assert encounters(hub)["2026/11/18/000003"]["status"] == "finished"
