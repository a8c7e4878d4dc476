"""A facility's counter: requests of people without an account, each step of them, and what is handed over."""

from collections.abc import Callable

from starlette.responses import Response

from hub.admission import counter
from hub.audit import PURPOSES, ROLES, word
from hub.clock import city_time
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.record import pdf, summary
from hub.record.dates import moment_in_words
from hub.record.sheet import sheet
from hub.web.call import Call
from hub.web.durations import left_in_words
from hub.web.known import names
from hub.web.language import translator
from hub.web.pages.presence import Limiter
from hub.web.qr import qr_svg
from hub.web.render import download, go, page

LIST = "/faskes/permintaan"


def board(hub: Hub, call: Call) -> Response:
    """GET /faskes/permintaan: what waits, the overdue first; the form for a new one; what was closed lately."""
    waiting, closed = counter.at_facility(hub, call.caller)
    return page(
        hub.config,
        call,
        "requests.html",
        waiting=[(one, left_in_words(one.left_ms, call.lang)) for one in waiting],
        closed=closed,
        kinds=counter.KINDS,
        relations=counter.RELATIONS,
    )


def ask(hub: Hub, call: Call) -> Response:
    """POST /faskes/permintaan: a new request; the clock starts."""
    wish = counter.Wish(
        kind=call.value("jenis"),
        number=call.value("nomor"),
        name=call.value("nama"),
        text=call.value("isi"),
        relation=call.value("sebagai"),
        proxy_name=call.value("nama_wakil"),
        proof=call.value("bukti"),
    )
    return go(f"{LIST}/{counter.ask_at_counter(hub, call.caller, wish, call.mark)}")


def show(hub: Hub, call: Call) -> Response:
    """GET /faskes/permintaan/{id}: its steps, and what may be done next."""
    found = counter.one_at_facility(hub, call.caller, call.args["id"])
    proxy = found.body.proxy
    return page(
        hub.config,
        call,
        "request.html",
        request=found,
        left=left_in_words(found.left_ms, call.lang),
        names=names(hub),
        documents=counter.DOCUMENTS,
        forms=[form for form in counter.FORMS if form != "link" or proxy is None],
        refusals=counter.REFUSALS,
        is_checker=(call.caller.person or "") in found.body.checkers,
    )


def check(hub: Hub, call: Call) -> Response:
    """POST /faskes/permintaan/{id}/identitas: a document was compared."""
    counter.check_document(hub, call.caller, call.args["id"], call.value("dokumen"))
    return go(f"{LIST}/{call.args['id']}")


def code_checker(limiter: Limiter | None) -> Callable[[Hub, Call], Response]:
    """POST /faskes/permintaan/{id}/kode: the patient's presence code; as limited as at the other doors."""

    def check_code(hub: Hub, call: Call) -> Response:
        facility = call.caller.facility or ""
        if limiter and (seconds := limiter.wait_s(facility)):
            raise HubError(Category.BUSY, Issue("HUB-5103", args={"seconds": str(seconds)}))
        counter.check_code(hub, call.caller, call.args["id"], call.value("kode"))
        if limiter:
            limiter.give_back(facility)
        return go(f"{LIST}/{call.args['id']}")

    return check_code


def release(hub: Hub, call: Call) -> Response:
    """POST /faskes/permintaan/{id}/serahkan: the file to print or hand over, or the page with the sign-in link."""
    id_, form = call.args["id"], call.value("bentuk")
    given = counter.release(hub, call.caller, id_, form, call.lang)
    if given.link:
        qr = qr_svg(given.link, translator(call.lang)("requests.qr"))
        until_ms = hub.clock() + 1000 * hub.config.login_link_s
        return page(hub.config, call, "request_link.html", id=id_, link=given.link, qr=qr, until_ms=until_ms)
    made = _record(hub, call, given) if given.kind == "copy" else _looks(hub, call, given)
    today = city_time(hub.clock())[:10]
    return download(made, "application/pdf", f"permintaan-{id_}-{today}.pdf")


def answer(hub: Hub, call: Call) -> Response:
    """POST /faskes/permintaan/{id}/jawab: a correction is answered and closed."""
    counter.answer(hub, call.caller, call.args["id"], call.value("isi"))
    return go(f"{LIST}/{call.args['id']}")


def refuse(hub: Hub, call: Call) -> Response:
    """POST /faskes/permintaan/{id}/tolak: refused with a reason of the list and words."""
    counter.refuse(hub, call.caller, call.args["id"], call.value("alasan"), call.value("isi"))
    return go(f"{LIST}/{call.args['id']}")


def _record(hub: Hub, call: Call, given: counter.Released) -> bytes:
    record = summary(given.resources, names(hub), call.lang)
    return pdf(record, hub.clock(), is_synthetic=hub.config.mode == "demo")


def _looks(hub: Hub, call: Call, given: counter.Released) -> bytes:
    t = translator(call.lang)
    rows = [
        (
            moment_in_words(look.at_ms, call.lang),
            f"{look.facility} {word(ROLES, look.role, call.lang)}".strip(),
            word(PURPOSES, look.purpose, call.lang),
            look.what,
            t(f"seen.{look.outcome}", default=look.outcome),
        )
        for look in given.looks
    ]
    columns = [t(f"seen.{name}") for name in ("when", "who", "why", "what", "result")]
    lead = t("requests.looks_lead", n=len(rows))
    is_synthetic = hub.config.mode == "demo"
    return sheet(t("seen.title"), lead, columns, rows, hub.clock(), call.lang, is_synthetic=is_synthetic)
