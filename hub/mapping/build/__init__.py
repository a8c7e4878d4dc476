"""Builders of plain R4 resources (dicts, numbers as Decimal). Each takes what was read and leaves out what is None."""

from hub.mapping.build.allergy import allergy, no_known_allergy
from hub.mapping.build.clinical import condition, performed_procedure
from hub.mapping.build.dispense import medication_dispense
from hub.mapping.build.elements import codeable, quantity
from hub.mapping.build.immunization import immunization
from hub.mapping.build.impression import clinical_impression, coma_score, consciousness, waist
from hub.mapping.build.laboratory import laboratory_result, report
from hub.mapping.build.medication import medication_request
from hub.mapping.build.order import based_on, laboratory_order, referral
from hub.mapping.build.patient import address, patient, patient_number
from hub.mapping.build.practitioner import practitioner, practitioner_number
from hub.mapping.build.register import registered
from hub.mapping.build.social import gestational_age, habit, pregnancy
from hub.mapping.build.source import Source
from hub.mapping.build.stay import (
    Occasion,
    Phase,
    Place,
    hospital_encounter,
    hospitalization,
    is_ordered,
    location,
    occasion,
    ranked,
)
from hub.mapping.build.visit import Visit, encounter
from hub.mapping.build.vitals import blood_pressure_panel, vital_sign

__all__ = [
    "Occasion",
    "Phase",
    "Place",
    "Source",
    "Visit",
    "address",
    "allergy",
    "based_on",
    "blood_pressure_panel",
    "clinical_impression",
    "codeable",
    "coma_score",
    "condition",
    "consciousness",
    "encounter",
    "gestational_age",
    "habit",
    "hospital_encounter",
    "hospitalization",
    "immunization",
    "is_ordered",
    "laboratory_order",
    "laboratory_result",
    "location",
    "medication_dispense",
    "medication_request",
    "no_known_allergy",
    "occasion",
    "patient",
    "patient_number",
    "performed_procedure",
    "practitioner",
    "practitioner_number",
    "pregnancy",
    "quantity",
    "ranked",
    "referral",
    "registered",
    "report",
    "vital_sign",
    "waist",
]
