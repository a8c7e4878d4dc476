"""Reading a visit: its state and its beds. Room moves are not discharges."""

from dataclasses import dataclass
from datetime import timedelta

from hub.mapping import Context, Record
from hub.mapping.build import Source, is_ordered, location
from hub.mapping.values import clock_time, moment, one_of, past_day

from .reading import Resource, lenient, time_of, words

STATES = {
    "Belum": "arrived",
    "Berkas Diterima": "arrived",
    "Sudah": "finished",
    "Batal": "cancelled",
    "Dirujuk": "finished",
    "Meninggal": "finished",
    "Dirawat": "in-progress",
    "Pulang Paksa": "finished",
}
"""reg_periksa.stts as Encounter.status."""
ENDINGS = frozenset({"Dirujuk", "Meninggal", "Pulang Paksa"})
MOVES = frozenset({"pindah kamar", "naik kelas", "titip kelas"})
DAYS_AHEAD = 92
"""How far ahead a booked visit may lie."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One row of kamar_inap."""

    bed: str
    start: str | None
    end: str | None
    outcome: str | None
    reason: str | None

    @property
    def is_move(self) -> bool:
        """Whether the row ends by moving to another bed."""
        return self.outcome is not None and self.outcome.casefold() in MOVES


@dataclass(frozen=True, slots=True)
class Course:
    """What reg_periksa says of the visit, and its beds in order of time."""

    start: str
    state: str
    stts: str | None
    is_inpatient: bool
    unit: str | None
    service: str | None
    tag: str | None
    stays: tuple[Stay, ...]
    places: tuple[Resource, ...]

    @property
    def last(self) -> Stay | None:
        """The last bed."""
        return self.stays[-1] if self.stays else None

    @property
    def is_discharged(self) -> bool:
        """Whether the patient has left the last bed for good."""
        return bool(self.last and not self.last.is_move and (self.last.end or self.last.outcome))

    @property
    def ending(self) -> str | None:
        """How the visit ended, in the source's words."""
        if self.last and not self.last.is_move and self.last.outcome:
            return self.last.outcome
        return self.stts if self.stts in ENDINGS else None

    @property
    def is_death(self) -> bool:
        """Whether it ended in death."""
        return self.state != "cancelled" and self.ending in {"+", "Meninggal"}


def read_course(record: Record, context: Context, source: Source) -> Course:
    """The fields of reg_periksa, poliklinik and kamar_inap."""
    stts = record.take("stts", lenient(one_of(*STATES)))
    ahead = timedelta(days=DAYS_AHEAD if stts == "Belum" else 0)
    day = record.take("tgl_registrasi", past_day(context.today + ahead))
    at = record.take("jam_reg", lenient(clock_time))
    follow = record.take("status_lanjut", one_of("Ralan", "Ranap"))
    state = STATES.get(stts or "Belum", "arrived")
    if day and day > context.today:
        state = "planned"
    stays, places = _stays(record, context, source)
    unit, service = words(record, "kd_poli"), words(record, "nm_poli")
    if unit:
        places.insert(0, location(source, f"poli/{unit}", name=service or unit, form="ro"))
    new = {"Baru": "Pasien baru", "Lama": "Pasien lama"}
    return Course(
        start=moment(day, at, context.offset) if day else "",
        state=state,
        stts=stts,
        is_inpatient=follow == "Ranap" or bool(stays),
        unit=unit,
        service=service,
        tag=new.get(record.text("stts_daftar") or ""),
        stays=tuple(stays),
        places=tuple(places),
    )


def _stays(record: Record, context: Context, source: Source) -> tuple[list[Stay], list[Resource]]:
    """The beds in order of time, and the Locations they name: wards, then beds."""
    found: list[Stay] = []
    wards: dict[str, Resource] = {}
    beds: dict[str, Resource] = {}
    for row in record.group("kamar"):
        bed, ward = row.text("kd_kamar"), words(row, "kd_bangsal")
        name, level = words(row, "nm_bangsal"), words(row, "kelas")
        start = time_of(row, "tgl_masuk", "jam_masuk", context)
        end = time_of(row, "tgl_keluar", "jam_keluar", context)
        outcome, reason = row.text("stts_pulang"), words(row, "diagnosa_awal")
        if start and end and not is_ordered(start, end):
            row.warn("tgl_keluar", "HUB-2252")
            end = None
        if not bed:
            continue
        found.append(Stay(bed, start, end, outcome, reason))
        if ward:
            wards[ward] = location(source, f"bangsal/{ward}", name=name or ward, form="wa")
        within = f"bangsal/{ward}" if ward else None
        beds[bed] = location(source, f"kamar/{bed}", name=bed, form="bd", within=within, detail=level)
    found.sort(key=lambda stay: stay.start or "")
    return found, [*wards.values(), *beds.values()]
