import pytest

from hub.admission import mint_login_link
from tests.web.conftest import NIK, A


def link(pages, role="clinician", **who):
    return mint_login_link(pages.hub, role, **(who or {"facility": A, "person": "ners.uji"})).removeprefix(
        pages.hub.config.base_url
    )


def test_opening_a_link_does_not_use_it_up(visitor):
    pages = visitor()
    path = link(pages)
    for _ in range(3):
        assert "Masuk" in visitor().get(path)
    assert pages.post(path, path).url.path == "/faskes"


def test_a_link_works_once(visitor):
    path = link(visitor())
    first, second = visitor(), visitor()
    first.post(path, path)
    response = second.post(path, path, status=401)
    assert "HUB-5908" in response.text
    assert "jukung" not in second.client.cookies


def test_an_address_that_is_none_is_told_on_a_page(visitor):
    pages = visitor()
    for path in ("/dinas/xyz", "/saya/a/b", "/faskes/nix", "/petugas/nix"):
        assert "HUB-5909" in pages.get(path, 404)
        assert "<main" in pages.get(path, 404)


def test_a_valid_and_an_invalid_link_look_the_same_before_the_button(visitor):
    def shape(html: str, path: str) -> str:
        return html.replace(path, "PATH").split('name="csrf"')[0]

    good, bad = link(visitor()), "/masuk/" + "x" * 43
    assert shape(visitor().get(good), good) == shape(visitor().get(bad), bad)


def test_the_session_cookie_is_guarded(visitor):
    pages = visitor()
    path = link(pages)
    token = pages.get(path).split('name="csrf" value="')[1][:64]
    response = pages.client.post(path, data={"csrf": token}, follow_redirects=False)
    cookie = next(c for c in response.headers.get_list("set-cookie") if c.startswith("jukung="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert response.headers["location"] == "/faskes"
    assert response.status_code == 303


def test_each_sign_in_is_a_new_session(visitor):
    pages = visitor()
    pages.sign_in("clinician", facility=A, person="ners.uji")
    first = pages.client.cookies["jukung"]
    pages.sign_in("clinician", facility=A, person="ners.uji")
    assert pages.client.cookies["jukung"] != first


def test_nobody_signs_another_in_with_a_foreign_form(visitor):
    pages = visitor()
    path = link(pages)
    assert pages.client.post(path, data={}).status_code == 403
    foreign = visitor()
    token = foreign.get(path).split('name="csrf" value="')[1][:64]
    assert pages.client.post(path, data={"csrf": token}).status_code == 403
    own = pages.get(path).split('name="csrf" value="')[1][:64]
    evil = {"origin": "https://evil.example"}
    assert pages.client.post(path, data={"csrf": own}, headers=evil).status_code == 403
    assert pages.client.post(path, data={"csrf": own}, headers={"origin": pages.hub.config.base_url}).status_code == 200


def test_leaving_ends_the_session_on_the_hub(clinic, visitor):
    cookie = clinic.client.cookies["jukung"]
    clinic.post("/faskes", "/keluar")
    clinic.client.cookies.set("jukung", cookie)
    assert "HUB-5904" in clinic.get("/faskes", 401)


@pytest.mark.parametrize("role", ["surveillance", "auditor", "privacy-officer", "steward"])
def test_everybody_at_the_office_can_leave(visitor, role):
    pages = visitor()
    home = pages.sign_in(role, person="petugas.uji")
    pages.post(home, "/keluar")
    assert "HUB-5904" in pages.get(home, 401)


def test_leaving_needs_the_token(clinic):
    assert clinic.client.post("/keluar", data={}).status_code == 403
    clinic.get("/faskes")


def test_roles_see_their_own_pages_only(visitor, clinic, patient):
    assert "HUB-5905" in clinic.get("/saya", 403)
    assert "HUB-5905" in patient.get("/faskes", 403)
    assert "HUB-5904" in visitor().get("/saya", 401)
    officer = visitor()
    assert officer.sign_in("privacy-officer", person="pdp.uji") == "/petugas"
    assert "HUB-5905" in officer.get("/saya", 403)


def test_a_session_expires(clinic):
    clinic.hub.clock.ms += 1000 * clinic.hub.config.session_s + 1
    clinic.get("/faskes", 401)


def test_an_auditor_may_not_run_the_privacy_officers_check(visitor):
    auditor = visitor()
    auditor.sign_in("auditor", person="auditor.uji")
    assert "petugas/periksa" not in auditor.get("/petugas")
    auditor.post("/petugas", "/petugas/periksa", status=403)


def test_the_privacy_officer_verifies_the_trail(visitor):
    officer = visitor()
    officer.sign_in("privacy-officer", person="pdp.uji")
    assert "Rantai audit utuh" in officer.post("/petugas", "/petugas/periksa").text


def test_every_page_is_dressed(visitor, patient):
    for path in ("/", "/saya", "/saya/akses", "/saya/persetujuan", "/saya/kode", "/saya/unduh.pdf", "/masuk/x"):
        sent = patient.client.get(path).headers
        assert sent["cache-control"] == "no-store", path
        assert "default-src 'none'" in sent["content-security-policy"]
        assert sent["referrer-policy"] == "same-origin"
        assert "access-control-allow-origin" not in sent


def test_the_language_is_remembered(visitor):
    pages = visitor()
    assert '<html lang="id">' in pages.get("/")
    assert '<html lang="en">' in pages.get("/?lang=en")
    assert '<html lang="en">' in pages.get("/")
    assert '<html lang="en">' in visitor().get("/", **{"accept-language": "en-GB"})


def test_a_login_link_of_a_patient_leads_to_the_own_record(visitor, patient):
    other = visitor()
    assert other.sign_in("patient", nik=NIK) == "/saya"
