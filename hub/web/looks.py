"""The entries of "who looked at my record": people apart from automatic processing, and the page's filters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.clock import WITA
from hub.model import Seen

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What the patient wants to see: kind "" / "orang" / "otomatis"; ISO days, both inclusive; "" = any."""

    kind: str = ""
    facility: str = ""
    purpose: str = ""
    first: str = ""
    last: str = ""
    page: int = 1


def read_filter(query: Mapping[str, str]) -> Filter:
    """The filter of a query; what does not fit is as good as not given."""
    number = query.get("hal", "1")
    return Filter(
        kind=query.get("jenis", "") if query.get("jenis") in ("orang", "otomatis") else "",
        facility=query.get("faskes", ""),
        purpose=query.get("keperluan", ""),
        first=_day(query.get("dari", "")),
        last=_day(query.get("sampai", "")),
        page=max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1,
    )


def is_person(look: Seen) -> bool:
    """Somebody other than the patient looked, or a clinic's system on somebody's behalf."""
    return look.is_person and look.role != "patient"


def matching(looks: Iterable[Seen], wanted: Filter) -> list[Seen]:
    """The entries that fit, in the order given."""
    return [look for look in looks if _fits(look, wanted)]


def of_page(looks: Sequence[Seen], wanted: Filter) -> Sequence[Seen]:
    """The entries of the wanted page."""
    return looks[(wanted.page - 1) * PAGE : wanted.page * PAGE]


def _fits(look: Seen, wanted: Filter) -> bool:
    day = datetime.fromtimestamp(look.at_ms / 1000, WITA).date().isoformat()
    return (
        (not wanted.kind or (wanted.kind == "orang") == is_person(look))
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
