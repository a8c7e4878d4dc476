"""The public base and what agencies may ask: no record, no person, signed and never twice in the same place."""

import json
from dataclasses import replace

import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from hub.access.agencies import PAGE_BYTES
from hub.access.bulletin import issue, issues
from hub.access.indicators import known
from hub.access.monitoring import released_aad
from hub.access.wall import wall
from hub.admission import disable_client
from hub.admission.agencies import register_agency, subscribe
from hub.admission.granting import ASSERTION_TYPE
from hub.admission.screens import add_screen, end_screen, screen_of
from hub.clock import city_month
from hub.errors import HubError
from hub.monitor.tables import HIDDEN, Row, Table, encode_table
from hub.store import ReleasedRow
from hub.upkeep.feeding import feed_public
from hub.upkeep.papering import set_details
from hub.validation import check_resource
from tests.auth.attacks import PRIVATE, PUBLIC, claims, signed

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # RFC 9864; see hub/auth/jws.py
PAPERS = {
    "facility": "klinik-a",
    "licence": {"number": "503/7/DPMPTSP/2020", "until": "2020-01-01"},
    "latitude": -3.32,
    "longitude": 114.59,
    "services": ["umum"],
    "permits": [{"number": "SIP/1", "name": "dr. Budi Contoh", "profession": "dokter", "until": "2099-01-01"}],
}
FEED = "city/feed"
KEYS = {"keys": [PUBLIC]}
count = iter(range(10_000))


@pytest.fixture
def agency(client, hub):
    """Headers of an agency with the scopes it asks for."""

    def fresh(scope: str, registered=("city/areas", "city/licences", FEED)) -> dict[str, str]:
        register_agency(hub, "disdik", KEYS, registered)
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signed(claims(iss="disdik", sub="disdik", jti=f"agency-{next(count)}"), PRIVATE),
            "scope": scope,
        }
        answer = client.post("/oauth2/token", data=form).json()
        return {"Authorization": f"Bearer {answer['access_token']}"}

    return fresh


def release(hub, month: str, value: int = 40, cube: str = "public:visits-area", many: int = 0) -> None:
    rows = (Row("", "city", "city", "", "", (value,)), Row("", "637101", "kecamatan", "Contoh", "city", (HIDDEN,)))
    rows += tuple(Row("", f"637101{n:04}", "kelurahan", f"Contoh {n}", "637101", (n,)) for n in range(many))
    body = encode_table(Table("visits-area", month, 11, ("total",), rows))
    sealed = hub.boxes.release.seal(body, released_aad(month, cube))
    with hub.store.writing() as tx:
        tx.release([ReleasedRow(month, cube, hub.clock(), sealed)])


def opened(client, text: str) -> dict:
    keys = client.get("/city/feed/keys").json()["keys"]
    found = jws.deserialize_compact(text, OKPKey.import_key(keys[0]), algorithms=["EdDSA"])
    assert found.protected["typ"] == "jukung-feed+jws"
    return json.loads(found.payload)


def test_the_public_base_is_fhir_without_a_key(client, hub):
    set_details(hub, [PAPERS])
    statement = client.get("/fhir-publik/metadata")
    assert statement.headers["content-type"].startswith("application/fhir+json")
    assert check_resource(statement.json(), "CapabilityStatement") == []
    bundle = client.get("/fhir-publik/Location?near=-3.32|114.59|1|km").json()
    assert [one["resource"]["id"] for one in bundle["entry"]] == ["klinik-a"]
    assert check_resource(bundle, "Bundle") == []
    role = client.get("/fhir-publik/PractitionerRole").json()["entry"][0]["resource"]
    assert client.get(f"/fhir-publik/PractitionerRole/{role['id']}").json() == role
    first = client.get("/fhir-publik/Organization?_count=1").json()
    assert first["total"] > 1
    following = next(each["url"] for each in first["link"] if each["relation"] == "next")
    second = client.get(following.removeprefix("https://hub.test")).json()
    assert second["entry"][0]["resource"]["id"] != first["entry"][0]["resource"]["id"]
    none = client.get("/fhir-publik/Organization?_count=0").json()
    assert (none["total"], "entry" in none, len(none["link"])) == (first["total"], False, 1)
    points = client.get("/direktori.geojson")
    assert points.headers["content-type"] == "application/geo+json"
    assert points.json()["features"][0]["geometry"]["coordinates"] == [114.59, -3.32]
    for path, code in (("Organization?x=1", 400), ("Location?near=x", 400), ("Patient", 404), ("Location/x", 404)):
        refused = client.get(f"/fhir-publik/{path}")
        assert (refused.status_code, refused.json()["resourceType"]) == (code, "OperationOutcome")


def test_a_licence_is_valid_expired_or_unknown_and_nothing_else(client, hub, agency):
    set_details(hub, [PAPERS])
    headers = agency("city/licences")
    for number, state in (("503/7/DPMPTSP/2020", "expired"), ("SIP/1", "valid"), ("503/8", "unknown")):
        answer = client.get("/city/licences", params={"number": number}, headers=headers)
        assert answer.json() == {"status": state}
    assert client.get("/city/licences?number=", headers=headers).status_code == 400
    assert client.get("/city/areas", headers=headers).status_code == 403


def test_sums_are_released_numbers_and_hidden_ones_stay_hidden(client, hub, agency):
    headers = agency("city/areas")
    assert client.get("/city/areas", headers=headers).status_code == 404
    release(hub, "2026-08", 30)
    release(hub, "2026-09")
    found = client.get("/city/areas", headers=headers).json()
    assert (found["month"], found["k"]) == ("2026-09", 11)
    assert [one["visits"] for one in found["areas"]] == [40, None]
    assert client.get("/city/areas?month=2026-08", headers=headers).json()["areas"][0]["visits"] == 30
    assert client.get("/city/areas?month=2026-01", headers=headers).status_code == 404


def test_a_bulletin_compares_with_the_month_before_and_with_no_other(hub):
    for month in ("2026-08", "2026-10"):
        release(hub, month)
    assert issues(hub) == ("2026-10", "2026-08")
    assert issue(hub, "2026-10").before is None
    release(hub, "2026-09")
    assert issue(hub, "2026-10").before.month == "2026-09"
    id_ = next(iter(known(hub)))
    for back in range(30):  # what is published stays as it was, however many months come after it
        month, name = city_month(hub.clock(), 30 - back), f"indicator-public:{id_}"
        table = Table(name, month, 11, ("numerator", "denominator"), (Row("", "city", "city", "", "", (30, 60)),))
        body = hub.boxes.release.seal(msgspec.msgpack.encode([table]), released_aad(month, "indicator-publics"))
        with hub.store.writing() as tx:
            tx.release([ReleasedRow(month, "indicator-publics", 1, body)])
    release(hub, "2024-07")
    assert [len(issue(hub, month).series[0][1]) for month in ("2026-10", "2024-07")] == [24, 3]


def test_the_feed_is_signed_for_its_subscriber_and_only_rises(client, hub, agency):
    headers = agency(FEED)
    assert client.get("/city/feed", headers=headers).status_code == 403
    subscribe(hub, "disdik", ["visits-area", "indicator:*"])
    release(hub, "2026-09")
    release(hub, "2026-09", 12, "indicator-public:spm-8")
    release(hub, "2026-09", 3, "visits-area")
    assert [place for place, _, _ in feed_public(hub)] == [1, 2]
    assert feed_public(hub) == []
    release(hub, "2026-10")
    assert feed_public(hub) == [(3, "2026-10", "visits-area")]
    found = opened(client, client.get("/city/feed?after=0&nonce=abc", headers=headers).text)
    assert (found["aud"], found["iss"], found["nonce"], found["head"]) == ("disdik", "https://hub.test", "abc", 3)
    assert [one["sequence"] for one in found["items"]] == [1, 2, 3]
    assert {one["cube"] for one in found["items"]} == {"visits-area", "indicator:spm-8"}
    assert {one["k"] for one in found["items"]} == {11}
    assert found["items"][0]["rows"][1]["cells"] == [None]
    later = opened(client, client.get("/city/feed?after=2", headers=headers).text)
    assert [one["sequence"] for one in later["items"]] == [3]
    assert later["jti"] != found["jti"]
    subscribe(hub, "disdik", ["visits-area"])
    only = opened(client, client.get("/city/feed", headers=headers).text)
    assert {one["cube"] for one in only["items"]} == {"visits-area"}
    assert len(only["items"]) == 2
    assert client.get("/city/feed?after=-1", headers=headers).status_code == 400


def test_a_token_and_a_screen_end_with_the_registration_they_came_from(client, hub, agency):
    asking = ("/city/licences?number=1", "/city/feed")
    headers = agency("city/licences city/feed")
    assert [client.get(path, headers=headers).status_code for path in asking] == [200, 403]
    disable_client(hub, "disdik")
    assert client.get(asking[0], headers=headers).status_code == 401
    newer = agency("city/licences")  # the same keys, the same scopes
    assert client.get(asking[0], headers=newer).status_code == 200
    assert client.get(asking[0], headers=headers).status_code == 401
    register_agency(hub, "disdik", KEYS, ["city/areas"])
    assert client.get(asking[0], headers=newer).status_code == 401, "a scope that was taken away"
    token = add_screen(hub, "uji-1")
    assert screen_of(hub, token)
    end_screen(hub, "uji-1")
    again = add_screen(hub, "uji-1")
    screen = screen_of(hub, again)
    assert wall(hub, screen).made_ms
    with pytest.raises(HubError, match="HUB-5004"):
        wall(hub, replace(screen, scopes=("city/areas",)))  # the wall is for screens alone
    with pytest.raises(HubError, match="HUB-4380"):
        screen_of(hub, token)


def test_the_feed_comes_in_pages_of_bounded_size_each_signed(client, hub, agency):
    headers = agency(FEED)
    subscribe(hub, "disdik", ["visits-area", "indicator:*"])
    months = [f"2025-{month:02}" for month in range(1, 13)]
    for month in months:
        release(hub, month, many=150)
    feed_public(hub)
    address, seen, pages = "/city/feed?after=0&nonce=n", [], 0
    while address:
        text = client.get(address.removeprefix("https://hub.test"), headers=headers).text
        found = opened(client, text)
        assert len(text) < 1.4 * (PAGE_BYTES + 2_000)
        assert found["items"]
        assert (found["after"], found["head"]) == (seen[-1] if seen else 0, len(months))
        seen += [one["sequence"] for one in found["items"]]
        assert found.get("nonce") == ("n" if not pages else None)
        pages, address = pages + 1, found.get("next", "")
        assert not address or address == f"https://hub.test/city/feed?after={seen[-1]}"
    assert seen == list(range(1, len(months) + 1))
    assert pages > 2
    release(hub, "2026-01", many=900)
    release(hub, "2026-02")
    feed_public(hub)
    alone = opened(client, client.get(f"/city/feed?after={seen[-1]}", headers=headers).text)
    assert len(alone["items"]) == 1, "a table larger than a page stands alone"
    assert alone["next"].endswith(f"after={seen[-1] + 1}")


def test_a_changed_letter_breaks_the_signature(client, hub, agency):
    subscribe_headers = agency(FEED)
    subscribe(hub, "disdik", ["visits-area"])
    header, payload, signature = client.get("/city/feed", headers=subscribe_headers).text.split(".")
    other = payload[:-2] + ("A" if payload[-2] != "A" else "B") + payload[-1]
    with pytest.raises(Exception, match=r"(?i)signature"):
        opened(client, f"{header}.{other}.{signature}")


def test_an_agency_opens_no_record(client, hub, agency, token):
    headers = agency("city/areas city/licences city/feed")
    for path in ("/fhir/Patient", "/fhir/Patient/x", "/submissions/x", "/fhir/Organization/x"):
        assert client.get(path, headers=headers).status_code in (403, 404), path
    assert client.get("/fhir/Patient", headers=headers).status_code == 403
    assert client.get("/city/areas", headers=token()).status_code == 403
    with pytest.raises(ValueError):
        register_agency(hub, "disdik", KEYS, ["system/*.rs"])
    with pytest.raises(HubError):
        subscribe(hub, "disdik", ["visits-facility"])
    with pytest.raises(HubError):
        subscribe(hub, "lain", ["visits-area"])
