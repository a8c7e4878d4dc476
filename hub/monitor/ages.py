"""Age bands of the Indonesian monthly morbidity reports."""

from bisect import bisect_right
from datetime import date

_EPOCH = date(1970, 1, 1).toordinal()
BANDS = ("0-7d", "8-28d", "29d-11m", "1-4", "5-9", "10-14", "15-19", "20-44", "45-54", "55-59", "60-69", "70+")
"""Days, months, then completed years; every age falls in exactly one."""
YEARS: dict[str, tuple[int, int | None]] = dict.fromkeys(BANDS[:3], (0, 0)) | {
    "1-4": (1, 4),
    "5-9": (5, 9),
    "10-14": (10, 14),
    "15-19": (15, 19),
    "20-44": (20, 44),
    "45-54": (45, 54),
    "55-59": (55, 59),
    "60-69": (60, 69),
    "70+": (70, None),
}
"""The first and the last completed year of each."""

_YEARS = (1, 5, 10, 15, 20, 45, 55, 60, 70)


def age_band(birth: str | None, day: int) -> str:
    """The band on `day` (days since 1970-01-01) of somebody born on the FHIR date `birth`.

    "" when the birth date is missing, not a date, or after `day`. A year or month alone counts from its middle.
    """
    born = _born(birth)
    if born is None:
        return ""
    on = date.fromordinal(day + _EPOCH)
    if born > on:
        return ""
    years = _years(born, on)
    if years:
        return BANDS[2 + bisect_right(_YEARS, years)]
    days = (on - born).days
    return "0-7d" if days <= 7 else "8-28d" if days <= 28 else "29d-11m"


def completed_years(birth: str | None, day: int) -> int | None:
    """Age in completed years on `day`; None where `age_band` is ""."""
    born = _born(birth)
    on = date.fromordinal(day + _EPOCH)
    return None if born is None or born > on else _years(born, on)


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _born(birth: str | None) -> date | None:
    if not birth:
        return None
    text = birth + {4: "-07-01", 7: "-15"}.get(len(birth), "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
