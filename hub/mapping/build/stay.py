"""Hospital visits: Encounter with wards, beds and discharge, and the Locations they name.

https://www.hl7.org/fhir/R4/encounter.html, https://www.hl7.org/fhir/R4/location.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept
from hub.mapping.build.source import Source
from hub.mapping.build.visit import Visit
from hub.mapping.codes import Coding

EncounterKind = Literal["AMB", "IMP", "EMER"]
Form = Literal["wa", "ro", "bd"]
"""Ward, room, bed: http://terminology.hl7.org/CodeSystem/location-physical-type."""

_KINDS: dict[str, str] = {"AMB": "ambulatory", "IMP": "inpatient encounter", "EMER": "emergency"}
_FORMS: dict[str, str] = {"wa": "Ward", "ro": "Room", "bd": "Bed"}
_PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"


@dataclass(frozen=True, slots=True)
class Occasion(Visit):
    """A moment inside a visit, such as an examination or a prescription: same encounter, own time, own person.

    `part` names it within the visit and begins the identifiers of what hangs in it.
    """

    part: str = ""

    def identifier(self, kind: str, part: str) -> list[dict[str, Any]]:
        """The source identifier of one part of this moment."""
        return [self.source.identifier(kind, f"{self.number}/{self.part}/{part}" if part else self.at())]

    def at(self) -> str:
        """What the moment itself is known by."""
        return f"{self.number}/{self.part}"


def occasion(visit: Visit, part: str, start: str | None, practitioner: str | None) -> Occasion:
    """A moment of a visit; the visit's own time and practitioner where these are not known."""
    return Occasion(
        source=visit.source,
        number=visit.number,
        patient=visit.patient,
        start=start or visit.start,
        practitioner=practitioner or visit.practitioner,
        has_encounter=visit.has_encounter,
        part=part,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the patient was or will be, as part of an Encounter. `end` None: still there, or not known."""

    number: str
    form: Form
    start: str | None = None
    end: str | None = None
    status: Literal["planned", "active", "completed"] | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the Encounter in one class or one status."""

    value: str
    start: str
    end: str | None = None


def location(
    source: Source, number: str, *, name: str, form: Form, within: str | None = None, detail: str | None = None
) -> dict[str, Any]:
    """A ward, room or bed of the facility; `within` is the number of the place it lies in."""
    found: dict[str, Any] = {
        "resourceType": "Location",
        "identifier": [source.identifier("lokasi", number)],
        "status": "active",
        "name": name,
    }
    if detail:
        found["description"] = detail
    found["mode"] = "instance"
    found["physicalType"] = concept(_PHYSICAL, form, _FORMS[form])
    found["managingOrganization"] = source.organisation()
    if within:
        found["partOf"] = source.reference("Location", "lokasi", within)
    return found


def hospital_encounter(
    visit: Visit,
    *,
    status: str,
    kind: EncounterKind,
    end: str | None = None,
    statuses: Sequence[Phase] = (),
    kinds: Sequence[Phase] = (),
    service: str | None = None,
    service_code: Coding | None = None,
    tag: str | None = None,
    complaint: str | None = None,
    places: Sequence[Place] = (),
    hospitalization: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A hospital visit of any class and state. It lists no diagnoses: a pointer to a sensitive one would inherit its
    label. `hospitalization` as from `hospitalization()`, `tag` says for example that the patient is new here."""
    found: dict[str, Any] = {
        "resourceType": "Encounter",
        "identifier": [visit.source.identifier("kunjungan", visit.number, "VN")],
        "status": status,
    }
    if statuses:
        found["statusHistory"] = [
            {"status": phase.value, "period": period(phase.start, phase.end)} for phase in statuses
        ]
    found["class"] = _class(kind)
    if kinds:
        found["classHistory"] = [
            {"class": _class(phase.value), "period": period(phase.start, phase.end)} for phase in kinds
        ]
    if tag:
        found["type"] = [{"text": tag}]
    if service:
        found["serviceType"] = codeable(service, *([service_code] if service_code else []))
    found["subject"] = visit.subject()
    if performer := visit.performer():
        found["participant"] = [{"type": [concept(systems.PARTICIPATION, "ATND", "attender")], "individual": performer}]
    found["period"] = period(visit.start, end)
    if complaint:
        found["reasonCode"] = [{"text": complaint}]
    if hospitalization:
        found["hospitalization"] = hospitalization
    if places:
        found["location"] = [_placed(visit.source, place) for place in places]
    found["serviceProvider"] = visit.source.organisation()
    return found


def hospitalization(
    source: Source,
    *,
    disposition: str | None = None,
    disposition_code: Coding | None = None,
    origin: str | None = None,
    origin_number: str | None = None,
    destination: str | None = None,
) -> dict[str, Any] | None:
    """Where the patient came from (name, letter of referral), how and where to the patient left; None for nothing."""
    found: dict[str, Any] = {}
    if origin_number:
        found["preAdmissionIdentifier"] = source.identifier("rujukan-masuk", origin_number)
    if origin:
        found["origin"] = {"display": origin}
    if destination:
        found["destination"] = {"display": destination}
    if disposition:
        found["dischargeDisposition"] = codeable(disposition, *([disposition_code] if disposition_code else []))
    return found or None


def ranked(condition: dict[str, Any], rank: int) -> dict[str, Any]:
    """A Condition with its place among the diagnoses of its visit, 1 for the main one. R4 keeps that place in
    Encounter.diagnosis, where it would point from the visit to a diagnosis that may be sensitive."""
    extensions = [*condition.get("extension", ()), {"url": systems.DIAGNOSIS_RANK, "valuePositiveInt": rank}]
    return condition | {"extension": extensions}


def period(start: str, end: str | None) -> dict[str, str]:
    """A Period of FHIR dateTimes in one zone; an end before its start is left out."""
    return {"start": start, "end": end} if end and is_ordered(start, end) else {"start": start}


def is_ordered(earlier: str, later: str) -> bool:
    """Whether two dateTimes in one zone are in order, as far as the shorter of them says."""
    length = min(len(earlier), len(later))
    return earlier[:length] <= later[:length]


def _class(kind: str) -> dict[str, str]:
    return {"system": systems.ACT_CODE, "code": kind, "display": _KINDS[kind]}


def _placed(source: Source, place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {"location": source.reference("Location", "lokasi", place.number)}
    if place.status:
        found["status"] = place.status
    found["physicalType"] = concept(_PHYSICAL, place.form, _FORMS[place.form])
    if place.start:
        found["period"] = period(place.start, place.end)
    return found
