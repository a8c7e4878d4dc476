"""Early warning from a clinic's file to a verified signal: cases, late and corrected records, roles, the trail."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.access.entered_signals import enter, open_alike
from hub.access.facts import mark_of
from hub.access.signals import open_signals
from hub.access.surveillance import detail, grid
from hub.access.surveying import settings_of
from hub.access.urgency import by_disease, in_order
from hub.access.verification import act, cases, signal
from hub.access.weekly_reports import weekly_report
from hub.audit import decode_entry
from hub.errors import HubError
from hub.fhir import city_day, day_text
from hub.model import Facility, Principal
from hub.monitor.surveillance import Step
from hub.monitor.surveillance.w2 import w2_csv, w2_rows, w2_xlsx
from hub.monitor.weeks import week_of
from hub.parts import Hub
from hub.pipeline import submit
from hub.registry import areas
from hub.upkeep.papering import set_details
from hub.upkeep.registering import register_facility
from hub.upkeep.signalling import is_unsurveyed, survey
from tests.whole.sending import A, B, client_of, file_of, row

OFFICER = Principal("surveillance", "surveilans.uji", "PUBHLTH", person="surveilans.uji")
AREA = areas()[0]


def day_of(hub: Hub, back: int) -> str:
    return (date.fromisoformat(day_text(city_day(hub.clock()))) - timedelta(days=back)).strftime("%d/%m/%Y")


def ill(hub: Hub, number: int, back: int, code: str, **changes: str) -> dict[str, str]:
    """Somebody of his own with a diagnosis, so many days ago, living in AREA."""
    names = {"no_kunjungan": f"S-{number}", "no_rm": f"9{number:05}", "nik": "", "nama_pasien": f"Uji Nomor {number}"}
    about = {"tanggal_kunjungan": day_of(hub, back), "kelurahan": AREA.name, "diagnosis_1": code, "diagnosis_2": ""}
    return row(**{**names, **about, **changes})


def send(hub: Hub, facility: str, *rows: dict[str, str], name: str = "kunjungan.csv") -> None:
    receipt = submit(hub, client_of(facility), "klinik_csv", file_of(*rows), name)
    assert receipt.counts.get("quarantined", 0) == 0, receipt


def test_one_measles_case_is_a_signal_until_it_is_verified_in_time(hub: Hub) -> None:
    send(hub, A, ill(hub, 1, 3, "B05.9"))
    (found,) = survey(hub)
    assert (found.disease, found.place, found.cases, found.criteria) == ("K", AREA.code, 1, ("immediate",))
    assert survey(hub) == [], "not raised again"
    send(hub, B, *(ill(hub, 2 + n, 2, "B05.9") for n in range(5)), name="lain.csv")
    assert survey(hub) == [], "nor by other cases within the 7 days"
    (one,) = grid(hub, OFFICER).signals
    assert (one.cases, one.steps[-1].kind, one.state, one.owner) == (6, "counted", "open", "")
    days = [day_text(city_day(hub.clock()) - back) for back in (3, 2)]
    assert [one.first, one.last] == days, "the days on which there were cases, none to come"
    assert one.day == days[0]
    before = open_signals(hub)  # raised for one case, it stays without a name: else the name would tell of the fifth
    assert (before.open, before.overdue, before.other, before.by_disease) == (1, 0, 1, ())
    assert before.oldest_due_ms == one.raised_ms + 24 * 3_600_000

    act(hub, OFFICER, one.number, Step(0, "", "own"))
    with pytest.raises(HubError):
        act(hub, OFFICER, one.number, Step(0, "", "close", "outbreak"))
    with pytest.raises(HubError):
        act(hub, OFFICER, one.number, Step(0, "", "verify", "real", "periksa", "", one.raised_ms - 120_000))
    done = Step(0, "", "verify", "real", "Kunjungan rumah, ambil spesimen", "", hub.clock())
    act(hub, OFFICER, one.number, done)
    act(hub, OFFICER, one.number, Step(0, "", "close", "no-outbreak"))
    closed = signal(hub, OFFICER, one.number)
    assert [step.kind for step in closed.steps] == ["counted", "own", "verify", "close"]
    assert (closed.state, closed.owner) == ("closed", "surveilans.uji")
    with pytest.raises(HubError):
        act(hub, OFFICER, one.number, Step(0, "", "note", note="terlambat"))
    after = open_signals(hub)
    assert (after.open, after.verified, after.in_time) == (0, 1, 1)


def test_a_turn_is_due_when_facts_are_new_or_the_last_one_was_cut_short(hub: Hub) -> None:
    assert is_unsurveyed(hub)
    send(hub, A, ill(hub, 1, 3, "B05.9"))
    survey(hub)
    assert not is_unsurveyed(hub)
    send(hub, A, ill(hub, 2, 3, "J00"), name="lain.csv")
    assert is_unsurveyed(hub)
    survey(hub)
    assert not is_unsurveyed(hub)
    with hub.store.reading() as tx:
        (month,) = tx.month_cases([mark_of(hub, day_text(city_day(hub.clock()))[:7])])
    with hub.store.writing() as tx:  # as a turn leaves it that prepared the months and was killed then
        tx.set_month_cases([month._replace(made_ms=hub.clock() + 1)])
    assert is_unsurveyed(hub)


def test_a_disease_taken_out_of_the_citys_own_list_leaves_the_others(hub: Hub, tmp_path: Path) -> None:
    own = [
        f'[disease.{code}]\nname = {{ id = "Uji {code}", en = "Test {code}" }}\nicd10 = ["{icd10}"]\n'
        for code, icd10 in (("XA", "J00"), ("XB", "J01"))
    ]
    lists = {"all.toml": "".join(own), "one.toml": own[1]}
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
    before, after = (replace(hub, config=replace(hub.config, surveillance=tmp_path / name)) for name in lists)
    send(before, A, ill(hub, 1, 3, "J01.9"))
    survey(before)
    assert sum(week.cases for week in detail(after, OFFICER, "XB").weeks) == 1, "as counted, until the next turn"


def test_of_many_steps_at_once_none_is_lost_and_a_signal_closes_once(hub: Hub) -> None:
    number = enter(hub, OFFICER, "K", AREA.code, 3, "tiga kasus di satu rumah")
    act(hub, OFFICER, number, Step(0, "", "verify", "real", "Kunjungan rumah", "", hub.clock()))

    def step(at: int) -> str:
        one = Step(0, "", "note", note=f"catatan {at}") if at % 2 else Step(0, "", "close", "outbreak")
        try:
            act(hub, OFFICER, number, one)
        except HubError as error:
            return error.issues[0].code
        return one.kind

    with ThreadPoolExecutor(6) as pool:
        found = Counter(pool.map(step, range(6)))
    kinds = Counter(each.kind for each in signal(hub, OFFICER, number).steps)
    assert (found["close"], kinds["close"]) == (1, 1)
    assert found["note"] == kinds["note"]
    assert sum(found.values()) == 6
    assert set(found) <= {"close", "note", "HUB-4283"}


@pytest.mark.parametrize("said", ["NIK 6371 0145 0990 0001", "hubungi ０８１２ lalu 3456 lalu 7890"])
def test_no_note_of_a_verification_holds_somebodys_number(hub: Hub, said: str) -> None:
    number = enter(hub, OFFICER, "K", AREA.code, 3, "tiga kasus di satu rumah")
    for one in (
        Step(0, "", "note", note=said),
        Step(0, "", "verify", "real", said, "", hub.clock()),
        Step(0, "", "verify", "real", "Kunjungan rumah", said, hub.clock()),
    ):
        with pytest.raises(HubError, match="HUB-4359"):
            act(hub, OFFICER, number, one)
    with pytest.raises(HubError, match="HUB-4359"):
        enter(hub, OFFICER, "K", AREA.code, 3, said)
    assert [each.kind for each in signal(hub, OFFICER, number).steps] == []


def test_many_cases_of_dengue_raise_one_signal_where_they_live_and_a_correction_lowers_it(hub: Hub) -> None:
    quiet = [ill(hub, n, 14 + 7 * n, "A91", kelurahan=areas()[5 + n].name) for n in range(12)]
    burst = [ill(hub, 100 + n, 0, "A91") for n in range(6)]
    twice = ill(hub, 100, 0, "A91", no_kunjungan="S-200")
    send(hub, A, *quiet, *burst, twice)
    found = survey(hub)
    assert [(each.disease, each.place, each.cases) for each in found] == [("C", AREA.code, 6)]
    assert "statistical" in found[0].criteria
    send(hub, A, {**burst[5], "diagnosis_1": "J00"}, name="perbaikan.csv")
    assert survey(hub) == []
    (one,) = grid(hub, OFFICER).signals
    assert one.cases == 5
    shown = detail(hub, OFFICER, "C", AREA.code)
    assert sum(week.cases for week in shown.weeks) == 5
    assert any(week.is_alert for week in shown.weeks)
    assert [week.limit is None for week in shown.weeks] == [n < 5 for n in range(len(shown.weeks))], "too few before"
    assert {place.key: place.seven for place in shown.facilities}[f"#{hub.facilities[A].number}"] == 5
    assert open_signals(hub).by_disease == (("C", settings_of(hub).get("C").name, 1),)
    assert open_signals(hub, k=11).by_disease == ()


def test_nobody_else_sees_counts_and_every_look_is_in_the_trail_of_the_person(hub: Hub) -> None:
    send(hub, A, ill(hub, 1, 0, "A36.0"))
    survey(hub)
    (one,) = grid(hub, OFFICER).signals
    for role in ("auditor", "steward", "privacy-officer", "clinician", "patient"):
        other = replace(OFFICER, role=role)
        for look in (
            lambda who: grid(hub, who),
            lambda who: detail(hub, who, "L"),
            lambda who: signal(hub, who, one.number),
            lambda who: cases(hub, who, one.number),
            lambda who: weekly_report(hub, who),
            lambda who: act(hub, who, one.number, Step(0, "", "own")),
            lambda who: enter(hub, who, "T", "city", 3, "kabar dari sekolah"),
        ):
            with pytest.raises(HubError) as refused:
                look(other)
            assert refused.value.issues[0].code == "HUB-4280"
    (case,) = cases(hub, OFFICER, one.number)
    assert (case.area, case.sex) == (AREA.code, "female")
    with hub.store.reading() as tx:
        (pseudonym,) = {fact.pseudonym for fact in tx.facts()}
        rows = tx.seen([pseudonym])
    seen = [decode_entry(hub.boxes.audit.open(each.body, b"audit")) for each in rows]
    assert [entry.event for entry in seen if entry.role == "surveillance"] == ["surveillance.cases"]


def test_an_officer_enters_what_no_code_tells(hub: Hub) -> None:
    said = ("T", AREA.code, 7, "Tujuh anak satu sekolah demam dan ruam", "tanda")
    with ThreadPoolExecutor(4) as pool:
        (number,) = set(pool.map(lambda _: enter(hub, OFFICER, *said), range(4)))
    assert open_alike(hub, OFFICER, *said) is None, "the same form once more"
    assert open_alike(hub, OFFICER, *said[:2], 8, "Delapan anak").number == number
    assert open_alike(hub, OFFICER, "K", *said[1:]) is None
    for _ in range(2):
        act(hub, OFFICER, number, Step(0, "", "own"))
    assert [each.kind for each in signal(hub, OFFICER, number).steps] == ["own"]
    survey(hub)
    assert [each.number for each in grid(hub, OFFICER).signals] == [number]
    one = signal(hub, OFFICER, number)
    assert (one.disease.code, one.cases, one.criteria, one.by) == ("T", 7, ("event",), "surveilans.uji")
    with pytest.raises(HubError):
        enter(hub, OFFICER, "T", "0000000000", 7, "Tujuh anak")


def test_the_weekly_report_counts_cases_where_they_were_first_seen(hub: Hub) -> None:
    back = 7 + (city_day(hub.clock()) + 4) % 7  # the Sunday of the last whole week
    send(hub, A, *(ill(hub, n, back, "A09") for n in range(3)))
    send(hub, B, ill(hub, 9, back - 1, "A09"))
    register_facility(hub, Facility(0, "klinik-tutup", "Klinik Tutup", "klinik", "private"))
    set_details(hub, [{"facility": "klinik-tutup", "closed": "2020-01-01"}])
    survey(hub)
    found = weekly_report(hub, OFFICER)
    lines = {line.id: line for line in found.report.lines}
    assert lines["klinik-tutup"].state == "closed", "the registry says so"
    assert (lines[A].cases[0], lines[A].visits, lines[B].cases[0], lines[B].visits) == (3, 3, 1, 1)
    rows = w2_rows(found.report, found.settings, str, str)
    assert len(rows[0]) == 7 + 24 + 1
    assert rows[-1][7] == 4
    assert w2_csv(rows).startswith(b"\xef\xbb\xbfTahun;Minggu")
    assert w2_xlsx(rows, "W2")[:2] == b"PK"
    with pytest.raises(HubError):
        weekly_report(hub, OFFICER, "2026-13-99")


def test_who_owes_the_weekly_report_is_as_the_registry_says(hub: Hub) -> None:
    """Of a week that is past due: sent in time, sent late, open and silent, with an ended licence, new after it, shut
    before it, shut that week, and one the registry knows nothing of."""
    today = city_day(hub.clock())
    sunday = today - 14 - (today + 4) % 7
    before, after = day_text(sunday - 30), day_text(sunday + 7)
    about = {
        "puskesmas-rajin": {"opened": before},
        "puskesmas-telat": {},
        "puskesmas-diam": {"opened": before},
        "puskesmas-izin": {"licence": {"number": "503/1", "issued": before, "until": day_text(sunday - 1)}},
        "puskesmas-baru": {"opened": after},
        "puskesmas-tutup": {"opened": before, "closed": day_text(sunday - 1)},
        "puskesmas-libur": {"opened": before},
        "puskesmas-asing": {},
        "klinik-diam": {"opened": before},
    }
    shut = {"closed_between": f"{day_text(sunday)}/{day_text(sunday + 6)}"}
    for id_ in about:
        settings = shut if id_ == "puskesmas-libur" else {}
        register_facility(hub, Facility(0, id_, id_, id_.split("-")[0], "public", settings=settings))
    set_details(hub, [{"facility": id_, **each} for id_, each in about.items() if each])
    for id_, visit, came in (
        ("puskesmas-rajin", 3, 7),
        ("puskesmas-telat", -4, 1),
        ("puskesmas-telat", 3, 12),
    ):
        at = hub.clock() - (today - sunday - came) * 86_400_000
        then = replace(hub, clock=lambda at=at: at)
        send(then, id_, ill(then, came, came - visit, "A09"), name=f"{came}.csv")
    survey(hub)
    report = weekly_report(hub, OFFICER, day_text(sunday)).report
    states = {line.id: line.state for line in report.lines}
    assert {id_: states[id_] for id_ in about} == {
        "puskesmas-rajin": "on-time",
        "puskesmas-telat": "late",
        "puskesmas-diam": "none",
        "puskesmas-izin": "none",
        "puskesmas-baru": "not-expected",
        "puskesmas-tutup": "closed",
        "puskesmas-libur": "closed",
        "puskesmas-asing": "not-expected",
        "klinik-diam": "none",
    }
    assert (report.awaited, weekly_report(hub, OFFICER, day_text(week_of(today))).report.awaited > 0) == (0, True)
    assert (report.expected, report.completeness, report.timeliness) == (4, 50, 25), "a clinic owes none"


def test_what_is_due_first_and_weighs_most_stands_first(hub: Hub) -> None:
    quiet = [ill(hub, n, 14 + 7 * n, "A91", kelurahan=areas()[5 + n].name) for n in range(12)]
    single = [ill(hub, 100 + n, 1, "B05.9", kelurahan=areas()[20 + n].name) for n in range(3)]
    send(hub, A, *quiet, *single, *(ill(hub, 200 + n, 0, "A91") for n in range(6)))
    survey(hub)
    (hand, late) = (enter(hub, OFFICER, "K", area.code, 2, "kabar dari sekolah") for area in areas()[30:32])
    act(hub, OFFICER, late, Step(0, "", "verify", "real", "Kunjungan rumah", "", hub.clock()))
    signals = grid(hub, OFFICER).signals
    found = in_order(replace(each, due_ms=0) if each.place == areas()[21].code else each for each in signals)
    assert [each.place for each in found][:3] == [areas()[21].code, AREA.code, areas()[30].code]
    assert [each.number for each in found][2:6:3] == [hand, late], "single cases between; verified ones last"
    dengue, measles = by_disease(signals)
    assert (dengue.disease.code, dengue.open, dengue.places, dengue.heaviest[0].cases) == ("C", 1, 1, 6)
    assert (measles.open, measles.places, len(measles.heaviest)) == (4, 5, 3)
