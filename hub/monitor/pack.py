"""A chart as a quality audit sees it: an allow-list of FHIR elements, everything else dropped.

What passes: codes of known systems in their system's shape, numbers that are too short to be anybody's, units and
statuses of closed lists, and days counted from the case's own day. No name, id, reference, text or display ever passes;
of an element that is not named here not even its presence. A resource with a modifierExtension (whatever it means, it
may turn the meaning round), with implicit rules, or that says "do not" is left out as a whole. Pure.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.cities import city
from hub.fhir.systems import ATC, CVX, ICD9CM, ICD10, KFA, LOINC, SNOMED, UCUM
from hub.monitor.ages import age_band
from hub.monitor.codes import CLASSES, code_of, number_of

BEFORE, AFTER = 365, 90
"""Days before and after the case's day that a pack covers."""
MOST_ENTRIES = 400
_SYSTEMS = {ICD10: "icd-10", ICD9CM: "icd-9-cm", LOINC: "loinc", KFA: "kfa", ATC: "atc", CVX: "cvx"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNITS = _words("""
    Cel /min {beats}/min {breaths}/min mm[Hg] kg g cm m kg/m2 % mg/dL g/dL ug/dL mmol/L umol/L meq/L mg ug mL L U/L
    [IU]/L m[IU]/L 10*3/uL 10*6/uL /uL 10*9/L 10*12/L g/L mg/L mg/g ng/mL ng/dL pg/mL fL pg mm/h mm s min h d wk mo a
    1 {score} mL/min mL/min/{1.73_m2} L/min {tbl} kPa
""")
_STATUS = _words("""
    active recurrence relapse inactive remission resolved unconfirmed provisional differential confirmed refuted
    planned arrived triaged in-progress onleave finished registered preliminary final amended corrected preparation
    not-done on-hold stopped completed draft revoked unknown intended not-taken declined
""")
_FLAGS = frozenset(("H", "HH", "L", "LL", "N", "A", "AA", "POS", "NEG", "IND", "R", "S", "I"))
_COMPARATORS = frozenset(("<", "<=", ">=", ">"))
_ANSWERS = dict.fromkeys(("10828004", "11214006", "260373001"), "POS") | dict.fromkeys(
    ("260385009", "131194007", "260415000"), "NEG"
)
"""SNOMED CT: positive, negative, reactive, non-reactive, detected, not detected."""
_PERIODS = frozenset(("s", "min", "h", "d", "wk", "mo", "a"))
_KINDS_OF_ALLERGY = frozenset(("food", "medication", "environment", "biologic"))
_RETRACTED = frozenset(("entered-in-error", "cancelled"))
_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its unit, or a flag. `system`, `code`: of what, where a panel has several; `sign`: < and the like;
    `is_hidden`: there is a value that is no number and no known answer; it is not shown."""

    system: str = ""
    code: str = ""
    number: Decimal | None = None
    unit: str = ""
    sign: str = ""
    flag: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a pack. `kind`: visit, diagnosis, measurement, medicine, procedure, immunization, allergy, referral;
    `day`: days from the case's own; `last`: the day it ended, where that is another; `system`: icd-10, loinc..., ""
    where nothing coded can be shown; `times`: (how often, in how many, of which unit of time) a medicine is taken."""

    kind: str
    day: int
    system: str = ""
    code: str = ""
    status: str = ""
    last: int | None = None
    values: tuple[Value, ...] = ()
    times: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A record without its person. `month` YYYY-MM of the case's day; `district`: kecamatan code, "-" outside the
    city, "" unknown; `left_out`: resources of a known type that could not be shown safely."""

    month: str
    band: str
    sex: str
    district: str
    entries: tuple[Entry, ...]
    left_out: int = 0


def pack(
    patient: Mapping[str, Any], chart: Mapping[int, tuple[dict[str, Any], int]], index_day: int, month: str
) -> Pack:
    """The pack of one record. `chart`: resources with their clinical day (days since 1970-01-01), by any number."""
    entries: list[Entry] = []
    left_out = 0
    for resource, day in chart.values():
        read = _READERS.get(resource.get("resourceType", ""))
        if read is None or not day or not -BEFORE <= day - index_day <= AFTER:
            continue
        if not _is_plain(resource):
            left_out += 1
        elif resource.get("status") not in _RETRACTED and "entered-in-error" not in _verification(resource):
            entries += read(resource, day - index_day)
    entries.sort(key=lambda entry: (entry.day, _ORDER.index(entry.kind), entry.system, entry.code))
    sex = patient.get("gender", "")
    return Pack(
        month,
        age_band(patient.get("birthDate"), index_day),
        sex if sex in ("male", "female") else "",
        district_of(patient),
        tuple(entries[:MOST_ENTRIES]),
        left_out,
    )


def district_of(patient: Mapping[str, Any]) -> str:
    """The code of the kecamatan that the patient's address names by a code; "-" outside the city, "" unknown."""
    own = city().code
    for address in patient.get("address", ()):
        for extension in address.get("extension", ()):
            for part in extension.get("extension", ()):
                code = part.get("valueCode")
                if part.get("url") in ("village", "district") and isinstance(code, str) and code.isdecimal():
                    return code[:6] if code.startswith(own) else "-"
    return ""


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        if value.keys() & {"modifierExtension", "implicitRules"} or value.get("doNotPerform") is True:
            return False
        return all(map(_is_plain, value.values()))
    return all(map(_is_plain, value)) if isinstance(value, list) else True


def _visit(resource: dict[str, Any], day: int) -> Iterator[Entry]:
    code = resource.get("class", {}).get("code", "")
    yield Entry("visit", day, "class" if code in CLASSES else "", code if code in CLASSES else "", _status(resource))


def _diagnosis(resource: dict[str, Any], day: int) -> Iterator[Entry]:
    yield Entry("diagnosis", day, *_coded(resource.get("code"), ICD10), _clinical(resource))


def _measurement(resource: dict[str, Any], day: int) -> Iterator[Entry]:
    values = [_value(resource)] if any(key.startswith("value") for key in resource) else []
    values += [_value(part, *_coded(part.get("code"), LOINC)) for part in resource.get("component", ())]
    yield Entry("measurement", day, *_coded(resource.get("code"), LOINC), _status(resource), values=tuple(values))


def _medicine(resource: dict[str, Any], day: int) -> Iterator[Entry]:
    coded = _coded(resource.get("medicationCodeableConcept"), KFA, ATC)
    dosages = [*resource.get("dosageInstruction", ()), *resource.get("dosage", ())]
    repeat = dosages[0].get("timing", {}).get("repeat", {}) if dosages else {}
    amounts = [rate.get("doseQuantity") for dose in dosages[:1] for rate in dose.get("doseAndRate", ())]
    supplied = resource.get("dispenseRequest", {}).get("quantity", resource.get("quantity"))
    values = [_quantity(amount) for amount in (*amounts, supplied) if amount is not None]
    yield Entry("medicine", day, *coded, _status(resource), values=tuple(values), times=_times(repeat))


def _procedure(resource: dict[str, Any], day: int) -> Iterator[Entry]:
    yield Entry("procedure", day, *_coded(resource.get("code"), ICD9CM), _status(resource))


def _immunization(resource: dict[str, Any], day: int) -> Iterator[Entry]:
    yield Entry("immunization", day, *_coded(resource.get("vaccineCode"), CVX, KFA), _status(resource))


def _allergy(resource: dict[str, Any], day: int) -> Iterator[Entry]:
    system, code = _coded(resource.get("code"), KFA, ATC)
    kind = next((each for each in resource.get("category", ()) if each in _KINDS_OF_ALLERGY), "")
    yield Entry("allergy", day, system or ("allergy" if kind else ""), code or kind, _clinical(resource))


def _referral(resource: dict[str, Any], day: int) -> Iterator[Entry]:
    reasons = [_coded(concept, ICD10) for concept in resource.get("reasonCode", ())]
    yield Entry("referral", day, *next((each for each in reasons if each[1]), ("", "")), _status(resource))


def _coded(concept: object, *systems: str) -> tuple[str, str]:
    for system in systems:
        if code := code_of(concept, system):
            return _SYSTEMS[system], code
    return "", ""


def _codes(concept: object) -> list[str]:
    codings = concept.get("coding", ()) if isinstance(concept, dict) else ()
    return [str(coding.get("code", "")) for coding in codings]


def _verification(resource: Mapping[str, Any]) -> list[str]:
    return _codes(resource.get("verificationStatus"))


def _clinical(resource: Mapping[str, Any]) -> str:
    said = [*_verification(resource), *_codes(resource.get("clinicalStatus"))]
    return next((code for code in said if code in _STATUS and code != "confirmed"), "")


def _status(resource: Mapping[str, Any]) -> str:
    status = resource.get("status", "")
    return status if status in _STATUS else ""


def _value(holder: Mapping[str, Any], system: str = "", code: str = "") -> Value:
    flags = [each for concept in holder.get("interpretation", ()) for each in _codes(concept)]
    flag = next((each for each in flags if each in _FLAGS), "")
    if "valueQuantity" in holder:
        found = _quantity(holder["valueQuantity"])
        return Value(system, code, found.number, found.unit, found.sign, flag, found.is_hidden)
    said = holder.get("valueCodeableConcept")
    codings = said.get("coding", ()) if isinstance(said, dict) else ()
    known = [_ANSWERS.get(str(each.get("code")), "") for each in codings if each.get("system") == SNOMED]
    answer = next((each for each in known if each), "")
    return Value(system, code, flag=answer or flag, is_hidden=not answer)


def _quantity(quantity: object) -> Value:
    number = _short(number_of(quantity))
    if number is None or not isinstance(quantity, dict):
        return Value(is_hidden=True)
    code, sign = quantity.get("code", ""), quantity.get("comparator", "")
    unit = code if quantity.get("system") == UCUM and code in UNITS else ""
    return Value(number=number, unit=unit, sign=sign if sign in _COMPARATORS else "")


def _times(repeat: Mapping[str, Any]) -> tuple[str, str, str] | None:
    often, period, unit = repeat.get("frequency"), repeat.get("period"), repeat.get("periodUnit", "")
    counts = [_short(number_of({"value": each})) for each in (often, period)]
    if counts[0] is None or counts[1] is None or unit not in _PERIODS:
        return None
    return format(counts[0], "f"), format(counts[1], "f"), unit


def _short(number: Decimal | None) -> Decimal | None:
    """A number that no card or telephone has: few digits, none of them far from the point."""
    if number is None or not number.is_finite():
        return None
    _, digits, exponent = number.as_tuple()
    is_short = len(digits) <= _DIGITS and isinstance(exponent, int) and -_DIGITS <= exponent <= 0
    return number if is_short else None


_ORDER = ("visit", "diagnosis", "allergy", "measurement", "procedure", "medicine", "immunization", "referral")
_READERS: dict[str, Callable[[dict[str, Any], int], Iterator[Entry]]] = {
    "Encounter": _visit,
    "Condition": _diagnosis,
    "AllergyIntolerance": _allergy,
    "Observation": _measurement,
    "Procedure": _procedure,
    "MedicationRequest": _medicine,
    "MedicationDispense": _medicine,
    "MedicationStatement": _medicine,
    "MedicationAdministration": _medicine,
    "Immunization": _immunization,
    "ServiceRequest": _referral,
}
