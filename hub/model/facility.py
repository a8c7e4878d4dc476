"""A facility: an organisation that sends and reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FACILITY_KINDS = ("klinik", "praktik", "puskesmas", "rumah-sakit", "laboratorium", "apotek", "lainnya")
"""What the registry calls kinds of facilities."""


@dataclass(frozen=True, slots=True)
class Facility:
    """A registered facility. `number` is its small integer in every sealed row; `id` its stable name in the API.

    `labels` are sensitivity labels every record of this facility inherits (a VCT clinic: HIV). `settings` is what
    the facility binds its adapter with: identifier system, time zone, renamed columns, local codes.
    """

    number: int
    id: str
    name: str
    kind: str = "klinik"
    ownership: Literal["public", "private"] = "private"
    adapter: str = "klinik_csv"
    kelurahan: str = ""
    labels: frozenset[str] = frozenset()
    settings: Mapping[str, str] = field(default_factory=dict)
