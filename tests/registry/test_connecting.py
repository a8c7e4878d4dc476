"""A licence feed on this machine: pages, signatures, retries, a run that is cut, never twice."""

import json
import socket
import threading
import time
from contextlib import suppress
from datetime import date

import pytest

from hub.access.papers import details, expiring
from hub.errors import HubError
from hub.parts import Hub
from hub.registry.feeds import load_connectors
from hub.registry.papers import MOST_PERMITS
from hub.upkeep.connecting import pull_licences
from hub.upkeep.fetching import Keys, Link, read_keys
from tests.registry.conftest import KEYS, ROOT, A, B, City, link, sample

HALF = b'{"data": [], "berikut": "\\ud800"}'
"""Half a character."""


@pytest.fixture
def feed(city) -> City:
    city.pages = {"": sample("halaman-1"), "2": sample("halaman-2")}
    return city


def test_a_feed_is_taken_in_and_again_changes_nothing(hub, feed):
    report = pull_licences(hub, link(feed))
    assert (report.pages, report.entries, report.passed) == (2, 11, 1)
    assert report.changed == {
        A: {"licence", "accreditation", "satusehat", "address", "opened", "latitude", "longitude", "permits"},
        B: {"licence", "accreditation", "satusehat", "phone"},
    }
    assert report.unmatched == {"faskes-lain"}
    found = details(hub, A)
    assert [one.number for one in found.permits] == ["503/SIP/0001/2024"]
    assert str(details(hub, B).licence.until) == "2026-10-15"
    due = [(one.name, one.paper, one.stage) for one in expiring(hub, date(2026, 11, 22))]
    assert [each for each in due if "Bekantan" in each[0]] == [
        ("Klinik Bekantan", "satusehat", "none"),
        ("Klinik Bekantan", "accreditation", "expired"),
        ("Klinik Bekantan", "licence", "expired"),
    ]
    assert [each[1:] for each in due if "Teratai" in each[0]] == [
        ("licence", "30"),
        ("satusehat", "30"),
        ("accreditation", "90"),
    ]
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
    feed.pages["2"] = sample("halaman-2")
    report = pull_licences(hub, link(feed))
    assert (report.is_resumed, report.pages, report.entries) == (True, 1, 8)
    assert not pull_licences(hub, link(feed)).is_resumed


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
    for body in ([], {"data": {}}, {"data": [], "berikut": 3}, b"{", b"[" * 100_000, HALF):
        feed.pages[""] = body
        refusals.append(_code(hub, link(feed)))
    feed.faults = [302]
    refusals.append(_code(hub, link(feed)))
    assert refusals == ["HUB-4315", "HUB-4317", *["HUB-4316"] * 7]
    assert details(hub, A).licence is None
    with pytest.raises(HubError) as plain:
        Link(link(feed).connector, "http://perizinan.example", KEYS).get("", {})
    assert plain.value.issues[0].code == "HUB-4399"


def test_an_old_answer_is_none_and_nor_is_one_from_another_time(hub, feed):
    pull_licences(hub, link(feed))
    old, feed.pages[""] = feed.sent[0], {"data": []}
    before = details(hub, A)
    feed.replayed = [old]
    assert _code(hub, link(feed)) == "HUB-4315"
    for behind_s in (400, -400):
        feed.behind_s = behind_s
        assert _code(hub, link(feed)) == "HUB-4339"
    feed.behind_s = 200
    assert pull_licences(hub, link(feed)).pages == 1
    body, signs = old
    for odd in ({}, signs | {"X-Waktu": ""}, signs | {"X-Waktu": "٣"}, signs | {"X-Tanda-Tangan": "é"}):
        feed.replayed = [(body, {name: value.encode().decode("latin-1") for name, value in odd.items()})]
        assert _code(hub, link(feed)) == "HUB-4315"
    assert details(hub, A) == before


def test_an_entry_that_is_wrong_stops_no_other(hub, feed):
    feed.pages[""]["data"][0]["tgl_akhir"] = "1 Desember"
    feed.pages[""]["data"].append({"no_urut": 9})
    feed.pages[""]["data"].append("x")
    permit = next(one for one in feed.pages["2"]["data"] if one["jenis"] == "SIP")
    feed.pages[""]["data"].append(permit | {"no_urut": 10, "status": "DIBEKUKAN"})
    report = pull_licences(hub, link(feed))
    assert [(entry, issue.code) for entry, issue in report.refused] == [
        ("101", "HUB-4307"),
        ("9", "HUB-4316"),
        ("5", "HUB-4316"),
        ("10", "HUB-4316"),
    ]
    assert [one.number for one in details(hub, A).permits] == ["503/SIP/0001/2024"]


def test_a_facility_that_closed_may_open_again(hub, feed):
    licence = next(one for one in feed.pages[""]["data"] if one["jenis"] == "IZIN_OPERASIONAL")
    shut = licence | {"status": "TUTUP", "tgl_status": "2026-03-01", "tgl_operasi": "2016-01-01"}
    feed.pages = {"": {"data": [shut, shut | {"status": "BERLAKU"}]}}
    pull_licences(hub, link(feed))
    name = next(one for one in (A, B) if details(hub, one).closed)
    assert details(hub, name).closed == date(2026, 3, 1), "an entry about the first opening does not open it again"
    feed.pages[""]["data"].append(licence | {"tgl_operasi": "2026-09-01"})
    pull_licences(hub, link(feed))
    assert (details(hub, name).opened, details(hub, name).closed) == (date(2026, 9, 1), None)


def test_a_facility_has_so_many_permits_at_most(hub, feed):
    one = next(each for each in feed.pages[""]["data"] if each["jenis"] == "SIP")
    feed.pages = {"": {"data": [one | {"nomor": f"503/SIP/{n}", "no_urut": n} for n in range(MOST_PERMITS + 3)]}}
    report = pull_licences(hub, link(feed))
    assert [(entry, issue.code) for entry, issue in report.refused] == [
        (str(MOST_PERMITS + n), "HUB-4307") for n in range(3)
    ]
    assert max(len(details(hub, name).permits) for name in (A, B)) == MOST_PERMITS


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


@pytest.mark.parametrize(
    "before", [b"HTTP/1.1 200 OK\r\nX-Lambat: ", b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"]
)
def test_an_answer_that_comes_byte_by_byte_is_given_up(before):
    """Without end: who waited for it would wait for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _ = server.accept()
            with line, suppress(OSError):
                line.recv(4096)
                line.sendall(before)
                while True:
                    line.sendall(b"x")
                    time.sleep(0.02)

        threading.Thread(target=drip, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        slow = Link(load_connectors(ROOT)["dukcapil"], url, KEYS, tries=1, timeout_s=0.3)
        with pytest.raises(HubError) as refused:
            slow.post("/", {})
    assert refused.value.issues[0].code == "HUB-4314"
