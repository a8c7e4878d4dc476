"""POST /care/presence: a patient's code becomes the clinic's right to ask for the record, for a while."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub import pipeline
from hub.admission import presence
from hub.api.body import FORM_LIMIT, read_body
from hub.api.media import require_json
from hub.api.once import PARAMETER, told
from hub.api.site import Site, require_staff
from hub.errors import Category, HubError
from hub.fhir.json import read, write
from hub.model import Issue

_OPENAPI: dict[str, Any] = {
    "parameters": [PARAMETER],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}
            }
        },
    },
    "security": [{"bearer": []}],
}


def care_routes(site: Site) -> APIRouter:
    """The route of a clinic's counter."""
    router = APIRouter(prefix="/care")

    @router.post("/presence", summary="The patient is here", openapi_extra=_OPENAPI, response_class=JSONResponse)
    async def present(request: Request) -> Response:
        request.state.route = "/care/presence"
        require_json(request.headers)
        who = await site.caller(request)
        require_staff(who)
        body = await read_body(request, FORM_LIMIT)
        code = _code(read(body))
        facility = who.facility or ""
        if seconds := site.code_rates.wait_s(facility):
            raise _too_often(seconds)

        def work(note: pipeline.Note) -> pipeline.Done:
            return _done(presence(site.hub, who, code, lambda tx, answer: note(tx, _done(answer))))

        done = await told(site, request, who, body, work)
        site.code_rates.give_back(facility)
        return Response(done.told, media_type="application/json")

    return router


def _done(answer: dict[str, str]) -> pipeline.Done:
    return pipeline.Done(told=write(answer))


def _code(body: Any) -> str:
    code = body.get("code") if isinstance(body, dict) else None
    if not isinstance(code, str):
        raise HubError(Category.INCORRECT, Issue("HUB-5102"))
    return code


def _too_often(seconds: int) -> HubError:
    return HubError(Category.BUSY, Issue("HUB-5103", args={"seconds": str(seconds)}))
