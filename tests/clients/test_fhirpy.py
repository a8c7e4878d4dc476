"""fhirpy (PyPI) against a served hub: create, read, update, history, search, and what a refusal looks like in it."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import (
    AuthorizationError,
    ForbiddenError,
    MultipleResourcesFound,
    OperationOutcome,
    ResourceNotFound,
)

from hub.fhir import systems
from tests.clients.conftest import Connect
from tests.clients.people import OWN, patient, weight, with_nik
from tests.clients.serving import READ_ONLY, WRITE_ONLY, Served

NIK = "6371014201900001"


def issues(error: Exception) -> list[dict[str, Any]]:
    """The issues a client's exception carries; each tells what is wrong and what to do."""
    outcome = error.resource if isinstance(error, OperationOutcome) else json.loads(str(error))
    assert outcome["resourceType"] == "OperationOutcome"
    told = [issue for issue in outcome["issue"] if issue["severity"] != "information"]
    assert all(issue["details"]["text"] and issue["diagnostics"] for issue in told)
    found: list[dict[str, Any]] = outcome["issue"]
    return found


def code_of(error: Exception) -> str:
    (issue,) = issues(error)
    return str(issue["details"]["coding"][0]["code"])


@pytest.fixture
def client(connect: Connect) -> SyncFHIRClient:
    return connect()


def test_create_read_update_history(served: Served, client, number):
    created = client.resource("Patient", **patient(number)).create()
    assert created["meta"]["versionId"] == "1"
    read = client.get("Patient", created.id)
    assert read["identifier"] == [{"system": OWN, "value": number}]
    assert client.reference("Patient", created.id).to_resource() == created
    created["gender"] = "other"
    assert created.save()["meta"]["versionId"] == "2"
    read = client.resource("Patient", **read)
    assert (read.refresh()["gender"], read["meta"]["versionId"]) == ("other", "2")
    path = f"Patient/{created.id}/_history"
    assert client.execute(f"{path}/1", "get")["gender"] == "female"
    newest = client.execute(path, "get", params={"_count": 1})
    assert (newest["type"], newest["total"], newest["entry"][0]["resource"]["gender"]) == ("history", 2, "other")
    (older,) = [link["url"] for link in newest["link"] if link["relation"] == "next"]
    assert client.execute(older, "get")["entry"][0]["resource"]["gender"] == "female"


def test_an_update_of_an_old_version_is_refused(connect, client, number):
    made = client.resource("Patient", **patient(number)).create()
    careful = connect(**{"If-Match": 'W/"1"'})
    changed = careful.resource("Patient", **made | {"gender": "other"}).update()
    assert changed["meta"]["versionId"] == "2"
    with pytest.raises(MultipleResourcesFound) as refused:  # its name for every 412
        careful.resource("Patient", **made | {"gender": "unknown"}).update()
    assert code_of(refused.value) == "HUB-3106"
    assert client.get("Patient", made.id)["gender"] == "other"


@pytest.mark.parametrize("encode", [str, lambda text: quote(text, safe="")], ids=["plain", "encoded"])
def test_a_conditional_create(connect, client, number, encode):
    conditional = connect(**{"If-None-Exist": f"identifier={encode(f'{OWN}|{number}')}"})
    first = conditional.resource("Patient", **patient(number)).create()
    again = conditional.resource("Patient", **patient(number, gender="male")).create()
    assert (again.id, again["meta"]["versionId"], again["gender"]) == (first.id, "1", "female")
    assert client.resources("Patient").search(identifier=f"{OWN}|{number}").fetch() == [first]


def test_a_conditional_create_finds_what_was_created_without_a_condition(connect, client, number):
    conditional = connect(**{"If-None-Exist": f"identifier={OWN}|{number}"})
    made = client.resource("Patient", **patient(number)).create()
    assert conditional.resource("Patient", **patient(number)).create() == made
    client.resource("Patient", **patient(number)).create()
    with pytest.raises(MultipleResourcesFound) as refused:
        conditional.resource("Patient", **patient(number)).create()
    assert code_of(refused.value) == "HUB-3107"


def test_conditional_creates_at_one_moment_make_one_resource(connect, client, number):
    conditional = connect(**{"If-None-Exist": f"identifier={OWN}|{number}"})
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: conditional.resource("Patient", **patient(number)).create().id, range(16)))
    assert [one.id for one in client.resources("Patient").search(identifier=f"{OWN}|{number}").fetch()] == [made[0]]
    assert set(made) == {made[0]}


def test_who_may_only_write_is_told_where_it_is_and_no_more(served, connect, client, number):
    made = client.resource("Patient", **patient(number)).create()
    condition = {"If-None-Exist": f"identifier={OWN}|{number}", "Content-Type": "application/fhir+json"}
    told = httpx.post(
        f"{served.fhir}/Patient",
        json=patient(number, gender="male"),
        headers=condition | {"Authorization": f"Bearer {served.token(WRITE_ONLY)}"},
    )
    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["location"] == f"{served.fhir}/{made.reference}/_history/1"
    again = connect(WRITE_ONLY, **{"If-None-Exist": condition["If-None-Exist"]})
    assert again.resource("Patient", **patient(number)).create().id is None
    with pytest.raises(ForbiddenError):
        again.get("Patient", made.id)


def test_a_condition_in_the_address_is_not_passed_over(client, number):
    """fhirpy's get_or_create writes the condition there, as one server product has it; R4 has a header for it."""
    with pytest.raises(OperationOutcome) as refused:
        client.resources("Patient").search(identifier=f"{OWN}|{number}").get_or_create(
            client.resource("Patient", **patient(number))
        )
    assert code_of(refused.value) == "HUB-5823"
    assert client.resources("Patient").search(identifier=f"{OWN}|{number}").first() is None


def test_search(client, number):
    one = client.resource("Patient", **patient(number, name=f"Siti Zulaikha{number}")).create()
    days = ("2025-03-04", "2025-03-05", "2024-01-31")
    made = [client.resource("Observation", **weight(one.reference, day)).create() for day in days]
    patients, weights = client.resources("Patient"), client.resources("Observation")
    assert patients.search(name=f"zulaikha{number}", birthdate="1990-01-02").fetch() == [one]
    assert patients.search(_id=one.id).get() == one
    for asked in ({"patient": one}, {"subject": one.reference}, {"subject__Patient": one.id}):
        assert weights.search(**asked, code=f"{systems.LOINC}|29463-7").sort("-date").fetch() == [
            made[1],
            made[0],
            made[2],
        ]
    assert weights.search(patient=one, date__ge="2025-01-01", date__lt="2025-03-05").fetch() == [made[0]]
    assert weights.search(patient=one, status="amended").fetch() == []
    found = weights.search(patient=one, _lastUpdated__ge="2020-01-01").limit(2).fetch_raw()
    assert (found["total"], len(found["entry"])) == (3, 2)
    assert made[0]["subject"].to_resource() == one


def test_a_nik_is_searched_by_form_only(connect, client, number):
    nik = f"{NIK[:12]}{int(number) % 10_000:04}"
    client.resource("Patient", **with_nik(patient(number), nik)).create()
    asked = {"identifier": f"{systems.NIK}|{nik}"}
    by_form = connect(data=asked).execute("Patient/_search", "post")
    assert (by_form["total"], by_form["entry"][0]["resource"]["identifier"][0]["value"]) == (1, number)
    with pytest.raises(OperationOutcome) as refused:
        client.resources("Patient").search(**asked).fetch()
    assert code_of(refused.value) == "HUB-4102"
    assert nik not in str(refused.value)


def test_a_count_asks_for_leniency(connect, client):
    """fhirpy's count() adds `_totalMethod`, which is not FHIR: refused, unless the client asks to pass over it."""
    with pytest.raises(OperationOutcome) as refused:
        client.resources("Patient").count()
    assert code_of(refused.value) == "HUB-4001"
    lenient = connect(Prefer="handling=lenient")
    assert lenient.resources("Patient").count() == client.resources("Patient").fetch_raw()["total"]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_refusal_is_readable(connect, lang):
    speaking = connect(**{"Accept-Language": lang})
    with pytest.raises(OperationOutcome) as refused:
        speaking.resources("Patient").search(favourite="x").fetch()
    (issue,) = issues(refused.value)
    expected = {"id": "Parameter pencarian 'favourite' tidak", "en": "The search parameter 'favourite' is not"}
    assert issue["details"]["text"].startswith(expected[lang])
    assert "birthdate" in issue["diagnostics"]


def test_validation(client, number):
    assert client.resource("Patient", **patient(number)).is_valid()
    wrong = client.resource("Patient", **patient(number, gender="perempuan"))
    assert not wrong.is_valid()
    for refuse in (lambda: wrong.is_valid(raise_exception=True), wrong.create):
        with pytest.raises(OperationOutcome) as refused:
            refuse()
        assert issues(refused.value)[0]["expression"] == ["Patient.gender"]


def test_other_refusals(served, connect, client, number):
    one = client.resource("Patient", **patient(number)).create()
    stranger, reader = connect("klinik-lain"), connect(READ_ONLY)
    anonymous = SyncFHIRClient(served.fhir)
    table = [
        (lambda: client.get("Patient", "0" * 32), ResourceNotFound, "HUB-4101"),
        (lambda: stranger.get("Patient", one.id), ResourceNotFound, "HUB-4101"),
        (lambda: client.resources("Pasien").fetch(), ResourceNotFound, "HUB-5813"),
        (lambda: anonymous.get("Patient", one.id), AuthorizationError, "HUB-5001"),
        (lambda: reader.resource("Patient", **patient(number)).create(), ForbiddenError, "HUB-5003"),
        # a merge patch, which is not FHIR's; its JSON Patch is below
        (lambda: client.patch(one, gender="male"), OperationOutcome, "HUB-5803"),
        (lambda: reader.resource("Patient", id=one.id).delete(), ForbiddenError, "HUB-5003"),
        (lambda: connect(Accept="application/fhir+xml").get("Patient", one.id), OperationOutcome, "HUB-5804"),
        (lambda: client.resources("Patient").search(_format="xml").fetch(), OperationOutcome, "HUB-5804"),
        (lambda: connect(**{"Content-Type": "text/plain"}).save(one), OperationOutcome, "HUB-5803"),
    ]
    for refuse, kind, code in table:
        with pytest.raises(kind) as refused:
            refuse()
        assert (type(refused.value), code_of(refused.value)) == (kind, code)
    assert connect(Accept="application/json").get("Patient", one.id)["id"] == one.id


def test_the_asynchronous_client(served, number):
    async def run() -> None:
        client = AsyncFHIRClient(served.fhir, authorization=f"Bearer {served.token('klinik-python')}")
        one = client.resource("Patient", **patient(number))
        await one.create()
        await asyncio.gather(*(client.resource("Observation", **weight(one.reference)).create() for _ in range(12)))
        found = await client.resources("Observation").search(patient=one.id).limit(5).fetch_all()
        assert len({each.id for each in found}) == len(found) == 12
        with pytest.raises(OperationOutcome) as refused:
            await client.resources("Observation").search(favourite="x").fetch()
        assert code_of(refused.value) == "HUB-4001"

    asyncio.run(run())


def test_patch_and_histories(connect, client, number):
    one = client.resource("Patient", **patient(number)).create()
    patching = connect(**{"Content-Type": "application/json-patch+json"})
    change = [{"op": "replace", "path": "/gender", "value": "male"}]
    done = patching.execute(f"Patient/{one.id}", "patch", data=change)
    assert (done["gender"], done["meta"]["versionId"]) == ("male", "2")
    again = patching.execute("Patient", "patch", data=change, params={"identifier": f"{OWN}|{number}"})
    assert again == done
    for address in ("Patient/_history", "_history"):
        newest = client.execute(address, "get", params={"_count": 1})["entry"][0]
        assert (newest["request"]["method"], newest["resource"]) == ("PUT", done)


def test_includes_chains_and_searchsets_that_change(client, number):
    one = client.resource("Patient", **patient(number)).create()
    made = [client.resource("Observation", **weight(one.reference, f"2025-03-0{day}")).create() for day in (1, 2, 3)]
    weights, patients = client.resources("Observation"), client.resources("Patient")
    found = weights.search(patient=one.id).include("Observation", "subject").fetch_raw()
    assert [entry["search"]["mode"] for entry in found["entry"]] == ["match"] * 3 + ["include"]
    back = patients.search(_id=one.id).revinclude("Observation", "patient").fetch_raw()
    assert [entry["search"]["mode"] for entry in back["entry"]] == ["match"] + ["include"] * 3
    with_date = patients.search(_id=one.id).has("Observation", "patient", date="2025-03-02")
    assert [each.id for each in with_date.fetch()] == [one.id]
    assert patients.search(_id=one.id).has("Observation", "patient", date="2025-03-09").fetch() == []
    assert [each.id for each in weights.search(patient__identifier=f"{OWN}|{number}").sort("-date").fetch()] == [
        each.id for each in reversed(made)
    ]
    short = weights.search(patient=one.id).elements("status").limit(2).fetch()
    assert len(short) == 2
    assert all(set(each) <= {"resourceType", "id", "meta", "status", "code"} for each in short)
    own = patients.search(identifier=f"{OWN}|{number}")
    changed, is_new = own.update(client.resource("Patient", **patient(number, gender="other")))
    assert (changed["gender"], changed["meta"]["versionId"], is_new) == ("other", "2", False)
    weights.search(_id=made[0].id).delete()
    assert len(weights.search(patient=one.id).fetch()) == 2


def test_conditional_update_everything_and_delete(client, number):
    alone = patient(number, "Rahmi Tersendiri", birthDate="1977-07-07")  # nobody's namesake
    made = client.resource("Patient", **alone).create()
    asked = {"identifier": f"{OWN}|{number}"}
    again = client.execute("Patient", "put", data=alone | {"gender": "other"}, params=asked)
    assert (again["id"], again["meta"]["versionId"]) == (made.id, "2")
    taken = client.resource("Observation", **weight(made.reference)).create()
    bundle = made.execute("$everything", "get")
    matches = [entry["resource"]["id"] for entry in bundle["entry"] if entry["search"]["mode"] == "match"]
    assert (set(matches), bundle["total"]) == ({made.id, taken.id}, 2)
    with pytest.raises(OperationOutcome) as refused:
        made.delete()
    assert code_of(refused.value) == "HUB-3311"
    taken.delete()
    taken.delete()
    made.delete()
    with pytest.raises(ResourceNotFound):  # its class for 404 and 410
        client.get("Patient", made.id)
    assert client.resources("Patient").search(_id=made.id).fetch() == []
