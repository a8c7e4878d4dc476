"""R4 4.0.1 knowledge, no policy: definitions, exact JSON, references, bundles, outcomes, dates, FHIRPath."""

from hub.fhir import json, systems
from hub.fhir.bundle import Answer, Past, history, searchset, transaction_response
from hub.fhir.dates import city_day, date_range, day_text, instant_range, moment, period_range
from hub.fhir.definitions import (
    RESOURCE_TYPES,
    is_a,
    search_parameters,
    table,
    type_definition,
    type_name,
    type_number,
)
from hub.fhir.outcome import outcome
from hub.fhir.references import Reference, parse_conditional, parse_reference, references

__all__ = [
    "RESOURCE_TYPES",
    "Answer",
    "Past",
    "Reference",
    "city_day",
    "date_range",
    "day_text",
    "history",
    "instant_range",
    "is_a",
    "json",
    "moment",
    "outcome",
    "parse_conditional",
    "parse_reference",
    "period_range",
    "references",
    "search_parameters",
    "searchset",
    "systems",
    "table",
    "transaction_response",
    "type_definition",
    "type_name",
    "type_number",
]
