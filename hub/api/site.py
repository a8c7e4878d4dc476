"""What every handler of one application needs, and how a caller is known: by the bearer token of its header, only."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub import access, pipeline
from hub.admission import principals, unauthenticated
from hub.api.errors import language
from hub.api.lanes import lane
from hub.api.rates import Rates
from hub.api.threads import Threads
from hub.api.together import Together
from hub.auth import Interaction, allows
from hub.errors import Category, HubError
from hub.fhir.json import read
from hub.model import Issue, Principal
from hub.parts import Hub

T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]
SAVED = 10
"""Minutes for which a client's NIKs are saved up."""
PERSONS = 20
"""Of the NIKs a client system may ask for a person gets this part."""
_STAFF = frozenset({"clinic-client", "clinician"})


class Ask(NamedTuple):
    """A FHIR read by id, and the token it came with."""

    token: str
    type: str
    id: str


class Sent(NamedTuple):
    """A write of one resource by id, from a caller that is known and may: the body of a create (no id) or an update,
    none to delete; `expected` is the version of If-Match."""

    who: Principal
    type: str
    id: str
    body: bytes | None
    expected: int | None


@dataclass(slots=True)
class Site:
    """One running application: the hub, its worker threads, the buckets of `/oauth2/token`, wrong codes and NIKs asked
    for, and the requests with an Idempotency-Key that are being worked on (hub.api.once)."""

    hub: Hub
    token_rates: Rates
    code_rates: Rates
    threads: Threads = field(default_factory=Threads)
    flights: set[bytes] = field(default_factory=set)
    nik_rates: Rates = field(init=False)
    _reads: Together[tuple[Ask, str], access.Answer] = field(init=False)
    _callers: Together[str, Principal] = field(init=False)
    _writes: Together[Sent, pipeline.Outcome] = field(init=False)

    def __post_init__(self) -> None:
        per_minute = self.hub.config.nik_rate_per_min
        self.nik_rates = Rates(per_minute, self.hub.clock, holds=SAVED * per_minute)
        self._reads = Together(self.threads, self._answers)
        self._callers = Together(self.threads, self._authenticated)
        self._writes = Together(self.threads, self._written)

    @property
    def fhir_base(self) -> str:
        """The FHIR base URL, without a slash at the end."""
        return self.hub.config.base_url + "/fhir"

    async def caller(self, request: Request) -> Principal:
        """Who is calling. UNAUTHENTICATED without a valid token; one outside the header is not looked at."""
        token = bearer(request)
        who = await self._callers.run(token, token)
        lane.set(who.subject)
        return replace(who, request_id=request_id(request.scope))

    async def serve(self, request: Request, work: Callable[[Principal], T]) -> T:
        """Run sync work for the caller in a worker thread."""
        who = await self.caller(request)
        return await self.threads.run(partial(work, who))

    async def run(self, work: Callable[[], T]) -> T:
        """Run sync work in a worker thread."""
        return await self.threads.run(work)

    def count_niks(self, who: Principal, count: int) -> None:
        """Before a client asks by so many NIKs: who has a list of numbers must not find out whose they are. BUSY when
        there were too many lately."""
        limit = self.hub.config.nik_rate_per_min
        cost = min(count * (PERSONS if who.person is not None else 1), SAVED * limit)
        if cost and (seconds := self.nik_rates.wait_s(who.facility or "", who.subject, cost=cost)):
            args = {"limit": str(limit), "seconds": str(seconds)}
            raise HubError(Category.BUSY, Issue("HUB-5834", args=args))

    async def read(self, ask: Ask, request_id: str) -> access.Answer:
        """FHIR read, done together with those that arrive at the same time. Raises as `caller`, `require_scope` and
        `access.read` do."""
        return await self._reads.run((ask, request_id), ask.token)

    async def write(self, sent: Sent) -> pipeline.Written:
        """Create or update, done together with what arrives at the same time. Raises as `pipeline.create` does."""
        found = await self._writes.run(sent, sent.who.subject)
        assert isinstance(found, pipeline.Written)
        return found

    async def delete(self, sent: Sent) -> pipeline.Deletion:
        """Delete, likewise."""
        found = await self._writes.run(sent, sent.who.subject)
        assert isinstance(found, pipeline.Deletion)
        return found

    def _written(self, sent: Sequence[Sent]) -> list[pipeline.Outcome]:
        """What becomes of each."""
        found: dict[int, pipeline.Outcome] = {}
        writes: dict[int, pipeline.Write] = {}
        for place, each in enumerate(sent):
            try:
                resource = None if each.body is None else resource_of(each.body, each.type)
            except HubError as error:
                found[place] = error
            else:
                writes[place] = pipeline.Write(each.who, each.type, each.id, resource, each.expected)
        found.update(zip(writes, pipeline.write_many(self.hub, list(writes.values())), strict=True))
        return [found[place] for place in range(len(sent))]

    def _authenticated(self, tokens: Sequence[str]) -> list[Principal | Exception]:
        """To each token who it speaks for, or the refusal."""
        people = principals(self.hub, set(tokens))
        return [people.get(token) or unauthenticated() for token in tokens]

    def _answers(self, asks: Sequence[tuple[Ask, str]]) -> list[access.Answer | Exception]:
        """To each ask its own answer, or why not."""
        people = principals(self.hub, {ask.token for ask, _ in asks})
        found: list[access.Answer | Exception] = [unauthenticated() for _ in asks]
        looks: dict[int, access.Look] = {}
        for place, (ask, request_id) in enumerate(asks):
            if (who := people.get(ask.token)) is None:
                continue
            if allows(who.scopes, ask.type, "read"):
                looks[place] = access.Look(who, ask.type, ask.id, request_id)
            else:
                found[place] = HubError(Category.FORBIDDEN, scope_issue(ask.type, "read"))
        for place, each in zip(looks, access.read_many(self.hub, list(looks.values())), strict=True):
            found[place] = each
        return found


def bearer(request: Request) -> str:
    """The token of `Authorization: Bearer …`."""
    values = request.headers.getlist("authorization")
    scheme, _, token = values[0].partition(" ") if len(values) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise HubError(Category.UNAUTHENTICATED, Issue("HUB-5001"))
    return token.strip()


def require_scope(who: Principal, type_: str, interaction: Interaction) -> None:
    """FORBIDDEN unless the token's scopes cover the interaction on the type ("*" = on all types at once)."""
    if not allows(who.scopes, type_, interaction):
        raise HubError(Category.FORBIDDEN, scope_issue(type_, interaction))


def scope_issue(type_: str, interaction: Interaction, path: str = "") -> Issue:
    """The issue of a scope that is missing."""
    letter = {"create": "c", "update": "u", "search": "s", "delete": "d"}.get(interaction, "r")
    args = {"interaction": interaction, "type": type_, "scope": f"system/{type_}.{letter}"}
    return Issue("HUB-5003", path, args=args)


def require_staff(who: Principal) -> None:
    """FORBIDDEN unless the caller is a facility's client system or clinician."""
    if who.role not in _STAFF or who.facility is None:
        raise HubError(Category.FORBIDDEN, Issue("HUB-5004"))


def request_id(scope: Scope) -> str:
    """The id `Edge` gave the request."""
    found: str = scope["state"]["request_id"]
    return found


class Methods:
    """One address, a handler per HTTP method: another method is 405 with the full Allow list, without any it is 404.
    OPTIONS is answered with that list; HEAD arrives as GET (hub.api.shaping)."""

    def __init__(self, pattern: str, **handlers: Handler) -> None:
        self.pattern, self.handlers = pattern, handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["route"] = self.pattern
        response = await self.handler(scope)(Request(scope, receive))
        await response(scope, receive, send)

    def handler(self, scope: Scope) -> Handler:
        """The handler of the request's method."""
        if not self.handlers:
            raise HubError(Category.NOT_FOUND, Issue("HUB-5801"))
        found = self.handlers.get(scope["method"])
        if found is not None:
            return found
        if scope["method"] == "OPTIONS":
            return self._options
        raise not_allowed(scope["method"], self._allowed)

    @property
    def _allowed(self) -> str:
        return ", ".join([*self.handlers, *(["HEAD"] if "GET" in self.handlers else []), "OPTIONS"])

    async def _options(self, _request: Request) -> Response:
        return Response(status_code=204, headers={"Allow": self._allowed})


def not_allowed(method: str, allowed: str) -> HubError:
    """The refusal of a method, naming those there are."""
    shown = method if method.isalpha() and len(method) < 12 else "?"
    return HubError(Category.NOT_ALLOWED, Issue("HUB-5802", args={"method": shown, "allowed": allowed}))


def lang_of(request: Request) -> str:
    """The language of an answer: "id" or "en"."""
    return language(request.headers)


def resource_of(body: bytes, type_: str) -> dict[str, Any]:
    """A body that must be a resource of this type."""
    resource = json_object(read(body))
    if resource.get("resourceType") != type_:
        raise HubError(Category.INCORRECT, Issue("HUB-3111", "resourceType", args={"expected": type_}))
    return resource


def json_object(value: Any) -> dict[str, Any]:
    """A parsed body that must be an object."""
    if not isinstance(value, dict):
        raise HubError(Category.INCORRECT, Issue("HUB-5817"))
    return value
