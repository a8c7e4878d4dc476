"""/direktori: the public directory as a page; filters in the address, nothing but what the licence data say."""

from starlette.responses import Response

from hub.access.directory import nearest
from hub.access.papers import all_details, city_day, real_facilities
from hub.parts import Hub
from hub.registry import KINDS, areas, kecamatan
from hub.registry.papers import SERVICES
from hub.web.call import Call
from hub.web.render import page

MOST = 300
_MACHINE = (("/fhir-publik/Organization", "/fhir-publik"), ("/direktori.geojson", "/direktori.geojson"))
_LONGEST = 100


def show(hub: Hub, call: Call) -> Response:
    """GET /direktori?nama=&jenis=&layanan=&dekat=: a filter that means nothing finds nothing."""
    chosen = {
        name: " ".join(call.query.get(name, "")[:_LONGEST].replace(",", " ").split())
        for name in ("nama", "jenis", "layanan", "dekat")
    }
    asked = [
        (name, chosen[field])
        for field, name in (("nama", "name:contains"), ("jenis", "type"), ("dekat", "near-kelurahan"))
        if chosen[field] and (field != "dekat" or chosen[field] in {area.code for area in areas()})
    ]
    known, today = all_details(hub), city_day(hub)
    facilities = {one.id: one for one in real_facilities(hub)}
    found = []
    for place, km in nearest(hub, asked):
        details = known.get(facilities[place["id"]].number)
        if chosen["layanan"] and (details is None or chosen["layanan"] not in details.services):
            continue
        licence = details.licence if details is not None else None
        state = "unknown" if licence is None else "holds" if not licence.until or licence.until >= today else "ended"
        found.append((facilities[place["id"]], place, details, km, state))
    return page(
        hub.config,
        call,
        "directory.html",
        found=found[:MOST],
        total=len(found),
        chosen=chosen,
        kinds=KINDS,
        services=SERVICES,
        districts=[
            (name, [area for area in areas() if area.kecamatan_code == code]) for code, name in kecamatan().items()
        ],
        addresses=[(path, f"{hub.config.base_url}{shown}") for path, shown in _MACHINE],
    )
