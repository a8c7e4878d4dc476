"""What the registry knows of a facility beside how it sends: where it is, since when, with which papers, and who works
there under which permit."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Licence:
    """A facility's operating licence, as the licensing office numbers it. `until` is the last day it holds."""

    number: str
    issued: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Accreditation:
    """`grade`: one of `hub.registry.papers.GRADES`."""

    grade: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Satusehat:
    """Whether the facility sends to the ministry's platform: `state` one of `hub.registry.papers.STATES`, and its
    organization id there (9 digits)."""

    state: str
    organization: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """A practitioner's permit (SIP) to work at one facility. `practitioner` is a stable keyed name of the person, never
    a NIK: the same at every facility, or "" when the source does not say who it is."""

    number: str
    name: str
    profession: str
    until: date | None = None
    practitioner: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """Everything of one facility (`facility` is its number). Unknown is None, "" or empty. `opened` is the first and
    `closed` the last day it works; coordinates in WGS84 degrees."""

    facility: int
    opened: date | None = None
    closed: date | None = None
    address: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    services: tuple[str, ...] = ()
    licence: Licence | None = None
    accreditation: Accreditation | None = None
    satusehat: Satusehat | None = None
    permits: tuple[Permit, ...] = ()

    def is_open(self, day: date) -> bool:
        """Whether the facility works on a day, as far as its dates say."""
        return (self.opened is None or self.opened <= day) and (self.closed is None or day <= self.closed)
