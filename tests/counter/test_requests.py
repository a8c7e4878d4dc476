"""Requests at the counter: the clock, the check of identity, what is handed over, and who learns what."""

import pytest

from hub.access import own_record, seen
from hub.admission import counter, new_presence_code, redeem, session
from hub.admission.counter import Wish
from hub.audit import decode_entry
from hub.errors import Category, HubError
from hub.model import PATIENT_RID, Key, Principal
from hub.parts import SELF
from hub.pipeline.stewarding import unlink
from hub.store.tables import metadata
from tests.counter.conftest import A, B, C, staff
from tests.steward.conftest import NIK_JOHAN, NIK_OTHER, NIK_SITI, STEWARD, compartment

HOUR = 3_600_000
COPY = Wish("copy", NIK_SITI, "Siti Noor Halimah")
CORRECTION = Wish("correction", NIK_SITI, "Siti Noor Halimah", "Tanggal lahir keliru")
LOOKS = Wish("access-log", NIK_SITI, "Siti Noor Halimah")
PROXY = {"relation": "spouse", "proxy_name": "Rahmat Contoh", "proof": "KK 6371-contoh"}
OFFICER = Principal("privacy-officer", "pdp", "HCOMPL", person="pdp")


def code_of(caught) -> str:
    return caught.value.issues[0].code


def diagnoses(resources) -> set[str]:
    return {r["code"]["coding"][0]["code"] for r in resources if r["resourceType"] == "Condition"}


def check_twice(hub, id_, facility=C) -> None:
    assert not counter.check_document(hub, staff(facility, "ners.ani"), id_, "ktp")
    assert counter.check_document(hub, staff(facility, "bidan.tuti"), id_, "kk")


def entries(hub, who):
    """The trail of a patient, newest first."""
    with hub.store.reading() as tx:
        person = tx.person([who.compartment])
        rows = tx.seen([hub.blinder.pseudonym(c) for c in person], 200)
    return [decode_entry(hub.boxes.audit.open(row.body, b"audit")) for row in rows]


def test_two_members_of_staff_confirm_and_a_copy_of_everything_is_handed_over(hub, siti):
    id_ = counter.ask_at_counter(hub, staff(C), COPY)
    assert counter.one_at_facility(hub, staff(C), id_).is_found is None
    for form in counter.FORMS:
        with pytest.raises(HubError) as caught:
            counter.release(hub, staff(C), id_, form)
        assert code_of(caught) == "HUB-3256"
    assert not counter.check_document(hub, staff(C), id_, "ktp")
    for name in ("ners.ani", " Ners.Ani ", "ners.\u200bani", "\uff4e\uff45\uff52\uff53.ani", "ners. ani"):
        with pytest.raises(HubError) as caught:
            counter.check_document(hub, staff(C, name), id_, "sim")
        assert code_of(caught) == "HUB-3255"
    assert counter.check_document(hub, staff(C, "bidan.tuti"), id_, "passport")
    assert counter.one_at_facility(hub, staff(C), id_).is_found
    given = counter.release(hub, staff(C, "bidan.tuti"), id_, "paper")
    assert given.resources == own_record(hub, siti)
    assert diagnoses(given.resources) == {"J06.9", "B20"}
    (one,) = counter.own_requests(hub, siti)
    assert one.state == "released"
    assert [(s.what, s.by, s.facility, s.detail) for s in one.body.steps] == [
        ("opened", "ners.ani", C, ""),
        ("document", "ners.ani", C, "ktp"),
        ("document", "bidan.tuti", C, "passport"),
        ("released", "bidan.tuti", C, "paper"),
    ]
    assert [s.at_ms for s in one.body.steps] == sorted({s.at_ms for s in one.body.steps})
    release = next(e for e in entries(hub, siti) if e.event == "request.release")
    assert (release.facility, release.subject, release.purpose, release.outcome) == (
        C,
        "bidan.tuti",
        "PATRQT",
        "permit",
    )
    assert release.details["person"] == "bidan.tuti"
    assert {e.event for e in entries(hub, siti)} >= {"request.open", "request.check", "request.read", "request.release"}
    assert any(look.facility == C.replace("-", " ").title() and look.is_person for look in seen(hub, siti))


def test_the_patients_code_confirms_alone_and_opens_no_care_relationship(hub, siti):
    id_ = counter.ask_at_counter(hub, staff(C), LOOKS, "tanda")
    assert counter.ask_at_counter(hub, staff(C), LOOKS, "tanda") == id_
    with pytest.raises(HubError) as caught:
        counter.check_code(hub, staff(C), id_, "AAAA2222")
    assert code_of(caught) == "HUB-5101"
    code, _ = new_presence_code(hub, siti)
    counter.check_code(hub, staff(C), id_, f"{code[:4]} {code[4:].lower()}")
    given = counter.release(hub, staff(C), id_, "pdf")
    assert {look.what for look in given.looks} >= {"Membuat kode kehadiran", "Memenuhi permintaan Anda di loket"}
    with hub.store.reading() as tx:
        assert tx.relationships(tx.person([siti.compartment])) == []
    again = counter.ask_at_counter(hub, staff(C), LOOKS)
    with pytest.raises(HubError):
        counter.check_code(hub, staff(C), again, code)


def test_another_patients_code_confirms_nothing_and_stays_good(hub, siti, known_at):
    other = known_at(B, "RM-9", nik=NIK_OTHER, name="Rahmawati", birth="1972-01-30", phone="081277777777")
    who = Principal("patient", "p", "PATRQT", person="p", compartment=compartment(hub, other))
    code, _ = new_presence_code(hub, who)
    id_ = counter.ask_at_counter(hub, staff(C), COPY)
    with pytest.raises(HubError) as caught:
        counter.check_code(hub, staff(C), id_, code)
    assert code_of(caught) == "HUB-5101"
    own = counter.ask_at_counter(hub, staff(C), Wish("copy", NIK_OTHER, "Rahmawati"))
    counter.check_code(hub, staff(C), own, code)
    given = counter.release(hub, staff(C), own, "pdf").resources
    assert {r["id"] for r in given if r["resourceType"] == "Patient"} == {other}


def test_a_nik_tells_nothing_before_identity_is_confirmed(hub, siti):
    shapes = []
    for nik in (NIK_SITI, "6371014509900099"):
        id_ = counter.ask_at_counter(hub, staff(C), Wish("copy", nik, "Siti"))
        found = counter.one_at_facility(hub, staff(C), id_)
        shapes.append((found.state, found.is_found, found.body.label[:12], found.due_ms - found.created_ms))
    assert shapes[0] == shapes[1] == ("open", None, "•" * 12, 72 * HOUR)
    check_twice(hub, id_)
    assert counter.one_at_facility(hub, staff(C), id_).is_found is False
    with pytest.raises(HubError) as caught:
        counter.release(hub, staff(C), id_, "pdf")
    assert code_of(caught) == "HUB-3258"
    counter.refuse(hub, staff(C), id_, "no-record", "Tidak ada catatan untuk nomor ini")


def test_the_facilitys_own_number_finds_its_own_patient_only(hub, siti):
    id_ = counter.ask_at_counter(hub, staff(A), Wish("copy", "RM-1", "Siti"))
    check_twice(hub, id_, A)
    assert diagnoses(counter.release(hub, staff(A), id_, "pdf").resources) == {"J06.9", "B20"}
    for number, code in (("RM-2", "HUB-3252"), ("RM-1,RM-2", "HUB-3251"), ("", "HUB-3251"), ("9" * 65, "HUB-3251")):
        with pytest.raises(HubError) as caught:
            counter.ask_at_counter(hub, staff(A), Wish("copy", number, "Siti"))
        assert code_of(caught) == code


def test_a_number_of_several_people_is_released_to_nobody(hub, siti, known_at):
    with hub.store.reading() as tx:
        one, other = sorted(tx.person([siti.compartment]))
        ids = [hub.ids.encode(Key(c, PATIENT_RID)) for c in (one, other)]
    unlink(hub, STEWARD, *ids, "Dua orang dengan satu NIK")
    id_ = counter.ask_at_counter(hub, staff(C), COPY)
    check_twice(hub, id_)
    assert counter.one_at_facility(hub, staff(C), id_).is_found is None
    with pytest.raises(HubError) as caught:
        counter.release(hub, staff(C), id_, "pdf")
    assert code_of(caught) == "HUB-3259"


def test_a_proxy_gets_ordinary_records_only_unless_the_patient_gave_a_code(hub, siti):
    id_ = counter.ask_at_counter(hub, staff(C), Wish("copy", NIK_SITI, "Siti", **PROXY))
    check_twice(hub, id_)
    with pytest.raises(HubError) as caught:
        counter.release(hub, staff(C), id_, "link")
    assert code_of(caught) == "HUB-3257"
    assert diagnoses(counter.release(hub, staff(C), id_, "paper").resources) == {"J06.9"}
    looks = counter.ask_at_counter(hub, staff(C), Wish("access-log", NIK_SITI, "Siti", **PROXY))
    check_twice(hub, looks)
    with pytest.raises(HubError) as caught:
        counter.release(hub, staff(C), looks, "pdf")
    assert code_of(caught) == "HUB-3257"
    coded = counter.ask_at_counter(hub, staff(C), Wish("copy", NIK_SITI, "Siti", **PROXY))
    counter.check_code(hub, staff(C), coded, new_presence_code(hub, siti)[0])
    assert diagnoses(counter.release(hub, staff(C), coded, "paper").resources) == {"J06.9", "B20"}
    with pytest.raises(HubError) as caught:
        counter.release(hub, staff(C), coded, "link")
    assert code_of(caught) in ("HUB-3257", "HUB-3264")


def test_a_sign_in_link_is_the_patients_and_works_once(hub, siti):
    id_ = counter.ask_at_counter(hub, staff(C), COPY)
    check_twice(hub, id_)
    link = counter.release(hub, staff(C), id_, "link").link
    secret = link.rpartition("/")[2]
    who = session(hub, redeem(hub, secret))
    assert who is not None
    assert who.role == "patient"
    assert redeem(hub, secret) is None
    assert diagnoses(own_record(hub, who)) == {"J06.9", "B20"}
    with pytest.raises(HubError) as caught:
        counter.release(hub, staff(C), id_, "link")
    assert code_of(caught) == "HUB-3264"


def test_a_release_may_be_repeated_for_a_quarter_of_an_hour_and_is_counted(hub, siti, clock):
    id_ = counter.ask_at_counter(hub, staff(C), COPY)
    check_twice(hub, id_)
    counter.release(hub, staff(C), id_, "paper")
    counter.release(hub, staff(C), id_, "paper")
    with pytest.raises(HubError):
        counter.release(hub, staff(C), id_, "pdf")
    clock.ms += 15 * 60_000
    with pytest.raises(HubError) as caught:
        counter.release(hub, staff(C), id_, "paper")
    assert code_of(caught) == "HUB-3264"
    assert sum(s.what == "released" for s in counter.own_requests(hub, siti)[0].body.steps) == 2


def test_a_correction_is_answered_in_words(hub, siti):
    id_ = counter.ask_at_counter(hub, staff(A), CORRECTION)
    with pytest.raises(HubError) as caught:
        counter.answer(hub, staff(A), id_, "Sudah diperbaiki")
    assert code_of(caught) == "HUB-3256"
    check_twice(hub, id_, A)
    for form in counter.FORMS:
        with pytest.raises(HubError):
            counter.release(hub, staff(A), id_, form)
    counter.answer(hub, staff(A), id_, "Sudah diperbaiki di sistem kami")
    (one,) = counter.own_requests(hub, siti)
    assert (one.state, one.body.steps[-1].text, one.body.text) == (
        "answered",
        "Sudah diperbaiki di sistem kami",
        "Tanggal lahir keliru",
    )


def test_the_patient_asks_on_the_own_page_and_takes_back(hub, siti):
    first = counter.ask(hub, siti, A, "correction", "Alamat keliru")
    second = counter.ask(hub, siti, B, "copy", "")
    counter.answer(hub, staff(A), first, "Sudah kami perbaiki")
    with pytest.raises(HubError) as caught:
        counter.release(hub, staff(B), second, "pdf")  # whoever stands at the counter must still be the patient
    assert code_of(caught) == "HUB-3256"
    counter.withdraw(hub, siti, second)
    assert {one.id: one.state for one in counter.own_requests(hub, siti)} == {first: "answered", second: "withdrawn"}
    for id_ in (first, second):
        with pytest.raises(HubError) as caught:
            counter.withdraw(hub, siti, id_)
        assert code_of(caught) == "HUB-3264"
    with pytest.raises(HubError) as caught:
        counter.check_document(hub, staff(B), second, "ktp")
    assert code_of(caught) == "HUB-3264"
    for number in range(10):
        assert counter.ask(hub, siti, A, "copy", "", f"{number}") == counter.ask(hub, siti, A, "copy", "", f"{number}")
    with pytest.raises(HubError) as caught:
        counter.ask(hub, siti, A, "copy", "")
    assert (caught.value.category, code_of(caught)) == (Category.BUSY, "HUB-3267")


def test_the_clock_shows_what_is_overdue(hub, siti, clock):
    late = counter.ask_at_counter(hub, staff(C), COPY)
    clock.ms += 10 * HOUR
    later = counter.ask_at_counter(hub, staff(C), LOOKS)
    clock.ms += 63 * HOUR
    waiting, closed = counter.at_facility(hub, staff(C))
    assert [(one.id, one.left_ms < 0) for one in waiting] == [(late, True), (later, False)]
    assert closed == []
    assert counter.waiting_by_facility(hub, OFFICER) == [(C, 2, 1)]
    counter.refuse(hub, staff(C), late, "identity", "Dokumen tidak dapat dicocokkan")
    assert counter.waiting_by_facility(hub, OFFICER) == [(C, 1, 0)]
    assert [one.id for one in counter.at_facility(hub, staff(C))[1]] == [late]


def test_who_may_do_what(hub, siti, known_at):
    id_ = counter.ask_at_counter(hub, staff(C), COPY)
    stranger = known_at(C, "RM-7", nik=NIK_JOHAN, name="Johansyah", birth="1961-02-03", sex="male", phone="0812777")
    other = Principal("patient", "p", "PATRQT", person="p", compartment=compartment(hub, stranger))
    machine = Principal("clinic-client", "c", "TREAT", facility=C)
    cases = [
        (lambda: counter.one_at_facility(hub, staff(B), id_), "HUB-3265"),
        (lambda: counter.check_document(hub, staff(B), id_, "ktp"), "HUB-3265"),
        (lambda: counter.release(hub, staff(B), id_, "pdf"), "HUB-3265"),
        (lambda: counter.withdraw(hub, other, id_), "HUB-3265"),
        (lambda: counter.withdraw(hub, staff(C), id_), "HUB-3250"),
        (lambda: counter.ask_at_counter(hub, machine, COPY), "HUB-3250"),
        (lambda: counter.ask_at_counter(hub, siti, COPY), "HUB-3250"),
        (lambda: counter.at_facility(hub, OFFICER), "HUB-3250"),
        (lambda: counter.own_requests(hub, staff(C)), "HUB-3250"),
        (lambda: counter.waiting_by_facility(hub, staff(C)), "HUB-5004"),
        (lambda: counter.ask(hub, siti, SELF, "copy", ""), "HUB-3263"),
        (lambda: counter.ask(hub, siti, C, "everything", ""), "HUB-3263"),
        (lambda: counter.ask(hub, siti, C, "correction", "  "), "HUB-3261"),
        (lambda: counter.ask_at_counter(hub, staff(C), Wish("copy", NIK_SITI, " ")), "HUB-3260"),
        (lambda: counter.ask_at_counter(hub, staff(C), Wish("copy", NIK_SITI, "S", relation="friend")), "HUB-3263"),
        (lambda: counter.ask_at_counter(hub, staff(C), Wish("copy", NIK_SITI, "S", relation="heir")), "HUB-3262"),
        (lambda: counter.check_document(hub, staff(C), id_, "selfie"), "HUB-3263"),
        (lambda: counter.release(hub, staff(C), id_, "email"), "HUB-3263"),
        (lambda: counter.refuse(hub, staff(C), id_, "busy", "Ramai sekali"), "HUB-3263"),
        (lambda: counter.refuse(hub, staff(C), id_, "other", "x"), "HUB-3266"),
    ]
    for deed, code in cases:
        with pytest.raises(HubError) as caught:
            deed()
        assert code_of(caught) == code
    assert counter.own_requests(hub, other) == []


def test_nothing_typed_can_be_read_in_the_store(hub, siti):
    wish = Wish(
        "correction", NIK_SITI, "Zulqarnaina Xaveriandari", "Qlyphaxitis keliru", "attorney", "Wadaikukus", "KX-9"
    )
    counter.ask_at_counter(hub, staff(C), wish)
    with hub.store.reading() as tx:
        stored = repr([tx.db.rows(f"SELECT * FROM {name}") for name in metadata.tables]).lower()
    for secret in (NIK_SITI, "xaveriandari", "qlyphaxitis", "wadaikukus", "kx-9"):
        assert secret.lower() not in stored
