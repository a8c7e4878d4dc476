"""Every page and form, asked by schemathesis with invented requests: never a 5xx. The pages are in no openapi.json, so
they are described here from their own table of addresses. Signed in and with the form's token: they are really met."""

from collections import Counter
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error

from hub.parts import Hub
from hub.web.guard import csrf_token, session_cookie
from hub.web.routes import routes
from tests.web.conftest import BAD, NIK, ROW, A, Pages, file_of

LOOKS, FORMS = 6, 20
"""Examples for a page and for a form."""
QUERY = ("lang", "hal", "pesan", "dari", "sampai", "faskes", "keperluan", "jenis")
FIELDS = ("pilihan", "faskes", "kategori", "nomor", "kode", "cari", "putusan", "alasan", "jenis", "nama", "isi")
CHOICES = ("optin", "optout", "facility-permit", "facility-deny", "sensitive-permit", "withdraw")
SENSE = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"pilihan": st.sampled_from(CHOICES), "faskes": st.just(A), "kategori": st.just("HIV")}),
)
"""Nothing, or fields that a patient's choice makes sense with, laid over what was invented."""
_TEXT = {"type": "string", "maxLength": 60}


def description(hub: Hub) -> dict[str, Any]:
    """The pages as an OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes(hub):
        for method in sorted(route.methods - {"HEAD"}):
            paths.setdefault(route.path, {})[method.lower()] = _operation(route, method)
    return {"openapi": "3.1.0", "info": {"title": "pages", "version": "1"}, "paths": paths}


def _operation(route: Any, method: str) -> dict[str, Any]:
    names = [(name, "path", True) for name in route.param_convertors] + [(name, "query", False) for name in QUERY]
    found: dict[str, Any] = {
        "parameters": [{"name": n, "in": place, "required": is_must, "schema": _TEXT} for n, place, is_must in names],
        "responses": {"default": {"description": "a page"}},
    }
    if method == "POST":
        form = {"type": "object", "properties": dict.fromkeys(FIELDS, _TEXT)}
        upload = {"type": "object", "properties": {"berkas": {"type": "string", "format": "binary"}}}
        content = {"application/x-www-form-urlencoded": {"schema": form}, "multipart/form-data": {"schema": upload}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def ask_everything(pages: Pages, home: str, places: dict[str, str]) -> dict[str, set[int]]:
    """The statuses of each page below `home` and of those for anybody; path arguments are `places` where named."""
    seen: dict[str, Counter[int]] = {}
    cookie = pages.client.cookies[session_cookie(pages.hub.config.base_url)]
    for result in schemathesis.openapi.from_dict(description(pages.hub)).get_all_operations():
        operation = result.ok()
        is_open = operation.path.startswith(("/masuk", "/static")) or operation.path == "/"
        if not (is_open or operation.path.startswith(home)):
            continue
        fixed = {name: place for name, place in places.items() if f"{{{name}}}" in operation.path}
        seen[operation.label] = _ask(pages, cookie, operation, fixed)
    return {label: set(statuses) for label, statuses in seen.items()}


def _ask(pages: Pages, cookie: str, operation: Any, places: dict[str, str]) -> Counter[int]:
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=FORMS if operation.method == "post" else LOOKS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(path_parameters=places or None), SENSE)
    def ask(case: Any, sense: dict[str, str]) -> None:
        if isinstance(case.body, dict):
            case.body |= {**sense, "csrf": csrf_token(cookie)}
        sent = requests.Request(**case.as_transport_kwargs(base_url=pages.hub.config.base_url)).prepare()
        headers = {name: value for name, value in sent.headers.items() if name.lower() != "content-length"}
        body = b"".join(sent.body) if hasattr(sent.body, "__next__") else sent.body
        answer = pages.client.request(sent.method, sent.url, headers=headers, content=body, follow_redirects=False)
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=[not_a_server_error])

    ask()
    return statuses


@pytest.mark.parametrize(
    ("home", "role", "who"),
    [
        ("/faskes", "clinician", {"facility": A, "person": "ners.uji"}),
        ("/saya", "patient", {"nik": NIK}),
        ("/petugas", "privacy-officer", {"person": "pdp.uji"}),
        ("/petugas/orang", "steward", {"person": "steward.uji"}),
    ],
)
def test_no_page_breaks(visitor, patient, home, role, who):
    pages = visitor()
    pages.sign_in(role, **who)
    places = {"id": pages.upload(file_of(ROW, BAD)).url.path.rpartition("/")[2]} if home == "/faskes" else {}
    seen = ask_everything(pages, home, places)
    others = {"/petugas": "/petugas/orang"}.get(home, "no other's")
    paths = {label: label.split()[1] for label in seen}
    own = {label: seen[label] for label, path in paths.items() if path.startswith(home) and not path.startswith(others)}
    assert len(own) >= 2
    looks = {label: statuses for label, statuses in own.items() if label.startswith("GET")}
    named = {label for label in looks if "{" in label and "kiriman" not in label}
    # 400: an address that holds a NUL
    assert all(s - {400} <= ({200, 303, 404} if label in named else {200}) for label, s in looks.items())
    assert all(statuses <= {200, 303, 400, 404, 409, 422, 429} for statuses in own.values())
    assert {200} <= seen["GET /"] <= {200, 400}
    if home == "/saya":
        assert 303 in seen["POST /saya/persetujuan"]
