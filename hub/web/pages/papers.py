"""/dinas/izin and /dinas/faskes/{id}: which papers end, and one facility with everything known about it."""

from urllib.parse import urlencode

from starlette.responses import Response

from hub.access.licences import PAPERS, STAGES, card, papers
from hub.access.quality import strip
from hub.errors import Category, HubError
from hub.model import Issue
from hub.parts import Hub
from hub.registry import KINDS, areas
from hub.web.blocks import BLOCKS
from hub.web.call import Call
from hub.web.render import page

OWNERSHIPS = ("public", "private")
_FILTERS = {"jenis": KINDS, "milik": OWNERSHIPS, "surat": PAPERS, "tahap": STAGES}
_OWN = "izin"


def due(hub: Hub, call: Call) -> Response:
    """GET /dinas/izin?jenis=&milik=&surat=&tahap=: expired first, then 0, 30 and 90 days."""
    chosen = {name: call.query.get(name, "") for name in _FILTERS}
    for name, value in chosen.items():
        if value and value not in _FILTERS[name]:
            args = {"name": name, "wanted": ", ".join(_FILTERS[name])}
            raise HubError(Category.INCORRECT, Issue("HUB-4326", args=args))
    found = papers(
        hub,
        call.caller,
        kind=chosen["jenis"],
        ownership=chosen["milik"],
        paper=chosen["surat"],
        stage=chosen["tahap"],
    )

    def narrowed(paper: str, stage: str) -> str:
        kept = {name: value for name, value in (chosen | {"surat": paper, "tahap": stage}).items() if value}
        return f"/dinas/izin?{urlencode(kept)}" if kept else "/dinas/izin"

    return page(hub.config, call, "papers.html", found=found, chosen=chosen, filters=_FILTERS, narrowed=narrowed)


def facility(hub: Hub, call: Call) -> Response:
    """GET /dinas/faskes/{id}?bagian=: header with licence, permits and weeks; one tab open."""
    found = card(hub, call.caller, call.args["id"])
    tab = call.query.get("bagian", _OWN)
    role = call.caller.role
    blocks = [one for one in BLOCKS if role in one.roles]
    block = next((one for one in blocks if one.tab == tab), None)
    if block is None and tab != _OWN:
        args = {"name": "bagian", "wanted": ", ".join([_OWN, *(one.tab for one in blocks)])}
        raise HubError(Category.NOT_FOUND, Issue("HUB-4326", args=args))
    return page(
        hub.config,
        call,
        "papers_facility.html",
        card=found,
        area_name=lambda code: next((area.name for area in areas() if area.code == code), ""),
        tab=tab,
        tabs=[(_OWN, "papers.tab"), *((one.tab, one.title) for one in blocks)],
        content=block.make(hub, call, found.facility) if block is not None else None,
        weeks=strip(hub, call.caller, found.facility.id) if role == "auditor" else (),
    )
