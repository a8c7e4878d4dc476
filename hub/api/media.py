"""What a request says about its form: Content-Type, Accept, _format, Prefer, If-Match. Anything but JSON is refused."""

import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Literal

from starlette.datastructures import Headers

from hub.errors import Category, HubError
from hub.model import Issue
from hub.pipeline import NOTHING

Return = Literal["minimal", "representation", "OperationOutcome"]
_RETURNS: dict[str, Return] = {
    "minimal": "minimal",
    "representation": "representation",
    "OperationOutcome": "OperationOutcome",
}
JSON = ("application/fhir+json", "application/json")
PATCH = "application/json-patch+json"
_FORMATS = frozenset({"json", *JSON})
_ACCEPTED = frozenset({*JSON, "application/*", "*/*"})
_VERSIONS = ("", "4.0", "4.0.1")
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
_LONGEST = 300
_QUERY = re.compile(r"\??[^=&?]{1,60}=[^&]{1,300}(&[^=&]{1,60}=[^&]{1,300}){0,9}")


def require_json(headers: Headers, accepted: Sequence[str] = JSON) -> None:
    """UNSUPPORTED_MEDIA unless Content-Type is one of `accepted`, in UTF-8 and of FHIR 4.0."""
    media, _, parameters = headers.get("content-type", "").partition(";")
    charset, version = _parameter(parameters, "charset"), _parameter(parameters, "fhirversion")
    is_read = charset in ("", "utf-8", "utf8") and version in _VERSIONS
    if media.strip().lower() not in accepted or not is_read:
        raise HubError(Category.UNSUPPORTED_MEDIA, Issue("HUB-5803", args={"accepted": " / ".join(accepted)}))


def require_json_answer(headers: Headers, format_: str | None = None) -> None:
    """NOT_ACCEPTABLE when `_format`, or else Accept, leaves no room for FHIR 4.0 JSON."""
    if format_ is not None:
        # A literal "+" of an unencoded media type arrives as a blank.
        if format_.replace(" ", "+").partition(";")[0].lower() not in _FORMATS:
            raise HubError(Category.NOT_ACCEPTABLE, Issue("HUB-5804"))
        return
    accept = headers.get("accept")
    if accept and not any(map(_is_json_range, accept[:1000].split(","))):
        raise HubError(Category.NOT_ACCEPTABLE, Issue("HUB-5804"))


def preferred_return(headers: Headers) -> Return | None:
    """`Prefer: return=…`, None when nothing known is preferred. https://www.hl7.org/fhir/R4/http.html#ops"""
    return _RETURNS.get(_preference(headers, "return"))


def is_lenient(headers: Headers) -> bool:
    """`Prefer: handling=lenient`: unknown search parameters are ignored instead of refused."""
    return _preference(headers, "handling") == "lenient"


def if_match(headers: Headers) -> int | None:
    """The version of If-Match, None without the header. INCORRECT when it is no version of ours."""
    value = headers.get("if-match")
    if value is None:
        return None
    found = _ETAG.fullmatch(value.strip())
    if found is None:
        raise HubError(Category.INCORRECT, Issue("HUB-5814", args={"header": "If-Match", "form": 'W/"3"'}))
    return int(found[1])


def for_update(headers: Headers) -> int | None:
    """The version an update expects: that of If-Match, NOTHING for `If-None-Match: *`, None when the caller does not
    say. INCORRECT for another If-None-Match."""
    tags = headers.get("if-none-match")
    if tags is None:
        return if_match(headers)
    if tags.strip() != "*":
        raise HubError(Category.INCORRECT, Issue("HUB-5814", args={"header": "If-None-Match", "form": "*"}))
    return NOTHING


def is_unchanged(headers: Headers, version: int, updated_ms: int) -> bool:
    """Whether the caller already has this version: by If-None-Match or, only without it, by If-Modified-Since (to the
    second). A date that can't be read asks for nothing (RFC 9110, 13.1.3)."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return has_tag(tags, version)
    since = headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return updated_ms // 1000 <= parsedate_to_datetime(since[:60]).timestamp()
    except (ValueError, OverflowError):
        return False


def has_tag(tags: str, version: int) -> bool:
    """Whether a version is among the entity tags of an If-None-Match; `*` is any."""
    return tags.strip() == "*" or any(
        (found := _ETAG.fullmatch(tag.strip())) is not None and int(found[1]) == version
        for tag in tags[:500].split(",")
    )


def if_none_exist(headers: Headers) -> str | None:
    """The query of If-None-Exist, None without the header; what it asks for is judged where it is searched."""
    value = headers.get("if-none-exist")
    if value is None:
        return None
    if not _QUERY.fullmatch(value):
        form = f"identifier=system|value (≤ {_LONGEST})"
        raise HubError(Category.INCORRECT, Issue("HUB-5814", args={"header": "If-None-Exist", "form": form}))
    return value.removeprefix("?")


def _is_json_range(text: str) -> bool:
    media, _, parameters = text.partition(";")
    is_refused = _parameter(parameters, "q") in ("0", "0.0", "0.00", "0.000")
    version = _parameter(parameters, "fhirversion")
    return media.strip().lower() in _ACCEPTED and not is_refused and version in _VERSIONS


def _parameter(parameters: str, name: str) -> str:
    for part in parameters.split(";"):
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"').lower()
    return ""


def _preference(headers: Headers, name: str) -> str:
    for line in headers.getlist("prefer"):
        for part in re.split("[,;]", line[:200]):
            key, _, value = part.partition("=")
            if key.strip().lower() == name:
                return value.strip().strip('"')
    return ""
