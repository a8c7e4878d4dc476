"""Sessions of people: a link is redeemed once for a cookie of its own, whose hash finds the session."""

from dataclasses import replace

from hub.access.trace import sealed_entry
from hub.admission.sealed import open_principal, seal_principal
from hub.admission.staff import still
from hub.auth import is_token, new_token, token_hash
from hub.model import AuditEntry, Principal
from hub.parts import Hub


def redeem(hub: Hub, secret: str) -> str | None:
    """Use a login link up: a new session's cookie value, or None when the link is unknown, used or expired,
    or what it was given for was withdrawn."""
    if not is_token(secret):
        return None
    place, now = token_hash(secret), hub.clock()
    cookie = new_token()
    home = token_hash(cookie)
    with hub.store.writing() as tx:
        body = tx.use_login_link(place, now)
        who = replace(open_principal(hub, body, place), session=home.hex()[:16]) if body is not None else None
        if who is not None and still(hub, tx, who) is None:  # what it was given for was withdrawn before it was used
            who = None
        if who is not None:
            tx.add_session(home, seal_principal(hub, who, home), now + 1000 * hub.config.session_s)
        tx.outbox([sealed_entry(hub, _entry(hub, who, "login"))])
    return cookie if who is not None else None


def session(hub: Hub, cookie: str | None) -> Principal | None:
    """Who a session cookie speaks for; None when it is unknown, ended or expired."""
    if cookie is None or not is_token(cookie):
        return None
    place = token_hash(cookie)
    with hub.store.reading() as tx:
        body = tx.session(place, hub.clock())
        return still(hub, tx, open_principal(hub, body, place)) if body is not None else None


def end_session(hub: Hub, cookie: str | None) -> None:
    """Sign out; harmless when there is nothing to end."""
    who = session(hub, cookie)
    if who is None or cookie is None:
        return
    with hub.store.writing() as tx:
        tx.end_session(token_hash(cookie), hub.clock())
        tx.outbox([sealed_entry(hub, _entry(hub, who, "logout"))])


def _entry(hub: Hub, who: Principal | None, event: str) -> AuditEntry:
    return AuditEntry(
        at_ms=hub.clock(),
        event=event,
        action="E",
        outcome="permit" if who is not None else "deny",
        subject=who.subject if who is not None else "unknown",
        role=who.role if who is not None else "",
        facility=(who.facility or "") if who is not None else "",
        purpose=who.purpose if who is not None else "",
        reason="" if who is not None else "link",
        compartments=(who.compartment,) if who is not None and who.compartment is not None else (),
        is_person=True,
        details={"session": who.session} if who is not None else {},
    )
