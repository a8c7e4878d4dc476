"""Search: what a resource is found by, and what a request searches for. Pure; knows FHIR, neither SQL nor keys."""

from hub.search.clinical import NO_DAYS, clinical_days
from hub.search.extraction import REFERENCE, Extract, extract, is_indexed
from hub.search.opened import meets, referred, sort_values
from hub.search.own import Definition, adopt, read_own
from hub.search.parameters import CODES, Parameter, modifiers, parameters
from hub.search.parsing import parse
from hub.search.prints import prints, uses
from hub.search.query import Chain, Check, Has, Include, Query, SortKey
from hub.search.shaping import DEFAULT_COUNT, MOST_COUNT, orders
from hub.search.typed import values

__all__ = [
    "CODES",
    "DEFAULT_COUNT",
    "MOST_COUNT",
    "NO_DAYS",
    "REFERENCE",
    "Chain",
    "Check",
    "Definition",
    "Extract",
    "Has",
    "Include",
    "Parameter",
    "Query",
    "SortKey",
    "adopt",
    "clinical_days",
    "extract",
    "is_indexed",
    "meets",
    "modifiers",
    "orders",
    "parameters",
    "parse",
    "prints",
    "read_own",
    "referred",
    "sort_values",
    "uses",
    "values",
]
