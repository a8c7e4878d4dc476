"""The weekly report (W2) for surveillance officers: exact counts, each look in the trail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hub.access.papers import all_details, counted_facilities
from hub.access.quality import opening_of
from hub.access.surveying import SHOWN_WEEKS, Board, board, name, settings_of, weeks_of
from hub.access.verification import only_surveillance, place_name, told
from hub.errors import Category, HubError
from hub.fhir import day_text
from hub.model import Facility, Issue, Principal
from hub.model.details import Details
from hub.monitor.surveillance import Settings
from hub.monitor.surveillance.w2 import FacilityWeek, Report, epi_week
from hub.monitor.weeks import WeekTally, joined, states_of, together, week_of
from hub.parts import Hub

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """A week's report, the weeks that can be asked for (their Sundays, newest first), and the city's settings."""

    report: Report
    weeks: tuple[str, ...]
    settings: Settings
    made_ms: int


def weekly_report(hub: Hub, who: Principal, start: str = "") -> WeeklyReport:
    """The W2 of the week from a Sunday (ISO; default: the last whole week). HUB-4285 (incorrect): no such week;
    HUB-4284 (not found): nothing was counted yet. FORBIDDEN unless the role is surveillance."""
    only_surveillance(who)
    now = board(hub)
    if now is None:
        raise HubError(Category.NOT_FOUND, Issue("HUB-4284"))
    this = week_of(now.today)
    weeks = [week for week in range(this, this - 7 * SHOWN_WEEKS, -7) if week >= now.first] or [this]
    week = _asked(start, weeks) if start else weeks[min(1, len(weeks) - 1)]
    settings = settings_of(hub)
    counted = weeks_of(hub, [each.code for each in settings.diseases])
    states = _states(hub, now, week)
    found = {(each.facility, each.week): each.visits for each in together(now.visits).values()}
    lines = []
    for facility in _reporters(hub):
        at = name(facility.number)
        cases = [counted[each.code].of(at, week) if each.code in counted else 0 for each in settings.diseases]
        lines.append(
            FacilityWeek(
                facility.id,
                facility.name,
                facility.kind,
                place_name(hub, facility.kelurahan),
                states[facility.number],
                facility.kind in settings.kinds,
                found.get((facility.number, week), 0),
                tuple(cases),
            )
        )
    told(hub, who, f"w2 {day_text(week)}", len(lines))
    report = Report(day_text(week), *epi_week(week), tuple(lines))
    return WeeklyReport(report, tuple(map(day_text, weeks)), settings, now.made_ms)


def _asked(start: str, weeks: list[int]) -> int:
    try:
        week = (date.fromisoformat(start) - _EPOCH).days if _DATE.fullmatch(start) else -1
    except ValueError:
        week = -1
    if week not in weeks:
        raise HubError(Category.INCORRECT, Issue("HUB-4285", args={"week": start[:20]}))
    return week


def _reporters(hub: Hub) -> list[Facility]:
    return sorted(counted_facilities(hub), key=lambda each: (each.kind, each.name))


def _states(hub: Hub, now: Board, week: int) -> dict[int, str]:
    """One of hub.monitor.weeks.STATES for each facility (its number). One of which the registry knows since when it
    works owes a report since then, or since the first that came from anybody; any other since its own first."""
    by_facility: dict[int, dict[int, WeekTally]] = {}
    for (facility, start), tally in together(now.visits).items():
        by_facility.setdefault(facility, {})[start] = tally
    since, known, grace = joined(now.visits), all_details(hub), hub.config.on_time_days
    began = min(since.values(), default=None)
    found = {}
    for each in counted_facilities(hub):
        details = known.get(each.number)
        owes_since = since.get(each.number) if details is None or began is None else _owes_since(details, began, since)
        held = by_facility.get(each.number, {})
        (found[each.number],) = states_of(opening_of(each, details), held, [week], owes_since, now.today, grace)
    return found


def _owes_since(details: Details, began: int, since: Mapping[int, int]) -> int | None:
    worked = details.opened or (details.licence.issued if details.licence is not None else None)
    return since.get(details.facility) if worked is None else max(began, (worked - _EPOCH).days)
