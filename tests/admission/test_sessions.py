"""Links and sessions of people: once, for a while, and nobody's by guessing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.access.own import seen
from hub.admission import DUTIES, end_session, mint_login_link, redeem, session, set_staff, staff_link
from hub.admission.links import patient_principal
from hub.audit import ROLES, word
from hub.auth import new_token
from hub.errors import Category, HubError
from hub.model import Principal
from hub.store import CompartmentRow, Link
from hub.web.looks import kind_of

COMPARTMENT = 4_711


@pytest.fixture
def patient(hub) -> int:
    """A patient's compartment of klinik-a, known to the index by NIK."""
    hub.keyring.create([COMPARTMENT])
    with hub.store.writing() as tx:
        tx.add_compartments([CompartmentRow(COMPARTMENT, hub.facilities["klinik-a"].number, 0, hub.clock())])
        tx.add_mpi([(hub.blinder.mpi("nik", "6371010101900001"), COMPARTMENT)])
    return COMPARTMENT


def secret(url: str) -> str:
    assert url.startswith("https://hub.test/masuk/")
    return url.rsplit("/", 1)[1]


def test_a_clinician(hub):
    cookie = redeem(hub, secret(mint_login_link(hub, "clinician", facility="klinik-a", person="dr-x")))
    who = session(hub, cookie)
    assert (who.role, who.facility, who.person, who.purpose) == ("clinician", "klinik-a", "dr-x", "TREAT")


def test_a_patient_by_nik_or_compartment(hub, patient):
    for how in ({"nik": "6371010101900001"}, {"compartment": patient}):
        who = session(hub, redeem(hub, secret(mint_login_link(hub, "patient", **how))))
        assert (who.role, who.compartment, who.facility, who.purpose) == ("patient", patient, None, "PATRQT")
        assert who.person == who.subject
        assert "6371010101900001" not in repr(who)


def test_a_number_that_others_wrote_into_their_records_gives_no_link(hub, patient):
    """A facility makes a Patient with somebody's NIK: its record must not answer for that person."""
    with hub.store.writing() as tx:
        tx.add_compartments([CompartmentRow(patient - 1, 2, 0, 1)])
        tx.add_mpi([(hub.blinder.mpi("nik", "6371010101900001"), patient - 1)])
    with pytest.raises(HubError, match="HUB-5007") as caught:
        mint_login_link(hub, "patient", nik="6371010101900001")
    assert caught.value.category == Category.CONFLICT
    with hub.store.writing() as tx:
        tx.add_links([Link(patient - 1, patient, 1, "positive", 9, b"", "hub", 1)])
    assert session(hub, redeem(hub, secret(mint_login_link(hub, "patient", nik="6371010101900001"))))


@pytest.mark.parametrize("role", ["auditor", "privacy-officer"])
def test_officers(hub, role):
    who = session(hub, redeem(hub, secret(mint_login_link(hub, role, person="ibu-y"))))
    assert (who.role, who.person, who.compartment) == (role, "ibu-y", None)


@pytest.mark.parametrize(
    ("role", "fields", "category"),
    [
        ("clinician", {"facility": "klinik-a"}, Category.INCORRECT),
        ("clinician", {"person": "x"}, Category.INCORRECT),
        ("clinician", {"person": "x", "facility": "no"}, Category.INCORRECT),
        ("patient", {}, Category.INCORRECT),
        ("patient", {"nik": "0000000000000000"}, Category.NOT_FOUND),
        ("patient", {"compartment": 1}, Category.NOT_FOUND),
        ("auditor", {}, Category.INCORRECT),
        ("system", {"person": "x"}, Category.INCORRECT),
    ],
)
def test_what_a_link_needs(hub, role, fields, category):
    with pytest.raises(HubError) as caught:
        mint_login_link(hub, role, **fields)
    assert caught.value.category == category


def test_a_link_works_once_even_in_a_race(hub):
    link = secret(mint_login_link(hub, "auditor", person="x"))
    with ThreadPoolExecutor(8) as pool:
        cookies = list(pool.map(lambda _: redeem(hub, link), range(16)))
    assert sum(cookie is not None for cookie in cookies) == 1
    assert link not in cookies


def test_links_and_sessions_end(hub, clock):
    late = secret(mint_login_link(hub, "auditor", person="x"))
    cookie = redeem(hub, secret(mint_login_link(hub, "auditor", person="x")))
    clock.ms += hub.config.session_s * 1000
    assert session(hub, cookie) is None
    clock.ms += hub.config.login_link_s * 1000
    assert redeem(hub, late) is None


@pytest.mark.parametrize("duty", [*DUTIES, "clinician"])
def test_a_session_ends_with_the_grant_it_came_from_and_stays_over(hub, duty):
    """However the person signed in, and also when the same duty is given again at once."""
    place = {"facility": "klinik-a"} if duty == "clinician" else {}
    plain = {"role": duty, "person": "ani", **place}
    before = redeem(hub, secret(mint_login_link(hub, **plain)))
    unused = secret(mint_login_link(hub, **plain))
    set_staff(hub, "ani", (), **place)
    assert session(hub, before) is None
    assert redeem(hub, unused) is None
    with pytest.raises(HubError, match="HUB-4336"):
        mint_login_link(hub, **plain)
    set_staff(hub, "ani", [duty], **place)
    assert session(hub, before) is None, "what was withdrawn does not come back"
    again = redeem(hub, secret(mint_login_link(hub, **plain)))
    assert session(hub, again).role == duty
    set_staff(hub, "ani", [duty], **place)
    assert session(hub, again).role == duty, "a duty that stays ends nothing"
    unused = secret(mint_login_link(hub, **plain))
    for duties in ((), (duty,)):
        set_staff(hub, "ani", duties, **place)
        assert session(hub, again) is None
        assert redeem(hub, unused) is None


def test_of_several_duties_only_those_that_held_throughout_are_left(hub):
    set_staff(hub, "ani", ["auditor", "surveillance"])
    cookie = redeem(hub, secret(staff_link(hub, "ani")))
    set_staff(hub, "ani", ["surveillance"])
    assert (session(hub, cookie).role, session(hub, cookie).duties) == ("surveillance", ("surveillance",))
    set_staff(hub, "ani", ["auditor", "surveillance"])
    assert session(hub, cookie).duties == ("surveillance",)
    newer = redeem(hub, secret(staff_link(hub, "ani")))
    assert session(hub, newer).duties == ("auditor", "surveillance")
    set_staff(hub, "ani", ["auditor"])
    assert session(hub, cookie) is None


def test_withdrawn_is_the_person_of_this_facility_and_nobody_else(hub):
    cookies = {
        (name, facility): redeem(hub, secret(mint_login_link(hub, "clinician", facility=facility, person=name)))
        for name in ("ani", "budi")
        for facility in ("klinik-a", "klinik-b")
    }
    office = redeem(hub, secret(mint_login_link(hub, "auditor", person="ani")))
    set_staff(hub, "ani", (), "klinik-a")
    left = {who for who, cookie in cookies.items() if session(hub, cookie)}
    assert left == set(cookies) - {("ani", "klinik-a")}
    assert session(hub, office)
    for duties, facility in ((["auditor"], "klinik-a"), (["clinician"], ""), (["clinician"], "tidak-ada")):
        with pytest.raises(HubError):
            set_staff(hub, "ani", duties, facility)


def test_signing_out(hub):
    cookie = redeem(hub, secret(mint_login_link(hub, "auditor", person="x")))
    end_session(hub, cookie)
    assert session(hub, cookie) is None
    for nothing in (cookie, None, "", "junk", new_token()):
        end_session(hub, nothing)
        assert session(hub, nothing) is None
        assert redeem(hub, nothing or "") is None


def test_a_link_is_no_session_and_a_cookie_no_link(hub):
    link = secret(mint_login_link(hub, "auditor", person="x"))
    assert session(hub, link) is None
    cookie = redeem(hub, link)
    assert redeem(hub, cookie) is None


def test_the_patient_sees_that_a_person_made_the_link(hub, patient):
    staff = Principal("clinician", "ners.ani", "TREAT", facility="klinik-a", person="ners.ani")
    mint_login_link(hub, "patient", compartment=patient)
    mint_login_link(hub, "patient", compartment=patient, by=staff)
    found = {
        (look.role, kind_of(look), look.facility != "")
        for look in seen(hub, patient_principal(hub, patient))
        if look.event == "login.link"
    }
    assert found == {("operator", "orang", False), ("clinician", "orang", True)}
    assert word(ROLES, "operator") == "Pengelola/petugas loket"
