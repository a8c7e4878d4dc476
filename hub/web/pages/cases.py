"""Case review: the office asks, a second person decides, a few records without names are looked at, findings are made;
the facility sees them, matches numbers to its own records and replies."""

from markupsafe import Markup
from starlette.responses import Response

from hub.access import case_charts, case_files, case_steps
from hub.access.indicators import known
from hub.clock import city_month
from hub.errors import Category, HubError
from hub.model import Facility, Issue
from hub.parts import Hub
from hub.record.dates import moment_in_words
from hub.registry import kecamatan
from hub.web.call import Call, whole
from hub.web.findings import sentences
from hub.web.known import facilities
from hub.web.language import translator
from hub.web.pages.case_lines import lines, medicines
from hub.web.render import fragment, go, page
from hub.web.watermark import watermark

OFFICE, FACILITY = "/dinas/audit", "/faskes/audit"
DONE = ("diajukan", "ditarik", "disetujui", "ditolak", "dicatat", "ditutup", "ditanggapi")

Matched = tuple[int, tuple[str, ...]]
"""A record's number in the case, and the facility's own numbers of it."""


def board(hub: Hub, call: Call) -> Response:
    """GET /dinas/audit: the cases, and the form for a new one."""
    return _board(hub, call, {})


def _board(hub: Hub, call: Call, typed: dict[str, str], faults: tuple[Issue, ...] = (), status: int = 200) -> Response:
    month = city_month(hub.clock())
    empty = {"faskes": call.query.get("faskes", ""), "kode": "", "indikator": call.query.get("indikator", "")}
    return page(
        hub.config,
        call,
        "cases.html",
        status=status,
        cases=case_steps.office_cases(hub, call.caller),
        facilities=facilities(hub),
        indicators={each.id: each.title[call.lang] for each in known(hub).values()},
        reasons=case_files.REASONS,
        most=case_files.MOST_RECORDS,
        typed={"alasan": "", "isi": "", "dari": month, "sampai": month, "banyak": "20"} | empty | typed,
        faults=sentences(faults, call.lang),
    )


def block(hub: Hub, call: Call, facility: Facility) -> Markup:
    """A facility's cases, for its page at the health office."""
    found = case_steps.office_cases(hub, call.caller, facility.id)
    return fragment(call, "case_block.html", cases=found, facility=facility)


def ask(hub: Hub, call: Call) -> Response:
    """POST /dinas/audit: a new request; what can't be asked is shown again with what to mend."""
    names = ("faskes", "kode", "indikator", "dari", "sampai", "alasan", "isi", "banyak")
    typed = {name: call.value(name) for name in names}
    question = case_files.Question(
        codes=typed["kode"][:200],
        first=typed["dari"],
        last=typed["sampai"],
        indicator=typed["indikator"],
        reason=typed["alasan"],
        why=typed["isi"],
        most=whole(typed["banyak"], 2),
    )
    try:
        id_ = case_steps.ask(hub, call.caller, typed["faskes"], question, call.mark)
    except HubError as error:
        if error.category != Category.INCORRECT:
            raise
        return _board(hub, call, typed, error.issues, status=422)
    return go(f"{OFFICE}/{id_}?pesan=diajukan")


def show(hub: Hub, call: Call) -> Response:
    """GET /dinas/audit/{id}: the case, and what may be done next."""
    return _case(hub, call, "case.html", case_steps.one_case(hub, call.caller, call.args["id"]))


def decide(hub: Hub, call: Call) -> Response:
    """POST /dinas/audit/{id}/putusan: the second person approves or refuses."""
    id_ = call.args["id"]
    if call.value("putusan") == "setuju":
        case_steps.approve(hub, call.caller, id_)
        return go(f"{OFFICE}/{id_}?pesan=disetujui")
    case_steps.refuse(hub, call.caller, id_, call.value("isi"))
    return go(f"{OFFICE}/{id_}?pesan=ditolak")


def withdraw(hub: Hub, call: Call) -> Response:
    """POST /dinas/audit/{id}/tarik: who asked takes the request back."""
    case_steps.withdraw(hub, call.caller, call.args["id"])
    return go(f"{OFFICE}/{call.args['id']}?pesan=ditarik")


def record(hub: Hub, call: Call) -> Response:
    """GET /dinas/audit/{id}/rekam/{n}: a record without its person, to look at; with a watermark, on paper too."""
    found = case_charts.chart(hub, call.caller, call.args["id"], whole(call.args["n"], 2))
    at = moment_in_words(hub.clock(), call.lang)
    t, district = translator(call.lang), found.pack.district
    place = t("case.outside") if district == "-" else kecamatan().get(district, t("case.unknown"))
    return page(
        hub.config,
        call,
        "case_record.html",
        chart=found,
        case=found.case,
        place=place,
        lines=lines(found.pack, call.lang, medicines(each.codes for each in hub.adapters.values())),
        finding=found.case.findings.get(found.number),
        verdicts=case_files.VERDICTS,
        mark=watermark(f"{call.caller.subject} · {at} · {found.case.id}"),
        who=call.caller.subject,
        looked_at=at,
    )


def note(hub: Hub, call: Call) -> Response:
    """POST /dinas/audit/{id}/rekam/{n}: the finding in one record."""
    id_, number = call.args["id"], whole(call.args["n"], 2)
    case_steps.note(hub, call.caller, id_, number, call.value("temuan"), call.value("isi"))
    return go(f"{OFFICE}/{id_}?pesan=dicatat")


def close(hub: Hub, call: Call) -> Response:
    """POST /dinas/audit/{id}/tutup: the findings of the whole case."""
    id_ = call.args["id"]
    case_steps.close(hub, call.caller, id_, call.value("hasil"), call.value("isi"))
    return go(f"{OFFICE}/{id_}?pesan=ditutup")


def own_board(hub: Hub, call: Call) -> Response:
    """GET /faskes/audit: the cases this facility was told of."""
    return page(hub.config, call, "own_cases.html", cases=case_steps.facility_cases(hub, call.caller))


def own(hub: Hub, call: Call) -> Response:
    """GET /faskes/audit/{id}"""
    return _case(hub, call, "own_case.html", case_steps.one_case(hub, call.caller, call.args["id"]))


def match(hub: Hub, call: Call) -> Response:
    """POST /faskes/audit/{id}/cocokkan: the facility's own record number, on this page once and nowhere kept."""
    number = whole(call.value("nomor"), 2)
    numbers = case_charts.own_numbers(hub, call.caller, call.args["id"], number)
    found = case_steps.one_case(hub, call.caller, call.args["id"])
    return _case(hub, call, "own_case.html", found, matched=(number, numbers))


def reply(hub: Hub, call: Call) -> Response:
    """POST /faskes/audit/{id}/jawab"""
    case_steps.reply(hub, call.caller, call.args["id"], call.value("isi"))
    return go(f"{FACILITY}/{call.args['id']}?pesan=ditanggapi")


def _case(hub: Hub, call: Call, template: str, found: case_files.Case, matched: Matched | None = None) -> Response:
    indicator = known(hub).get(found.question.indicator)
    return page(
        hub.config,
        call,
        template,
        case=found,
        indicator=indicator.title[call.lang] if indicator is not None else "",
        outcomes=case_files.OUTCOMES,
        message=call.told(DONE),
        matched=matched,
    )
