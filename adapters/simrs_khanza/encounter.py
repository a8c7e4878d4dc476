"""Building the Encounter of a visit: class, state, history, places, how it ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.mapping import Coding, Context, Record
from hub.mapping.build import Phase, Place, Visit, hospital_encounter, hospitalization, is_ordered

from .reading import Resource, words
from .visit import Course

UNKNOWN_END = "status belum lengkap"
_LONGEST = timedelta(days=1)
"""A visit without a bed is over by then: what is written later was added to it."""


def build_encounter(
    record: Record, visit: Visit, course: Course, context: Context, complaint: str | None, seen: Sequence[str]
) -> Resource:
    """The Encounter. Referral letters are fields of the visit too. `seen`: when somebody examined, prescribed or
    ordered (FHIR dateTimes)."""
    letter, sender = words(record, "no_rujuk_masuk"), words(record, "perujuk")
    is_emergency = any(text and context.codes.find("kelas", text) for text in (course.unit, course.service))
    outside = "EMER" if is_emergency else "AMB"
    state = _state(course)
    end = _end(course, state, seen)
    sent_to = next((to for row in record.group("rujuk") if (to := words(row, "rujuk_ke"))), None)
    ending = course.ending if state == "finished" else None
    stay: dict[str, Any] | None = hospitalization(
        visit.source,
        disposition=ending,
        disposition_code=_disposition(record, context, ending),
        origin=sender,
        origin_number=letter,
        destination=sent_to,
    )
    return hospital_encounter(
        visit,
        status=state,
        kind="IMP" if course.is_inpatient else "EMER" if is_emergency else "AMB",
        end=end,
        statuses=_statuses(course, state, end),
        kinds=_classes(course, outside, end),
        service=course.service,
        service_code=_service(record, course, context),
        tag=course.tag,
        complaint=complaint or (course.stays[0].reason if course.stays else None),
        places=_places(course, state),
        hospitalization=stay,
    )


def _state(course: Course) -> str:
    if not course.is_inpatient or course.state == "cancelled":
        return course.state
    if course.stays:
        return "finished" if course.is_discharged else "in-progress"
    return "in-progress" if course.stts in (None, "Belum", "Berkas Diterima", "Dirawat") else course.state


def _end(course: Course, state: str, seen: Sequence[str]) -> str | None:
    """The discharge from the last bed. Of a visit without a bed the source keeps no end: once it is over, the last
    moment known of it, as precise as its start."""
    if state not in ("finished", "cancelled"):
        return None
    if course.is_inpatient or not course.start:
        return course.last.end if course.last and course.is_discharged and state == "finished" else None
    if "T" not in course.start:
        return course.start
    begun = datetime.fromisoformat(course.start)
    during = (at for at in seen if "T" in at and timedelta() <= datetime.fromisoformat(at) - begun <= _LONGEST)
    return max(during, default=course.start)


def _disposition(record: Record, context: Context, ending: str | None) -> Coding | None:
    found = context.codes.find("pulang", ending) if ending else None
    if ending and not found and ending.casefold() != UNKNOWN_END:
        record.warn("stts", "HUB-2080", kind="pulang")
    return found


def _service(record: Record, course: Course, context: Context) -> Coding | None:
    found = context.codes.find("poli", course.service) if course.service else None
    if course.service and not found:
        record.warn("nm_poli", "HUB-2080", kind="poli")
    return found


def _statuses(course: Course, state: str, end: str | None) -> Sequence[Phase]:
    """The history of an admission; of other visits the source keeps only the last state."""
    first = course.stays[0].start if course.stays else None
    if not first or state == "cancelled" or not is_ordered(course.start, first):
        return ()
    known = [Phase("arrived", course.start, first), Phase("in-progress", first, end)]
    return (*known, Phase("finished", end, end)) if end and is_ordered(first, end) else known


def _classes(course: Course, outside: str, end: str | None) -> Sequence[Phase]:
    """First a patient of the clinic or the emergency room, then admitted."""
    first = course.stays[0].start if course.stays else None
    if not first or not is_ordered(course.start, first):
        return ()
    return (Phase(outside, course.start, first), Phase("IMP", first, end))


_AT: dict[str, Any] = {"planned": "planned", "finished": "completed", "cancelled": None}
"""How the last place stands while the visit is so; otherwise the patient is there."""


def _places(course: Course, state: str) -> list[Place]:
    """The clinic, then the beds."""
    now = _AT.get(state, "active")
    found = []
    if course.unit:
        left = course.stays[0].start if course.stays else None
        here: Any = "completed" if course.stays else now
        found.append(Place(f"poli/{course.unit}", "ro", course.start, left, here))
    beds = (
        Place(f"kamar/{stay.bed}", "bd", stay.start, stay.end, now if stay is course.last else "completed")
        for stay in course.stays
    )
    return [*found, *beds]
