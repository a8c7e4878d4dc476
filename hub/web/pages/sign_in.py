"""One-time sign-in links. Opening a link changes nothing, so that a mail or chat scanner can't use it up."""

from starlette.responses import Response

from hub.admission import end_session, redeem, session
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.web import guard
from hub.web.call import Call
from hub.web.render import HOME, go, page


def ask(hub: Hub, call: Call) -> Response:
    """GET /masuk/{secret}: a button. The page is the same whether or not the link is valid."""
    return page(hub.config, call, "sign_in.html")


def redeem_link(hub: Hub, call: Call) -> Response:
    """POST /masuk/{secret}: the link becomes a session, always a fresh one; goes on to the role's page."""
    cookie = redeem(hub, call.args["secret"])
    who = session(hub, cookie)
    if cookie is None or who is None:
        raise HubError(Category.UNAUTHENTICATED, Issue("HUB-5908"))
    base = hub.config.base_url
    response = go(HOME.get(who.role, "/"))
    response.set_cookie(
        guard.session_cookie(base),
        cookie,
        max_age=hub.config.session_s,
        path="/",
        httponly=True,
        samesite="lax",
        secure=guard.is_https(base),
    )
    response.delete_cookie(guard.entry_cookie(base), path="/", secure=guard.is_https(base), httponly=True)
    return response


def leave(hub: Hub, call: Call) -> Response:
    """POST /keluar: the session ends on the hub, not only in the browser."""
    base = hub.config.base_url
    end_session(hub, call.secret)
    response = go("/keluar")
    response.delete_cookie(guard.session_cookie(base), path="/", secure=guard.is_https(base), httponly=True)
    if guard.is_https(base):
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def left(hub: Hub, call: Call) -> Response:
    """GET /keluar: signed out."""
    return page(hub.config, call, "left.html")
