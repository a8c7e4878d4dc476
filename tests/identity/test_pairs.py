"""The judge against the generator of dirty pairs, and the generator itself."""

import itertools
import re
from collections import Counter
from pathlib import Path

import pytest

from fixtures.pairs import UNKNOWABLE, LabelledPair, pairs
from fixtures.pairs.files import read_pairs, write_pairs
from fixtures.pairs.lookalikes import LOOKALIKES
from fixtures.pairs.matches import MATCHES
from fixtures.pairs.measure import as_city, measure
from hub.fhir.systems import NIK
from hub.validation import check_resource

NUMBER = 5000


@pytest.fixture(scope="module")
def made() -> list[LabelledPair]:
    return list(pairs(7, NUMBER))


def test_no_false_link_and_little_is_lost_or_left_to_people(
    made: list[LabelledPair], capsys: pytest.CaptureFixture[str]
) -> None:
    figures = measure(made)
    with capsys.disabled():
        found = {key: value for key, value in figures.as_dict().items() if key != "kinds"}
        print(f"\nidentity on invented pairs: {found}")
    assert figures.false_links == []
    assert figures.recall >= 0.975  # 0.98 over 100,000 pairs (docs/identity.md); 5,000 of them waver by half a percent
    assert figures.review <= 0.01
    assert figures.completeness >= 0.995
    assert figures.unknowable.total() <= 0.02 * figures.matches


def test_strangers_of_one_city_are_never_linked(made: list[LabelledPair]) -> None:
    city = as_city(made[:2500])
    assert city.records == 5000
    assert city.judged > 2000
    assert city.false_links == 0
    assert city.reviews <= 0.001 * city.judged


def test_every_kind_occurs_and_is_half_matches(made: list[LabelledPair]) -> None:
    kinds = Counter(pair.kind for pair in made)
    assert kinds.keys() == MATCHES.keys() | LOOKALIKES.keys()
    assert 0.48 < sum(pair.is_match for pair in made) / len(made) < 0.52
    assert kinds[UNKNOWABLE] <= 0.02 * NUMBER


def test_the_same_seed_makes_the_same_pairs(made: list[LabelledPair]) -> None:
    again = list(itertools.islice(pairs(7, 10**6), 300))
    assert again == made[:300]
    assert list(pairs(8, 20)) != made[:20]


def test_a_file_of_pairs_comes_back_as_written(made: list[LabelledPair], tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    assert write_pairs(path, made[:50]) == 50
    assert list(read_pairs(path)) == made[:50]
    path.write_text(path.read_text() + '{"number": 1}\n')
    with pytest.raises(ValueError, match="line 51"):
        list(read_pairs(path))


def test_nobody_in_the_pairs_can_be_real(made: list[LabelledPair]) -> None:
    slips = 0
    for pair in made:
        for record in (pair.a, pair.b):
            for contact in record.get("telecom", ()):
                assert re.sub(r"\D", "", contact["value"]).removeprefix("62").removeprefix("0").startswith("810")
            for identifier in record["identifier"]:
                value = identifier["value"]
                if identifier["system"] == NIK and len(value) == 16 and len(set(value)) > 1:
                    slips += not value[12:].startswith("9")
    assert slips <= 0.005 * NUMBER  # a serial mistyped in its first digit is the only one below 9000


def test_the_records_are_fhir(made: list[LabelledPair]) -> None:
    faults = [issue for pair in made[:300] for record in (pair.a, pair.b) for issue in check_resource(record)]
    paths = {issue.path for issue in faults if issue.severity in ("error", "fatal")}
    assert {path for path in paths if not path.startswith("Patient.identifier")} == set()  # junk numbers are the dirt


def test_the_generator_knows_nothing_of_the_judge() -> None:
    folder = Path(__file__).parents[2] / "fixtures" / "pairs"
    users = {path.name for path in folder.glob("*.py") if "hub.identity" in path.read_text(encoding="utf-8")}
    # the package's docstring names it; the others measure it
    assert users == {"__init__.py", "evidence.py", "vocabulary.py", "measure.py", "learn.py"}
    imports = {path.name for path in folder.glob("*.py") if re.search(r"^from hub\.identity", path.read_text(), re.M)}
    assert imports == {"measure.py", "learn.py"}
