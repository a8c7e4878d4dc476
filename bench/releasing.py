"""`python -m bench.releasing [--facilities 60,200,640] [--visits 42]`: the cost of releasing a month; what is shown.

Invented cities with few large and many small facilities, kelurahan and diagnoses, so that tables have the many small
cells of a real one. CPU seconds of one process, without the making of the facts. Population and targets are not put in.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from hub.access.monitoring import month_mark, open_released, seal_items
from hub.bootstrap import build, close
from hub.config import read_config
from hub.model import Facility
from hub.monitor import Fact
from hub.monitor.ages import age_band
from hub.monitor.indicators import definitions
from hub.monitor.tables import HIDDEN, decode_table
from hub.parts import Hub
from hub.registry import areas
from hub.store import FactRow
from hub.upkeep.indicators import count_indicators
from hub.upkeep.registering import register_facility
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import CUBES, release_indicators

MONTH = f"{date.today().replace(day=1) - timedelta(days=40):%Y-%m}"
CODES = ["J06.9", "I10", "K30", "E11.9", "A09", "M54.5", "J00", "L30.9", "R50.9", "N39.0", "A15.0", "J18.9", "O80.0"]
CODES += [f"{letter}{number:02}" for letter in "CDGHSTK" for number in range(0, 90, 11)]
PEOPLE = 20
"""Persons for each facility and month of 42 visits: half of the visits are somebody's second."""


def main() -> None:
    """Reads the arguments; one city after the other."""
    parser = argparse.ArgumentParser(prog="python -m bench.releasing", description=__doc__)
    parser.add_argument("--facilities", default="60,200,640")
    parser.add_argument("--visits", type=int, default=42, help="of a facility in the month, in the mean")
    arguments = parser.parse_args()
    for number in map(int, arguments.facilities.split(",")):
        with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
            hub = build(read_config({"HUB_HOME": str(Path(name))}))
            try:
                print(json.dumps(_measured(hub, number, number * arguments.visits), indent=1), flush=True)
            finally:
                close(hub)


def _measured(hub: Hub, facilities: int, visits: int) -> dict[str, Any]:
    facts = fill(hub, random.Random(facilities), facilities, visits)
    found: dict[str, Any] = {"facilities": facilities, "visits": visits, "facts": facts}
    found["counting indicators, s"] = _timed(lambda: count_indicators(hub))
    found["tables, s"] = _timed(lambda: release_closed(hub))
    found["indicators, s"] = _timed(lambda: release_indicators(hub))
    found["peak, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found | {"shown of all": shown(hub)}


def fill(hub: Hub, source: random.Random, facilities: int, visits: int) -> int:
    """Seal a month of invented visits; returns how many facts they have."""
    public, hospitals = min(26, facilities // 4), max(2, facilities // 60)
    clinics = (facilities - public - hospitals) // 3
    kinds = {"puskesmas": public, "rumah-sakit": hospitals, "klinik": clinics}
    for kind, many in (kinds | {"praktik": facilities - public - hospitals - clinics}).items():
        for number in range(many):
            owner: Literal["public", "private"] = "public" if kind == "puskesmas" else "private"
            register_facility(hub, Facility(0, f"{kind}-{number}", f"{kind.title()} {number}", kind, owner))
    count, made = 0, []
    for row, n in rows(hub, source, visits):
        count += n
        made.append(row)
        if len(made) == 20_000:
            _put(hub, made)
    _put(hub, made)
    return count


def _put(hub: Hub, made: list[FactRow]) -> None:
    with hub.store.writing() as tx:
        tx.put_facts(made)
    made.clear()


def rows(hub: Hub, source: random.Random, visits: int) -> Iterator[tuple[FactRow, int]]:
    """Visits, each a row as the way in writes it, and how many facts it has."""
    first = (date.fromisoformat(f"{MONTH}-01") - date(1970, 1, 1)).days
    mark = month_mark(hub, first)
    size = {"rumah-sakit": 12, "puskesmas": 8, "klinik": 2, "praktik": 1}
    there = [each for each in hub.facilities.values() if each.kind in size]
    weights = [size[each.kind] * source.lognormvariate(0, 0.8) for each in there]
    codes = [area.code for area in areas()]
    homes = [source.lognormvariate(0, 0.7) for _ in codes]
    frequent = [1 / (1 + n) for n in range(len(CODES))]
    many = PEOPLE * len(there)
    for _ in range(visits):
        person = source.randrange(many)
        about = random.Random(person)
        sex = about.choice(("male", "female"))
        area = "-" if about.random() < 0.05 else "" if about.random() < 0.03 else about.choices(codes, homes)[0]
        birth = f"{about.randint(1940, 2026)}-{about.randint(1, 12):02}-15"
        chronic = about.choices(CODES, frequent)[0]
        own = about.choices(there, weights)[0]
        facility = (own if source.random() < 0.7 else source.choices(there, weights)[0]).number
        on = first + source.randrange(28)
        age = max(0, (on - (date.fromisoformat(birth) - date(1970, 1, 1)).days) // 365)
        where = (on, facility, area, age_band(birth, on), sex)
        cls = source.choices(("AMB", "EMER", "IMP"), (16, 2, 1))[0]

        def fact(kind: str, code: str, value: float | None = None, case: str = "", lag: int | None = None) -> Fact:
            number = None if value is None else Decimal(round(value))
            return Fact(kind, code, *where, number, case, lag, age)  # noqa: B023

        found = [fact("encounter", cls, lag=source.randrange(4))]
        found += [fact("wait", "AMB", source.randrange(120))] if cls == "AMB" and source.random() < 0.8 else []
        found.append(
            fact("diagnosis", chronic if source.random() < 0.5 else source.choices(CODES, frequent)[0], case="new")
        )
        found += [fact("vital", "8480-6", source.gauss(135, 18)), fact("vital", "8462-4", source.gauss(85, 10))]
        found += [fact("vital", "29463-7", source.gauss(60, 10)), fact("vital", "8302-2", 160)]
        found += (
            [fact("lab", source.choice(("2345-7", "4548-4")), source.randrange(5, 200))]
            if source.random() < 0.3
            else []
        )
        found += [fact("medicine", source.choice(("J01CA04", "C08CA01", "N02BE01")))]
        found += [fact("immunization", source.choice(("08", "03", "10")))] if age < 2 else []
        found += [fact("pregnancy", "11884-4", source.randrange(6, 40))] if sex == "female" and 18 < age < 40 else []
        found += [fact("referral", "I10")] if source.random() < 0.05 else []
        number = source.getrandbits(62)
        yield (
            FactRow(hub.blinder.pseudonym(person), number, 1, seal_items(hub, number, {number: found}), mark),
            len(found),
        )


def shown(hub: Hub) -> dict[str, str]:
    """By table and level of its lines: cells that are shown, of those that exist (a year's people, the sum of what
    nobody knows, does not), and indicators that are released at all."""
    seen: Counter[str] = Counter()
    every: Counter[str] = Counter()
    names = [each.id for each in definitions() if each.sql and not each.self_reported]
    for cube in (
        *CUBES,
        "public:visits-area",
        *(f"{kind}:{id_}" for kind in ("indicator", "indicator-public") for id_ in names),
    ):
        with hub.store.reading() as tx:
            row = tx.released(MONTH, cube)
        title = cube if cube in CUBES or cube.startswith("public") else cube.partition(":")[0]
        for line in decode_table(open_released(hub, row)).rows if row is not None else ():
            of = f"{title}, {line.of}, {line.level}" if title.startswith("indicator") else f"{title}, {line.level}"
            every[of] += sum(value >= HIDDEN for value in line.cells)
            seen[of] += sum(value > HIDDEN for value in line.cells)
    return {of: f"{seen[of]} of {n}" for of, n in sorted(every.items())}


def _timed(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    started = time.process_time()
    work()
    return round(time.process_time() - started, 1)


if __name__ == "__main__":
    main()
