"""The application: FHIR routes as plain Starlette routes, the rest as FastAPI endpoints described in openapi.json."""

from functools import partial

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.api.agencies import agency_routes
from hub.api.care import care_routes
from hub.api.description import describe
from hub.api.directory import directory_routes
from hub.api.edge import Edge
from hub.api.errors import refusal
from hub.api.fhir.routes import fhir_routes
from hub.api.health import health_routes
from hub.api.plain import PlainReads
from hub.api.quarantine import quarantine_routes
from hub.api.rates import Rates
from hub.api.shaping import Shaping
from hub.api.site import Site, lang_of, not_allowed
from hub.api.submissions import submission_routes
from hub.api.tokens import token_routes
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub

WRONG_CODES_PER_MINUTE = 30


class Application(FastAPI):
    """FastAPI with a door of its own for plain reads, which are nearly all requests."""

    def open_door(self, site: Site, *, is_https: bool) -> None:
        """Call once, when the routes are known."""
        self.reads = PlainReads(site)
        self.door = Edge(Shaping(self.reads), is_https=is_https)
        self.add_middleware(Edge, is_https=is_https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.reads.claims(scope):
            await self.door(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(hub: Hub) -> Application:
    """The whole HTTP interface of a hub; `app.state.site` is what further routes (pages) may use."""
    app = Application(
        title="Jukung",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # would hand the messages of exceptions, which may hold personal data, to whatever the environment names
        telemetry=TelemetryConfig(
            tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
        ),
        description="What /fhir takes and answers is described in /fhir/metadata, too.",
    )
    clock = hub.clock
    site = Site(hub, Rates(hub.config.token_rate_per_min, clock), Rates(WRONG_CODES_PER_MINUTE, clock))
    app.state.site = site
    app.router.routes.extend(fhir_routes(site))
    clinics = (health_routes, token_routes, submission_routes, quarantine_routes, care_routes)
    for make in (*clinics, directory_routes, agency_routes):
        app.include_router(make(site))
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    app.add_exception_handler(HubError, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_middleware(Shaping)
    app.open_door(site, is_https=hub.config.base_url.startswith("https:"))
    return app


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    return refusal(error, request.url.path, lang_of(request))


def _no_route(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: no such address, or not by this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return _refused(request, not_allowed(request.method, allowed))
    if error.status_code == 404:
        return _refused(request, HubError(Category.NOT_FOUND, Issue("HUB-5801")))
    return _refused(request, HubError(Category.INCORRECT, Issue("HUB-5814", args={"header": "?", "form": "HTTP"})))


def _unfit(request: Request, error: Exception) -> Response:
    """A parameter FastAPI could not read; its value is not repeated."""
    assert isinstance(error, RequestValidationError)
    issues = [
        Issue("HUB-5819", args={"name": str(found["loc"][-1])[:40], "allowed": str(found["msg"])[:200]})
        for found in error.errors()[:20]
    ]
    return _refused(request, HubError(Category.INCORRECT, *issues))
