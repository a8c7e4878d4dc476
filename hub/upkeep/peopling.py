"""Importing the population and the targets of services: a file is taken as a whole or not at all."""

from collections.abc import Mapping

from hub.errors import Category, HubError
from hub.monitor.ages import BANDS
from hub.monitor.indicators import Indicator, definitions
from hub.monitor.indicators.denominators import Expected, residents, targets
from hub.parts import Hub
from hub.registry.people import population_of, targets_of


def set_population(hub: Hub, text: str, file: str) -> int:
    """Take a population (CSV), replacing the years it names; returns how many rows. UNPROCESSABLE with every fault."""
    rows, issues = population_of(text, file, BANDS)
    if issues:
        raise HubError(Category.UNPROCESSABLE, *issues)
    with hub.store.writing() as tx:
        tx.set_population({row.year for row in rows}, rows)
    return len(rows)


def set_targets(hub: Hub, text: str, file: str) -> int:
    """Take targets (CSV), replacing those of the (year, indicator) it names. UNPROCESSABLE with every fault."""
    known = {each.id for each in definitions(hub.config.indicators) if each.needs == "target"}
    rows, issues = targets_of(text, file, known, set(hub.facilities))
    if issues:
        raise HubError(Category.UNPROCESSABLE, *issues)
    with hub.store.writing() as tx:
        tx.set_targets({(row.year, row.indicator) for row in rows}, rows)
    return len(rows)


def expected(hub: Hub, indicator: Indicator, month: str) -> Expected:
    """The people an indicator's month (YYYY-MM) is held against: those of its year, or of the newest population before
    it; {} where nothing was imported."""
    year = int(month[:4])
    with hub.store.reading() as tx:
        if indicator.needs == "target":
            return targets(tx.targets(year, indicator.id), _owners(hub))
        years = [each for each in tx.population_years() if each <= year]
        return residents(indicator, tx.population(years[-1])) if years else {}


def _owners(hub: Hub) -> Mapping[str, str]:
    return {each.id: each.ownership for each in hub.facilities.values()}
