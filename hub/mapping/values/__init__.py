"""Conversions of one cell: text in, a typed value out, or the reason why not. Pure; they never guess.

A conversion returns the value, `None` when the cell means "nothing" (a dash, 0000-00-00), `Doubtful` when it was
understood but the sender should look again, or raises `Unfit` with a stable code.
"""

from hub.mapping.values.choices import one_of
from hub.mapping.values.codes import Coded, diagnosis, procedure
from hub.mapping.values.dates import birth_day, clock_time, moment, past_day, time_in
from hub.mapping.values.identifiers import bpjs, nik, nik_fits, phones
from hub.mapping.values.names import PersonName, person_name
from hub.mapping.values.numbers import Amount, Range, Result, amount, number, reference_range, result
from hub.mapping.values.people import gender
from hub.mapping.values.unfit import Doubtful, Unfit
from hub.mapping.values.vitals import VITALS, blood_pressure, vital

__all__ = [
    "VITALS",
    "Amount",
    "Coded",
    "Doubtful",
    "PersonName",
    "Range",
    "Result",
    "Unfit",
    "amount",
    "birth_day",
    "blood_pressure",
    "bpjs",
    "clock_time",
    "diagnosis",
    "gender",
    "moment",
    "nik",
    "nik_fits",
    "number",
    "one_of",
    "past_day",
    "person_name",
    "phones",
    "procedure",
    "reference_range",
    "result",
    "time_in",
    "vital",
]
