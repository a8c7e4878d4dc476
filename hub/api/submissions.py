"""Submitting a file or rows to an adapter, the receipt, and the sender's own file back with what is wrong in it."""

from typing import Any, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub import pipeline
from hub.api.body import BUNDLE_LIMIT, read_body
from hub.api.once import PARAMETER, once
from hub.api.site import Site, lang_of, require_scope, require_staff
from hub.api.upload import upload_of
from hub.fhir.json import write
from hub.model import Principal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE = {"type": "string", "format": "binary"}
_OPENAPI: dict[str, Any] = {
    "parameters": [PARAMETER],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}},
            },
            "text/csv": {"schema": _FILE},
            XLSX: {"schema": _FILE},
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
        },
    },
    "security": [{"bearer": []}],
}

_READ: dict[str, Any] = {"security": [{"bearer": []}]}


def submission_routes(site: Site) -> APIRouter:
    """The routes of facilities that send."""
    router = APIRouter(prefix="/submissions")

    @router.post("/{adapter}", summary="Submit a file or rows", openapi_extra=_OPENAPI, response_class=JSONResponse)
    async def submit(request: Request, adapter: str, mode: Literal["check", "store"] = "store") -> Response:
        request.state.route = "/submissions/{adapter}"
        who = await site.caller(request)
        require_staff(who)
        require_scope(who, "*", "create")
        require_scope(who, "*", "update")
        body, lang = await read_body(request, BUNDLE_LIMIT), lang_of(request)

        def work(key: pipeline.Once | None) -> dict[str, Any]:
            def take_in() -> pipeline.Receipt:
                upload = upload_of(request.headers, body)
                taken = pipeline.submit(site.hub, who, adapter, upload.data, upload.filename, mode)
                if key is not None and mode == "store":
                    pipeline.remember(site.hub, key, [pipeline.Done("submission", taken.id)])
                return taken

            def again(done: list[pipeline.Done]) -> pipeline.Receipt:
                return pipeline.receipt(site.hub, who, done[0].id)

            return dict(pipeline.once_only(site.hub, key, take_in, again).to_dict(lang))

        receipt = await once(site, request, who, body, work)
        headers = {"Location": f"{site.hub.config.base_url}/submissions/{receipt['id']}"} if mode == "store" else {}
        return _json(receipt, headers)

    @router.get(
        "/{submission}", summary="The receipt of a submission", openapi_extra=_READ, response_class=JSONResponse
    )
    async def receipt(request: Request, submission: str) -> Response:
        request.state.route = "/submissions/{submission}"
        lang = lang_of(request)

        def work(who: Principal) -> dict[str, Any]:
            require_staff(who)
            return dict(pipeline.receipt(site.hub, who, submission).to_dict(lang))

        return _json(await site.serve(request, work), {})

    @router.get(
        "/{submission}/errors.xlsx",
        summary="The sender's file with its errors",
        openapi_extra=_READ,
        response_class=Response,
        responses={200: {"content": {XLSX: {"schema": _FILE}}}},
    )
    async def errors(request: Request, submission: str) -> Response:
        request.state.route = "/submissions/{submission}/errors.xlsx"
        lang = lang_of(request)

        def work(who: Principal) -> bytes:
            require_staff(who)
            return pipeline.errors_file(site.hub, who, submission, lang)

        headers = {"Content-Disposition": 'attachment; filename="errors.xlsx"'}
        return Response(await site.serve(request, work), headers=headers, media_type=XLSX)

    return router


def _json(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(write(body), headers=headers, media_type="application/json")
