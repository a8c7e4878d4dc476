"""What other agencies of the city may ask with keys of their own: public numbers, and whether a licence holds. No
person is anywhere in it. Each look is one audit entry (docs/connectors.md)."""

import json
import secrets
from itertools import accumulate
from typing import Any, Literal

from hub.access.monitoring import PUBLIC_VISITS, released_table, tell
from hub.access.papers import all_details, city_day
from hub.auth import CITY_SCOPES, public_jwk, sign_compact
from hub.errors import Category, HubError
from hub.model import Issue, Principal
from hub.model.details import Licence, Permit
from hub.monitor.tables import HIDDEN
from hub.parts import Hub
from hub.store import FeedRow

AREAS, LICENCES, FEED = CITY_SCOPES
ITEMS = 100
PAGE_BYTES = 64 * 1024
"""The tables of one answer, before it is signed: at most so many, so large together; a larger one stands alone. Common
libraries refuse a signed text above 128 kB unless told otherwise."""
FEED_TYPE = "jukung-feed+jws"
_EXPIRES_S = 3_600
_LONGEST = 120


def area_sums(hub: Hub, who: Principal, month: str = "") -> dict[str, Any]:
    """Visits by kecamatan and kelurahan of residence in a released month (default the newest): numbers below eleven,
    and those that would give one away, are null. NOT_FOUND (HUB-4332) when nothing is released."""
    _require(who, AREAS)
    found = released_table(hub, PUBLIC_VISITS, month[:10])
    if found is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4332"))
    table, _ = found
    areas = [
        {
            "code": each.key,
            "level": each.level,
            "name": each.name,
            "parent": each.parent,
            "visits": None if each.cells[0] == HIDDEN else each.cells[0],
        }
        for each in table.rows
    ]
    tell(hub, who, "agency.areas", {"month": table.month}, len(areas))
    return {"month": table.month, "k": table.k, "areas": areas}


def check_licence(hub: Hub, who: Principal, number: str) -> Literal["valid", "expired", "unknown"]:
    """Whether an operating licence or a practitioner's permit of this number holds today; nothing else is told."""
    _require(who, LICENCES)
    wanted, today = number.strip(), city_day(hub)
    if not 0 < len(wanted) <= _LONGEST:
        raise HubError(Category.INCORRECT, Issue("HUB-4326", args={"name": "number", "wanted": f"1-{_LONGEST}"}))
    held: list[bool] = []
    for details in all_details(hub).values():
        papers: list[Licence | Permit] = [*details.permits]
        papers += [details.licence] if details.licence is not None else []
        held += [
            details.is_open(today) and (paper.until is None or paper.until >= today)
            for paper in papers
            if paper.number == wanted
        ]
    found: Literal["valid", "expired", "unknown"] = "unknown" if not held else "valid" if any(held) else "expired"
    tell(hub, who, "agency.licence", {"state": found}, 1)
    return found


def feed(hub: Hub, who: Principal, after: int, nonce: str = "") -> str:
    """The next public tables of a subscriber's cubes after a place in the feed, as one signed text (compact JWS).

    Its payload names the subscriber (aud), when it was signed and until when to believe it (iat, exp), a number used
    once (jti), what was asked (`after`, `nonce`), the last place there is (`head`), and the items with their places,
    always rising. FORBIDDEN (HUB-4331) for a client that does not subscribe.
    """
    _require(who, FEED)
    if after < 0 or len(nonce) > _LONGEST or not nonce.isprintable():
        raise HubError(Category.INCORRECT, Issue("HUB-4326", args={"name": "after, nonce", "wanted": "0.., 0-120"}))
    with hub.store.reading() as tx:
        mine = tx.subscribers().get(who.subject, ())
        cubes = [cube for cube in tx.feed_cubes() if may_take(mine, cube)]
        rows = tx.feed(cubes, after, ITEMS) if cubes else []
        head = tx.feed_head(cubes) if cubes else 0
    if not mine:
        raise HubError(Category.FORBIDDEN, Issue("HUB-4331"))
    rows, now_s = _page(rows), hub.clock() // 1000
    payload = {
        "iss": hub.config.base_url,
        "aud": who.subject,
        "iat": now_s,
        "exp": now_s + _EXPIRES_S,
        "jti": secrets.token_hex(16),
        **({"nonce": nonce} if nonce else {}),
        "after": after,
        "head": head,
        "items": [{"sequence": row.sequence, **json.loads(row.body)} for row in rows],
        **({"next": f"{hub.config.base_url}/city/feed?after={rows[-1].sequence}"} if _goes_on(rows, head) else {}),
    }
    tell(hub, who, "agency.feed", {"after": str(after)}, len(rows))
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return sign_compact(body, FEED_TYPE, hub.feed_signer.public_key, hub.feed_signer.sign)


def feed_keys(hub: Hub) -> dict[str, Any]:
    """The key that signs the feed, as a key set (RFC 7517)."""
    return {"keys": [public_jwk(hub.feed_signer.public_key)]}


def may_take(mine: tuple[str, ...], cube: str) -> bool:
    """Whether a subscriber's cubes cover one; `indicator:*` covers all indicators."""
    return cube in mine or any(each.endswith("*") and cube.startswith(each[:-1]) for each in mine)


def _page(rows: list[FeedRow]) -> list[FeedRow]:
    """As many of the first rows as fit into one answer, at least one."""
    sizes = accumulate(len(row.body) for row in rows)
    return [row for number, (row, size) in enumerate(zip(rows, sizes, strict=True)) if not number or size <= PAGE_BYTES]


def _goes_on(rows: list[FeedRow], head: int) -> bool:
    return bool(rows) and rows[-1].sequence < head


def _require(who: Principal, scope: str) -> None:
    if who.role != "agency" or scope not in who.scopes:
        raise HubError(Category.FORBIDDEN, Issue("HUB-4330", args={"scope": scope}))
