"""Pages of a search over what its caller may see whole (the public directory, indicators): `_count` resources from
`_offset` on. Where consent decides what is seen, pages are sealed cursors instead (`hub.access.paging`)."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from hub.registry.finding import Unfit

_FARTHEST = 100_000


def page_of(asked: Sequence[tuple[str, str]], usual: int, most: int) -> tuple[int, int]:
    """`_count` (when not said `usual`; never more than `most`) and `_offset`. Unfit for what is no number, or is said
    twice."""
    return _whole(asked, "_count", usual, most), _whole(asked, "_offset", 0, _FARTHEST)


def searchset(
    address: str,
    conditions: Iterable[tuple[str, str]],
    page: tuple[int, int],
    total: int,
    entries: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The Bundle of a page: `total` of all that is found, its own address, and the next page's where one follows
    (R4: `_count=0` asks for the number alone)."""
    count, start = page
    asked = [pair for pair in conditions if pair[0] not in ("_count", "_offset")]
    starts = {"self": start, "next": start + count} if count and start + count < total else {"self": start}
    links = [
        {"relation": name, "url": f"{address}?{urlencode([*asked, ('_count', count), ('_offset', at)])}"}
        for name, at in starts.items()
    ]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    return bundle | ({"entry": list(entries)} if entries else {})


def match(base: str, resource: dict[str, Any]) -> dict[str, Any]:
    """A resource as an entry of the Bundle."""
    address = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": "match"}}


def _whole(asked: Sequence[tuple[str, str]], name: str, usual: int, most: int) -> int:
    values = [value for each, value in asked if each == name]
    if not values:
        return usual
    if len(values) > 1 or not (values[0].isascii() and values[0].isdecimal() and len(values[0]) < 7):
        raise Unfit(name, f"0..{most}")
    return min(int(values[0]), most)
