"""First run, second run, changed, deleted, cut: exact counts, on an SQLite file and on a real MariaDB."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from hub.agent import pull
from hub.errors import HubError
from hub.mapping import load_adapter
from hub.mapping.readers.sql import open_source
from tests.agent.conftest import NOW, Cut, Postbox


def runner(rawat, hospital, tmp_path):
    def go(sink, **options):
        options = {"now": NOW, "facility": "rs-uji", "sleep": lambda seconds: None, **options}
        return pull(rawat, hospital.url, tmp_path / "agen.db", sink, **options)

    return go


@pytest.fixture
def run(rawat, hospital, tmp_path):
    return runner(rawat, hospital, tmp_path)


def counts(report):
    return report.read, report.new, report.changed, report.removed, report.unchanged, report.sent


def test_first_second_changed_deleted_and_back(run, hospital):
    hospital.fill(450)
    hub = Postbox()
    report = run(hub)
    assert counts(report) == (450, 450, 0, 0, 0, 450)
    assert len(set(hub.names)) == 450
    assert hub.rows[0] == {
        "no_rawat": "2026/11/18/000001", "tgl": "2026-11-18", "jam": "08:15:00", "nama": "Siti Contoh 1", "jk": "P",
        "lahir": "1990-09-05", "suhu": "36,5", "keluhan": "batuk", "biaya": "25000.5",
        "diagnosa": [{"kd": "J06.9", "urutan": "1", "status": "Baru"}, {"kd": "I10", "urutan": "2", "status": "Baru"}],
    }  # fmt: skip
    assert report.queries == 1 + 3 * 2 + 1  # the schema, three batches with their children, and the empty one
    assert report.cost["diagnosa"][:2] == (3, 900)

    hub = Postbox()
    assert counts(run(hub)) == (450, 0, 0, 0, 450, 0)
    assert hub.parts == []

    hospital.run("UPDATE diagnosa SET kd = 'J20.9' WHERE no_rawat = '2026/11/18/000007' AND urutan = 1")
    hospital.run("DELETE FROM kunjungan WHERE no_rawat IN ('2026/11/18/000008', '2026/11/18/000450')")
    hospital.fill(1, first=451)
    assert counts(run(hub)) == (449, 1, 1, 2, 447, 4)
    assert hub.names[:2] == ["2026/11/18/000007", "2026/11/18/000451"]
    assert sorted(hub.names[2:]) == ["2026/11/18/000008", "2026/11/18/000450"]
    assert hub.parts[1][0] == {"no_rawat": hub.names[2], "_removed": True}

    hospital.run("DELETE FROM diagnosa WHERE no_rawat = '2026/11/18/000008'")
    hospital.fill(1, first=8)
    assert counts(run(Postbox())) == (450, 1, 0, 0, 449, 1)


def test_only_the_window_is_read_and_only_it_can_miss_a_visit(run, hospital):
    hospital.fill(30, day="2026/09/01")
    hospital.fill(10, day="2026/11/01")
    assert counts(run(Postbox())) == (10, 10, 0, 0, 0, 10)
    assert counts(run(Postbox(), since_days=None)) == (40, 30, 0, 0, 10, 30)
    hospital.run("DELETE FROM kunjungan WHERE no_rawat = '2026/09/01/000003'")
    assert counts(run(Postbox())) == (10, 0, 0, 0, 10, 0)
    assert counts(run(Postbox(), since_days=None)) == (39, 0, 0, 1, 39, 1)


@pytest.mark.parametrize("parts", [0, 1, 2])
def test_a_line_to_the_hub_that_breaks_is_taken_up_where_it_was(run, hospital, parts):
    hospital.fill(1300)
    hub = Postbox(cut_after=parts)
    with pytest.raises(Cut):
        run(hub)
    sent = len(hub.rows)
    assert sent == (0, 400, 800)[parts]
    hub.cut_after = None
    report = run(hub)
    assert (report.sent, report.is_resumed) == (1300 - sent, parts > 0)
    assert report.read == 1300 - sent
    assert sorted(hub.names) == [f"2026/11/18/{n:06}" for n in range(1, 1301)]  # all, and none twice
    assert counts(run(Postbox())) == (1300, 0, 0, 0, 1300, 0)


def test_a_connection_to_the_database_that_is_cut_is_taken_up_where_it_was(rawat, server_hospital, tmp_path):
    hospital, run = server_hospital, runner(rawat, server_hospital, tmp_path)
    hospital.fill(1000)
    hub = Postbox()

    def cut(report):
        if report.read == 600:
            assert hospital.server.kill_reader(hospital.database) == 1

    with pytest.raises(HubError) as refused:
        run(hub, progress=cut)
    assert refused.value.issues[0].code == "HUB-2201"
    assert len(hub.rows) == 600  # what was read before the cut arrived
    report = run(hub)
    assert report.is_resumed
    assert counts(report) == (400, 400, 0, 0, 0, 400)
    assert sorted(hub.names) == [f"2026/11/18/{n:06}" for n in range(1, 1001)]
    assert counts(run(Postbox())) == (1000, 0, 0, 0, 1000, 0)


def test_a_wrong_or_empty_database_removes_nothing(run, hospital):
    hospital.fill(100)
    run(Postbox())
    hospital.run("DELETE FROM kunjungan WHERE no_rawat > '2026/11/18/000079'")  # 21 of 100
    hub = Postbox()
    for _ in range(2):
        with pytest.raises(HubError) as refused:
            run(hub)
        assert refused.value.issues[0].code == "HUB-2212"
        assert dict(refused.value.issues[0].args) == {"gone": "21", "known": "100"}
    assert hub.parts == []
    assert counts(run(hub, accept_removals=True)) == (79, 0, 0, 21, 79, 21)
    assert counts(run(Postbox())) == (79, 0, 0, 0, 79, 0)


def test_twenty_deletions_are_deletions(run, hospital):
    hospital.fill(25)
    run(Postbox())
    hospital.run("DELETE FROM kunjungan WHERE no_rawat <= '2026/11/18/000020'")
    assert counts(run(Postbox())) == (5, 0, 0, 20, 5, 20)


def test_a_part_the_hub_refuses_is_not_remembered(run, hospital):
    hospital.fill(3)
    with pytest.raises(HubError) as refused:
        run(Postbox(state="refused"))
    assert refused.value.issues[0].code == "HUB-2213"
    assert counts(run(Postbox())) == (3, 3, 0, 0, 0, 3)


def test_parts_are_bounded_in_bytes(run, hospital):
    hospital.fill(300)
    hospital.run("UPDATE kunjungan SET keluhan = ?", [("x" * 60_000,)])
    hub = Postbox()
    run(hub)
    assert [len(part) for part in hub.parts] == [139, 139, 22]
    assert all(len(msgspec.json.encode(part)) <= 8 * 1024 * 1024 for part in hub.parts)
    assert len(set(hub.names)) == 300


def test_queries_take_their_share_of_time_and_no_more(run, hospital):
    hospital.fill(500)
    pauses = []
    report = run(Postbox(), batch=100, load=0.01, sleep=pauses.append)
    assert len(pauses) == 5
    in_batches = report.cost["diagnosa"][2]  # of the visits' query the last, empty one has no pause behind it
    assert sum(pauses) + report.seconds >= 0.9 * in_batches / 0.01
    assert report.load > 0.01  # nobody slept in this test; with the pauses the share is kept


def test_the_memory_holds_nothing_readable_and_does_not_open_without_its_key(run, hospital, tmp_path):
    hospital.fill(50)
    run(Postbox())
    data = (tmp_path / "agen.db").read_bytes()
    for word in (b"Siti", b"2026", b"J06", b"rs-uji", b"rawat/", b"000001"):
        assert word not in data
    for name in ("agen.db", "agen.db.key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    (tmp_path / "agen.db.key").unlink()
    with pytest.raises(HubError) as refused:
        run(Postbox())
    assert refused.value.issues[0].code == "HUB-2210"


def test_one_run_at_a_time(run, hospital, tmp_path):
    hospital.fill(3)

    def again(data: bytes, name: str):
        with pytest.raises(HubError) as refused:
            run(Postbox())
        assert refused.value.issues[0].code == "HUB-2211"
        return {"id": "KJ-1", "state": "stored", "counts": {}, "issues": []}

    assert run(again).sent == 3


def test_a_state_that_is_no_database_is_named(run, hospital, tmp_path):
    (tmp_path / "agen.db").write_bytes(b"bukan basis data" * 100)
    with pytest.raises(HubError) as refused:
        run(Postbox())
    assert refused.value.issues[0].code == "HUB-2210"


def test_two_facilities_share_a_state_and_know_nothing_of_each_other(rawat, hospital, tmp_path):
    hospital.fill(5)
    for facility in ("rs-a", "rs-b"):
        hub = Postbox()
        pull(rawat, hospital.url, tmp_path / "agen.db", hub, facility=facility, now=NOW)
        assert len(hub.rows) == 5


def test_a_better_adapter_is_given_every_visit_again(rawat, hospital, tmp_path):
    hospital.fill(5)
    pull(rawat, hospital.url, tmp_path / "agen.db", Postbox(), now=NOW)
    newer = replace(rawat, manifest=replace(rawat.manifest, version="1.1"))
    assert pull(newer, hospital.url, tmp_path / "agen.db", Postbox(), now=NOW).changed == 5


def test_an_adapter_of_files_has_no_source(hospital, tmp_path):
    clinic = load_adapter(Path(__file__).parents[2] / "adapters" / "klinik_csv")
    with pytest.raises(HubError) as refused:
        pull(clinic, hospital.url, tmp_path / "agen.db", Postbox())
    assert refused.value.issues[0].code == "HUB-2209"


def test_an_unfinished_run_is_taken_up_for_a_day_only(run, hospital, tmp_path):
    hospital.fill(900)
    with pytest.raises(Cut):
        run(Postbox(cut_after=1))
    report = run(Postbox(), now=NOW + 25 * 3600 * 1000)
    assert not report.is_resumed
    assert counts(report) == (900, 500, 0, 0, 400, 500)


@pytest.mark.parametrize("sql", ["DELETE FROM kunjungan", "UPDATE kunjungan SET nama = 'x'"])
def test_the_session_cannot_write_even_where_the_account_may(hospital, sql):
    hospital.fill(3)
    url = hospital.server.url(hospital.database) if hospital.server else hospital.url
    with closing(open_source(url)) as source, pytest.raises(HubError) as refused:
        source.select("write", sql, {})
    assert refused.value.issues[0].code == "HUB-2215"
    with closing(open_source(url)) as source:
        (row,) = source.select("count", "SELECT COUNT(*) AS n, MIN(nama) AS m FROM kunjungan", {})
    assert (row["n"], row["m"]) == (3, "Siti Contoh 1")


def test_a_key_that_cannot_be_asked_for_again_stops_the_run(rawat, file_hospital, tmp_path):
    """SQLite puts a blob behind every text: the same page would come for ever."""
    file_hospital.fill(3)
    key = "CAST('2026/11/18/000003' AS BLOB)"
    file_hospital.run(f"UPDATE kunjungan SET no_rawat = {key} WHERE no_rawat = '2026/11/18/000003'")
    with pytest.raises(HubError) as caught:
        runner(rawat, file_hospital, tmp_path)(Postbox())
    assert caught.value.issues[0].code == "HUB-2230"
