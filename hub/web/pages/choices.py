"""The patient's consent switches, each with its consequence, and their history."""

from collections.abc import Iterable
from typing import cast

from starlette.responses import Response

from hub.access import Chosen, choices
from hub.consent import NAMEABLE
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.pipeline import choose
from hub.pipeline.choices import Kind
from hub.web.call import Call
from hub.web.known import facilities, names
from hub.web.render import go, page

KINDS = ("optin", "optout", "facility-permit", "facility-deny", "sensitive-permit", "withdraw")


def show(hub: Hub, call: Call) -> Response:
    """GET /saya/persetujuan"""
    made = choices(hub, call.caller)
    return page(
        hub.config,
        call,
        "consent.html",
        choices=made,
        is_sharing=is_sharing(made),
        facilities=facilities(hub),
        names=names(hub),
        sensitivities=NAMEABLE,
        message=call.told(KINDS),
    )


def change(hub: Hub, call: Call) -> Response:
    """POST /saya/persetujuan: one choice, in force at once."""
    kind, facility = call.value("pilihan"), call.value("faskes") or None
    labels = tuple(label for label in call.form.get("kategori", ()) if label in NAMEABLE)
    is_complete = (facility is not None or not kind.startswith(("facility-", "sensitive-"))) and (
        labels or kind != "sensitive-permit"
    )
    if kind not in KINDS or not is_complete or (facility and facility not in names(hub)):
        raise HubError(Category.INCORRECT, Issue("HUB-5907"))
    choose(hub, call.caller, cast(Kind, kind), facility, labels, call.value("nomor") or None)
    return go(f"/saya/persetujuan?pesan={kind}")


def is_sharing(made: Iterable[Chosen]) -> bool:
    """The newest choice in force about sharing as a whole permits it."""
    general = [one for one in made if one.until_ms is None and one.kind in ("optin", "optout")]
    return bool(general) and max(general, key=lambda one: one.since_ms).kind == "optin"
