"""How many signals are open: for the situation page and the wall. No place, no count of people, no role needed.

A signal is about people: that one of a rare disease is open tells that somebody has it. So its disease is named only
where k people or more had it in the city when it was raised; others are one number together (docs/surveillance.md).
That never changes: a name that came or went with the count of the day would tell when it passed k.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hub.access.surveying import PAST_MS, Known, board, known_signals, settings_of
from hub.monitor.surveillance import is_overdue, state_of
from hub.monitor.surveillance.signals import is_in_time, verified_ms
from hub.parts import Hub

_SHARE_MS = 28 * 86_400_000


@dataclass(frozen=True, slots=True)
class OpenSignals:
    """`open`: not verified, `overdue` of them longer than they may be; `oldest_due_ms`: when the most urgent is (was)
    due; `verified`, `in_time`: of those raised in 28 days. `by_disease`: (code, name by language, open signals) of
    those raised when at least k people had the disease; `other`: all other open signals. `made_ms` 0: nothing was
    counted yet."""

    open: int
    overdue: int
    oldest_due_ms: int | None
    verified: int
    in_time: int
    by_disease: tuple[tuple[str, Mapping[str, str], int], ...]
    other: int
    made_ms: int


def open_signals(hub: Hub, k: int = 5) -> OpenSignals:
    """The open signals as of the surveillance job's last turn."""
    settings, now, whole = settings_of(hub), hub.clock(), board(hub)
    with hub.store.reading() as tx:
        known = known_signals(hub, tx, now - PAST_MS)
    waiting = [each for each in known if state_of(each.steps) == "open"]
    lately = [each for each in known if each.raised_ms > now - _SHARE_MS]
    hours = settings.verify_hours
    counted = Counter(each.signal.disease for each in waiting if each.signal.city >= k)
    named = tuple(
        (disease.code, disease.name, counted[disease.code]) for disease in settings.diseases if counted[disease.code]
    )
    return OpenSignals(
        open=len(waiting),
        overdue=sum(is_overdue(each.raised_ms, each.steps, now, hours) for each in waiting),
        oldest_due_ms=min((due_ms(each, hours) for each in waiting), default=None),
        verified=sum(verified_ms(each.steps) is not None for each in lately),
        in_time=sum(is_in_time(each.raised_ms, each.steps, hours) for each in lately),
        by_disease=named,
        other=len(waiting) - sum(n for _, _, n in named),
        made_ms=whole.made_ms if whole is not None else 0,
    )


def due_ms(one: Known, hours: int) -> int:
    """When a signal is to be verified at the latest."""
    return one.raised_ms + hours * 3_600_000
