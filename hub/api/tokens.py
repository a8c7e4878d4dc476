"""POST /oauth2/token: client credentials for tokens, refused before any signature work when asked too often.

https://www.rfc-editor.org/rfc/rfc6749#section-4.4; https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html
"""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.admission import claimed_by, issue_token
from hub.api.body import FORM_LIMIT, read_body
from hub.api.fhir.query import pairs_of
from hub.api.fhir.searching import FORM
from hub.api.media import require_json
from hub.api.site import Site, request_id
from hub.errors import Category, HubError
from hub.model import Issue

ADDRESSES_PER_CLIENT = 3
"""One address (a clinic's router) may stand for several clients: it gets three times a client's rate."""
_OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_assertion_type": {
                            "type": "string",
                            "enum": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
                        },
                        "client_assertion": {"type": "string"},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                        "scope": {
                            "type": "string",
                            "description": "Blank-separated, such as system/Patient.rs; absent: all the client has.",
                        },
                        "purpose": {
                            "type": "string",
                            "description": "Why data is asked for, as the consent decision sees it: one of the "
                            "purposes the client is registered for, by default the first (TREAT).",
                        },
                    },
                }
            }
        },
    }
}


def token_routes(site: Site) -> APIRouter:
    """The token endpoint."""
    router = APIRouter()

    @router.post("/oauth2/token", summary="A token for a client", openapi_extra=_OPENAPI, response_class=JSONResponse)
    async def token(request: Request) -> Response:
        request.state.route = "/oauth2/token"
        address = request.client.host if request.client else "-"
        _require_rate(site, 1 / ADDRESSES_PER_CLIENT, address)
        require_json(request.headers, (FORM,))
        form, is_repeated = _form(await read_body(request, FORM_LIMIT))
        basic, number = request.headers.get("authorization"), request_id(request.scope)
        _require_rate(site, 1.0, address, claimed_by(form, basic) or "-")
        if is_repeated:
            return _answer({"error": "invalid_request", "error_description": "A parameter stands twice."}, basic)
        return _answer(await site.run(lambda: issue_token(site.hub, form, basic, number)), basic)

    return router


def _require_rate(site: Site, cost: float, *key: str) -> None:
    if seconds := site.token_rates.wait_s(*key, cost=cost):
        raise HubError(Category.BUSY, Issue("HUB-5808", args={"seconds": str(seconds)}))


def _form(data: bytes) -> tuple[dict[str, str], bool]:
    """The form's fields, and whether one was repeated, which RFC 6749 section 3.2 forbids."""
    pairs = pairs_of(data)
    form = dict(pairs)
    return form, len(form) != len(pairs)


def _answer(body: dict[str, Any], basic: str | None) -> Response:
    """RFC 6749 section 5: 400 for errors, 401 when the client used the Authorization header."""
    headers = {"Pragma": "no-cache"}
    if "error" not in body:
        return JSONResponse(body, headers=headers)
    if body["error"] == "invalid_client" and basic is not None:
        return JSONResponse(body, 401, headers | {"WWW-Authenticate": 'Basic realm="hub"'})
    return JSONResponse(body, 400, headers)
