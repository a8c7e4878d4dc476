"""How many people there are, and how many a service is meant for: what indicators without a denominator of their own
are held against."""

from typing import NamedTuple


class Residents(NamedTuple):
    """People of a year, by kelurahan ("" the whole city), sex and age band ("" not divided)."""

    year: int
    area: str
    sex: str
    band: str
    people: int


class Target(NamedTuple):
    """People a service is meant for in a year, in a kelurahan or of a facility's (its id); both "": the whole city."""

    year: int
    indicator: str
    area: str
    facility: str
    people: int
