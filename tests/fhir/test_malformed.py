"""hub.fhir.json and the validator on every kind of malformed text: refused with a code, no other exception."""

import pytest

from hub.errors import Category, HubError
from hub.fhir import json
from hub.validation import check_resource
from tests.malformed import PATIENT, broken, odd, unfit

BROKEN, UNFIT, ODD = dict(broken()), dict(unfit()), dict(odd())


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_json(name: str) -> None:
    with pytest.raises(HubError) as refused:
        json.read(BROKEN[name])
    assert refused.value.category is Category.INCORRECT
    assert {issue.code for issue in refused.value.issues} <= {f"HUB-100{n}" for n in range(1, 7)}


def test_every_cut() -> None:
    for at in range(len(PATIENT)):
        with pytest.raises(HubError):
            json.read(PATIENT[:at])


@pytest.mark.parametrize("name", UNFIT)
def test_what_is_no_resource(name: str) -> None:
    """Refused by its content; a number beyond all sense already by the reader."""

    def judge() -> None:
        issues = check_resource(json.read(UNFIT[name]), "Patient")
        raise HubError(Category.INCORRECT, *[issue for issue in issues if issue.severity in ("fatal", "error")])

    with pytest.raises(HubError) as refused:
        judge()
    assert refused.value.category is Category.INCORRECT
    assert refused.value.issues


@pytest.mark.parametrize("name", ODD)
def test_what_only_looks_hostile(name: str) -> None:
    issues = check_resource(json.read(ODD[name]), "Patient")
    assert [issue for issue in issues if issue.severity in ("fatal", "error")] == []
