"""The judge on labelled pairs, its laws, and its rules one by one."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from freeze import results
from pairs import HERE, Pair, patient, read_pairs

from hub.identity import blocking_keys, demographics, judge
from hub.identity.score import WEIGHTS

PAIRS = read_pairs()


def test_the_frozen_results_hold_and_are_good_enough(capsys: pytest.CaptureFixture[str]) -> None:
    assert results() == (HERE / "results.csv").read_text(encoding="utf-8")
    counts = Counter((p.truth, judge(demographics(p.a), demographics(p.b)).judgement) for p in PAIRS)
    same = sum(n for (truth, _), n in counts.items() if truth == "same")
    linked, wrong, lost = counts["same", "positive"], counts["different", "positive"], counts["same", "negative"]
    with capsys.disabled():
        print(
            f"\nidentity: {len(PAIRS)} pairs, precision {linked / (linked + wrong):.3f}, recall {linked / same:.3f}"
            f" (with review {1 - lost / same:.3f}), wrong links {wrong}, lost {lost}"
        )
    assert len(PAIRS) >= 120
    assert wrong == 0
    assert lost == 0
    assert linked / same >= 0.65


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"line{pair.line}-{pair.group}")
def test_a_pair_is_found_by_its_blocks_and_explained(pair: Pair) -> None:
    a, b = demographics(pair.a), demographics(pair.b)
    match = judge(a, b)
    if match.judgement != "negative":
        assert set(blocking_keys(a)) & set(blocking_keys(b))
    assert [feature for feature, _, _ in match.features] == list(WEIGHTS)
    assert all(len(value) < 12 for _, value, _ in match.features)


NAMES = [
    *("Siti Aisyah", "By. Ny. Siti Aisyah I", "By. Ny. Siti Aisyah", "St. Aisya", "Ahmad bin Hasan", "A. Hasan", "-"),
    *("Rizky", "Ahmad Hasan bin Umar", "Hasan Ahmad", "Rizka A", "Muh. Hasin Umer", "Muhammad Rizki", "H"),
]
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "nik": st.sampled_from(["6371015503909001", "6371010203859002", "6371010203859020", "111"]),
        "nik_ibu": st.sampled_from(["6371015503909001", "6371025006929005"]),
        "bpjs": st.sampled_from(["0001234567891", "0001234567819"]),
        "rm": st.sampled_from(["000123", "000124"]),
        "name": st.sampled_from(NAMES),
        "birth": st.sampled_from(["1990-03-15", "1990-05-03", "1990-03-05", "1990", "2026-04-01", "1990-01-01"]),
        "sex": st.sampled_from(["L", "P"]),
        "phone": st.sampled_from(["081011110001", "+62 810-1111-0001", "081011110002"]),
        "kel": st.sampled_from(["6371041009", "6371011001"]),
        "addr": st.sampled_from(["Jl. Kuin Rt 5 No 12", "jl kuin rt.05 no.12", "Gg. Damai 3"]),
        "order": st.sampled_from(["0", "1", "2"]),
        "single": st.just("1"),
    },
)


@given(FIELDS, FIELDS)
def test_symmetric_and_deterministic(a: dict[str, str], b: dict[str, str]) -> None:
    one, other = demographics(patient(a)), demographics(patient(b))
    assert judge(one, other) == judge(other, one) == judge(one, other)
    assert 0 <= judge(one, other).score <= 1


@given(FIELDS)
def test_a_record_is_never_somebody_else_than_itself_when_it_says_enough(fields: dict[str, str]) -> None:
    person = demographics(patient(fields))
    is_own_mother = person.nik is not None and person.nik == person.nik_ibu
    match = judge(person, person)
    if (person.nik or person.bpjs) and not is_own_mother:
        assert match.judgement != "negative"
    if person.nik and not is_own_mother:
        assert match.judgement == "positive"


@given(FIELDS, FIELDS)
def test_scores_alone_never_link(a: dict[str, str], b: dict[str, str]) -> None:
    one, other = demographics(patient(a)), demographics(patient(b))
    match = judge(one, other)
    if match.rule == "strong-evidence":
        found = {feature: value for feature, value, _ in match.features}
        assert (found["birth"], found["sex"]) == ("same", "same")
        assert "same" in (found["phone"], found["address"], found["mother"])
        assert not (one.nik and other.nik and one.nik != other.nik)


@given(FIELDS, FIELDS)
def test_a_newborn_is_never_its_mother(a: dict[str, str], b: dict[str, str]) -> None:
    mother = demographics(patient(a | {"nik": "6371015503909001", "nik_ibu": ""}))
    child = demographics(patient(b | {"nik": "", "nik_ibu": "6371015503909001"}))
    if mother.nik:
        assert judge(mother, child).judgement == "negative"
