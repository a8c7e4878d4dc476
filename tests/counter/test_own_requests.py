"""Requests from the patient's own page: the facility sees who asks, as its own record has them, and nobody else's."""

from hub.admission import counter
from tests.counter.conftest import A, B, C, staff
from tests.counter.test_requests import CORRECTION
from tests.steward.conftest import NIK_SITI


def test_a_patients_own_request_says_who_asks_where_they_are_known(hub, siti):
    for facility, number in ((A, "RM-1"), (B, "RM-2"), (C, "")):
        id_ = counter.ask(hub, siti, facility, "correction", "Alamat keliru")
        body = counter.one_at_facility(hub, staff(facility), id_).body
        assert body.label == number, "the facility's own number, never another's"
        assert bool(body.name) == bool(number)
    typed = counter.ask_at_counter(hub, staff(A), CORRECTION)
    assert counter.one_at_facility(hub, staff(A), typed).body.label == "•" * 12 + NIK_SITI[-4:]
