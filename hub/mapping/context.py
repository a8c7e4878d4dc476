"""What a mapping may know besides its row: who sent it, in which file, when, and the code map."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from hub.clock import WITA
from hub.mapping.codes import CodeMap, normalised
from hub.mapping.values.unfit import Unfit
from hub.model import Facility


@dataclass(frozen=True, slots=True)
class Context:
    """Given to every mapping. `received_ms`: the hub's clock at receipt (epoch ms), the only "now" a mapping has."""

    facility: Facility
    file: str
    received_ms: int
    codes: CodeMap

    @property
    def today(self) -> date:
        """The city's date at receipt."""
        return datetime.fromtimestamp(self.received_ms // 1000, WITA).date()

    @property
    def offset(self) -> timezone:
        """The zone of times without one: the facility's setting `utc_offset` ("+07:00"), else the city's."""
        return read_offset(self.facility.settings.get("utc_offset", ""))


def read_offset(text: str) -> timezone:
    """ "+07:00" as a zone; the city's for "". Raises Unfit for anything else."""
    if not text:
        return WITA
    sign, hours, minutes = text[:1], text[1:3], text[4:6]
    if sign not in "+-" or not (hours.isdecimal() and minutes.isdecimal()):
        raise Unfit("HUB-2044")
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-delta if sign == "-" else delta)


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
