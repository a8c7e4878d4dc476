"""The patient's own record: the summary page and its downloads."""

from starlette.responses import Response

from hub.access import choices, own_record, seen
from hub.clock import city_time
from hub.fhir import json
from hub.parts import Hub
from hub.record import document, pdf, summary
from hub.web.call import Call
from hub.web.known import names, own_place
from hub.web.looks import by_kind
from hub.web.pages.choices import is_sharing
from hub.web.render import download, page

_FIRST_VISITS = 5
_LAST_LOOKS = 3
_NEWEST_LOOKS = 500


def me(hub: Hub, call: Call) -> Response:
    """GET /saya: the record in plain words, and who looked at it."""
    record = summary(own_record(hub, call.caller), names(hub), call.lang)
    looks = by_kind(seen(hub, call.caller, call.lang, _NEWEST_LOOKS), own_place(hub))
    return page(
        hub.config,
        call,
        "me.html",
        record=record,
        first_visits=_FIRST_VISITS,
        people=looks["orang"][:_LAST_LOOKS],
        automatic=len(looks["otomatis"]),
        is_sharing=is_sharing(choices(hub, call.caller)),
    )


def download_pdf(hub: Hub, call: Call) -> Response:
    """GET /saya/unduh.pdf"""
    record = summary(own_record(hub, call.caller), names(hub), call.lang)
    made = pdf(record, hub.clock(), is_synthetic=hub.config.mode == "demo")
    return download(made, "application/pdf", f"rekam-kesehatan-{city_time(hub.clock())[:10]}.pdf")


def download_document(hub: Hub, call: Call) -> Response:
    """GET /saya/unduh.json: the record as a FHIR document."""
    bundle = document(own_record(hub, call.caller), names(hub), hub.clock(), call.lang)
    return download(json.write(bundle), "application/fhir+json", f"rekam-kesehatan-{city_time(hub.clock())[:10]}.json")
