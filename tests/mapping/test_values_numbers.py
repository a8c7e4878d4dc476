"""Numbers, vital signs, results, ranges."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.values import (
    Amount,
    Doubtful,
    Range,
    Result,
    Unfit,
    amount,
    blood_pressure,
    number,
    reference_range,
    result,
    vital,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("36,5", "36.5"),
        ("36.50", "36.50"),
        ("1.250,75", "1250.75"),
        ("1,250.75", "1250.75"),
        ("1.250.000", "1250000"),
        ("-2,5", "-2.5"),
        ("0,125", "0.125"),
        ("8500", "8500"),
    ],
)
def test_number_keeps_its_digits(text, expected):
    assert str(number(text)) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [("8.500", "HUB-2051"), ("8,500", "HUB-2051"), ("1.2.3", "HUB-2050"), ("x", "HUB-2050"), ("1e5", "HUB-2050")],
)
def test_number_refused(text, code):
    with pytest.raises(Unfit, match=code):
        number(text)


@given(st.decimals(min_value=0, max_value=99, places=2, allow_nan=False))
def test_decimal_comma_and_point_are_the_same(value):
    assert number(str(value)) == number(str(value).replace(".", ",")) == value


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("temperature", "36,5 C", "36.5"),
        ("temperature", "36.5°C", "36.5"),
        ("weight", "65kg", "65"),
        ("weight", "61,50", "61.50"),
        ("weight", "3350 gram", "3.350"),
        ("height", "1,65 m", "165.00"),
        ("height", "165 cm", "165"),
        ("pulse", "88 x/menit", "88"),
        ("pulse", "132x/mnt.", "132"),
        ("saturation", "98 %", "98"),
        ("breathing", "20", "20"),
    ],
)
def test_vital_with_unit(kind, text, expected):
    assert str(vital(kind)(text)) == expected


def test_vital_zero_is_not_measured():
    assert vital("pulse")("0") is None


def test_vital_reads_the_only_plausible_way_and_says_so():
    assert vital("weight")("3.350") == Doubtful(Decimal("3.350"), "HUB-2056")


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("temperature", "365", "HUB-2052"),
        ("temperature", "98 F", "HUB-2053"),
        ("pulse", "tinggi", "HUB-2050"),
        ("saturation", "980", "HUB-2052"),
        ("weight", "<5", "HUB-2050"),
    ],
)
def test_vital_refused(kind, text, code):
    with pytest.raises(Unfit, match=code):
        vital(kind)(text)


@pytest.mark.parametrize("text", ["120/80", "120 / 80 mmHg", "120/80mmHg", "TD: 120/80", "120-80", "120 per 80"])
def test_blood_pressure(text):
    assert blood_pressure(text) == (Decimal(120), Decimal(80))


@pytest.mark.parametrize(
    ("text", "code"),
    [("80/120", "HUB-2055"), ("120", "HUB-2054"), ("900/80", "HUB-2052"), ("120/80 kPa", "HUB-2053")],
)
def test_blood_pressure_refused(text, code):
    with pytest.raises(Unfit, match=code):
        blood_pressure(text)


@pytest.mark.parametrize("text", ["0/0", "0"])
def test_blood_pressure_not_measured(text):
    assert blood_pressure(text) is None


def test_amounts():
    assert amount("10 tablet") == Amount(Decimal(10), None, "tablet")
    assert amount("8,5 10^3/uL") == Amount(Decimal("8.5"), None, "10^3/uL")
    assert amount("7.2 x10^3/uL") == Amount(Decimal("7.2"), None, "x10^3/uL")
    assert amount("<= 5,0 mg/dL") == Amount(Decimal("5.0"), "<=", "mg/dL")


@pytest.mark.parametrize(
    "words", ["Negatif", "1/160", "3-5/LPB", "Non Reaktif", "(+)", "2+", "0-1", "10 - 12", "1,5E+05"]
)
def test_results_in_words_stay_words(words):
    assert result(words) == Result(None, words)


def test_ambiguous_result_stays_text_with_a_warning():
    assert result("8.500") == Doubtful(Result(None, "8.500"), "HUB-2082")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("12 - 16", "12", "16"),
        ("12,0–16,5 g/dL", "12.0", "16.5"),
        ("< 240", None, "240"),
        (">= 60 mL", "60", None),
        ("s/d 200", None, "200"),
        ("Non Reaktif", None, None),
        ("L: 13-17, P: 12-15", None, None),
        ("150.000 - 400.000", None, None),
    ],
)
def test_reference_range(text, low, high):
    assert reference_range(text) == Range(low and Decimal(low), high and Decimal(high), text)
