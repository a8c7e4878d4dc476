"""A facility's quality on its page at the health office: its released numbers, and what is followed up with it."""

from markupsafe import Markup

from hub.access.indicators import known
from hub.access.standing_out import standings
from hub.model import Facility
from hub.parts import Hub
from hub.web.call import Call
from hub.web.charts import share_text
from hub.web.charts_funnel import meaning
from hub.web.pages import follow_up
from hub.web.render import fragment


def block(hub: Hub, call: Call, facility: Facility) -> Markup:
    """The tab "mutu" of /dinas/faskes/{id}."""
    numbers = fragment(
        call,
        "facility_quality.html",
        facility=facility,
        found=standings(hub, call.caller, facility.id),
        indicators=known(hub),
        meaning=meaning,
        text=lambda share, per: share_text(share, call.lang, per),
    )
    return numbers + follow_up.block(hub, call, facility)
