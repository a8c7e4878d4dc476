"""The patient's record: a summary in plain words, its PDF, and the same record as a FHIR document. Pure."""

from hub.record.authors import author
from hub.record.document import document
from hub.record.lines import FacilityVisits, Line, Measure, Person, Summary, Updated, Visit
from hub.record.pdf import pdf
from hub.record.summary import summary

__all__ = [
    "FacilityVisits",
    "Line",
    "Measure",
    "Person",
    "Summary",
    "Updated",
    "Visit",
    "author",
    "document",
    "pdf",
    "summary",
]
