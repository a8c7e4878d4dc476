"""GET /dinas/fhir: indicators and their released months as FHIR R4, in the health office's session."""

from starlette.responses import Response

from hub.access.measures import read, search
from hub.fhir import json
from hub.parts import Hub
from hub.web.call import Call

FHIR_JSON = "application/fhir+json"


def measures(hub: Hub, call: Call) -> Response:
    """GET /dinas/fhir/Measure"""
    return _answer(search(hub, call.caller, "Measure", _asked(call)))


def measure(hub: Hub, call: Call) -> Response:
    """GET /dinas/fhir/Measure/{id}"""
    return _answer(read(hub, call.caller, "Measure", call.args["id"]))


def reports(hub: Hub, call: Call) -> Response:
    """GET /dinas/fhir/MeasureReport"""
    return _answer(search(hub, call.caller, "MeasureReport", _asked(call)))


def report(hub: Hub, call: Call) -> Response:
    """GET /dinas/fhir/MeasureReport/{id}"""
    return _answer(read(hub, call.caller, "MeasureReport", call.args["id"]))


def _asked(call: Call) -> list[tuple[str, str]]:
    return [pair for pair in call.pairs if pair[0] not in ("lang", "_format")]


def _answer(resource: dict[str, object]) -> Response:
    return Response(json.write(resource), media_type=FHIR_JSON)
