"""Builders of plain R4 resources (dicts, numbers as Decimal). Each takes what was read and leaves out what is None."""

from hub.mapping.build.clinical import condition, performed_procedure
from hub.mapping.build.elements import codeable, quantity
from hub.mapping.build.laboratory import laboratory_result, report
from hub.mapping.build.medication import medication_request
from hub.mapping.build.patient import address, patient, patient_number
from hub.mapping.build.practitioner import practitioner, practitioner_number
from hub.mapping.build.source import Source
from hub.mapping.build.visit import Visit, encounter
from hub.mapping.build.vitals import blood_pressure_panel, vital_sign

__all__ = [
    "Source",
    "Visit",
    "address",
    "blood_pressure_panel",
    "codeable",
    "condition",
    "encounter",
    "laboratory_result",
    "medication_request",
    "patient",
    "patient_number",
    "performed_procedure",
    "practitioner",
    "practitioner_number",
    "quantity",
    "report",
    "vital_sign",
]
