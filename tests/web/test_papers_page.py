"""Papers and the facility's page: what has ended comes first; one sign-in serves several duties."""

import re

import pytest

from hub.access.papers import details, expiring
from hub.admission.staff import set_staff, staff_link
from hub.errors import HubError
from hub.pipeline import submit
from hub.upkeep.papering import set_details
from hub.upkeep.signalling import survey
from hub.web.areas import dinas, faskes, petugas
from tests.web.conftest import ROW, A, B, file_of
from tests.whole.sending import client_of

TERATAI = {
    "facility": A,
    "opened": "2015-03-01",
    "address": "Jl. Contoh <1>",
    "services": ["umum", "gigi"],
    "licence": {"number": "503/11/2021", "issued": "2021-11-01", "until": "2026-11-01"},
    "accreditation": {"grade": "utama", "until": "2027-02-01"},
    "satusehat": {"state": "connected", "organization": "100012345", "until": "2026-12-01"},
    "permits": [
        {"number": "SIP/1", "name": "dr. Budi Contoh", "profession": "dokter", "until": "2026-12-10", "str": "STR-1"},
        {"number": "SIP/2", "name": "Siti Contoh", "profession": "bidan", "until": "2029-01-01"},
    ],
}


@pytest.fixture
def auditor(visitor):
    pages = visitor()
    assert pages.sign_in("auditor", person="auditor.uji") == "/dinas"
    return pages


def test_ended_first_and_each_leads_to_its_facility(hub, auditor):
    other = {"licence": {"number": "503/12/2022", "until": "2027-02-20"}, "satusehat": {"state": "none"}}
    set_details(hub, [TERATAI, {"facility": B, **other}])
    html = auditor.get("/dinas/izin")
    ended, month, quarter = (html.index(text) for text in ("berakhir 22 hari lalu", "17 hari lagi", "89 hari lagi"))
    assert ended < month < quarter
    assert f'href="/dinas/faskes/{A}"' in html
    counts = {
        row: re.findall(r">(\d+)<", cells) for row, cells in re.findall(r'surat=(\w+)">[^<]*</a></th>(.*?)</tr>', html)
    }
    ended, today, month, quarter, none = range(5)
    assert counts["licence"] == ["1", "0", "0", "1", "0"]
    assert (counts["permit"][month], counts["accreditation"][quarter], counts["satusehat"][none]) == ("1", "1", "1")
    assert (counts["satusehat"][ended], counts["permit"][today]) == ("0", "0")
    only = auditor.get("/dinas/izin?surat=permit")
    assert "dr. Budi Contoh" in only
    assert "503/11/2021" not in only
    auditor.get("/dinas/izin?surat=x", 400)


def test_a_facility_shows_its_papers_in_both_languages(hub, auditor):
    set_details(hub, [TERATAI])
    html = auditor.get(f"/dinas/faskes/{A}")
    assert "Jl. Contoh &lt;1&gt;" in html
    assert html.index("dr. Budi Contoh") < html.index("Siti Contoh")
    header = " ".join(re.sub(r"<[^>]+>", " ", html.partition("<dl")[2].partition("</dl>")[0]).split())
    assert "503/11/2021 · berlaku sampai 1 November 2026 ▲ berakhir 22 hari lalu" in header
    assert re.search(r"Akreditasi Utama · berlaku sampai 1 Februari 2027 ◇ \d+ hari lagi", header)
    assert "SATUSEHAT tersambung (100012345) · berlaku sampai 1 Desember 2026 ◆" in header
    assert "ended 22 days ago" in auditor.get(f"/dinas/faskes/{A}?lang=en")
    assert "STR-1" not in html
    assert auditor.get(f"/dinas/faskes/{B}")
    auditor.get("/dinas/faskes/tidak-ada", 404)
    auditor.get("/dinas/faskes/jukung", 404)
    auditor.get(f"/dinas/faskes/{A}?bagian=x", 404)


def test_a_surveillance_officer_sees_the_papers_and_the_signals_of_a_facility_and_nothing_else(hub, visitor, auditor):
    set_details(hub, [TERATAI])
    submit(hub, client_of(A), "klinik_csv", file_of(ROW | {"diagnosis_1": "B05.9"}), "campak.csv")
    survey(hub)
    watch = visitor()
    watch.sign_in("surveillance", person="surveilans.uji")
    html = watch.get(f"/dinas/faskes/{A}")
    assert "dr. Budi Contoh" in html
    assert re.findall(r"bagian=(\w+)", html.partition("<main")[2]) == ["sinyal"]
    assert 'class="weeks"' not in html
    watch.get(f"/dinas/faskes/{A}?bagian=pelaporan", 404)
    tab = watch.get(f"/dinas/faskes/{A}?bagian=sinyal")
    assert "Suspek campak" in tab
    assert watch.get(re.search(r'href="(/dinas/surveilans/sinyal/-?\d+)"', tab)[1])
    assert "Suspected measles" in watch.get(f"/dinas/faskes/{A}?bagian=sinyal&lang=en")
    assert "Suspek campak" not in watch.get(f"/dinas/faskes/{B}?bagian=sinyal")
    ours, other = (auditor.get(f"/dinas/faskes/{each}?bagian=sinyal").partition("<h1>")[2] for each in (A, B))
    assert "1 sinyal kewaspadaan dini menunggu" in ours
    assert "campak" not in ours
    assert re.findall(r"<p>.*?</p>", ours) == re.findall(r"<p>.*?</p>", other), "nothing of where it is"


def test_a_clinic_sees_neither(clinic):
    clinic.get("/dinas/izin", 403)
    clinic.get(f"/dinas/faskes/{B}", 403)


def test_one_sign_in_serves_all_duties_and_a_withdrawn_one_ends_at_once(hub, visitor):
    set_staff(hub, "siti.dinkes", ["auditor", "steward"])
    pages = visitor()
    path = staff_link(hub, "siti.dinkes").removeprefix(hub.config.base_url)
    assert pages.post(path, path).url.path == "/dinas"
    home = pages.get("/dinas")
    assert 'href="/petugas/orang"' in home
    assert 'href="/dinas/izin"' in home
    assert pages.get("/petugas/orang")
    set_staff(hub, "siti.dinkes", ["auditor"])
    pages.get("/petugas/orang", 403)
    assert pages.get("/dinas")
    set_staff(hub, "siti.dinkes", [])
    pages.get("/dinas", 401)


def test_one_sign_in_walks_every_area_of_its_duties_and_no_other(hub, visitor):
    """A person of the health office with all its duties, and the same person as staff of a facility: two sign-ins, for
    nobody audits and answers for whom is audited."""
    set_staff(hub, "siti.dinkes", ["auditor", "surveillance", "privacy-officer", "steward"])
    office, clinic = visitor(), visitor()
    path = staff_link(hub, "siti.dinkes").removeprefix(hub.config.base_url)
    office.post(path, path)
    clinic.sign_in("clinician", facility=A, person="siti.dinkes")
    tables = (*dinas.TABLE, *petugas.TABLE, *faskes.TABLE)
    walked = {address: set(roles) for method, address, _, roles in tables if method == "GET" and "{" not in address}
    assert len(walked) > 25
    for address, roles in walked.items():
        for pages, duties in (
            (office, {"auditor", "surveillance", "privacy-officer", "steward"}),
            (clinic, {"clinician"}),
        ):
            status = pages.client.get(address).status_code
            # 404: the page is there for this duty, but nothing is counted or released yet
            assert (status in (200, 404)) if roles & duties else status == 403, (address, status, duties)
    menu = office.get("/dinas/surveilans")
    for other in ("/dinas", "/dinas/izin", "/petugas", "/petugas/orang", "/dinas/surveilans"):
        assert f'href="{other}"' in menu, other


def test_loading_again_changes_nothing_and_a_mistake_stops_all(hub):
    assert set_details(hub, [TERATAI])[0].fields
    assert set_details(hub, [TERATAI])[0].fields == ()
    with pytest.raises(HubError) as refused:
        set_details(hub, [{"facility": A, "address": "lain"}, {"facility": "tidak-ada"}])
    assert [issue.code for issue in refused.value.issues] == ["HUB-4312"]
    assert details(hub, A).address == "Jl. Contoh <1>"
    set_details(hub, [{"facility": A, "closed": "2026-01-01"}])
    assert expiring(hub) == []


def test_the_directory_needs_no_sign_in_and_takes_any_filter(hub, visitor):
    set_details(hub, [TERATAI])
    pages = visitor()
    assert "Klinik Pratama Teratai Putih" in pages.get("/direktori?nama=teratai&layanan=gigi")
    assert "berakhir" not in pages.get("/direktori")
    assert "SIP/1" not in pages.get("/direktori")
    for odd in ("nama=,", "jenis=|", "dekat=x", "jenis=,,", "nama=%CC%88", "layanan=x", "nama=" + "a" * 300):
        pages.get(f"/direktori?{odd}")
