"""A facility's waiting rows over HTTP: list, one, correct, give up, replay. Another facility's are absent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub import pipeline
from hub.api.body import FORM_LIMIT, read_body
from hub.api.media import require_json
from hub.api.once import PARAMETER, told
from hub.api.site import Site, json_object, lang_of, require_scope, require_staff
from hub.clock import instant
from hub.errors import Category, HubError, fix, text
from hub.fhir.json import read, write
from hub.model import Issue, Principal

MOST, USUAL = 200, 50
_CELLS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
_SECURE: dict[str, Any] = {"security": [{"bearer": []}]}


def _body(schema: Mapping[str, Any], *, is_required: bool = True) -> dict[str, Any]:
    sent = {"required": is_required, "content": {"application/json": {"schema": schema}}}
    return _SECURE | {"parameters": [PARAMETER], "requestBody": sent}


def quarantine_routes(site: Site) -> APIRouter:
    """The routes of facilities that mend what was refused."""
    router = APIRouter(prefix="/quarantine")

    @router.get("", summary="Rows that wait", openapi_extra=_SECURE, response_class=JSONResponse)
    async def listed(request: Request, code: str | None = None, count: int = USUAL, after: str = "") -> Response:
        request.state.route = "/quarantine"
        who, lang = await _reader(site, request), lang_of(request)

        def work() -> dict[str, Any]:
            if not 1 <= count <= MOST:
                raise HubError(Category.INCORRECT, Issue("HUB-5819", args={"name": "count", "allowed": f"1–{MOST}"}))
            found = pipeline.waiting_rows(site.hub, who, code)
            start = next((number for number, row in enumerate(found, 1) if row.id == after), 0)
            page = found[start : start + count]
            answer = {"total": len(found), "rows": [_shown(row, lang) for row in page]}
            return answer | ({"next_after": page[-1].id} if start + count < len(found) else {})

        return _json(await site.run(work))

    @router.post(
        "/replay",
        summary="Send waiting rows again",
        openapi_extra=_body({"type": "object", "properties": {"code": {"type": "string"}}}, is_required=False),
        response_class=JSONResponse,
    )
    async def replay(request: Request) -> Response:
        request.state.route = "/quarantine/replay"
        who, (raw, body) = await _writer(site, request), await _object(request)
        code = _text(body, "code", is_required=False)

        def work(_: pipeline.Note) -> pipeline.Done:
            return pipeline.Done(told=write(pipeline.replay_rows(site.hub, who, code)._asdict()))

        return _sent((await told(site, request, who, raw, work)).told)

    @router.get("/{row}", summary="One waiting row", openapi_extra=_SECURE, response_class=JSONResponse)
    async def one(request: Request, row: str) -> Response:
        request.state.route = "/quarantine/{row}"
        who, lang = await _reader(site, request), lang_of(request)

        def work() -> dict[str, Any]:
            found = pipeline.waiting_row(site.hub, who, row)
            return _shown(found, lang) | {"cells": dict(found.cells), "sent": dict(found.sent)}

        return _json(await site.run(work))

    @router.post(
        "/{row}", summary="Correct cells of a row and send it", openapi_extra=_body(_CELLS), response_class=JSONResponse
    )
    async def repair(request: Request, row: str) -> Response:
        request.state.route = "/quarantine/{row}"
        who, lang, (raw, body) = await _writer(site, request), lang_of(request), await _object(request)
        if not all(isinstance(value, str) for value in body.values()):
            raise HubError(Category.INCORRECT, Issue("HUB-5817"))

        def work(_: pipeline.Note) -> pipeline.Done:
            done = pipeline.repair(site.hub, who, row, body)
            return pipeline.Done(outcome=done.state, issues=tuple(replace(issue, value=None) for issue in done.issues))

        done = await told(site, request, who, raw, work)
        return _json({"id": row, "state": done.outcome, "issues": [_issue(issue, lang) for issue in done.issues]})

    @router.post(
        "/{row}/discard",
        summary="Give a row up",
        openapi_extra=_body({"type": "object", "required": ["reason"], "properties": {"reason": {"type": "string"}}}),
        response_class=JSONResponse,
    )
    async def discard(request: Request, row: str) -> Response:
        request.state.route = "/quarantine/{row}/discard"
        who, (raw, body) = await _writer(site, request), await _object(request)
        reason = _text(body, "reason", is_required=True) or ""

        def work(_: pipeline.Note) -> pipeline.Done:
            pipeline.discard(site.hub, who, row, reason)
            return pipeline.Done(told=write({"id": row, "state": "discarded"}))

        return _sent((await told(site, request, who, raw, work)).told)

    return router


async def _reader(site: Site, request: Request) -> Principal:
    """A facility's caller that may read: a client that only writes is not shown what it once sent."""
    who = await site.caller(request)
    require_staff(who)
    require_scope(who, "*", "read")
    return who


async def _writer(site: Site, request: Request) -> Principal:
    who = await site.caller(request)
    require_staff(who)
    require_scope(who, "*", "create")
    require_scope(who, "*", "update")
    return who


async def _object(request: Request) -> tuple[bytes, dict[str, Any]]:
    """The body as it came, and what it says."""
    body = await read_body(request, FORM_LIMIT)
    if not body:
        return body, {}
    require_json(request.headers)
    return body, json_object(read(body))


def _text(body: Mapping[str, Any], name: str, *, is_required: bool) -> str | None:
    value = body.get(name)
    if value is None and not is_required:
        return None
    if not isinstance(value, str):
        raise HubError(Category.INCORRECT, Issue("HUB-5819", args={"name": name, "allowed": '"…"'}))
    return value


def _shown(row: pipeline.WaitingRow, lang: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": row.id,
        "submission": row.submission,
        "file": row.file,
        "row": row.row,
        "adapter": row.adapter,
        "state": row.state,
        "since": instant(row.since_ms),
        "codes": list(row.codes),
        "columns": list(row.columns),
        "issues": [_issue(issue, lang) | {"value": issue.value} for issue in row.issues],
    }
    if row.closed_ms is not None:
        found["closed"] = instant(row.closed_ms)
    return found | ({"reason": row.reason} if row.reason else {})


def _issue(issue: Issue, lang: str) -> dict[str, Any]:
    return {
        "code": issue.code,
        "column": issue.column,
        "path": issue.path,
        "text": text(issue, lang),
        "fix": fix(issue, lang),
    }


def _json(body: dict[str, Any]) -> Response:
    return _sent(write(body))


def _sent(body: bytes) -> Response:
    return Response(body, media_type="application/json")
