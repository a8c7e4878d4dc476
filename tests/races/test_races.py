"""Sixty-four at one moment, over two processes: one wins, and everybody is told the truth (both databases)."""

import json
import os
from collections import Counter

import pytest

from tests.clients.serving import serving
from tests.races.crowd import CROWD, Asked, Crowd

ROUNDS = int(os.environ.get("HUB_RACES", "3"))
SYSTEM = "https://klinik.test/lomba"
CLINIC = "klinik-lain"


@pytest.fixture
def crowd(database_url, tmp_path):
    with serving(tmp_path / "home", database_url, HUB_WORKERS="2") as served:
        found = Crowd(served.base, served.token(CLINIC))
        yield found
        found.close()


def patient(number, **more):
    return {
        "resourceType": "Patient",
        "identifier": [{"system": SYSTEM, "value": f"P-{number}"}],
        "name": [{"text": f"Rekaan {number}"}],
        **more,
    }


def test_one_key_makes_one_resource_each_round(crowd):
    for number in range(ROUNDS):
        condition = (("If-None-Exist", f"identifier={SYSTEM}|P-{number}"),)
        told = crowd.ask([Asked("POST", "/fhir/Patient", patient(number), condition)] * CROWD)
        assert Counter(each.status for each in told) == {201: 1, 200: CROWD - 1}, told
        assert len({each.where for each in told}) == 1
    (counted,) = crowd.ask([Asked("GET", "/fhir/Patient?_summary=count")])
    assert json.loads(counted.body)["total"] == ROUNDS


def test_one_update_of_a_version_wins(crowd):
    (made,) = crowd.ask([Asked("POST", "/fhir/Patient", patient(0))])
    id_ = made.where.rpartition("/")[2]
    for number in range(ROUNDS):
        match = (("If-Match", f'W/"{number + 1}"'),)
        asked = [
            Asked(
                "PUT",
                f"/fhir/Patient/{id_}",
                patient(0, id=id_, birthDate=f"19{place + 20}-01-{number % 28 + 1:02}"),
                match,
            )
            for place in range(CROWD)
        ]
        told = crowd.ask(asked)
        assert Counter(each.status for each in told) == {200: 1, 412: CROWD - 1}, told
    (now,) = crowd.ask([Asked("GET", f"/fhir/Patient/{id_}")])
    assert now.etag == f'W/"{ROUNDS + 1}"'
