"""Who looked at my record."""

from urllib.parse import urlencode

from starlette.responses import Response

from hub.access import seen
from hub.parts import Hub
from hub.web.call import Call
from hub.web.known import own_place
from hub.web.looks import KINDS, PAGE, by_kind, matching, of_page, read_filter
from hub.web.render import page


def who_looked(hub: Hub, call: Call) -> Response:
    """GET /saya/akses: every look, filtered; other people first, automatic processing last."""
    everything = seen(hub, call.caller, call.lang)
    wanted = read_filter(call.query)
    own = own_place(hub)
    fitting = matching(everything, wanted, own)
    shown = of_page(fitting, wanted)
    kept = {key: value for key, value in call.query.items() if key not in ("hal", "lang")}

    def address(number: int) -> str:
        return f"/saya/akses?{urlencode(kept | {'hal': str(number)})}"

    return page(
        hub.config,
        call,
        "access_log.html",
        wanted=wanted,
        total=len(fitting),
        kinds=KINDS,
        groups=by_kind(shown, own),
        facilities=sorted({look.facility for look in everything if look.facility} - {own}),
        purposes=sorted({look.purpose for look in everything if look.purpose}),
        newer=address(wanted.page - 1) if wanted.page > 1 else "",
        older=address(wanted.page + 1) if wanted.page * PAGE < len(fitting) else "",
    )
