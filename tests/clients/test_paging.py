"""Following `Bundle.link[next]` to the end with fhirpy: nothing left out, nothing twice, while more arrives."""

import threading
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome
from fhirpy.lib import SyncFHIRResource

from tests.clients.conftest import Connect
from tests.clients.people import patient, weight
from tests.clients.test_fhirpy import code_of

THERE, PAGE = 47, 6


@pytest.fixture
def client(connect: Connect) -> SyncFHIRClient:
    return connect("klinik-berkas")


@pytest.fixture
def person(client: SyncFHIRClient, number: str) -> SyncFHIRResource:
    """A patient with 47 weights on 28 days."""
    one = client.resource("Patient", **patient(number)).create()
    add(client, one.reference, THERE)
    return one


def add(client: SyncFHIRClient, subject: str, count: int) -> None:
    entries = [
        {"resource": weight(subject, f"2025-02-{1 + n % 28:02}"), "request": {"method": "POST", "url": "Observation"}}
        for n in range(count)
    ]
    client.execute("", data={"resourceType": "Bundle", "type": "transaction", "entry": entries})


def weights(client: SyncFHIRClient, count: int, **asked: str) -> dict[str, Any]:
    """The first page of a search."""
    found: dict[str, Any] = client.resources("Observation").search(**asked).limit(count).fetch_raw()
    return found


def pages(client: SyncFHIRClient, page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A first page and each that its link leads to."""
    while True:
        yield page
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not following:
            return
        page = client.execute(following[0], "get")


def ids(page: dict[str, Any]) -> list[str]:
    return [entry["resource"]["id"] for entry in page["entry"]]


@pytest.mark.parametrize("order", ["", "date", "-date", "_lastUpdated", "-_lastUpdated"])
def test_every_order_shows_what_was_there_at_the_beginning(client, person, order):
    asked = {"patient": person.id} | ({"_sort": order} if order else {})
    expected = ids(weights(client, 200, **asked))
    found = []
    for page in pages(client, weights(client, PAGE, **asked)):
        assert page["total"] == THERE
        found.append(ids(page))
        client.resource("Observation", **weight(person.reference, "2025-02-14")).create()
        client.resource("Patient", **patient(f"{person.id}-{len(found)}")).create()
    assert list(chain(*found)) == expected
    assert [len(page) for page in found] == [PAGE] * (THERE // PAGE) + [THERE % PAGE]
    assert weights(client, 1, **asked)["total"] == THERE + len(found)


def test_what_is_changed_meanwhile_stays_in_its_place(client, person):
    expected = ids(weights(client, 200, patient=person.id))
    found: list[str] = []
    for page in pages(client, weights(client, PAGE, patient=person.id)):
        assert page["total"] == THERE
        found += ids(page)
        for other in (expected[0], expected[-1]):
            body = weight(person.reference, kg=50 + len(found))
            client.resource("Observation", **body, id=other).update()
    assert found == expected


def test_without_a_patient_while_others_write(connect, client, person):
    """All of the clinic's own weights, twenty a page, while two more programs keep sending."""
    before = {each.id for each in client.resources("Observation").limit(200)}
    done = threading.Event()

    def send() -> None:
        sender = connect("klinik-berkas")
        while not done.is_set():
            add(sender, person.reference, 5)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    try:
        found = [each.id for each in client.resources("Observation").limit(20).fetch_all()]
    finally:
        done.set()
        for sender in senders:
            sender.join()
    assert len(found) == len(set(found))
    assert before <= set(found)


def test_a_page_is_its_callers_own(connect, client, person):
    first = weights(client, 5, patient=person.id)
    (following,) = [link["url"] for link in first["link"] if link["relation"] == "next"]
    with pytest.raises(OperationOutcome) as refused:
        connect("klinik-lain").execute(following, "get")
    assert code_of(refused.value) == "HUB-4104"
