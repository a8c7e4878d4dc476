"""Papers and the facility's page: what has ended comes first; one sign-in serves several duties."""

import re

import pytest

from hub.access.papers import details, expiring
from hub.admission.staff import set_staff, staff_link
from hub.errors import HubError
from hub.upkeep.papering import set_details
from tests.web.conftest import A, B

TERATAI = {
    "facility": A,
    "opened": "2015-03-01",
    "address": "Jl. Contoh <1>",
    "services": ["umum", "gigi"],
    "licence": {"number": "503/11/2021", "issued": "2021-11-01", "until": "2026-11-01"},
    "accreditation": {"grade": "utama", "until": "2027-02-01"},
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
    set_details(hub, [TERATAI, {"facility": B, "licence": {"number": "503/12/2022", "until": "2027-02-20"}}])
    html = auditor.get("/dinas/izin")
    ended, month, quarter = (html.index(text) for text in ("berakhir 22 hari lalu", "17 hari lagi", "89 hari lagi"))
    assert ended < month < quarter
    assert f'href="/dinas/faskes/{A}"' in html
    assert re.search(r"<dt><a[^>]*>Sudah berakhir</a></dt><dd>1</dd>", html)
    only = auditor.get("/dinas/izin?surat=permit")
    assert "dr. Budi Contoh" in only
    assert "503/11/2021" not in only
    auditor.get("/dinas/izin?surat=x", 400)


def test_a_facility_shows_its_papers_in_both_languages(hub, auditor):
    set_details(hub, [TERATAI])
    html = auditor.get(f"/dinas/faskes/{A}")
    assert "Jl. Contoh &lt;1&gt;" in html
    assert html.index("dr. Budi Contoh") < html.index("Siti Contoh")
    assert "berakhir 22 hari lalu" in html
    assert "ended 22 days ago" in auditor.get(f"/dinas/faskes/{A}?lang=en")
    assert "STR-1" not in html
    assert auditor.get(f"/dinas/faskes/{B}")
    auditor.get("/dinas/faskes/tidak-ada", 404)
    auditor.get("/dinas/faskes/jukung", 404)
    auditor.get(f"/dinas/faskes/{A}?bagian=x", 404)


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
