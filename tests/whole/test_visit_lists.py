"""What a clinic sent in a file is found by the days it was there, no earlier and no later."""

import pytest

from tests.whole.sending import A, client_of, every, file_of, row, send

AT_A = (
    row(),
    row(no_kunjungan="K-2", tanggal_kunjungan="10/03/2026", jam_kunjungan=""),
    row(no_kunjungan="K-3", tanggal_kunjungan="31/03/2026", jam_kunjungan="23:50"),
)


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("2026-02", {"K-1"}),
        ("2026-03", {"K-2", "K-3"}),
        ("2026-03-10", {"K-2"}),
        ("2026-03-31", {"K-3"}),
        ("ge2026-03", {"K-2", "K-3"}),
        ("gt2026-03", set()),
        ("gt2027-01-01", set()),
        ("lt2026-03", {"K-1"}),
    ],
)
def test_the_visits_of_a_period(hub, date, found):
    assert send(hub, A, file_of(*AT_A)).counts["accepted"] == 3
    held = every(hub, client_of(A), "Encounter", ("date", date))
    assert {each["identifier"][0]["value"] for each in held} == found
