"""A definition that changes: months counted before say what counted them, and are not held against those after."""

from importlib.resources import files

from hub.access.indicators import Seen, Value, chart_of, comparable, known, own_indicators, series
from hub.access.measures import measure, report
from hub.access.year import year_so_far
from hub.monitor.indicators.indicator import Indicator
from hub.monitor.indicators.reading import read
from hub.monitor.indicators.shelf import lists
from hub.parts import Hub
from hub.upkeep.indicators import count_indicators
from hub.upkeep.releasing import release_closed
from hub.upkeep.releasing_indicators import release_indicators
from tests.whole import test_released_indicators as released
from tests.whole.test_released_indicators import AUDITOR, CHOSEN, CLINIC, NAME

hub = released.hub

SHIPPED = files("hub.monitor.indicators").joinpath(f"definitions/{NAME}.toml").read_text(encoding="utf-8")


def other(old: str, new: str) -> Indicator:
    found, issues = read(SHIPPED.replace(old, new).encode(), f"{NAME}.toml", lists())
    assert found is not None, issues
    return found


def test_words_are_no_other_definition_and_a_value_is(hub: Hub) -> None:
    shipped = known(hub)[NAME]
    assert other('en = "', 'en = "Now: ').version == shipped.version
    assert other("target =", "# target =").version == shipped.version
    assert other("< 140", "< 130").version != shipped.version


def test_a_month_of_which_it_is_not_known_what_counted_it_is_no_break() -> None:
    old, new, other = (Seen(f"2026-{n:02}", Value(1, 2), counted) for n, counted in ((7, ""), (8, "a"), (9, "b")))
    assert comparable([old, old, new]) == [old, old, new]
    assert comparable([new, old, old]) == [new, old, old]
    assert comparable([old, new, other]) == [other]


def test_months_counted_by_another_definition_stand_apart(hub: Hub) -> None:
    release_closed(hub, "2026-08")
    count_indicators(hub, chosen=CHOSEN)
    assert release_indicators(hub, CHOSEN) == ["2026-07", "2026-08"]
    stricter = [other("< 140", "< 110") if each.id == NAME else each for each in CHOSEN]
    release_closed(hub)
    count_indicators(hub, chosen=stricter)
    assert release_indicators(hub, stricter) == ["2026-09", "2026-10"]
    seen = series(hub, AUDITOR, NAME)
    assert [each.value.numerator for each in seen] == [155, 155, 0, 0]
    assert [each.month for each in comparable(seen)] == ["2026-09", "2026-10"]
    shipped, new = known(hub)[NAME], next(each for each in stricter if each.id == NAME)
    chart = chart_of(seen, shipped)
    assert chart is not None
    assert [point.label for point in chart.points] == ["2026-09", "2026-10"]
    year = year_so_far(seen, other('"person"\ncounted = "once a month"', '"visit"'), "2026-10")
    assert year is not None
    assert (year.first, year.value.numerator) == ("2026-09", 0)
    assert comparable(seen[:2]) == seen[:2], "one definition"
    own = own_indicators(hub, CLINIC)[NAME]
    assert [each.counted for each in own] == [shipped.version] * 2 + [new.version] * 2
    for month, version in (("2026-08", shipped.version), ("2026-10", new.version)):
        found = report(hub, AUDITOR, NAME, month)["entry"][1]["resource"]
        assert found["measure"] == f"{measure(shipped, hub.config.base_url)['url']}|{version}"
