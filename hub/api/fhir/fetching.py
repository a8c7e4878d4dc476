"""GET entries of a Bundle: the same answers as at the addresses themselves, by the same functions.

All of one Bundle may hold at most FETCHED bytes and SEARCHES searches: two thousand entries are easily asked for.
"""

from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.datastructures import Headers

from hub import access
from hub.api.fhir.address import COMPARTMENTS, known_type, version_headers
from hub.api.fhir.histories import past
from hub.api.fhir.query import Pairs, form_of, history_of, plain_pairs
from hub.api.fhir.reading import instance_history, shown
from hub.api.fhir.searching import found
from hub.api.media import is_unchanged
from hub.api.site import Site, require_scope
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import Answer, instant_range
from hub.model import Issue, Principal

FETCHED = 16 << 20
SEARCHES = 100


class Fetching:
    """What one Bundle reads."""

    def __init__(self, site: Site, who: Principal, lang: str, *, is_lenient: bool) -> None:
        self.site, self.who, self.lang, self.is_lenient = site, who, lang, is_lenient
        self.fetched = self.searches = 0

    def fetch(self, request: dict[str, Any]) -> Answer:
        """The answer to one entry's request (method GET or HEAD). HubError as its address would refuse it."""
        url = request.get("url")
        if not isinstance(url, str):
            raise _unsupported("?")
        address, _, query = url.removeprefix(self.site.fhir_base + "/").partition("?")
        answer = self._answer(tuple(map(unquote, address.split("/"))), plain_pairs(query), request)
        content: Any = answer.resource
        self.fetched += len(bytes(content)) if content is not None else 0
        if self.fetched > FETCHED:
            raise _too_much()
        return answer._replace(resource=None) if request.get("method") == "HEAD" else answer

    def _answer(self, place: tuple[str, ...], pairs: Pairs, request: dict[str, Any]) -> Answer:
        if any(part.startswith("$") for part in place):
            raise HubError(Category.INCORRECT, Issue("HUB-5831"))
        match place:
            case (type_, id_, "_history", version):
                return self._version(type_, id_, version, pairs, request)
            case (type_, id_, "_history"):
                self._allow(type_, "history-instance")
                asked = history_of(pairs, is_lenient=self.is_lenient, is_instance=True)
                return _whole(instance_history(self.site, self.who, type_, id_, asked))
            case ("_history",):
                return self._many(past(self.site, self.who, None, history_of(pairs, is_lenient=self.is_lenient)))
            case (type_, "_history"):
                known_type(type_)
                return self._many(past(self.site, self.who, type_, history_of(pairs, is_lenient=self.is_lenient)))
            case (kind, id_, type_) if kind in COMPARTMENTS:
                self._allow(type_, "search")
                return self._many(
                    found(self.site, self.who, type_, pairs, self.is_lenient, self.lang, compartment=(kind, id_))
                )
            case (type_, id_):
                return self._version(type_, id_, None, pairs, request)
            case ("",):
                raise HubError(Category.INCORRECT, Issue("HUB-5828"))
            case (type_,):
                self._allow(type_, "search")
                return self._many(found(self.site, self.who, type_, pairs, self.is_lenient, self.lang))
        raise _unsupported("/".join(place))

    def _version(self, type_: str, id_: str, version: str | None, pairs: Pairs, request: dict[str, Any]) -> Answer:
        form = form_of(pairs)
        if version is None:
            self._allow(type_, "read")
            resource = access.read(self.site.hub, self.who, type_, id_)
        else:
            self._allow(type_, "vread")
            number = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
            resource = access.vread(self.site.hub, self.who, type_, id_, number)
        etag, stamp = version_headers(resource.version, resource.updated_ms)["ETag"], instant(resource.updated_ms)
        if is_unchanged(_conditions(request), resource.version, resource.updated_ms):
            return Answer("304 Not Modified", None, etag, stamp)
        body: Any = msgspec.Raw(shown(resource.body, form))
        return Answer("200 OK", None, etag, stamp, resource=body, full_url=f"{self.site.fhir_base}/{type_}/{id_}")

    def _allow(self, type_: str, interaction: Any) -> None:
        known_type(type_)
        require_scope(self.who, type_, interaction)

    def _many(self, body: bytes) -> Answer:
        self.searches += 1
        if self.searches > SEARCHES:
            raise _too_much()
        return _whole(body)


def _whole(body: bytes) -> Answer:
    content: Any = msgspec.Raw(body)
    return Answer("200 OK", resource=content)


def _conditions(request: dict[str, Any]) -> Headers:
    """ifNoneMatch and ifModifiedSince as the headers they stand for (the latter is an instant here)."""
    given: dict[str, str] = {}
    if isinstance(tags := request.get("ifNoneMatch"), str):
        given["if-none-match"] = tags
    if isinstance(since := request.get("ifModifiedSince"), str):
        try:
            given["if-modified-since"] = formatdate(instant_range(since).first // 1000, usegmt=True)
        except (ValueError, OverflowError):
            args = {"header": "ifModifiedSince", "form": "2026-11-22T08:00:00+08:00"}
            raise HubError(Category.INCORRECT, Issue("HUB-5814", args=args)) from None
    return Headers(given)


def _unsupported(url: str) -> HubError:
    return HubError(Category.INCORRECT, Issue("HUB-3110", args={"method": "GET", "url": url[:40] or "?"}))


def _too_much() -> HubError:
    args = {"searches": str(SEARCHES), "size": f"{FETCHED >> 20} MiB"}
    return HubError(Category.UNPROCESSABLE, Issue("HUB-5832", args=args))
