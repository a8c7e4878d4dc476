"""A facility's pages: upload, check, send, receipt."""

from starlette.responses import Response

from hub.errors import Category, HubError
from hub.mapping import Adapter
from hub.mapping import template as xlsx_template
from hub.mapping import template_csv as csv_template
from hub.model import Facility, Issue
from hub.parts import Hub
from hub.pipeline import errors_file, receipt, receipts, send_draft, submit
from hub.pipeline.submissions import FILE_LIMIT
from hub.web.call import Call
from hub.web.findings import grouped
from hub.web.language import translator
from hub.web.pages.columns import questions
from hub.web.pages.waiting import own
from hub.web.qr import qr_svg
from hub.web.render import download, go, page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAST = 50


def board(hub: Hub, call: Call) -> Response:
    """GET /faskes: what waits, upload, templates, presence, earlier submissions."""
    past = receipts(hub, call.caller)[:_PAST]
    limit = FILE_LIMIT // 1024 // 1024
    return page(
        hub.config, call, "facility.html", facility=_facility(hub, call), past=past, limit=limit, waiting=own(hub, call)
    )


def check(hub: Hub, call: Call) -> Response:
    """POST /faskes/kiriman: the file is checked and kept sealed as a draft; no record is stored."""
    if call.upload is None:
        raise HubError(Category.INCORRECT, Issue("HUB-5906"))
    draft = submit(
        hub, call.caller, _facility(hub, call).adapter, call.upload.content, call.upload.filename, mode="draft"
    )
    return go(f"/faskes/kiriman/{draft.id}")


def show(hub: Hub, call: Call) -> Response:
    """GET /faskes/kiriman/{id}: the result of the check while a draft, else the receipt."""
    found = receipt(hub, call.caller, call.args["id"])
    address = f"{hub.config.base_url}/faskes/kiriman/{found.id}"
    return page(
        hub.config,
        call,
        "check.html" if found.state == "draft" else "receipt.html",
        receipt=found,
        facility=_facility(hub, call),
        problems=grouped(found.issues, call.lang, is_blocking=True),
        notes=grouped(found.issues, call.lang, is_blocking=False),
        qr=qr_svg(address, translator(call.lang)("receipt.qr")),
        is_readable=sum(found.counts.values()) > 0,
        is_unknown=bool({issue.code for issue in found.issues} & {"HUB-2006", "HUB-2007"}),
        questions=questions(hub, call, found) if found.state == "draft" else (),
    )


def send(hub: Hub, call: Call) -> Response:
    """POST /faskes/kiriman/{id}/kirim: the rows that are ready are stored; the others wait in quarantine."""
    sent = send_draft(hub, call.caller, call.args["id"])
    return go(f"/faskes/kiriman/{sent.id}")


def errors(hub: Hub, call: Call) -> Response:
    """GET /faskes/kiriman/{id}/perbaikan.xlsx: the sender's own file with its problems beside each row."""
    found = receipt(hub, call.caller, call.args["id"])
    name = "".join(c for c in found.id if c.isascii() and (c.isalnum() or c == "-"))
    return download(errors_file(hub, call.caller, found.id, call.lang), _XLSX, f"perbaikan-{name}.xlsx")


def template_xlsx(hub: Hub, call: Call) -> Response:
    """GET /faskes/templat.xlsx"""
    adapter = _adapter(hub, call)
    return download(xlsx_template(adapter), _XLSX, f"templat-{adapter.name}.xlsx")


def template_csv(hub: Hub, call: Call) -> Response:
    """GET /faskes/templat.csv"""
    adapter = _adapter(hub, call)
    return download(csv_template(adapter), "text/csv; charset=utf-8", f"templat-{adapter.name}.csv")


def _facility(hub: Hub, call: Call) -> Facility:
    found = hub.facilities.get(call.caller.facility or "")
    if found is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-5905"))
    return found


def _adapter(hub: Hub, call: Call) -> Adapter:
    found = hub.adapters.get(_facility(hub, call).adapter)
    if found is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-5907"))
    return found
