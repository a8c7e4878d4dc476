"""POST /care/presence."""

import pytest

from hub.admission import new_presence_code
from hub.model import Principal
from hub.store import CompartmentRow
from tests.api.test_errors import outcome_of


@pytest.fixture
def code(hub) -> str:
    with hub.store.writing() as tx:
        tx.add_compartments([CompartmentRow(7, hub.facilities["klinik-a"].number, 0, hub.clock())])
    return new_presence_code(hub, Principal("patient", "p", "PATRQT", person="p", compartment=7))[0]


def test_a_code(client, token, code):
    headers = token("klinik-b")
    answer = client.post("/care/presence", json={"code": code}, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["reference"] == "Patient/" + answer.json()["patient"]
    outcome_of(client.post("/care/presence", json={"code": code}, headers=headers), 404, "HUB-5101")


@pytest.mark.parametrize("body", [[], {}, {"code": 5}, {"code": None}, "x"])
def test_no_code(client, token, body):
    outcome_of(client.post("/care/presence", json=body, headers=token()), 400, "HUB-5102")


def test_guessing_is_slowed_down(client, token, code):
    headers = token()
    answers = [client.post("/care/presence", json={"code": "AAAAAAAA"}, headers=headers) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429]
    outcome_of(client.post("/care/presence", json={"code": code}, headers=headers), 429, "HUB-5103")
    assert client.post("/care/presence", json={"code": code}, headers=token("klinik-b")).status_code == 200
