"""Which page answers which address, for whom."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.parts import Hub
from hub.web import guard
from hub.web.pages import access_log, choices, facility, home, officer, presence, record, sign_in
from hub.web.render import stylesheet
from hub.web.serving import Page, endpoint

_CLINIC = ("clinician", "clinic-client")
_PATIENT = ("patient",)
_OFFICERS = ("auditor", "privacy-officer")

_TABLE: tuple[tuple[str, str, Page, tuple[str, ...]], ...] = (
    ("GET", "/", home.home, ()),
    ("GET", "/masuk/{secret}", sign_in.ask, ()),
    ("POST", "/masuk/{secret}", sign_in.redeem_link, ()),
    ("GET", "/keluar", sign_in.left, ()),
    ("POST", "/keluar", sign_in.leave, (*_CLINIC, *_PATIENT, *_OFFICERS)),
    ("GET", "/faskes", facility.board, _CLINIC),
    ("GET", "/faskes/templat.xlsx", facility.template_xlsx, _CLINIC),
    ("GET", "/faskes/templat.csv", facility.template_csv, _CLINIC),
    ("POST", "/faskes/kiriman", facility.check, _CLINIC),
    ("GET", "/faskes/kiriman/{id}", facility.show, _CLINIC),
    ("POST", "/faskes/kiriman/{id}/kirim", facility.send, _CLINIC),
    ("GET", "/faskes/kiriman/{id}/perbaikan.xlsx", facility.errors, _CLINIC),
    ("GET", "/saya", record.me, _PATIENT),
    ("GET", "/saya/akses", access_log.who_looked, _PATIENT),
    ("GET", "/saya/persetujuan", choices.show, _PATIENT),
    ("POST", "/saya/persetujuan", choices.change, _PATIENT),
    ("GET", "/saya/kode", presence.ask_code, _PATIENT),
    ("POST", "/saya/kode", presence.new_code, _PATIENT),
    ("GET", "/saya/unduh.pdf", record.download_pdf, _PATIENT),
    ("GET", "/saya/unduh.json", record.download_document, _PATIENT),
    ("GET", "/petugas", officer.board, _OFFICERS),
    ("POST", "/petugas/periksa", officer.check_trail, ("privacy-officer",)),
)


def routes(hub: Hub, wrong_codes: presence.Limiter | None = None) -> list[BaseRoute]:
    """Every page and the stylesheet as routes. `wrong_codes` limits how often a facility may try presence codes."""
    table = (*_TABLE, ("POST", "/faskes/hadir", presence.recorder(wrong_codes), _CLINIC))

    async def styles(_: Request) -> Response:
        sent = guard.headers(hub.config.base_url) | {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(stylesheet(), media_type="text/css", headers=sent)

    pages = [Route(path, endpoint(hub, path, make, roles), methods=[method]) for method, path, make, roles in table]
    return [Route("/static/jukung.css", styles), *pages]


def mount(app: FastAPI, hub: Hub) -> None:
    """Add the pages to the hub's app; they share its limit on wrong presence codes with `POST /care/presence`."""
    site = getattr(app.state, "site", None)
    app.router.routes.extend(routes(hub, getattr(site, "code_rates", None)))
