"""Short names of common ICD-10 categories, in our own words, to stand beside the code on pages of numbers."""

import csv
from functools import cache
from importlib.resources import files

from hub.web.call import Lang


def category_name(code: str, lang: Lang) -> str:
    """The short name of a three-character category in `diagnosis_categories.csv`; "" where it knows none."""
    return _names().get(code, {}).get(lang, "")


@cache
def _names() -> dict[str, dict[str, str]]:
    source = files("hub.web").joinpath("diagnosis_categories.csv").read_text(encoding="utf-8")
    return {row["code"]: row for row in csv.DictReader(source.splitlines())}
