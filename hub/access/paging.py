"""Page links: opaque, sealed, bound to one caller and one search, good for ten minutes, authorised anew at each use."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from hub.errors import Category, HubError
from hub.model import After, Issue, Principal
from hub.parts import Hub

PAGE_LIFE_MS = 600_000
UNKNOWN = -1


class Cursor(msgspec.Struct, array_like=True):
    """What a page link carries: whose it is, the search, the snapshot, the total of the first page (UNKNOWN when none
    was asked for) and where to go on."""

    subject: str
    expires_ms: int
    type: str
    params: list[tuple[str, str]]
    lenient: bool
    compartment: tuple[str, str] | None
    snapshot_ms: int
    total: int
    after: After


def sealed_cursor(hub: Hub, cursor: Cursor) -> str:
    """The text of a link's `_page`."""
    return urlsafe_b64encode(hub.boxes.page.seal(msgspec.msgpack.encode(cursor), b"page")).decode()


def opened_cursor(hub: Hub, who: Principal, type_: str, token: str) -> Cursor:
    """The cursor of a link. INCORRECT when it expired, is another's, or belongs to a search of another type (the
    caller's scopes were checked for this one)."""
    try:
        cursor = msgspec.msgpack.decode(hub.boxes.page.open(urlsafe_b64decode(token), b"page"), type=Cursor)
    except Exception as error:  # whatever is wrong with a token, the answer is the same
        raise HubError(Category.INCORRECT, Issue("HUB-4104")) from error
    if cursor.subject != who.subject or cursor.type != type_ or cursor.expires_ms < hub.clock():
        raise HubError(Category.INCORRECT, Issue("HUB-4104"))
    return cursor
