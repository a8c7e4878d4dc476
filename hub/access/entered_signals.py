"""Signals that an officer enters by hand: a cluster of an unusual disease, a rumour, a report of a school."""

from hub.access.making import making, name_for
from hub.access.surveying import board, seal_signal
from hub.access.trace import looked, sealed_entry
from hub.access.verification import (
    PERMIT,
    SignalView,
    disease_of,
    is_place,
    only_surveillance,
    said_in,
    signal_views,
)
from hub.errors import Category, HubError
from hub.fhir import city_day, day_text
from hub.model import Issue, Principal
from hub.monitor.surveillance import CITY, Signal
from hub.monitor.surveillance.detection import QUIET
from hub.parts import Hub
from hub.store import SignalRow


def enter(hub: Hub, who: Principal, code: str, place: str, count: int, note: str, mark: str = "") -> int:
    """Enter a signal. Returns its number. `mark`: of the form, which sent twice enters one. HUB-4281; HUB-4283,
    HUB-4274 and HUB-4359 as hub.access.verification.act, of the parts "cases" and "note"."""
    only_surveillance(who)
    disease = disease_of(hub, code)
    if not is_place(hub, place) or place.startswith("#"):
        raise HubError(Category.NOT_FOUND, Issue("HUB-4281", args={"name": place[:20]}))
    wrong = [] if 0 < count < 100_000 else ["cases"]
    wrong += [] if len(note.strip()) >= 5 else ["note"]
    if wrong:
        raise HubError(Category.INCORRECT, *(Issue("HUB-4283", column=each) for each in wrong))
    said = said_in("note", note)
    number, now = _number(hub, who, code, place, count, note, mark), hub.clock()
    whole = board(hub)
    city = whole.lines.get(disease.code, {}).get(CITY, 0) if whole is not None else 0
    new = Signal(disease.code, place, city_day(now), count, 0.0, 0, ("event",), who.subject, said, city)
    entry = looked(hub, who, "signal.enter", PERMIT, (), count=1, query=f"signal {number} {code} {place}")
    with making(hub, lambda tx: tx.signal(number)) as tx:
        tx.add_signals([SignalRow(number, now, seal_signal(hub, number, new))])
        tx.outbox([sealed_entry(hub, entry)])
    return number


def open_alike(
    hub: Hub, who: Principal, code: str, place: str, count: int, note: str, mark: str = ""
) -> SignalView | None:
    """The newest signal of the same disease and place that is not closed and a few days old at most, None where there
    is none or this very form entered it."""
    only_surveillance(who)
    since = day_text(city_day(hub.clock()) - QUIET + 1)
    alike = [
        each
        for each in signal_views(hub)
        if (each.disease.code, each.place) == (code, place) and each.state != "closed" and each.last >= since
    ]
    own = _number(hub, who, code, place, count, note, mark)
    return alike[-1] if alike and all(each.number != own for each in alike) else None


def _number(hub: Hub, who: Principal, code: str, place: str, count: int, note: str, mark: str) -> int:
    return int.from_bytes(name_for(hub, who, mark, code, place, count, note)[:8]) >> 1
