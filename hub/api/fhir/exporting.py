"""Bulk Data: kick-off, status, files, cancelling. https://hl7.org/fhir/uv/bulkdata/STU2/export.html"""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hub import pipeline
from hub.access.exporting import Order, Progress, call_off, order_export, progress_of
from hub.access.shipping import ship
from hub.api.body import FORM_LIMIT, read_body
from hub.api.fhir.address import id_of
from hub.api.fhir.query import Pairs, query_of
from hub.api.media import is_lenient, require_json
from hub.api.once import told
from hub.api.site import Site, bearer, json_object
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import RESOURCE_TYPES, instant_range
from hub.fhir.json import read
from hub.model import Issue, Principal

NDJSON = "application/fhir+ndjson"
_FORMATS = (NDJSON, "application/ndjson", "ndjson")
_NAMES = ("_outputFormat", "_since", "_type", "_typeFilter", "patient")
_TYPES = frozenset(RESOURCE_TYPES)
_DEFINITION = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/"
OPERATIONS = (
    ("system", "", "export", f"{_DEFINITION}export", "of_system"),
    ("type", "Patient", "export", f"{_DEFINITION}patient-export", "of_patients"),
    ("instance", "Group", "export", f"{_DEFINITION}group-export", "of_group"),
)


class Exporting:
    """The handlers of bulk export."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def of_system(self, request: Request) -> Response:
        """GET, POST /fhir/$export: everything the facility authored."""
        return await self._order(request, None, is_of_patients=False)

    async def of_patients(self, request: Request) -> Response:
        """GET, POST /fhir/Patient/$export: the records of the facility's patients; by POST of those named."""
        return await self._order(request, None, is_of_patients=True)

    async def of_group(self, request: Request) -> Response:
        """GET, POST /fhir/Group/{id}/$export: what is open of the members."""
        return await self._order(request, id_of(request), is_of_patients=True)

    async def status(self, request: Request) -> Response:
        """GET /fhir/$export-status/{job}: 202 while it runs, 200 with the manifest, 500 when it failed."""
        job = request.path_params["job"]
        found = await self.site.serve(request, lambda who: progress_of(self.site.hub, who, job))
        if found.state in ("waiting", "running"):
            shown = found.progress or "waiting"
            return Response(status_code=202, headers={"X-Progress": shown[:100], "Retry-After": "5"})
        if found.state == "failed":
            raise HubError(Category.FAULT, Issue("HUB-4458", severity="fatal"))
        return Response(msgspec.json.encode(self._manifest(job, found)), media_type="application/json")

    async def cancel(self, request: Request) -> Response:
        """DELETE /fhir/$export-status/{job}"""
        job = request.path_params["job"]
        await self.site.serve(request, lambda who: call_off(self.site.hub, who, job))
        return Response(status_code=202)

    async def file(self, request: Request) -> Response:
        """GET /fhir/$export-file/{job}/{number}: NDJSON, sent a slice at a time."""
        job, number = request.path_params["job"], request.path_params["number"]
        place = int(number) if number.isascii() and number.isdecimal() and len(number) < 8 else -1

        def begin(who: Principal) -> tuple[Iterator[bytes], bytes]:
            slices = ship(self.site.hub, who, job, place)
            return slices, next(slices, b"")

        slices, first = await self.site.serve(request, begin)
        return StreamingResponse(self._rest(slices, first), media_type=NDJSON)

    async def _rest(self, slices: Iterator[bytes], first: bytes) -> AsyncIterator[bytes]:
        part: bytes | None = first
        while part is not None:
            if part:
                yield part
            part = await self.site.run(lambda: next(slices, None))

    async def _order(self, request: Request, group: str | None, *, is_of_patients: bool) -> Response:
        bearer(request)
        pairs = query_of(request)
        if "respond-async" not in request.headers.get("prefer", ""):
            raise HubError(Category.INCORRECT, Issue("HUB-4457"))
        body = await read_body(request, FORM_LIMIT) if request.method == "POST" else b""
        if body:
            require_json(request.headers)
            pairs += _sent(body)
        wanted = order(pairs, is_lenient=is_lenient(request.headers), is_of_patients=is_of_patients)
        address = f"{self.site.hub.config.base_url}{request.url.path}"
        shown = urlencode([(name, value) for name, value in pairs if name != "patient"])
        wanted = msgspec.structs.replace(wanted, request=address + (f"?{shown}" if shown else ""))

        who = await self.site.caller(request)

        def work(note: pipeline.Note) -> pipeline.Done:
            id_ = order_export(self.site.hub, who, wanted, group, lambda tx, id_: note(tx, _done(id_)))
            return _done(id_)

        job = (await told(self.site, request, who, body, work)).id
        return Response(status_code=202, headers={"Content-Location": f"{self.site.fhir_base}/$export-status/{job}"})

    def _manifest(self, job: str, found: Progress) -> dict[str, Any]:
        lists: dict[str, list[dict[str, Any]]] = {"output": [], "deleted": [], "error": []}
        for file in found.files:
            url = f"{self.site.fhir_base}/$export-file/{job}/{file.number}"
            lists[file.kind].append({"type": file.type, "url": url, "count": file.lines})
        return {
            "transactionTime": instant(found.started_ms),
            "request": found.request,
            "requiresAccessToken": True,
            **lists,
        }


def order(pairs: Pairs, *, is_lenient: bool, is_of_patients: bool) -> Order:
    """The parameters as an order. INCORRECT for what is unknown or can't be read, unless `is_lenient`: then unknown
    names and types are passed over and stand in the error file."""
    types: list[str] = []
    filters: list[tuple[str, str]] = []
    patients: list[str] = []
    skipped: list[str] = []
    since = 0
    for name, value in pairs:
        try:
            if name == "_outputFormat" and value.replace(" ", "+") in _FORMATS:
                continue
            if name == "_since":
                since = instant_range(value).first
            elif name == "_type":
                for each in filter(None, value.split(",")):
                    (types if each in _TYPES else skipped).append(each[:40])
                if (skipped and not is_lenient) or not value.strip(","):
                    raise _unfit(name)
            elif name == "_typeFilter":
                filters += [_filter(each) for each in value.split(",")]
            elif name == "patient" and is_of_patients and value.startswith("Patient/"):
                patients.append(value.partition("/")[2])
            elif name not in _NAMES and is_lenient:
                skipped.append("?")
            else:
                raise _unfit(name)
        except (ValueError, OverflowError):
            raise _unfit(name) from None
    return Order(
        types=tuple(dict.fromkeys(types)),
        since_ms=since,
        filters=tuple(filters),
        patients=tuple(dict.fromkeys(patients)) or None,
        is_of_patients=is_of_patients,
        skipped=tuple(dict.fromkeys(skipped)),
    )


def _filter(text: str) -> tuple[str, str]:
    type_, mark, query = text.partition("?")
    if type_ not in _TYPES or not mark or not query:
        raise _unfit("_typeFilter")
    return type_, query


def _done(job: str) -> pipeline.Done:
    return pipeline.Done(id=job, outcome="ordered")


def _sent(body: bytes) -> Pairs:
    """The parameters of a POST: a Parameters resource whose values are strings, instants, uris or references."""
    listed = json_object(read(body)).get("parameter", [])
    found: Pairs = []
    for each in listed if isinstance(listed, list) else ():
        name = each.get("name") if isinstance(each, dict) else None
        values = [value for key, value in each.items() if key.startswith("value")] if isinstance(name, str) else []
        value = values[0] if len(values) == 1 else None
        if isinstance(value, dict):
            value = value.get("reference")
        if not isinstance(name, str) or not isinstance(value, str):
            raise _unfit(str(name))
        found.append((name, value))
    return found


def _unfit(name: str) -> HubError:
    shown = name if name in _NAMES else "?"
    return HubError(Category.INCORRECT, Issue("HUB-4459", args={"name": shown, "supported": ", ".join(_NAMES)}))
