"""Vital signs: their LOINC and UCUM codes, the units a cell may carry, and the range a living person's value lies in.

Codes: https://www.hl7.org/fhir/R4/observation-vitalsigns.html. Ranges are wide on purpose: they catch a shifted column
or a lost decimal mark, not an illness.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from hub.mapping.values.numbers import readings, split_amount
from hub.mapping.values.unfit import Doubtful, Unfit


class Vital(NamedTuple):
    """One vital sign. `units` maps what people write after the number to the factor that gives the UCUM unit."""

    loinc: str
    display: str
    unit: str
    ucum: str
    low: Decimal
    high: Decimal
    units: dict[str, Decimal]


def _one(*names: str) -> dict[str, Decimal]:
    return dict.fromkeys(names, Decimal(1))


_MM_HG = _one("mmhg", "mm hg", "mm/hg", "mm[hg]")
_PER_MINUTE = _one(
    "x/menit", "x/mnt", "/menit", "/mnt", "/min", "bpm", "x", "kali/menit", "x/m", "x/min", "kali", "per menit"
)
_CELSIUS = _one("c", "°c", "° c", "ºc", "oc", "'c", "celsius", "cel", "°", "derajat", "derajat celsius")
_PERCENT = _one("%", "persen", "% ra", "%ra")
_CM = _one("cm") | {"m": Decimal(100), "meter": Decimal(100)}
_KG = _one("kg", "kilogram", "kilo") | dict.fromkeys(("g", "gr", "gram"), Decimal("0.001"))
_BMI = _one("kg/m2", "kg/m²", "kg/m^2")
_SCORE = _one("/10")
_PAIN = "Pain severity - 0-10 verbal numeric rating [Score] - Reported"
_OXYGEN = "Oxygen saturation in Arterial blood by Pulse oximetry"
VITALS: dict[str, Vital] = {
    kind: Vital(loinc, display, unit, ucum, Decimal(low), Decimal(high), units)
    for kind, loinc, display, unit, ucum, low, high, units in (
        ("systolic", "8480-6", "Systolic blood pressure", "mmHg", "mm[Hg]", 40, 300, _MM_HG),
        ("diastolic", "8462-4", "Diastolic blood pressure", "mmHg", "mm[Hg]", 20, 200, _MM_HG),
        ("pulse", "8867-4", "Heart rate", "x/menit", "/min", 20, 300, _PER_MINUTE),
        ("temperature", "8310-5", "Body temperature", "°C", "Cel", 25, 45, _CELSIUS),
        ("breathing", "9279-1", "Respiratory rate", "x/menit", "/min", 4, 120, _PER_MINUTE),
        ("saturation", "59408-5", _OXYGEN, "%", "%", 30, 100, _PERCENT),
        ("height", "8302-2", "Body height", "cm", "cm", 20, 250, _CM),
        ("weight", "29463-7", "Body weight", "kg", "kg", "0.3", 400, _KG),
        ("waist", "8280-0", "Waist Circumference at umbilicus by Tape measure", "cm", "cm", 20, 250, _CM),
        ("bmi", "39156-5", "Body mass index (BMI) [Ratio]", "kg/m²", "kg/m2", 5, 100, _BMI),
        ("pain", "72514-3", _PAIN, "/10", "{score}", 0, 10, _SCORE),
    )
}


@cache
def vital(kind: str) -> Callable[[str], Decimal | Doubtful[Decimal] | None]:
    """A conversion for one vital sign (a key of `VITALS`), in its UCUM unit. "0" means "not measured", but for pain."""
    known = VITALS[kind]

    def convert(text: str) -> Decimal | Doubtful[Decimal] | None:
        return _measure(text, known)

    return convert


def _measure(text: str, known: Vital) -> Decimal | Doubtful[Decimal] | None:
    parts = split_amount(text)
    if parts is None or parts[0]:
        raise Unfit("HUB-2050")
    unit = " ".join((parts[2] or "").casefold().split()).rstrip(".")
    factor = known.units.get(unit, None) if unit else Decimal(1)
    if factor is None:
        raise Unfit("HUB-2053", unit=known.unit)
    found = readings(parts[1])
    if not found:
        raise Unfit("HUB-2050")
    if known.low and not any(found):
        return None
    fitting = [value * factor if factor != 1 else value for value in found if known.low <= value * factor <= known.high]
    if len(fitting) == 1:
        return Doubtful(fitting[0], "HUB-2056") if len(found) > 1 else fitting[0]
    if fitting:
        raise Unfit("HUB-2051")
    raise Unfit("HUB-2052", low=str(known.low), high=str(known.high), unit=known.unit)


_PRESSURE = re.compile(r"(?:td\s*:?\s*)?(\d{1,3})\s*(?:/|\\|-|per|:)\s*(\d{1,3})\s*(.*)", re.I)


def blood_pressure(text: str) -> tuple[Decimal, Decimal] | None:
    """Systolic and diastolic in mmHg of a cell such as "120/80 mmHg"; None for "0/0" or "0"."""
    text = " ".join(text.split())
    if text == "0":
        return None
    found = _PRESSURE.fullmatch(text)
    if not found:
        raise Unfit("HUB-2054")
    if found[3] and found[3].casefold().rstrip(".") not in VITALS["systolic"].units:
        raise Unfit("HUB-2053", unit="mmHg")
    upper, lower = Decimal(found[1]), Decimal(found[2])
    if not upper and not lower:
        return None
    for value, known in ((upper, VITALS["systolic"]), (lower, VITALS["diastolic"])):
        if not known.low <= value <= known.high:
            raise Unfit("HUB-2052", low=str(known.low), high=str(known.high), unit="mmHg")
    if upper <= lower:
        raise Unfit("HUB-2055")
    return upper, lower
