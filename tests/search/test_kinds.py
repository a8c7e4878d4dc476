"""A table for every kind of parameter: each modifier and each prefix, what it finds and what it does not."""

from decimal import Decimal

import pytest

from tests.search.building import UCUM
from tests.search.matching import search

NIK = "https://fhir.kemkes.go.id/id/nik"
LOINC = "http://loinc.org"
PATIENT = {
    "resourceType": "Patient",
    "meta": {
        "tag": [{"system": "urn:t", "code": "uji"}],
        "security": [{"system": "urn:s", "code": "R"}],
        "profile": ["https://contoh.id/Pasien"],
        "source": "https://contoh.id/klinik/a",
        "lastUpdated": "2026-11-22T08:00:00.500+08:00",
    },
    "identifier": [
        {"type": {"coding": [{"system": "urn:v2", "code": "MR"}], "text": "Rekam Medis"}, "value": "RM-7"},
        {"system": NIK, "value": "6371010101900001"},
    ],
    "name": [{"family": "Kusumaningtyas", "given": ["Siti", "Nur'Aini"]}],
    "telecom": [{"system": "phone", "value": "0511-300"}],
    "address": [{"line": ["Jl. Café Kertak Hanyar 5"], "city": "Banjarmasin", "postalCode": "70249"}],
    "gender": "female",
    "birthDate": "1990-05-17",
    "deceasedDateTime": "2026-01-02",
    "maritalStatus": {"text": "Menikah"},
    "managingOrganization": {"identifier": {"system": "urn:org", "value": "P1"}, "display": "Puskesmas"},
}
LIVING = {"resourceType": "Patient", "deceasedBoolean": False}
PRESSURE = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": LOINC, "code": "85354-9", "display": "Blood Pressure"}], "text": "Tensi"},
    "subject": {"reference": "Patient/p1"},
    "effectivePeriod": {"start": "2026-03-01T23:30:00+08:00", "end": "2026-03-02T01:00:00+08:00"},
    "component": [
        {"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}, "valueQuantity": {"value": Decimal("142"), **UCUM}},
        {
            "code": {"coding": [{"system": LOINC, "code": "8462-4"}]},
            "valueQuantity": {"value": Decimal("90.0"), **UCUM},
        },
    ],
}
SUGAR = {
    "resourceType": "Observation",
    "code": {"coding": [{"system": LOINC, "code": "2339-0"}]},
    "effectiveDateTime": "2026-03-01T08:15:30+08:00",
    "valueQuantity": {
        "value": Decimal("5.40"),
        "unit": "mmol",
        "system": "http://unitsofmeasure.org",
        "code": "mmol/L",
    },
}
BELOW = SUGAR | {"valueQuantity": {"value": Decimal(5), "comparator": "<"}}
CURVE = SUGAR | {"valueQuantity": None, "valueSampledData": {"origin": {"value": 2}, "factor": 2, "data": "1 5 E -3"}}
CURVE.pop("valueQuantity")
WORD = SUGAR | {"valueString": "Glukosa Tinggi"}
RISK = {"resourceType": "RiskAssessment", "prediction": [{"probabilityDecimal": Decimal("0.25")}]}
RISKS = {"resourceType": "RiskAssessment", "prediction": [{"probabilityRange": {"low": {"value": Decimal("0.1")}}}]}
SEQUENCE = {
    "resourceType": "MolecularSequence",
    "referenceSeq": {"chromosome": {"coding": [{"code": "3"}]}},
    "variant": [{"start": 10, "end": 12}, {"start": 100, "end": 120}],
}
CHART = {
    "resourceType": "ChargeItem",
    "occurrenceTiming": {"event": ["2026-03-05", "2026-03-01"]},
    "priceOverride": {"value": Decimal("150000.00"), "currency": "IDR"},
}
CODES = {"resourceType": "ValueSet", "url": "http://contoh.id/ValueSet/gula/2"}
ASKED = {"resourceType": "QuestionnaireResponse", "questionnaire": "http://contoh.id/q|2.0"}

CASES = [
    # token
    (PATIENT, "gender:not=male", True),
    (PATIENT, "gender:not=female", False),
    (PATIENT, "gender:not=male,female", False),
    (LIVING, "gender:not=female", True),
    (PATIENT, "gender:missing=false", True),
    (LIVING, "gender:missing=true", True),
    (PATIENT, "identifier=|RM-7", True),
    (PATIENT, f"identifier={NIK}|", True),
    (PATIENT, "identifier=urn:x|", False),
    (PATIENT, f"identifier=urn:x|,{NIK}|", True),
    (PATIENT, f"identifier:not={NIK}|", False),
    (PATIENT, "identifier:of-type=urn:v2|MR|RM-7", True),
    (PATIENT, "identifier:of-type=urn:v2|MR|6371010101900001", False),
    (PATIENT, "identifier:of-type=urn:v2|XX|RM-7", False),
    (PATIENT, "identifier:text=rekam", True),
    (PATIENT, "identifier:text=medis", False),
    (PATIENT, "phone=|0511-300", True),
    (PATIENT, "phone=urn:x|0511-300", False),
    (PATIENT, "deceased=true", True),
    (PATIENT, "deceased=false", False),
    (PATIENT, "deceased:not=false", True),
    (PATIENT, "deceased=true,false", True),
    (LIVING, "deceased=false", True),
    (LIVING, "deceased:not=true", True),
    (LIVING, "deceased=true", False),
    (LIVING, "deceased=maybe", False),
    (PATIENT, "_tag=urn:t|uji", True),
    (PATIENT, "_tag=|uji", False),
    (PATIENT, "_tag:not=uji", False),
    (PATIENT, "_security=R", True),
    (PATIENT, "gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", True),
    (PATIENT, "gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", False),
    (LIVING, "gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", False),
    (LIVING, "gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", True),
    (PRESSURE, "code:text=blood", True),
    (PRESSURE, "code:text=TENSI", True),
    (PRESSURE, "code:text=pressure", False),
    (PRESSURE, f"code={LOINC}|", True),
    (PRESSURE, "value-concept:missing=true", True),
    (SUGAR, "component-code:missing=true", True),
    # string
    (PATIENT, "name:exact=Siti", True),
    (PATIENT, "name:exact=siti", False),
    (PATIENT, "name:exact=Sit", False),
    (PATIENT, "name:contains=AINI", True),
    (PATIENT, "name:contains=budi", False),
    (PATIENT, "family=kusumaningtyas", True),
    (PATIENT, "family=kusumaningsih", False),
    (PATIENT, "name=siti nur,budi", True),
    (PATIENT, "name=siti budi,nur siti", True),
    (PATIENT, "name=siti budi,budi", False),
    (PATIENT, "name:missing=true", False),
    (PATIENT, "address=jl. cafe", True),
    (PATIENT, "address=kertak", False),
    (PATIENT, "address:contains=KERTAK", True),
    (PATIENT, "address:exact=Banjarmasin", True),
    (PATIENT, "address:exact=banjarmasin", False),
    (PATIENT, "address-city=banjar,martapura", True),
    (PATIENT, "address-postalcode=7024", True),
    (WORD, "value-string=glukosa", True),
    (WORD, "value-string=tinggi", False),
    # date
    (PATIENT, "birthdate=ne1990", False),
    (PATIENT, "birthdate=ne1991", True),
    (LIVING, "birthdate=ne1991", False),
    (PATIENT, "birthdate=ap1990-05", True),
    (PATIENT, "birthdate:missing=false", True),
    (PATIENT, "death-date=2026-01", True),
    (PATIENT, "death-date=lt2026-01-02", False),
    (PATIENT, "death-date=sa2026-01-01T23:59:59+08:00", True),
    (PATIENT, "_lastUpdated=ne2026-11-22T08:00:00+08:00", False),
    (PATIENT, "_lastUpdated=2026-11-21,2026-11-22", True),
    (PATIENT, "_lastUpdated=lt2026-11-22,gt2026-11-22", False),
    (SUGAR, "date=2026-03-01T08:15+08:00", True),
    (SUGAR, "date=2026-03-01T00:15:30Z", True),
    (SUGAR, "date=2026-03-01T08:16+08:00", False),
    (SUGAR, "date=ne2026-03-01T08:15+08:00", False),
    (SUGAR, "date=ne2026-03-01T08:16+08:00", True),
    (SUGAR, "date=gt2026-03-01T08:15:30+08:00", False),
    (SUGAR, "date=ge2026-03-01T08:15:30+08:00", True),
    (SUGAR, "date=lt2026-03-01T08:15:31+08:00", True),
    (SUGAR, "date=sa2026-03-01T08:15:29+08:00", True),
    (SUGAR, "date=eb2026-03-01T08:15:30+08:00", False),
    (SUGAR, "date=ap2026-03-01T08:15+08:00", True),
    (PRESSURE, "date=ap2026-03-02T00:30+08:00", True),
    (PRESSURE, "date=gt2026-03-02T00:30+08:00", True),
    (PRESSURE, "date=sa2026-03-02T00:30+08:00", False),
    (PRESSURE, "date=lt2026-03-02T00:30+08:00", True),
    (PRESSURE, "date=eb2026-03-02T01:00:01+08:00", True),
    (PRESSURE, "date:missing=true", False),
    (SUGAR | {"effectiveDateTime": None, "issued": "2026-03-01T08:15:30Z"}, "date=2026-03-01", True),
    (CHART, "occurrence=2026-03", True),
    (CHART, "occurrence=2026-03-01", False),
    (CHART, "occurrence=le2026-03-01", False),
    (CHART, "occurrence=sa2026-02-28", True),
    # number
    (RISK, "probability=0.25", True),
    (RISK, "probability=0.3", True),
    (RISK, "probability=0.31", False),
    (RISK, "probability=0.2", False),
    (RISK, "probability=0.250", True),
    (RISK, "probability=2.5e-1", True),
    (RISK, "probability=ne0.25", False),
    (RISK, "probability=gt0.25", False),
    (RISK, "probability=ge0.25", True),
    (RISK, "probability=lt0.2501", True),
    (RISK, "probability=le0.2499", False),
    (RISK, "probability=sa0.24", True),
    (RISK, "probability=eb0.26", True),
    (RISK, "probability=ap0.27", True),
    (RISK, "probability=ap0.5", False),
    (RISK, "probability:missing=false", True),
    (RISKS, "probability=gt99", True),
    (RISKS, "probability=lt0.1", False),
    (RISKS, "probability=eb5", False),
    (RISKS, "probability=0.1", False),
    (SEQUENCE, "variant-start=1e2", True),
    (SEQUENCE, "variant-start=100.4", False),
    (SEQUENCE, "variant-start=99", False),
    # quantity
    (SUGAR, "value-quantity=5.4", True),
    (SUGAR, "value-quantity=5", True),
    (SUGAR, "value-quantity=5.0", False),
    (SUGAR, "value-quantity=5.40|http://unitsofmeasure.org|mmol/L", True),
    (SUGAR, "value-quantity=5.40|http://unitsofmeasure.org|mg/dL", False),
    (SUGAR, "value-quantity=5.40|urn:x|mmol/L", False),
    (SUGAR, "value-quantity=5.4||mmol", True),
    (SUGAR, "value-quantity=5.4||mmol/L", True),
    (SUGAR, "value-quantity=gt5.3||mmol/L", True),
    (SUGAR, "value-quantity=lt5.4", False),
    (SUGAR, "value-quantity=4,5.4", True),
    (SUGAR, "value-quantity=gt5&value-quantity=lt5.4", False),
    (BELOW, "value-quantity=lt5", True),
    (BELOW, "value-quantity=ge5", False),
    (BELOW, "value-quantity=le4", True),
    (BELOW, "value-quantity=4", False),
    (BELOW, "value-quantity=eb5", True),
    (CURVE, "value-quantity=eb13", True),
    (CURVE, "value-quantity=gt11.9", True),
    (CURVE, "value-quantity=sa-4.1", True),
    (CHART, "price-override=150000|urn:iso:std:iso:4217|IDR", True),
    (CHART, "price-override=150000.00||USD", False),
    # reference
    (PRESSURE, "subject:identifier=urn:x|1", False),
    (PATIENT, "organization:identifier=urn:org|P1", True),
    (PATIENT, "organization:identifier=P1", True),
    (PATIENT, "organization:identifier=urn:org|", True),
    (PATIENT, "organization:identifier=|P1", False),
    (PATIENT, "organization:missing=false", True),
    (PATIENT, "general-practitioner:missing=true", True),
    (PRESSURE, "patient:missing=false", True),
    (SUGAR, "patient:missing=true", True),
    (SUGAR | {"subject": {"reference": "Group/g"}}, "patient:missing=true", True),
    (ASKED, "questionnaire=http://contoh.id/q|2.0", True),
    (ASKED, "questionnaire=http://contoh.id/q", True),
    (ASKED, "questionnaire=http://contoh.id/q|1.0", False),
    # uri
    (CODES, "url=http://contoh.id/ValueSet/gula/2", True),
    (CODES, "url=http://contoh.id/ValueSet/gula", False),
    (CODES, "url:below=http://contoh.id/ValueSet", True),
    (CODES, "url:below=http://contoh.id/CodeSystem", False),
    (CODES, "url:above=http://contoh.id/ValueSet/gula/2/_history/3", True),
    (CODES, "url:above=http://contoh.id/ValueSet", False),
    (CODES, "url:missing=true", False),
    (PATIENT, "_profile=https://contoh.id/Pasien", True),
    (PATIENT, "_profile:below=https://contoh.id", True),
    (PATIENT, "_source=https://contoh.id/klinik/a", True),
    (PATIENT, "_source=https://contoh.id/klinik", False),
    # composite
    (PRESSURE, f"component-code-value-quantity={LOINC}|8480-6$gt140", True),
    (PRESSURE, f"component-code-value-quantity={LOINC}|8462-4$gt140", False),
    (PRESSURE, f"component-code-value-quantity={LOINC}|8462-4$gt140,8480-6$142", True),
    (PRESSURE, f"combo-code-value-quantity={LOINC}|8480-6$gt140|http://unitsofmeasure.org|mm[Hg]", True),
    (PRESSURE, "code-value-quantity=8480-6$gt140", False),
    (PRESSURE, "code-value-quantity:missing=true", True),
    (SUGAR, "code-value-quantity=2339-0$5.4", True),
    (SUGAR, "code-value-quantity=|2339-0$5.4", False),
    (SUGAR, f"code-value-quantity={LOINC}|$5.4", True),
    (WORD, "code-value-string=2339-0$glukosa", True),
    (WORD, "code-value-string=2339-0$tinggi", False),
    (SEQUENCE, "chromosome-variant-coordinate=3$lt20$le12", True),
    (SEQUENCE, "chromosome-variant-coordinate=3$lt20$gt100", False),
    (SEQUENCE, "chromosome-variant-coordinate=4$lt20$le12", False),
]


@pytest.mark.parametrize(
    ("resource", "text", "expected"), CASES, ids=[f"{c[0]['resourceType']}?{c[1]}-{c[2]}" for c in CASES]
)
def test_table(resource, text, expected):
    resource = {key: value for key, value in resource.items() if value is not None}
    assert search(resource, text) is expected
