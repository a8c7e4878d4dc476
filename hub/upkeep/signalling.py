"""Early warning: prepare the cases of months whose facts changed, raise the signals that are due, correct counts.

One process at a time (a lease). A month is read again only when its rows changed; months older than a few once a day.
The three newest months are looked at every turn, so that late and corrected records correct the counts.
"""

from collections import Counter
from zlib import crc32

from hub.access.facts import mark_of
from hub.access.monitoring import open_values
from hub.access.surveying import (
    BOARD,
    MONTHS,
    Known,
    MonthCases,
    Situation,
    board_rows,
    known_signals,
    months_back,
    parts_of,
    seal_month_cases,
    seal_signal,
    seal_step,
    settings_of,
    situation,
)
from hub.access.trace import sealed_entry
from hub.crypto import random_key
from hub.model import AuditEntry
from hub.monitor.surveillance import CITY, Finding, Seen, Settings, Signal, Step, find
from hub.monitor.surveillance.signals import cases_of
from hub.parts import Hub
from hub.store import CasesRow, ReadTx, SignalRow
from hub.upkeep.leasing import Lease, leased

RECENT = 3
"""Months that are looked at every turn."""
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
CORRECTED_DAYS = 28
"""For so long a signal's count follows the facts."""


def survey(hub: Hub) -> list[Finding]:
    """One turn; returns the signals raised. Nothing happens while another process is at it."""
    with leased(hub, "surveillance") as lease:
        if lease is None:
            return []
        _prepare(hub, lease)
        now = situation(hub)
        with hub.store.reading() as tx:
            known = known_signals(hub, tx, hub.clock() - 60 * DAY_MS)
        _correct(hub, now, known)
        found = _raise(hub, now, known)
        with hub.store.writing() as writing:  # last: it says that the turn was done
            writing.set_month_cases(board_rows(hub, now))
        return found


def is_unsurveyed(hub: Hub) -> bool:
    """Whether a turn would find something new: facts of the newest months changed, the last turn was cut short, or an
    hour passed."""
    settings, now = _print(settings_of(hub)), hub.clock()
    marks = [mark_of(hub, month) for month in months_back(now, RECENT)]
    with hub.store.reading() as tx:
        kept = {row.month: row for row in tx.month_cases([*marks, BOARD])}
        if BOARD not in kept or now - kept[BOARD].made_ms > HOUR_MS:
            return True
        if any(row.made_ms > kept[BOARD].made_ms for row in kept.values()):
            return True
        return any(mark not in kept or kept[mark].state != f"{settings} {tx.month_state(mark)}" for mark in marks)


def _prepare(hub: Hub, lease: Lease) -> None:
    """Bring the months' cases up to date."""
    settings, now = settings_of(hub), hub.clock()
    for back, month in enumerate(months_back(now, MONTHS)):
        mark = mark_of(hub, month)
        with hub.store.reading() as tx:
            kept = next(iter(tx.month_cases([mark])), None)
            if kept is not None and back >= RECENT and now - kept.made_ms < DAY_MS:
                continue
            state = f"{_print(settings)} {tx.month_state(mark)}"
            found = None if kept is not None and kept.state == state else _read(hub, tx, mark, settings)
        if kept is not None and found is None:
            row = kept._replace(made_ms=now)
        else:
            row = CasesRow(mark, state, now, seal_month_cases(hub, mark, found or MonthCases([], [])))
        with hub.store.writing() as writing:
            writing.set_month_cases([row])
        if found is not None:
            lease.renew()


def _print(settings: Settings) -> str:
    """Which diagnoses the settings look for: other ones are other cases."""
    known = sorted((disease.code, disease.icd10) for disease in settings.diseases)
    return f"{crc32(repr(known).encode()):x}"


def _read(hub: Hub, tx: ReadTx, mark: int, settings: Settings) -> MonthCases:
    seen: list[Seen] = []
    visits: Counter[tuple[int, int, int]] = Counter()
    for row in tx.whole_month(mark):
        for kind, code, day, facility, area, band, sex, *more in open_values(hub, row):
            if kind == "diagnosis":
                if disease := settings.of(code):
                    case = more[1] if len(more) > 1 else ""
                    seen.append(Seen(row.pseudonym, disease, day, facility, area, band, sex, case))
            elif kind == "encounter":
                lag = more[2] if len(more) > 2 else None
                visits[facility, day, -1 if lag is None else lag] += 1
    return MonthCases(sorted(seen), sorted((*key, n) for key, n in visits.items()))


def _raise(hub: Hub, now: Situation, known: list[Known]) -> list[Finding]:
    raised: dict[tuple[str, str], list[int]] = {}
    for each in known:
        raised.setdefault((each.signal.disease, each.signal.place), []).append(each.signal.day)
    found = [
        each
        for disease in now.settings.diseases
        if disease.code in now.counts
        for each in find(disease, now.of(disease.code), now.today, raised, parts_of)
    ]
    if not found:
        return []
    at = hub.clock()
    rows = []
    for due in found:
        number = random_key()
        city = now.of(due.disease).rolling(CITY, due.day)
        signal = Signal(due.disease, due.place, due.day, due.cases, due.expected, due.limit, due.criteria, city=city)
        rows.append(SignalRow(number, at, seal_signal(hub, number, signal)))
    entry = AuditEntry(at, "signal.raise", "C", "permit", "hub", "system", "", "PUBHLTH", count=len(rows))
    with hub.store.writing() as tx:
        tx.add_signals(rows)
        tx.outbox([sealed_entry(hub, entry)])
    return found


def _correct(hub: Hub, now: Situation, known: list[Known]) -> None:
    """Where late or corrected records changed a signal's count, a step says so."""
    at, rows = hub.clock(), []
    for each in known:
        signal = each.signal
        if signal.by or now.today - signal.day > CORRECTED_DAYS:
            continue
        cases = recounted(now, signal)
        if cases != cases_of(signal, each.steps):
            rows.append(seal_step(hub, each.number, len(each.steps), Step(at, "hub", "counted", cases=cases)))
    if rows:
        with hub.store.writing() as tx:
            tx.add_steps(rows)


def recounted(now: Situation, signal: Signal) -> int:
    """The cases of a signal's days as they are known now. Of a disease to be notified at once those of the week after
    count too: they raise no signal of their own."""
    counts = now.of(signal.disease)
    if signal.criteria == ("immediate",):
        return counts.between(signal.place, signal.day - 6, min(signal.day + 6, now.today))
    return counts.rolling(signal.place, signal.day)
