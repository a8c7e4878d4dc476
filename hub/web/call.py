"""One request for a page, as the pages see it: no Starlette type reaches a page function."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.errors import Category, HubError
from hub.model import Issue, Principal

Lang = Literal["id", "en"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent with a form, held in memory only."""

    filename: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """The request: path arguments, query, form fields (CSRF already checked), who asks, in which language.

    `pairs` is the query with what it names more than once. `secret` is the value the CSRF token of this page's forms is
    derived from: the session cookie, or before sign-in a cookie of the sign-in page. `faults`: what is wrong with the
    form that was sent, by field ("" = all of it), when its page is shown again (hub.web.faults).
    """

    method: str
    path: str
    lang: Lang = "id"
    args: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    form: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    upload: Upload | None = None
    who: Principal | None = None
    secret: str = field(default="", repr=False)
    faults: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """The first value of a form field, "" when absent."""
        return next(iter(self.form.get(name, ())), "")

    def told(self, known: Collection[str]) -> str:
        """What the form before has just done (`pesan=`), one of the words known here; "" nothing."""
        said = self.query.get("pesan", "")
        return said if said in known else ""

    @property
    def mark(self) -> str:
        """The random mark of the form that was sent, the same when it is sent twice (hub.access.making)."""
        return self.value("tanda")

    @property
    def caller(self) -> Principal:
        """Who is signed in; pages that need a role are only called with one."""
        assert self.who is not None
        return self.who

    @property
    def own_facility(self) -> str:
        """The caller's own facility. FORBIDDEN (HUB-5905) without one."""
        if self.caller.facility is None:
            raise HubError(Category.FORBIDDEN, Issue("HUB-5905"))
        return self.caller.facility


def whole(text: str, digits: int) -> int:
    """A whole number as it was typed or stands in an address; 0 for anything else, and for more digits."""
    return int(text) if text.isdecimal() and len(text) <= digits else 0
