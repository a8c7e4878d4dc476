"""Facilities as JSON: refused with a code, or taken and given back unchanged."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import fix, text
from hub.model import Facility
from hub.registry import KINDS, SENSITIVITIES, areas, check_facility, from_dict, to_dict

GOOD: dict[str, Any] = {"id": "klinik-contoh", "name": "Klinik Contoh", "adapter": "klinik_csv"}

WRONG = [
    ({"id": ""}, "HUB-3001", "id"),
    ({"name": None}, "HUB-3001", "name"),
    ({"adress": "x"}, "HUB-3002", "adress"),
    ({"name": 7}, "HUB-3003", "name"),
    ({"id": "Klinik Contoh"}, "HUB-3004", "id"),
    ({"id": "../x"}, "HUB-3004", "id"),
    ({"adapter": "../x"}, "HUB-3004", "adapter"),
    ({"kind": "warung"}, "HUB-3005", "kind"),
    ({"ownership": "swasta"}, "HUB-3005", "ownership"),
    ({"kelurahan": "Belitung"}, "HUB-3006", "kelurahan"),
    ({"labels": ["HIV", "SECRET"]}, "HUB-3007", "labels"),
    ({"labels": "HIV"}, "HUB-3003", "labels"),
    ({"settings": []}, "HUB-3003", "settings"),
    ({"settings": {"zona": 8}}, "HUB-3003", "settings.zona"),
    ({"settings": {"columns": {"A": 8}}}, "HUB-3003", "settings.columns"),
    ({"settings": {"columns": {"A;B": "nik"}}}, "HUB-3003", "settings.columns"),
    ({"number": 0}, "HUB-3003", "number"),
    ({"number": True}, "HUB-3003", "number"),
]


@pytest.mark.parametrize(("change", "code", "path"), WRONG)
def test_a_wrong_facility_is_refused_with_its_reason(change: dict[str, Any], code: str, path: str) -> None:
    issues = check_facility(GOOD | change)
    assert (code, path) in [(issue.code, issue.path) for issue in issues]
    for issue in issues:
        for lang in ("id", "en"):
            assert "…" not in text(issue, lang) + fix(issue, lang)
    with pytest.raises(ValueError, match="HUB-30"):
        from_dict(GOOD | change, 1)


def test_a_kelurahan_becomes_its_code_and_nested_settings_pairs() -> None:
    settings = {"columns": {"Tgl": "tanggal_kunjungan", "No KTP": "nik"}}
    facility = from_dict(GOOD | {"kelurahan": "Kel. Benua Anyar", "settings": settings}, 3)
    assert facility.number == 3
    assert facility.kelurahan == "6371021006"
    assert facility.settings["columns"] == "Tgl=tanggal_kunjungan; No KTP=nik"


def test_a_facility_has_no_number_before_it_is_registered() -> None:
    assert from_dict(GOOD).number == 0


FACILITIES = st.builds(
    Facility,
    number=st.integers(1, 2**31 - 1),
    id=st.from_regex(r"[a-z]{3,10}-[a-z0-9]{1,10}", fullmatch=True),
    name=st.text(min_size=1),
    kind=st.sampled_from(KINDS),
    ownership=st.sampled_from(["public", "private"]),
    adapter=st.just("klinik_csv"),
    kelurahan=st.sampled_from(["", *(area.code for area in areas())]),
    labels=st.frozensets(st.sampled_from(sorted(SENSITIVITIES)), max_size=3),
    settings=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
)


@given(FACILITIES)
def test_json_and_back(facility: Facility) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(facility)))) == facility
