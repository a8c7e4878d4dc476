"""Small invented cities and the months counted in them: many empty and small cells, which is where tables leak."""

import random

from hub.model import Facility
from hub.monitor.ages import BANDS
from hub.monitor.tally import Cases, Content, Places, Tally, Visits
from hub.monitor.weeks import week_of

MONTH = 20_727
"""1 October 2026, a Thursday."""


def places(kecamatan: int, kelurahan: int, public: int, private: int) -> Places:
    """A city of so many kecamatan with so many kelurahan each, and so many facilities."""
    districts = {f"63710{n}": f"Kecamatan {n}" for n in range(1, kecamatan + 1)}
    villages = {f"{code}100{n}": f"Kelurahan {n}" for code in districts for n in range(1, kelurahan + 1)}
    owners = ["public"] * public + ["private"] * private
    facilities = [
        Facility(number, f"faskes-{number}", f"Faskes {number}", ownership=owner)  # type: ignore[arg-type]
        for number, owner in enumerate(owners, 1)
    ]
    return Places(villages, districts, facilities)


def month(source: random.Random, city: Places, visits: int, unevenness: float, codes: int = 6) -> Tally:
    """A month of visits; the more uneven, the more of them fall on few places, facilities and diagnoses."""
    tally = Tally(city)
    spots = [*city.kelurahan, "unknown", "outside"]
    facilities = list(city.facilities)
    by_place, by_facility, by_code = (
        [source.random() ** unevenness for _ in range(count)] for count in (len(spots), len(facilities), codes)
    )
    days = random.Random(visits)
    for _ in range(visits):
        place, facility = source.choices(spots, by_place)[0], source.choices(facilities, by_facility)[0].number
        tally.visits[Visits(facility, place, source.choices(("AMB", "EMER", "IMP", "other"), (80, 8, 5, 1))[0])] += 1
        day = MONTH + days.randrange(31)
        tally.received[facility, day, 1] += 1
        content = Content(1, int(place != "unknown"), int(days.random() < 0.5), 1, 1, 1)
        at = facility, week_of(day)
        tally.weekly[at] = tally.weekly.get(at, Content()).plus(content)
        district = place[:6] if place in city.kelurahan else place
        tally.ages[district, source.choice(BANDS[3:]), source.choice(("male", "female", ""))] += 1
        for code in set(source.choices(range(codes), by_code, k=source.choice((1, 1, 1, 2)))):
            if source.random() < 0.85:
                tally.cases[Cases(f"A{code:02}", facility, place, source.choice(("new", "new", "existing", "")))] += 1
    return tally


def drawn(seed: int) -> Tally:
    """A city and a month of it, by number."""
    source = random.Random(seed)
    city = places(
        source.choice((1, 2, 3)), source.choice((1, 2, 4)), source.choice((1, 2)), source.choice((1, 2, 4, 6))
    )
    return month(source, city, source.choice((3, 12, 30, 60, 120, 300, 1000)), source.choice((0.3, 1, 3)))
