"""The entries of "who looked at my record": other people, the patient, automatic processing; and the page's filters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.clock import city_time
from hub.model import Seen
from hub.web.call import whole

Kind = Literal["orang", "sendiri", "otomatis"]
KINDS: tuple[Kind, ...] = ("orang", "sendiri", "otomatis")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What the patient wants to see: kind one of KINDS; ISO days, both inclusive; "" = any."""

    kind: str = ""
    facility: str = ""
    purpose: str = ""
    first: str = ""
    last: str = ""
    page: int = 1


def read_filter(query: Mapping[str, str]) -> Filter:
    """The filter of a query; what does not fit is as good as not given."""
    return Filter(
        kind=query.get("jenis", "") if query.get("jenis") in KINDS else "",
        facility=query.get("faskes", ""),
        purpose=query.get("keperluan", ""),
        first=_day(query.get("dari", "")),
        last=_day(query.get("sampai", "")),
        page=max(1, whole(query.get("hal", ""), 5)),
    )


def kind_of(look: Seen, own_place: str = "") -> Kind:
    """Who looked: a person (or a clinic's system on a person's behalf), the patient, or an automatic process.

    `own_place`: the name of the facility under which the hub keeps what patients themselves say.
    """
    if look.role == "patient" or (own_place and look.facility == own_place):
        return "sendiri"
    return "orang" if look.is_person else "otomatis"


def matching(looks: Iterable[Seen], wanted: Filter, own_place: str = "") -> list[Seen]:
    """The entries that fit, in the order given."""
    return [look for look in looks if _fits(look, wanted, own_place)]


def of_page(looks: Sequence[Seen], wanted: Filter) -> Sequence[Seen]:
    """The entries of the wanted page."""
    return looks[(wanted.page - 1) * PAGE : wanted.page * PAGE]


def by_kind(looks: Iterable[Seen], own_place: str = "") -> dict[Kind, list[Seen]]:
    """The entries of each kind, each in the order given."""
    groups: dict[Kind, list[Seen]] = {kind: [] for kind in KINDS}
    for look in looks:
        groups[kind_of(look, own_place)].append(look)
    return groups


def _fits(look: Seen, wanted: Filter, own_place: str) -> bool:
    day = city_time(look.at_ms)[:10]
    return (
        wanted.kind in ("", kind_of(look, own_place))
        and wanted.facility in ("", look.facility)
        and wanted.purpose in ("", look.purpose)
        and (not wanted.first or day >= wanted.first)
        and (not wanted.last or day <= wanted.last)
    )


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        return ""
