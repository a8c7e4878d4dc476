"""Signals as surveillance officers see and work on them: what was raised, single cases without a name, every step.

Only the role surveillance (Permenkes 1501/2010; docs/surveillance.md): each call writes one audit entry; a list of
cases is in the trail of every person in it, who finds it on the page "who looked".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import msgspec

from hub.access.free_text import free_text
from hub.access.signals import due_ms
from hub.access.surveying import (
    PAST_MS,
    DiseaseWeeks,
    Known,
    kecamatan_of,
    known_signals,
    one_signal,
    seal_step,
    settings_of,
    weeks_of,
)
from hub.access.trace import audit, looked, sealed_entry
from hub.errors import Category, HubError
from hub.fhir import city_day, day_text
from hub.model import Decision, Facility, Issue, Principal
from hub.monitor import OUTSIDE
from hub.monitor.surveillance import CITY, RESULTS, Case, Disease, Signal, Step, is_overdue, state_of
from hub.monitor.surveillance.signals import OUTCOMES, cases_of, owner_of
from hub.parts import Hub
from hub.registry import areas, kecamatan
from hub.store import Conflict, Entry

ROLE = "surveillance"
PERMIT = Decision("PERMIT", "statutory-notification")
_TRIES = 20
_IMMEDIATE = ("immediate",)


@dataclass(frozen=True, slots=True)
class SignalView:
    """A signal in a list or on its page. `place_name` "" where the page has a word for the place; `day`: the one it was
    raised for; `first` to `last`: the days of its cases, never after today."""

    number: int
    disease: Disease
    place: str
    place_name: str
    day: str
    first: str
    last: str
    raised_ms: int
    due_ms: int
    state: str
    is_overdue: bool
    owner: str
    cases: int
    expected: float
    limit: int
    criteria: tuple[str, ...]
    by: str
    note: str
    steps: tuple[Step, ...]


def only_surveillance(who: Principal) -> None:
    """FORBIDDEN for every other role."""
    if who.role != ROLE:
        raise HubError(Category.FORBIDDEN, Issue("HUB-4280"))


def signal(hub: Hub, who: Principal, number: int) -> SignalView:
    """A signal with all its steps. HUB-4282 (not found)."""
    only_surveillance(who)
    found = _signal(hub, number)
    told(hub, who, f"signal {number}", 1)
    return found


def cases(hub: Hub, who: Principal, number: int) -> tuple[Case, ...]:
    """The signal's cases without a name: day, place, facility, age band, sex. In the trail of each person."""
    only_surveillance(who)
    found = _signal(hub, number)
    within = _cases_in(found, weeks_of(hub, [found.disease.code]))
    entry = looked(hub, who, "surveillance.cases", PERMIT, (), count=len(within), query=f"signal {number}")
    sealed = sealed_entry(hub, entry)
    people = sorted({person for case in within for person in case.people})
    hub.outbox.append([Entry(sealed.at_ms, sealed.body, tuple(people))])
    return tuple(within)


def seen_by(hub: Hub, who: Principal, facility: Facility) -> tuple[tuple[SignalView, int], ...]:
    """The signals, newest first, of which a facility was the first to see cases, and how many. Only signals of late:
    older ones' cases are not kept by facility."""
    only_surveillance(who)
    views = signal_views(hub)
    known = weeks_of(hub, {each.disease.code for each in views})
    counted = [
        (view, sum(case.facility == facility.number for case in _cases_in(view, known))) for view in reversed(views)
    ]
    found = tuple((view, n) for view, n in counted if n)
    told(hub, who, f"signals of {facility.id}", len(found))
    return found


def act(hub: Hub, who: Principal, number: int, step: Step) -> None:
    """Enter a step. HUB-4282 (not found); HUB-4283 (incorrect): a result that is none, a time before the signal or in
    the future, a verification without a word on what was found, closing before verifying, or anything after closing;
    HUB-4274 and HUB-4359 as `free_text`. The issue's column is the part of the step that is wrong."""
    only_surveillance(who)
    for _ in range(_TRIES):
        try:
            _act(hub, who, number, step)
        except Conflict:  # somebody else's step came first: look again at what can follow it
            continue
        return
    raise HubError(Category.CONFLICT, Issue("HUB-4277"))


def _act(hub: Hub, who: Principal, number: int, step: Step) -> None:
    now = hub.clock()
    with hub.store.writing() as tx:
        known = one_signal(hub, tx, number)
        if known is None:
            raise HubError(Category.NOT_FOUND, Issue("HUB-4282"))
        if wrong := _wrong(known, step, now):
            raise HubError(Category.INCORRECT, Issue("HUB-4283", column=wrong))
        action, note = said_in("action", step.action), said_in("note", step.note)
        done = Step(now, who.subject, step.kind, step.result, action, note, step.done_ms)
        if known.steps and msgspec.structs.replace(known.steps[-1], at_ms=now) == done:  # the form was sent twice
            return
        tx.add_steps([seal_step(hub, number, len(known.steps), done)])
        entry = looked(hub, who, "signal.step", PERMIT, (), count=1, query=f"signal {number} {step.kind}")
        tx.outbox([sealed_entry(hub, entry)])


def said_in(part: str, text: str) -> str:
    """A text that may stay empty, without anybody's number (`free_text`); a refusal names the part of the form."""
    try:
        return free_text(text, least=0)
    except HubError as error:
        raise HubError(error.category, *(replace(each, column=part) for each in error.issues)) from None


def place_name(hub: Hub, place: str) -> str:
    """A place in words, "" for the city, outside and unknown."""
    if place.startswith("#"):
        facility = hub.numbers.get(int(place[1:]))
        return facility.name if facility is not None else place
    return _names().get(place, "")


def is_place(hub: Hub, place: str) -> bool:
    """Whether cases are counted there: an area, outside the city, unknown, or a facility as "#12"."""
    if place.startswith("#"):
        return place[1:].isdecimal() and len(place) < 11 and int(place[1:]) in hub.numbers
    return place in (CITY, OUTSIDE, "") or place in _names()


def disease_of(hub: Hub, code: str) -> Disease:
    """A disease by its code. HUB-4281 (not found)."""
    disease = settings_of(hub).get(code)
    if disease is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4281", args={"name": code[:20]}))
    return disease


def signal_views(hub: Hub) -> list[SignalView]:
    """All signals of the last year, oldest first."""
    with hub.store.reading() as tx:
        known = known_signals(hub, tx, hub.clock() - PAST_MS)
    weeks = weeks_of(hub, {each.signal.disease for each in known if each.signal.criteria == _IMMEDIATE})
    return [view for each in known if (view := _view(hub, each, weeks)) is not None]


def told(hub: Hub, who: Principal, what: str, count: int) -> None:
    """One audit entry for one look at numbers."""
    audit(hub, looked(hub, who, "surveillance.view", PERMIT, (), count=count, query=what))


def _signal(hub: Hub, number: int) -> SignalView:
    with hub.store.reading() as tx:
        known = one_signal(hub, tx, number)
    view = _view(hub, known, weeks_of(hub, [known.signal.disease])) if known is not None else None
    if view is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4282"))
    return view


def _view(hub: Hub, known: Known, weeks: Mapping[str, DiseaseWeeks]) -> SignalView | None:
    """None for a disease that the city's settings no longer have. `weeks`: at least of its disease, where one case is
    enough."""
    settings, one = settings_of(hub), known.signal
    disease = settings.get(one.disease)
    if disease is None:
        return None
    hours = settings.verify_hours
    first, last = _days(one, weeks, city_day(hub.clock()))
    return SignalView(
        known.number,
        disease,
        one.place,
        place_name(hub, one.place),
        day_text(one.day),
        day_text(first),
        day_text(last),
        known.raised_ms,
        due_ms(known, hours),
        state_of(known.steps),
        is_overdue(known.raised_ms, known.steps, hub.clock(), hours),
        owner_of(known.steps),
        cases_of(one, known.steps),
        one.expected,
        one.limit,
        one.criteria,
        one.by,
        one.note,
        known.steps,
    )


def _days(one: Signal, known: Mapping[str, DiseaseWeeks], today: int) -> tuple[int, int]:
    """From the first to the last case where one case is a signal: those of the 6 days before and after belong to it
    (hub.upkeep.signalling). Else the 7 days that were counted."""
    if one.criteria != _IMMEDIATE:
        return one.day - 6, one.day
    first, last = one.day - 6, min(one.day + 6, today)
    weeks = known.get(one.disease)
    days = [
        case.day
        for case in (weeks.cases if weeks is not None else ())
        if first <= case.day <= last and _lies_in(case.area, one.place)
    ]
    return min(days, default=first), max(days, default=last)  # of old signals and of withdrawn cases no day is kept


def _cases_in(one: SignalView, known: Mapping[str, DiseaseWeeks]) -> list[Case]:
    """The cases of a signal's days and place among those of late."""
    weeks = known.get(one.disease.code)
    return [
        case
        for case in (weeks.cases if weeks is not None else ())
        if one.first <= day_text(case.day) <= one.last and _lies_in(case.area, one.place)
    ]


def _wrong(known: Known, step: Step, now: int) -> str:
    """Which part of a step cannot be, "" none."""
    state = state_of(known.steps)
    if state == "closed" or step.kind not in ("own", "verify", "close", "note"):
        return "step"
    if step.kind == "verify" and (step.result not in RESULTS or len(step.action.strip()) < 3):
        return "result" if step.result not in RESULTS else "action"
    if step.kind == "verify" and not known.raised_ms - 60_000 <= step.done_ms <= now:
        return "time"
    if step.kind == "close" and (state != "verified" or step.result not in OUTCOMES):
        return "verify-first" if state != "verified" else "outcome"
    return "note" if step.kind == "note" and not step.note.strip() else ""


def _lies_in(area: str, place: str) -> bool:
    return place in (CITY, area) or kecamatan_of(area) == place != ""


@cache
def _names() -> dict[str, str]:
    return {**kecamatan(), **{area.code: area.name for area in areas()}}
