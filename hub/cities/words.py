"""What texts say of the city: {city_id} and {city_en} its full name in each language, {city_zone} its clock ..."""

import re
from functools import cache

from hub.cities.folder import city

_MARK = re.compile(r"\{((?:city|office)_[a-z]+)\}")


def of_city(text: str) -> str:
    """The text with the marks of the city filled in: {city_name}, {city_id}, {city_en}, {city_zone}, {office_id},
    {office_en}; other marks stay for whoever gives their values. KeyError for one of the city's that is none."""
    return _MARK.sub(lambda found: _words()[found[1]], text)


@cache
def _words() -> dict[str, str]:
    own = city()
    return {
        "city_name": own.name,
        "city_zone": f"{own.time_zone} (UTC{own.offset})",
        **{f"city_{lang}": text for lang, text in own.title.items()},
        **{f"office_{lang}": text for lang, text in own.health_office.items()},
    }
