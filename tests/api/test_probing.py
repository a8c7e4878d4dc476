"""How often a client may ask by NIK: sixty a minute, ten minutes' worth at once; other searches don't count."""

import pytest

from hub.api.fhir.query import count_niks
from hub.errors import HubError
from hub.model import Principal
from tests.api.test_errors import NIK, outcome_of

SYSTEM = "https://fhir.kemkes.go.id/id/nik"
CLINICIAN = Principal("clinician", "petugas-1", "TREAT", facility="klinik-a", person="petugas-1")


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (f"{SYSTEM}|{NIK}", 1),
        (NIK, 1),
        (f" {NIK}", 1),
        (f"|{NIK}", 1),
        (f"{SYSTEM}|{NIK},{NIK},rm|1", 2),
        (f"{SYSTEM}|", 1),
        (f"https://hub.test/rm|{NIK}", 1),
        ("https://hub.test/rm|0001", 0),
        (NIK[:15], 0),
    ],
)
def test_what_counts(value, count):
    assert count_niks([("identifier", value), ("gender", "female")]) == count


def test_asking_by_nik_is_bounded(app, client, token, clock):
    headers = token()

    def ask(address, **form):
        return client.post(f"/fhir/{address}", data=form, headers=headers)

    many = ",".join([NIK] * 50)
    answers = [ask("Patient/_search", identifier=many).status_code for _ in range(13)]
    assert answers == [200] * 12 + [429]
    refused = ask("Patient/_search", identifier=f"{SYSTEM}|{NIK}")
    outcome_of(refused, 429, "HUB-5834")
    assert refused.headers["retry-after"] == "1"
    outcome_of(ask("Observation/_search", **{"subject:Patient.identifier": NIK}), 429, "HUB-5834")
    outcome_of(ask("Patient/$summary", identifier=f"{SYSTEM}|{NIK}"), 429, "HUB-5834")
    assert ask("Patient/_search", gender="female").status_code == 200
    other = client.post("/fhir/Patient/_search", data={"identifier": NIK}, headers=token("klinik-b"))
    assert other.status_code == 200
    clock.ms += 1000
    assert ask("Patient/_search", identifier=NIK).status_code == 200


def test_a_person_asks_for_less(app):
    site = app.state.site
    for _ in range(30):
        site.count_niks(CLINICIAN, 1)
    with pytest.raises(HubError):
        site.count_niks(CLINICIAN, 1)
