"""From a request to a page: form, session, role, CSRF and language first; a refusal becomes a page as well."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.admission import acting, session
from hub.api.errors import STATUS
from hub.errors import Category, HubError, fix, text
from hub.model import Issue, Principal
from hub.parts import Hub
from hub.web import guard
from hub.web.call import Call
from hub.web.forms import Form, read_form
from hub.web.language import choose
from hub.web.render import page

Page = Callable[[Hub, Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

WRITTEN = 20
"""Characters from which on what was typed is a text somebody would miss."""
_YEAR_S = 365 * 24 * 3600


def endpoint(hub: Hub, route: str, make: Page, roles: tuple[str, ...] = ()) -> Endpoint:
    """Serve `make` at `route`. `roles`: who may; empty = anybody. The CSRF token of the sign-in form is bound to a
    cookie of its own, because there is no session yet."""
    is_entry = route.startswith("/masuk/")

    async def serve(request: Request) -> Response:
        # what the log may show: the pattern, for the address itself may hold a sign-in secret
        request.scope.setdefault("state", {})["route"] = route
        form, refusal = Form({}, None), None
        if request.method == "POST":
            try:
                form = await read_form(request)
            except HubError as error:
                refusal = error
        return await run_in_threadpool(_answer, hub, make, roles, is_entry, request, form, refusal)

    return serve


def _answer(
    hub: Hub, make: Page, roles: tuple[str, ...], is_entry: bool, request: Request, form: Form, refusal: HubError | None
) -> Response:
    base = hub.config.base_url
    cookie = request.cookies.get(guard.session_cookie(base), "")
    who = session(hub, cookie) if cookie else None
    secret = cookie
    if is_entry:
        secret = request.cookies.get(guard.entry_cookie(base)) or secrets.token_urlsafe(24)
    call = _call(request, form, who, secret if who or is_entry else "")
    try:
        if refusal:
            raise refusal
        if call.who is not None:
            call = replace(call, who=acting(call.who, roles))
        _check(call, roles, request, base)
        response = make(hub, call)
    except HubError as error:
        response = refused(hub, call, error)
    return _finish(hub, call, request, response, is_entry=is_entry)


def _call(request: Request, form: Form, who: Principal | None, secret: str) -> Call:
    query = dict(request.query_params)
    remembered = request.cookies.get(guard.LANGUAGE_COOKIE)
    return Call(
        method="GET" if request.method == "HEAD" else request.method,
        path=request.url.path,
        lang=choose(query.get("lang"), remembered, request.headers.get("accept-language")),
        args={name: str(value) for name, value in request.path_params.items()},
        query=query,
        pairs=tuple(request.query_params.multi_items()),
        form=form.fields,
        upload=form.upload,
        who=who,
        secret=secret,
    )


def _check(call: Call, roles: tuple[str, ...], request: Request, base: str) -> None:
    if roles and call.who is None:
        raise HubError(Category.UNAUTHENTICATED, Issue("HUB-5904"))
    if roles and call.caller.role not in roles:
        raise HubError(Category.FORBIDDEN, Issue("HUB-5905"))
    if call.method == "POST" and not (
        guard.is_same_origin(request.headers, base) and guard.is_csrf_valid(call.secret, call.value("csrf"))
    ):
        raise HubError(Category.FORBIDDEN, Issue("HUB-5903"))


def refused(hub: Hub, call: Call, error: HubError) -> Response:
    """The page of a refusal: what is wrong and what to do, with the stable code, and the texts that were sent, so that
    nobody writes them twice."""
    issues = [(i.code, text(i, call.lang), fix(i, call.lang)) for i in error.issues[:20]]
    typed = [value for values in call.form.values() for value in values] if error.category != Category.NOT_FOUND else []
    texts = [value for value in typed if len(value) >= WRITTEN and " " in value]
    return page(hub.config, call, "refused.html", status=STATUS[error.category], issues=issues, texts=texts)


def _finish(hub: Hub, call: Call, request: Request, response: Response, *, is_entry: bool) -> Response:
    base = hub.config.base_url
    is_secure = guard.is_https(base)
    for name, value in guard.headers(base).items():
        response.headers[name] = value
    if call.query.get("lang") in ("id", "en"):
        response.set_cookie(
            guard.LANGUAGE_COOKIE, call.lang, max_age=_YEAR_S, httponly=True, samesite="lax", secure=is_secure
        )
    if is_entry and call.method == "GET" and guard.entry_cookie(base) not in request.cookies:
        response.set_cookie(
            guard.entry_cookie(base), call.secret, max_age=3600, httponly=True, samesite="lax", secure=is_secure
        )
    return response
