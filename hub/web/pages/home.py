"""The public page: what this is, whether it runs, how to sign in."""

from starlette.responses import Response

from hub.parts import Hub
from hub.web.call import Call
from hub.web.known import facilities
from hub.web.render import page


def home(hub: Hub, call: Call) -> Response:
    """GET /"""
    return page(
        hub.config, call, "home.html", facilities=len(facilities(hub)), fhir_address=f"{hub.config.base_url}/fhir"
    )
