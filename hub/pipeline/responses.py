"""The answers to the entries of a batch or transaction, and what the API lends for making them."""

from typing import Any, Literal, Protocol

import msgspec

from hub.auth import Interaction
from hub.clock import instant
from hub.errors import Category, HubError
from hub.fhir import Answer, outcome
from hub.model import Issue
from hub.pipeline.entries import Entry
from hub.pipeline.once import Done

CREATED, OK, GONE = "201 Created", "200 OK", "204 No Content"


class Door(Protocol):
    """What a Bundle needs that only the API knows. `wanted`: `Prefer: return=…`, None when nothing is preferred;
    `lang`: of the texts."""

    @property
    def wanted(self) -> Literal["minimal", "representation", "OperationOutcome"] | None:
        """How much of what was stored is answered."""

    @property
    def lang(self) -> str:
        """ "id" or "en"."""

    def status_line(self, category: Category) -> str:
        """The HTTP status line of a refusal: "404 Not Found"."""

    def require(self, type_: str, interaction: Interaction, path: str = "") -> None:
        """FORBIDDEN unless the caller's scopes cover it."""

    def require_conditions(self, entry: Entry) -> None:
        """FORBIDDEN unless they cover what the entry's conditions look through."""

    def fetch(self, request: dict[str, Any]) -> Answer:
        """The answer to a GET or HEAD entry."""


def answer(door: Door, done: Done, body: bytes = b"") -> Answer:
    """The answer to an entry that changed something (or found it unchanged, or was refused)."""
    if done.category is not None:
        return Answer(door.status_line(done.category), outcome=outcome(list(done.issues), door.lang))
    if done.outcome == "deleted":
        etag, stamp = (f'W/"{done.version}"', instant(done.updated_ms)) if done.version else (None, None)
        return Answer(GONE, None, etag, stamp)
    remarks: list[Issue] = list(done.issues)
    if not remarks and door.wanted == "OperationOutcome":
        remarks = [Issue("HUB-5821", severity="information")]
    return Answer(
        status=CREATED if done.outcome == "created" else OK,
        location=f"{done.type}/{done.id}/_history/{done.version}",
        etag=f'W/"{done.version}"',
        last_modified=instant(done.updated_ms),
        outcome=outcome(remarks, door.lang) if remarks else None,
        resource=msgspec.Raw(body) if body else None,  # type: ignore[arg-type]
    )


def may_show(door: Door, done: Done) -> bool:
    """Whether the stored resource is answered: it is preferred, and what was found but not sent may be read."""
    if door.wanted != "representation" or done.outcome == "deleted" or done.category is not None:
        return False
    try:
        door.require(done.type, "read")
    except HubError:
        return done.outcome in ("created", "corrected")
    return True
