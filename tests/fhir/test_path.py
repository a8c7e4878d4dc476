"""hub.fhir.path: the subset that R4's constraints need; the official suite says how much of the language it is."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hub.fhir import json, table
from hub.fhir.path import PathSyntaxError, compile_path
from hub.fhir.path.functions import text_of
from hub.fhir.path.values import Amount, is_true, plain
from tests.conftest import not_run
from tests.fhir.from_xml import read_xml

SUITE = Path(__file__).parents[2].parent / "shared" / "data" / "suites" / "fhirpath"
PATIENT = {
    "resourceType": "Patient",
    "name": [{"given": ["Siti", None], "_given": [None, {"id": "g2"}], "family": "R"}, {"given": ["Ani"]}],
    "birthDate": "1990-05-17",
    "_birthDate": {"extension": [{"url": "x", "valueTime": "08:00:00"}]},
    "deceasedDateTime": "2026",
    "multipleBirthInteger": 2,
    "contact": [{"gender": "male"}],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name.given.count()", [3]),
        ("Patient.name.where(family.exists()).given.first()", ["Siti"]),
        ("name[1].given", ["Ani"]),
        ("name.given[1].hasValue()", [False]),
        ("birthDate.extension('x').value", ["08:00:00"]),
        ("deceased is dateTime", [True]),
        ("deceased.exists() and multipleBirth > 1", [True]),
        ("(multipleBirth as integer) + 1", [3]),
        ("1 + 2 * 3 = 7 and 'a' in ('a' | 'b')", [True]),
        ("{} or true", [True]),
        ("{} and true", []),
        ("({} implies false).empty()", [True]),
        ("true xor {}", []),
        ("birthDate < @1991", [True]),
        ("birthDate = @1990-05", []),
        ("@2020-01-01T00:00:00Z = @2020-01-01T08:00:00+08:00", [True]),
        ("@2020-01-01T10:00:00Z > @2020-01-01T10:00:00+08:00", [True]),
        ("'a\\'b' & {} & 'c'", ["a'bc"]),
        ("name.given.isDistinct()", [True]),
        ("(1 | 1 | 2).count()", [2]),
        ("name.all(given.exists())", [True]),
        ("contact.gender = 'male'", [True]),
        ("name.select(given.count())", [2, 1]),
        ("'abc'.substring(1, 1) + 'abc'.substring(9)", []),
        ("%resource.descendants().where($this = 'Ani').exists()", [True]),
        ("(1 | 2 | 3).aggregate($this + $total, 0)", [6]),
        ("iif(contact.empty(), 'kosong', 'ada')", ["ada"]),
        ("7 div 2 = 3 and 7 mod 2 = 1 and 7 / 2 = 3.5", [True]),
        ("3 'mg' = 3 'mg'", [True]),
        ("-2.abs()", [-2]),
        ("(-2.1).floor() = -3 and 1.1.ceiling() = 2 and (-2.9).truncate() = -2", [True]),
        ("'Siti ' ~ 'siti'", [True]),
    ],
)
def test_expressions(text: str, expected: list[Any]) -> None:
    assert [plain(each) for each in compile_path(text).evaluate(PATIENT)] == expected


@pytest.mark.parametrize("text", ["name.", "(1", "1 +", "nameless()", "%nothing", "name ? 1", "'open", "a is", "is 1"])
def test_other_texts_do_not_compile(text: str) -> None:
    with pytest.raises(PathSyntaxError):
        compile_path(text)


def test_an_unknown_is_no_kept_constraint() -> None:
    assert compile_path("active = true").holds({"active": True})
    assert not compile_path("active = true").holds({})


def test_huge_numbers_stay_cheap() -> None:
    assert text_of(Decimal("1E+999999")) == "1E+999999"
    assert compile_path("value.toString().contains('.').not()").holds({"value": Decimal("1E+999999999")})


def test_share_of_the_official_suite() -> None:
    """What is unsupported does not compile; what compiles must nearly always be right."""
    file = SUITE / "tests-fhir-r4.xml"
    if not file.exists():
        not_run("FHIRPath suite (../shared/data/suites/fhirpath)")
    score: Counter[str] = Counter()
    wrong = []
    for test in ElementTree.parse(file).getroot().iter("test"):
        expression = test.find("expression")
        assert expression is not None
        source = SUITE / test.get("inputfile", "patient-example.xml")
        if expression.get("invalid") or not source.exists():
            score["left out (must fail, or no input)"] += 1
            continue
        verdict = _verdict(test, expression.text or "", source)
        score[verdict] += 1
        if verdict == "wrong":
            wrong.append((test.get("name"), expression.text))
    tried = score["right"] + score["wrong"]
    share = score["right"] / (tried + score["unsupported"])
    supported = score["right"] / tried
    print(f"\nofficial FHIRPath suite: {dict(score)}; right: {share:.1%} of all, {supported:.1%} of supported")
    for each in wrong:
        print("  wrong:", each)
    assert supported > 0.85
    assert share > 0.5


def _verdict(test: ElementTree.Element, text: str, source: Path) -> str:
    try:
        expression = compile_path(text)
    except PathSyntaxError:
        return "unsupported"
    try:
        found = expression.evaluate(_input(source))
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return "wrong"
    outputs = [(output.get("type"), output.text or "") for output in test.findall("output")]
    if test.get("predicate") == "true":
        return "right" if str(is_true(found) is True).lower() == outputs[0][1] else "wrong"
    shown = [_shown(each) for each in found]
    return "right" if shown == [each.lstrip("@T") if kind != "string" else each for kind, each in outputs] else "wrong"


@cache
def _input(source: Path) -> Any:
    return json.read(source.read_bytes()) if source.suffix == ".json" else read_xml(source)


def _shown(item: Any) -> str:
    value = plain(item)
    if isinstance(value, Amount):
        return f"{value.number} '{value.unit}'"
    return (text_of(item) or "").lstrip("T")


def test_every_constraint_of_the_standard_is_bounded() -> None:
    assert len(table()["constraints"]) == 205
