"""The query of an address or form as pairs: one interpretation, bounded, and no NIK in an address."""

import re
from typing import NamedTuple, cast
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request

from hub.access import Form
from hub.api.media import require_json_answer
from hub.errors import Category, HubError
from hub.fhir import instant_range, systems
from hub.fhir.trimming import Summary
from hub.model import Issue

Pairs = list[tuple[str, str]]
MAX_PARAMETERS = 40
MOST_ELEMENTS = 50
_COUNT, _MOST = 20, 200
_SUMMARIES = ("true", "text", "data", "false")
_ELEMENT = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,79}")
_OF_HISTORY = ("_since", "_count", "_summary", "_elements", "_format", "_pretty")
_WHOLE = Form()
_SIXTEEN = re.compile(r"(?:^|[|,])\|?[0-9]{16}(?:$|,)")


def query_of(request: Request) -> Pairs:
    """The parameters of the address, without `_format` and `_pretty`, which are settled here.

    INCORRECT for what is no query, for more than 40 parameters, and for a NIK; NOT_ACCEPTABLE for another format.
    """
    return settle_format(request, _without_nik(pairs_of(request.scope["query_string"])))


def plain_pairs(query: str) -> Pairs:
    """The same for the address of a Bundle's entry, whose form is the Bundle's."""
    found = _without_nik(pairs_of(query.encode("utf-8")))
    return [(name, value) for name, value in found if name not in ("_format", "_pretty")]


def _without_nik(pairs: Pairs) -> Pairs:
    if any(names_nik(value) for _, value in pairs):
        raise HubError(Category.INCORRECT, Issue("HUB-4102"))
    return pairs


def condition_of(request: Request) -> str:
    """The condition in the address of a conditional update or delete, form-encoded anew. PRECONDITION without one: a
    type as a whole is never meant."""
    pairs = query_of(request)
    if not pairs:
        raise HubError(Category.PRECONDITION, Issue("HUB-3313"))
    return urlencode(pairs, quote_via=quote)


class PastAsked(NamedTuple):
    """What a history is asked for; `page` is where an earlier answer said to go on."""

    since_ms: int
    most: int
    form: Form
    page: str | None
    query: str


def form_of(pairs: Pairs) -> Form:
    """`_summary` and `_elements` of a read or history. INCORRECT for what is neither, and for `count`, which is a
    search's. https://www.hl7.org/fhir/R4/http.html#parameters"""
    if not pairs:
        return _WHOLE
    summary: Summary = "false"
    elements: tuple[str, ...] = ()
    for name, value in pairs:
        if name == "_summary":
            if value not in _SUMMARIES:
                raise _unfit(name, " / ".join(_SUMMARIES))
            summary = cast("Summary", value)
        elif name == "_elements":
            elements = tuple(part.strip() for part in value.split(","))
            if len(elements) > MOST_ELEMENTS or not all(map(_ELEMENT.fullmatch, elements)):
                raise _unfit(name, f"id,name,… ≤ {MOST_ELEMENTS}")
    return Form(summary, elements)


def history_of(pairs: Pairs, *, is_lenient: bool, is_instance: bool = False) -> PastAsked:
    """The parameters of a history. INCORRECT for unknown ones (unless lenient) and bad values."""
    since_ms, count, page = 0, _COUNT, None
    for name, value in pairs:
        if name == "_since":
            try:
                since_ms = instant_range(value).first
            except (ValueError, OverflowError):
                raise _unfit(name, "2026-11-22T08:00:00+08:00") from None
        elif name == "_count":
            is_large = len(value) > 9 and value.isascii() and value.isdecimal()
            count = _MOST if is_large else min(_whole(name, value), _MOST)
        elif name == "_page":
            page = str(_whole(name, value)) if is_instance else value
        elif name not in ("_summary", "_elements") and not is_lenient:
            raise HubError(Category.INCORRECT, Issue("HUB-5824", args={"names": ", ".join(_OF_HISTORY)}))
    understood = [(name, value) for name, value in pairs if name in _OF_HISTORY]
    return PastAsked(since_ms, count, form_of(pairs), page, urlencode(understood, quote_via=quote))


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


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
        raise _unfit(name, "1, 2, 3…")
    return int(text)


def _unfit(name: str, allowed: str) -> HubError:
    return HubError(Category.INCORRECT, Issue("HUB-5819", args={"name": name, "allowed": allowed}))


def count_niks(pairs: Pairs) -> int:
    """How many NIKs a search names, alternatives counted."""
    return sum(names_nik(part.strip()) for _, value in pairs for part in value.split(","))


def names_nik(value: str) -> bool:
    """Whether a value is about a NIK: its system, or 16 digits under any (some clinics use the NIK as MRN)."""
    return systems.NIK in value or _SIXTEEN.search(value) is not None
