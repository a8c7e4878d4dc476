"""What a mapping may know besides its row: who sent it, in which file, when, and the code map."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from hub.cities import city
from hub.clock import city_zone
from hub.mapping.codes import CodeMap, normalised
from hub.mapping.values.dates import ZONES
from hub.mapping.values.unfit import Unfit
from hub.model import Facility, Issue

_OFFSET = re.compile(r"([+-])(\d{2}):?([0-5]\d)")
MAX_SHIFT = 720
"""Minutes: a clock that is further off is a wrong date, not a wrong clock."""


@dataclass(frozen=True, slots=True)
class Context:
    """Given to every mapping. `received_ms`: the hub's clock at receipt (epoch ms), the only "now" a mapping has."""

    facility: Facility
    file: str
    received_ms: int
    codes: CodeMap

    @property
    def city(self) -> str:
        """The name of the city the hub serves."""
        return city().name

    @property
    def today(self) -> date:
        """The city's date at receipt."""
        return datetime.fromtimestamp(self.received_ms // 1000, city_zone()).date()

    @property
    def offset(self) -> timezone:
        """The zone of times without one, a wrong clock set right: the facility's settings `utc_offset` ("WIB" or
        "+07:00"; default the city's) and `clock_shift_minutes` (to be added: "-60" for a clock an hour fast)."""
        zone = read_offset(self.facility.settings.get("utc_offset", ""))
        shift = read_shift(self.facility.settings.get("clock_shift_minutes", ""))
        return timezone(zone.utcoffset(None) - shift) if shift else zone


def read_offset(text: str) -> timezone:
    """ "+07:00" or "WIB", "WITA", "WIT" as a zone; the city's for "". Raises Unfit for anything else."""
    text = text.strip()
    if not text:
        return city_zone()
    if text.casefold() in ZONES:
        return ZONES[text.casefold()]
    found = _OFFSET.fullmatch(text)
    if not found or int(found[2]) > 14:
        raise Unfit("HUB-2044")
    delta = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-delta if found[1] == "-" else delta)


def read_shift(text: str) -> timedelta:
    """Minutes to be added to the program's clock, -720 to 720; none for "". Raises Unfit for anything else."""
    text = text.strip()
    if not text:
        return timedelta()
    if not re.fullmatch(r"[+-]?\d{1,3}", text) or abs(int(text)) > MAX_SHIFT:
        raise Unfit("HUB-2044")
    return timedelta(minutes=int(text))


def clock_issues(facility: Facility) -> list[Issue]:
    """What a receipt says of the facility's clock: a zone of its own, a shift, or a setting that nobody understands."""
    found = []
    zone_text = facility.settings.get("utc_offset", "")
    shift_text = facility.settings.get("clock_shift_minutes", "")
    try:
        zone = read_offset(zone_text)
    except Unfit:
        return [Issue("HUB-2205", severity="fatal", args={"setting": "utc_offset"})]
    try:
        shift = read_shift(shift_text)
    except Unfit:
        return [Issue("HUB-2205", severity="fatal", args={"setting": "clock_shift_minutes"})]
    if zone.utcoffset(None) != city_zone().utcoffset(None):
        found.append(Issue("HUB-2203", severity="information", args={"offset": _written(zone)}))
    if shift:
        minutes = f"{shift // timedelta(minutes=1):+d}"
        found.append(Issue("HUB-2204", severity="information", args={"minutes": minutes}))
    return found


def _written(zone: timezone) -> str:
    """A zone as people say it: "WIB (UTC+07:00)"."""
    name = next((name.upper() for name, known in ZONES.items() if known.utcoffset(None) == zone.utcoffset(None)), "")
    offset = str(timezone(zone.utcoffset(None)))
    return f"{name} ({offset})" if name else offset


def pairs(text: str) -> dict[str, str]:
    """A facility setting that holds pairs: "Tgl Periksa=tanggal_kunjungan; JK=jenis_kelamin"."""
    found = {}
    for part in text.replace("\n", ";").split(";"):
        left, equals, right = part.partition("=")
        if equals and left.strip() and right.strip():
            found[left.strip()] = right.strip()
    return found


def local_words(facility: Facility) -> dict[tuple[str, str], str]:
    """The facility's own words (setting `codes`: "obat/pct forte=paracetamol; lab/gula=gula darah sewaktu")."""
    words = {}
    for left, right in pairs(facility.settings.get("codes", "")).items():
        kind, slash, text = left.partition("/")
        if slash:
            words[kind.strip(), normalised(text)] = normalised(right)
    return words
