"""The closed set of reasons for which the hub refuses; `hub/api/errors.py` maps them to HTTP in one table."""

from enum import StrEnum

from hub.model import Issue


class Category(StrEnum):
    """Why a request is refused. Nothing here knows HTTP."""

    INCORRECT = "incorrect"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    GONE = "gone"
    NOT_ALLOWED = "not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    CONFLICT = "conflict"
    PRECONDITION = "precondition"
    TOO_LARGE = "too-large"
    UNSUPPORTED_MEDIA = "unsupported-media"
    UNPROCESSABLE = "unprocessable"
    BUSY = "busy"
    FAULT = "fault"
    UNAVAILABLE = "unavailable"


class HubError(Exception):
    """A refusal that ends the request: its category and every issue found. Texts come from the catalogue."""

    def __init__(self, category: Category, *issues: Issue) -> None:
        super().__init__(category, *issues)
        self.category = category
        self.issues = issues
