"""Every page against everybody: who is not meant is refused before anything runs, and so is a form of another site."""

import httpx
import pytest
from starlette.routing import Route

from hub.web.guard import csrf_token, session_cookie
from hub.web.routes import routes
from tests.web.conftest import NIK, A, Pages

SIGN_INS = {
    "clinician": {"facility": A, "person": "x"},
    "patient": {"nik": NIK},
    **{role: {"person": "x"} for role in ("auditor", "surveillance", "privacy-officer", "steward")},
}
MEANT = (
    ("/faskes", {"clinician"}),
    ("/saya", {"patient"}),
    ("/petugas/orang", {"steward"}),
    ("/petugas/periksa", {"privacy-officer"}),
    ("/petugas", {"privacy-officer", "auditor", "steward"}),
    ("/dinas/surveilans", {"surveillance"}),
    ("/dinas/izin", {"auditor", "surveillance"}),
    ("/dinas/faskes", {"auditor", "surveillance"}),
    ("/dinas", {"auditor"}),
    ("/keluar", set(SIGN_INS)),
)
"""Written anew from experience.md and docs/privacy.md, the most special first: whose pages lie below an address."""
OPEN = {"/", "/direktori", "/buletin", "/buletin/{month}.pdf", "/masuk/{secret}", "/static/jukung.css"}
OPEN |= {"/papan", "/papan/adegan", "/papan/papan.js", "/papan/pekerja.js", "/papan/papan.css"}


def meant_for(route: Route) -> set[str]:
    found = next(roles for prefix, roles in MEANT if route.path.startswith(prefix))
    return found | {"auditor"} if route.path == "/dinas/surveilans" else found


@pytest.fixture
def closed(hub, patient) -> list[tuple[str, Route]]:
    """Every page that needs a sign-in, by method; what is for everybody is named. The hub knows a `patient`."""
    pages = [(method, route) for route in routes(hub) for method in sorted(route.methods - {"HEAD"})]
    return [each for each in pages if each[1].path not in OPEN and (each[0], each[1].path) != ("GET", "/keluar")]


def address(route: Route) -> str:
    path = route.path
    for name in route.param_convertors:
        path = path.replace(f"{{{name}}}", "1")
    return path


def test_nobody_but_who_is_meant_reaches_a_page(visitor, closed):
    assert len(closed) > 80
    stranger = visitor()
    for method, route in closed:
        assert stranger.client.request(method, address(route)).status_code == 401, (method, route.path)
    for role, who in SIGN_INS.items():
        pages = visitor()
        pages.sign_in(role, **who)
        for method, route in closed:
            if role in meant_for(route):
                continue
            answer = pages.client.request(method, address(route), data=token_of(pages) if method == "POST" else None)
            assert answer.status_code == 403, (role, method, route.path)
            assert "HUB-5905" in answer.text


def test_no_form_is_taken_from_another_site_or_another_session(visitor, closed):
    for role, who in SIGN_INS.items():
        pages, other = visitor(), visitor()
        pages.sign_in(role, **who)
        other.sign_in(role, **who)
        mine = token_of(pages)
        for _, route in [each for each in closed if each[0] == "POST" and role in meant_for(each[1])]:
            for fields, headers in (
                ({}, {}),
                (token_of(other), {}),
                (mine, {"Origin": "https://lain.example"}),
                (mine, {"Origin": "null"}),
                (mine, {"Sec-Fetch-Site": "cross-site"}),
            ):
                answer: httpx.Response = pages.client.post(address(route), data=fields, headers=headers)
                assert answer.status_code == 403, (role, route.path, headers)
                assert "HUB-5903" in answer.text


def token_of(pages: Pages) -> dict[str, str]:
    return {"csrf": csrf_token(pages.client.cookies[session_cookie(pages.hub.config.base_url)])}
