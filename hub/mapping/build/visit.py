"""Encounter, and the frame that every resource of a visit hangs in. https://www.hl7.org/fhir/R4/encounter.html"""

from dataclasses import dataclass
from typing import Any

from hub.fhir import systems
from hub.mapping.build.elements import codeable, concept
from hub.mapping.build.source import Source
from hub.mapping.codes import Coding


@dataclass(frozen=True, slots=True)
class Visit:
    """Who, when and by whom: what the resources of one visit (or one laboratory order) share.

    `start` is a FHIR dateTime. `number` names the visit in the source; `has_encounter` is False for a bare order.
    """

    source: Source
    number: str
    patient: str
    start: str
    practitioner: str | None = None
    has_encounter: bool = True

    def subject(self) -> dict[str, Any]:
        """The patient."""
        return self.source.reference("Patient", "pasien", self.patient)

    def encounter(self) -> dict[str, Any]:
        """`{"encounter": …}`, or nothing."""
        if not self.has_encounter:
            return {}
        return {"encounter": self.source.reference("Encounter", "kunjungan", self.number)}

    def performer(self) -> dict[str, Any] | None:
        """The practitioner, if known."""
        return self.source.reference("Practitioner", "nakes", self.practitioner) if self.practitioner else None

    def identifier(self, kind: str, part: str) -> list[dict[str, Any]]:
        """The source identifier of one part of the visit, such as its second diagnosis."""
        return [self.source.identifier(kind, f"{self.number}/{part}")]


def encounter(
    visit: Visit, *, service: str | None, service_code: Coding | None, complaint: str | None, end: str | None = None
) -> dict[str, Any]:
    """A finished outpatient visit. It lists no diagnoses: a pointer to a sensitive one would inherit its label.

    `end`: the last moment known of it, as precise as the start (R4's invariant per-1 can't compare others); the start
    itself where nothing later is known, since a period without an end would say that the visit goes on.
    """
    found: dict[str, Any] = {
        "resourceType": "Encounter",
        "identifier": [visit.source.identifier("kunjungan", visit.number, "VN")],
        "status": "finished",
        "class": {"system": systems.ACT_CODE, "code": "AMB", "display": "ambulatory"},
    }
    if service:
        found["serviceType"] = codeable(service, *([service_code] if service_code else []))
    found["subject"] = visit.subject()
    if performer := visit.performer():
        found["participant"] = [{"type": [concept(systems.PARTICIPATION, "ATND", "attender")], "individual": performer}]
    found["period"] = {"start": visit.start, "end": end or visit.start}
    if complaint:
        found["reasonCode"] = [{"text": complaint}]
    found["serviceProvider"] = visit.source.organisation()
    return found
