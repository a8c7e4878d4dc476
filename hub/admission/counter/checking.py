"""Whose request it is: the patient's own presence code, or two members of staff who each looked at a document."""

import unicodedata
from dataclasses import replace

from hub.access.trace import audit
from hub.admission.counter.request import DOCUMENTS, Body, Step, open_body
from hub.admission.counter.steps import entry, staff_of, subject_if_clear, take, told, waiting_at
from hub.admission.presence import presence_hash
from hub.errors import Category, HubError
from hub.model import AuditEntry, Issue, Principal
from hub.parts import Hub
from hub.store import ReadTx


def check_document(hub: Hub, who: Principal, id_: str, document: str) -> bool:
    """The caller has compared a document with the person at the counter; True when identity is now confirmed, which
    takes two different members of staff. CONFLICT for the same one twice, or a request that no longer waits."""
    facility, person = staff_of(who)
    if document not in DOCUMENTS:
        raise HubError(Category.INCORRECT, Issue("HUB-3263"))
    with hub.store.writing() as tx:
        row = waiting_at(tx, who, id_)
        body = open_body(hub, row)
        if _plain(person) in map(_plain, body.checkers):
            raise HubError(Category.CONFLICT, Issue("HUB-3255"))
        step = Step(hub.clock(), "document", person, facility, document)
        is_confirmed = body.is_coded or bool(body.checkers)
        body = take(hub, tx, row, step, "checked" if is_confirmed else row.state)
        told(hub, tx, who, "request.check", id_, _subject(tx, body), document=document)
    return body.is_confirmed


def check_code(hub: Hub, who: Principal, id_: str, code: str) -> None:
    """The patient's presence code (hub.admission.presence), used up here: identity is confirmed at once.

    It opens no care relationship. NOT_FOUND for a wrong, used, expired or another patient's code: all the same, and
    another patient's stays good.
    """
    facility, person = staff_of(who)
    hashed = presence_hash(hub, code)
    try:
        with hub.store.writing() as tx:
            row = waiting_at(tx, who, id_)
            compartment = tx.use_presence(hashed, used_by=facility, now_ms=hub.clock()) if hashed else None
            subject = subject_if_clear(tx, open_body(hub, row))
            if compartment is None or subject is None or subject not in tx.person([compartment]):
                raise HubError(Category.NOT_FOUND, Issue("HUB-5101"))
            take(hub, tx, row, Step(hub.clock(), "code", person, facility), "checked")
            told(hub, tx, who, "request.check", id_, (subject,), document="code")
    except HubError as error:
        if error.category == Category.NOT_FOUND:
            audit(hub, _refused(hub, who, id_))
        raise


def _plain(name: str) -> str:
    """A member of staff's name without what the eye does not see: case, width, spaces, invisible characters."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def _subject(tx: ReadTx, body: Body) -> tuple[int, ...]:
    found = subject_if_clear(tx, body)
    return (found,) if found is not None else ()


def _refused(hub: Hub, who: Principal, id_: str) -> AuditEntry:
    return replace(entry(hub, who, "request.check", id_, (), document="code"), outcome="deny", reason="code")
