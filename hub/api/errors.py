"""The one table from a refusal's category to HTTP, and the one way an OperationOutcome is answered."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response

from hub.errors import Category, HubError
from hub.fhir import outcome
from hub.fhir.json import write
from hub.model import Issue

STATUS: Mapping[Category, int] = {
    Category.INCORRECT: 400,
    Category.UNAUTHENTICATED: 401,
    Category.FORBIDDEN: 403,
    Category.NOT_FOUND: 404,
    Category.NOT_ALLOWED: 405,
    Category.NOT_ACCEPTABLE: 406,
    Category.CONFLICT: 409,
    Category.GONE: 410,
    Category.PRECONDITION: 412,
    Category.TOO_LARGE: 413,
    Category.UNSUPPORTED_MEDIA: 415,
    Category.UNPROCESSABLE: 422,
    Category.BUSY: 429,
    Category.FAULT: 500,
    Category.UNAVAILABLE: 503,
}
FHIR_JSON = "application/fhir+json"


def status_line(category: Category) -> str:
    """A refusal's status as an entry of a batch response has it: "404 Not Found"."""
    status = HTTPStatus(STATUS[category])
    return f"{status.value} {status.phrase}"


def refusal(error: HubError, path: str, lang: str) -> Response:
    """A refusal as its HTTP answer, with the headers its status asks for."""
    status = STATUS[error.category]
    headers: dict[str, str] = {}
    first = error.issues[0] if error.issues else None
    if status == 401:
        detail = ', error="invalid_token"' if first is not None and first.code == "HUB-5002" else ""
        headers["WWW-Authenticate"] = f'Bearer realm="hub"{detail}'
    if status in (429, 503) or (status == 409 and first is not None and "seconds" in first.args):
        headers["Retry-After"] = first.args.get("seconds", "5") if first is not None else "5"
    if status == 405 and first is not None:
        headers["Allow"] = first.args.get("allowed", "")
    return answer(error.issues, path, lang, status, headers)


def answer(
    issues: Iterable[Issue], path: str, lang: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """An OperationOutcome: `application/fhir+json` below /fhir, plain JSON elsewhere, the same body."""
    media = FHIR_JSON if is_fhir(path) else "application/json"
    return Response(write(outcome(list(issues), lang)), status, dict(headers or {}), media)


def is_fhir(path: str) -> bool:
    """Whether an address belongs to the FHIR interface."""
    return path in ("/fhir", "/fhir-publik") or path.startswith(("/fhir/", "/fhir-publik/"))


def language(headers: Headers) -> str:
    """ "en" when Accept-Language prefers English to Indonesian, else "id"."""
    weights = {"id": 0.0, "en": 0.0}
    for part in headers.get("accept-language", "")[:200].split(","):
        name, _, quality = part.strip().partition(";q=")
        primary = name.lower().partition("-")[0]
        if primary in weights:
            weights[primary] = max(weights[primary], _weight(quality))
    return "en" if weights["en"] > weights["id"] else "id"


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
