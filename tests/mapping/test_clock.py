"""A facility's clock: its zone and its shift, in the mapped times and in what the receipt says."""

from datetime import date, time, timedelta

import pytest

from hub.errors import text
from hub.mapping import Record, map_record, read_file, read_json
from hub.mapping.context import Context, clock_issues, read_offset, read_shift
from hub.mapping.goldens import RECEIVED_MS
from hub.mapping.values import Unfit, moment
from hub.model import Facility
from tests.mapping.test_mapper import GOOD


def sender(**settings):
    return Facility(2, "rs-uji", "RS Uji", settings=settings)


@pytest.mark.parametrize(
    ("words", "hours"), [("", 8), ("WIB", 7), ("wita", 8), (" WIT ", 9), ("+07:00", 7), ("+0900", 9), ("-03:30", -3.5)]
)
def test_zones_people_write(words, hours):
    assert read_offset(words).utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize("words", ["WIBB", "7", "+7", "+25:00", "+07:75", "jam 7"])
def test_zones_nobody_understands(words):
    with pytest.raises(Unfit):
        read_offset(words)
    (issue,) = clock_issues(sender(utc_offset=words))
    assert (issue.code, issue.severity, issue.args["setting"]) == ("HUB-2205", "fatal", "utc_offset")


@pytest.mark.parametrize("words", ["satu jam", "1.5", "-721", "9999", "--5"])
def test_shifts_nobody_understands(words):
    with pytest.raises(Unfit):
        read_shift(words)
    assert [issue.args["setting"] for issue in clock_issues(sender(clock_shift_minutes=words))] == [
        "clock_shift_minutes"
    ]


@pytest.mark.parametrize(
    ("settings", "written", "kept"),
    [
        ({}, time(8, 15), "2026-11-18T08:15:00+08:00"),
        ({"utc_offset": "WIB"}, time(8, 15), "2026-11-18T09:15:00+08:00"),
        ({"clock_shift_minutes": "-60"}, time(8, 15), "2026-11-18T07:15:00+08:00"),
        ({"clock_shift_minutes": "7"}, time(8, 15), "2026-11-18T08:22:00+08:00"),
        ({"utc_offset": "WIB", "clock_shift_minutes": "-60"}, time(8, 15), "2026-11-18T08:15:00+08:00"),
        ({"clock_shift_minutes": "-30"}, time(0, 10), "2026-11-17T23:40:00+08:00"),
    ],
)
def test_times_are_kept_as_the_city_knows_them(settings, written, kept, clinic):
    context = Context(sender(**settings), "x", RECEIVED_MS, clinic.codes)
    assert moment(date(2026, 11, 18), written, context.offset) == kept
    assert moment(date(2026, 11, 18), None, context.offset) == "2026-11-18"


def test_a_whole_row_is_corrected(clinic):
    context = clinic.context(sender(clock_shift_minutes="-60"), "x", RECEIVED_MS)
    encounter = map_record(clinic, Record(1, GOOD), context).mapped[1].resource
    assert encounter["period"] == {"start": "2026-11-18T07:15:00+08:00", "end": "2026-11-18T07:15:00+08:00"}


CSV = b"no_kunjungan;tanggal_kunjungan;nama_pasien;jenis_kelamin;tanggal_lahir\nK-1;18/11/2026;Siti;P;05/09/1990\n"
JSON = (
    b'{"no_kunjungan": "K-1", "tanggal_kunjungan": "18/11/2026", "nama_pasien": "Siti", "jenis_kelamin": "P", '
    b'"tanggal_lahir": "05/09/1990"}'
)


@pytest.mark.parametrize("read", [lambda a, f: read_file(a, CSV, "x.csv", f), lambda a, f: read_json(a, JSON, f)])
def test_every_receipt_says_what_was_done_to_the_clock(clinic, read):
    assert read(clinic, sender()).issues == []
    assert read(clinic, sender(utc_offset="+08:00", clock_shift_minutes="0")).issues == []
    table = read(clinic, sender(utc_offset="WIB", clock_shift_minutes="-60"))
    assert len(table.records) == 1
    assert [(issue.code, issue.severity) for issue in table.issues] == [
        ("HUB-2203", "information"),
        ("HUB-2204", "information"),
    ]
    said = [text(issue, "en") for issue in table.issues]
    assert "WIB (UTC+07:00)" in said[0]
    assert "-60 minutes" in said[1]
    refused = read(clinic, sender(utc_offset="barat"))
    assert (refused.records, [issue.code for issue in refused.issues]) == ([], ["HUB-2205"])
