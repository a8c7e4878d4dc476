"""FHIR dates and times as a city day, and a day in words."""

from datetime import datetime

from hub.clock import city_zone
from hub.record.lines import Lang
from hub.record.words import word


def city_day(text: str | None) -> str:
    """The ISO day in the city of a FHIR date, dateTime or instant; a partial date stays partial; "" for none."""
    return city_moment(text)[:10]


def city_moment(text: str | None) -> str:
    """As `city_day`, with the time of day to the minute where the text has one: "2026-11-22T10:15"."""
    if not text:
        return ""
    if "T" not in text:
        return text[:10]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text[:10]
    return (moment.astimezone(city_zone()) if moment.tzinfo else moment).isoformat()[:16]


def in_words(day: str, lang: Lang) -> str:
    """An ISO day, month or year in words: "22 November 2026", "November 2026", "2026"; words for "unknown" if empty."""
    if not day:
        return word("text", "unknown_date", lang)
    year, *rest = day.split("-")
    if not rest or not rest[0].isdecimal():
        return year
    month = word("month", str(int(rest[0])), lang, rest[0])
    return f"{int(rest[1])} {month} {year}" if len(rest) > 1 and rest[1].isdecimal() else f"{month} {year}"


def time_in_words(moment: str, lang: Lang) -> str:
    """A day, or a day with its time as `city_moment` gives it, in words: "22 November 2026 10.15"."""
    day, _, clock = moment.partition("T")
    return f"{in_words(day, lang)} {clock.replace(':', '.') if lang == 'id' else clock}".strip()


def moment_in_words(ms: int, lang: Lang) -> str:
    """Epoch ms as city time in words: "22 November 2026 10.15 WITA" (English: 10:15)."""
    moment = datetime.fromtimestamp(ms / 1000, city_zone())
    clock = moment.strftime("%H.%M" if lang == "id" else "%H:%M")
    return f"{in_words(moment.date().isoformat(), lang)} {clock} {city_zone().tzname(None)}"
