"""The query of an address or form as pairs: one interpretation, bounded, and no NIK in an address."""

import re
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request

from hub.api.media import require_json_answer
from hub.errors import Category, HubError
from hub.fhir import systems
from hub.model import Issue

Pairs = list[tuple[str, str]]
MAX_PARAMETERS = 40
_SIXTEEN = re.compile(r"(?:^|[|,])\|?[0-9]{16}(?:$|,)")


def query_of(request: Request) -> Pairs:
    """The parameters of the address, without `_format` and `_pretty`, which are settled here.

    INCORRECT for what is no query, for more than 40 parameters, and for a NIK; NOT_ACCEPTABLE for another format.
    """
    pairs = pairs_of(request.scope["query_string"])
    if any(names_nik(value) for _, value in pairs):
        raise HubError(Category.INCORRECT, Issue("HUB-4102"))
    return settle_format(request, pairs)


def condition_of(request: Request) -> str:
    """The condition in the address of a conditional update or delete, form-encoded anew. PRECONDITION without one: a
    type as a whole is never meant."""
    pairs = query_of(request)
    if not pairs:
        raise HubError(Category.PRECONDITION, Issue("HUB-3313"))
    return urlencode(pairs, quote_via=quote)


def settle_format(request: Request, pairs: Pairs) -> Pairs:
    """Take `_format` and `_pretty` out, refusing formats we do not answer in."""
    formats = [value for name, value in pairs if name == "_format"]
    require_json_answer(request.headers, formats[0] if formats else None)
    return [(name, value) for name, value in pairs if name not in ("_format", "_pretty")]


def pairs_of(data: bytes) -> Pairs:
    """Form-encoded UTF-8 text as pairs, in order; only "&" separates. INCORRECT otherwise."""
    try:
        return parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        args = {"name": "?", "allowed": f"name=value&…, UTF-8, ≤ {MAX_PARAMETERS}"}
        raise HubError(Category.INCORRECT, Issue("HUB-5819", args=args)) from None


def names_nik(value: str) -> bool:
    """Whether a value is about a NIK: its system, or 16 digits under any (some clinics use the NIK as MRN)."""
    return systems.NIK in value or _SIXTEEN.search(value) is not None
