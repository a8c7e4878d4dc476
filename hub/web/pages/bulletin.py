"""The monthly bulletin: which there are, and one as PDF. For everybody: public numbers only."""

from starlette.responses import Response

from hub.access.bulletin import issues
from hub.parts import Hub
from hub.web.bulletin import bulletin
from hub.web.call import Call
from hub.web.render import download, page


def listed(hub: Hub, call: Call) -> Response:
    """GET /buletin"""
    return page(hub.config, call, "bulletin.html", months=issues(hub))


def printed(hub: Hub, call: Call) -> Response:
    """GET /buletin/{month}.pdf"""
    month = call.args["month"]
    return download(bulletin(hub, month, call.lang), "application/pdf", f"buletin-{month[:7]}-{call.lang}.pdf")
