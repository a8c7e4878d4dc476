"""Search: what a resource is found by, and what a request searches for. Pure; knows FHIR, neither SQL nor keys."""

from hub.search.extraction import NO_DAYS, REFERENCE, Extract, clinical_days, extract, is_indexed
from hub.search.parameters import Parameter, parameters
from hub.search.parsing import DEFAULT_COUNT, MOST_COUNT, orders, parse
from hub.search.query import Query

__all__ = [
    "DEFAULT_COUNT",
    "MOST_COUNT",
    "NO_DAYS",
    "REFERENCE",
    "Extract",
    "Parameter",
    "Query",
    "clinical_days",
    "extract",
    "is_indexed",
    "orders",
    "parameters",
    "parse",
]
