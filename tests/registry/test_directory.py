"""The public directory: valid FHIR, found by name, type and place, and nothing private in it."""

import json
from datetime import date

import pytest

from hub.mapping.build import Source, practitioner
from hub.model import Facility
from hub.model.details import Details, Licence, Permit, Satusehat
from hub.registry import areas
from hub.registry.directory import TYPES, geojson, resources
from hub.registry.finding import PARAMETERS, Unfit, found
from hub.validation import check_resource

TODAY = date(2026, 11, 22)
PLACES = areas()[:3]
FACILITIES = [
    Facility(1, "klinik-a", "Klinik Melati", kelurahan=PLACES[0].code),
    Facility(2, "rs-b", "RS Café Contoh", kind="rumah-sakit", ownership="public", kelurahan=PLACES[1].code),
    Facility(3, "praktik-c", "Praktik dr. Contoh", kind="praktik"),
]
KNOWN = {
    1: Details(
        1,
        opened=date(2015, 3, 1),
        address="Jl. Contoh 1",
        phone="0511-1",
        latitude=PLACES[0].latitude,
        longitude=PLACES[0].longitude,
        services=("umum", "gigi"),
        licence=Licence("503/1", date(2021, 1, 1), date(2026, 1, 1)),
        satusehat=Satusehat("connected", "100012345"),
        permits=(
            Permit("SIP/1", "dr. Budi Contoh", "dokter", date(2027, 1, 1), "deadbeef"),
            Permit("SIP/2", "Siti Contoh", "bidan", date(2026, 1, 1)),
        ),
    ),
    2: Details(2, closed=date(2026, 1, 1), latitude=PLACES[1].latitude, longitude=PLACES[1].longitude),
}
ALL = resources(FACILITIES, KNOWN, TODAY)


def ids(type_, *asked):
    return [one["id"] for one, _ in found(type_, asked, ALL[type_])]


@pytest.mark.parametrize("type_", TYPES)
def test_every_resource_is_valid_and_found_by_its_id(type_):
    assert ALL[type_]
    assert [check_resource(one, type_) for one in ALL[type_]] == [[] for _ in ALL[type_]]
    assert len({one["id"] for one in ALL[type_]}) == len(ALL[type_])
    for one in ALL[type_]:
        assert ids(type_, ("_id", one["id"])) == [one["id"]]


def test_nothing_private_and_no_figure_of_quality():
    text = json.dumps(ALL)
    assert "deadbeef" not in text
    roles = ALL["PractitionerRole"]
    assert [(one["active"], one["practitioner"]) for one in roles] == [
        (True, {"display": "dr. Budi Contoh"}),
        (False, {"display": "Siti Contoh"}),
    ]


@pytest.mark.parametrize(
    ("type_", "asked", "expected"),
    [
        ("Organization", [("name", "melati")], ["klinik-a"]),
        ("Organization", [("name", "elati")], []),
        ("Organization", [("name:contains", "elati")], ["klinik-a"]),
        ("Organization", [("name", "cafe")], ["rs-b"]),
        ("Organization", [("name:exact", "klinik melati")], ["klinik-a"]),
        ("Organization", [("type", "klinik,praktik")], ["klinik-a", "praktik-c"]),
        ("Organization", [("type", "https://jukung.id/CodeSystem/facility-kind|klinik")], ["klinik-a"]),
        ("Organization", [("type", "x|klinik")], []),
        ("Organization", [("type", "public")], ["rs-b"]),
        ("Organization", [("active", "false")], ["rs-b"]),
        ("Organization", [("identifier", "https://jukung.id/sid/izin-operasional|503/1")], ["klinik-a"]),
        ("Organization", [("kelurahan", PLACES[0].name)], ["klinik-a"]),
        ("Organization", [("kelurahan", PLACES[1].code), ("type", "klinik")], []),
        ("Organization", [("address", "jl. contoh")], ["klinik-a"]),
        ("Location", [("near", f"{PLACES[1].latitude}|{PLACES[1].longitude}|0.01|km")], ["rs-b"]),
        ("Location", [("near", f"{PLACES[1].latitude}|{PLACES[1].longitude}")], ["rs-b", "klinik-a"]),
        ("Location", [("near-kelurahan", PLACES[0].code)], ["klinik-a", "rs-b"]),
        ("Location", [("organization", "Organization/klinik-a")], ["klinik-a"]),
        ("HealthcareService", [("service-type", "gigi")], ["klinik-a.gigi"]),
        ("HealthcareService", [("organization", "klinik-a"), ("active", "true")], ["klinik-a.umum", "klinik-a.gigi"]),
    ],
)
def test_finding(type_, asked, expected):
    assert ids(type_, *asked) == expected


def test_what_is_not_understood_is_refused():
    with pytest.raises(KeyError):
        ids("Organization", ("nik", "1"))
    with pytest.raises(KeyError):
        ids("Organization", ("type:contains", "klinik"))
    for value in ("x", "1", "91|0", "-3|114|1|miles", "-3|114|-1", "nan|0"):
        with pytest.raises(Unfit):
            ids("Location", ("near", value))
    with pytest.raises(Unfit):
        ids("Location", ("kelurahan", "tidak ada"))
    assert set(PARAMETERS) == set(TYPES)


def test_one_search_is_bounded():
    """Anybody may ask, and each value of each condition is tried on every resource."""
    found("Organization", [("name", ",".join("abcdefghij"))] * 50, ALL["Organization"])
    with pytest.raises(Unfit):
        found("Organization", [("name", ",".join("abcdefghijk"))], ALL["Organization"])
    with pytest.raises(Unfit):
        found("Organization", [("name", letter) for letter in "abcdefghijk"], ALL["Organization"])


def test_records_and_directory_call_a_facility_and_a_permit_by_the_same_identifiers():
    own = Source(FACILITIES[0]).organisation()["identifier"]
    named = f"{own['system']}|{own['value']}"
    assert ids("Organization", ("identifier", named)) == ids("Location", ("identifier", named)) == ["klinik-a"]
    assert geojson(FACILITIES, KNOWN, TODAY)["features"][0]["properties"]["identifier"] == named
    doctor = practitioner(Source(FACILITIES[0]), "D1", name=None, licence="SIP/1")
    sip = doctor["identifier"][-1]
    assert len(ids("PractitionerRole", ("identifier", f"{sip['system']}|{sip['value']}"))) == 1


def test_points_are_longitude_first_and_only_what_works():
    features = geojson(FACILITIES, KNOWN, TODAY)["features"]
    assert [one["id"] for one in features] == ["klinik-a"]
    assert features[0]["geometry"] == {
        "type": "Point",
        "coordinates": [PLACES[0].longitude, PLACES[0].latitude],
    }
